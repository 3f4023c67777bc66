//! API keys: where they may come from, and a holder that never shows them.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Where a key comes from, as written in the config.
#[derive(Clone)]
pub enum KeySource {
    /// `env:NAME`
    Env(String),
    /// `cmd:COMMAND`, run by `sh -c`; the first line of its output is the key.
    Command(String),
    /// `file:PATH`; the first line is the key.
    File(String),
    /// The key itself. Only in a config that nobody else can read.
    Literal(Secret),
}

/// A key in memory: overwritten when dropped, never shown by `Debug` or `Display`.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub fn new(text: &str) -> Self {
        Self(SecretString::from(text.to_owned()))
    }

    /// The key itself: for the request header and nothing else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

/// Why a key could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("the variable {0} is not set; set it, or take `env:{0}` out of the config")]
    NoVariable(String),
    #[error("the key command `{command}` failed ({reason}); run it by hand to see why")]
    Command { command: String, reason: String },
    #[error("cannot read the key file {path}: {reason}")]
    File { path: PathBuf, reason: String },
    #[error("{0} gave an empty key")]
    Empty(String),
    #[error("{0} gave a key with characters that no HTTP header may hold; is it the right file?")]
    NotAKey(String),
}

impl KeySource {
    /// For people: where, never what.
    pub fn describe(&self) -> String {
        match self {
            Self::Env(name) => format!("env:{name}"),
            Self::Command(command) => format!("cmd:{command}"),
            Self::File(path) => format!("file:{path}"),
            Self::Literal(_) => "the config".into(),
        }
    }

    /// Gets the key. May run a command, which may ask the person for a passphrase: never before the first frame.
    pub fn resolve(&self, env: &dyn Fn(&str) -> Option<String>, home: &Path) -> Result<Secret, KeyError> {
        let text = match self {
            Self::Env(name) => env(name).ok_or_else(|| KeyError::NoVariable(name.clone()))?,
            Self::Literal(secret) => secret.expose().to_owned(),
            Self::File(path) => {
                let path = super::Config::expand(path, Some(home));
                std::fs::read_to_string(&path)
                    .map_err(|e| KeyError::File { path: path.clone(), reason: e.to_string() })?
            }
            Self::Command(command) => run_within(command, LONGEST)?,
        };
        let key = text.lines().next().unwrap_or("").trim();
        if key.is_empty() {
            return Err(KeyError::Empty(self.describe()));
        }
        if !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(KeyError::NotAKey(self.describe()));
        }
        Ok(Secret::new(key))
    }
}

/// The longest that a key command may take; somebody may be typing a passphrase.
const LONGEST: Duration = Duration::from_secs(60);

/// Runs a key command for at most so long and gives what it printed.
pub fn run_within(command: &str, longest: Duration) -> Result<String, KeyError> {
    let failed = |reason: String| KeyError::Command { command: command.to_owned(), reason };
    let mut child = Command::new("sh")
        .arg("-c")
        .arg(command)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| failed(e.to_string()))?;
    let mut pipe = child.stdout.take().ok_or_else(|| failed("it has no output".into()))?;
    let (to, from) = std::sync::mpsc::channel();
    // a read cannot be given up: whoever hangs keeps this thread, not us
    std::thread::spawn(move || {
        let mut printed = Vec::new();
        let read = pipe.read_to_end(&mut printed);
        let _ = to.send(read.map(|_| printed));
    });
    let Ok(read) = from.recv_timeout(longest) else {
        // it may be gone by now
        let _ = child.kill();
        let _ = child.wait();
        return Err(failed(format!("no key within {} s", longest.as_secs())));
    };
    let printed = read.map_err(|e| failed(e.to_string()))?;
    let status = child.wait().map_err(|e| failed(e.to_string()))?;
    if !status.success() {
        return Err(failed(status.to_string()));
    }
    String::from_utf8(printed).map_err(|_| failed("its output is not text".into()))
}

impl Default for KeySource {
    fn default() -> Self {
        Self::Literal(Secret::new(""))
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe())
    }
}

impl PartialEq for KeySource {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Literal(a), Self::Literal(b)) => a == b,
            _ => self.describe() == other.describe(),
        }
    }
}

impl From<&str> for KeySource {
    fn from(text: &str) -> Self {
        match text.split_once(':') {
            Some(("env", name)) => Self::Env(name.trim().to_owned()),
            Some(("cmd", command)) => Self::Command(command.trim().to_owned()),
            Some(("file", path)) => Self::File(path.trim().to_owned()),
            _ => Self::Literal(Secret::new(text)),
        }
    }
}

impl<'de> Deserialize<'de> for KeySource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::from(text.as_str()))
    }
}

impl Serialize for KeySource {
    /// As `config show` prints it: a literal key stays hidden.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Literal(_) => serializer.serialize_str("[secret]"),
            other => serializer.serialize_str(&other.describe()),
        }
    }
}
