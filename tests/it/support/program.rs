//! The real binary without a terminal: a home of its own, nothing of the tester's environment, no network.

use serde_json::Value;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A person's home: config and data of one test.
pub struct Home(tempfile::TempDir);

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// With this `config.toml`.
    pub fn with_config(text: &str) -> Self {
        let home = Self::new();
        let folder = home.path().join(".config/fareway");
        std::fs::create_dir_all(&folder).expect("a config folder");
        std::fs::write(folder.join("config.toml"), text).expect("a config");
        home
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file and says where it is.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    }

    pub fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fareway"));
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.path()).env("FAREWAY_OFFLINE", "1").env("TZ", "UTC");
        command.current_dir(self.path()).args(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it to its end, with nothing on stdin.
    pub fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ended {
        ended(self.command(args).output().expect("the program runs"))
    }

    /// Runs it to its end with this on stdin.
    pub fn pipe<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>, stdin: &[u8]) -> Ended {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().expect("the program starts");
        let mut pipe = child.stdin.take().expect("a pipe");
        std::thread::scope(|scope| {
            scope.spawn(move || {
                // it may have read enough before the end
                let _ = pipe.write_all(stdin);
            });
            ended(child.wait_with_output().expect("the program ends"))
        })
    }

    pub fn spawn<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Child {
        self.command(args).spawn().expect("the program starts")
    }
}

pub fn ended(output: Output) -> Ended {
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Ended {
    /// It went well.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// It ended with this code and said all of these on stderr.
    #[track_caller]
    pub fn fails(self, code: i32, said: &[&str]) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        for words in said {
            assert!(self.stderr.contains(words), "no {words:?} in: {}", self.stderr);
        }
        self
    }

    /// What stands on stdout, as one JSON value.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error} in stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr))
    }

    /// Each line of stdout as JSON.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }
}

/// A config with one model, `test/model`, at these upstreams in this order: provider, base URL, dollars per million
/// tokens in and out.
pub fn config(endpoints: &[(&str, String, &str, &str)]) -> String {
    let names: Vec<String> = endpoints.iter().map(|(name, ..)| format!("\"{name}\"")).collect();
    let mut text = format!("model = \"test/model\"\n[preferences]\norder = [{}]\n", names.join(", "));
    for (name, url, prompt, completion) in endpoints {
        text.push_str(&format!(
            "[providers.{name}]\nbase_url = \"{url}\"\n\
             [[endpoints]]\nmodel = \"test/model\"\nprovider = \"{name}\"\ncontext = 32768\n\
             prices = {{ prompt = \"{prompt}\", completion = \"{completion}\" }}\n"
        ));
    }
    text
}
