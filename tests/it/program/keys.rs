//! Keys that a command gives: the picture does not wait for them, the question that needs one does.

use crate::support::pty::{Pty, command};
use crate::support::upstream::{Script, Upstream};
use std::path::Path;

/// A home whose provider has this key.
fn home(upstream: &Upstream, key: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a home");
    let folder = home.path().join(".config/fareway");
    std::fs::create_dir_all(&folder).expect("a config folder");
    let config = format!(
        "[providers.work]\nname = \"Work\"\nbase_url = \"{}\"\nkeys = [\"cmd:{key}\"]\nmodels = [\"m\"]\n",
        upstream.base_url()
    );
    std::fs::write(folder.join("config.toml"), config).expect("a config");
    home
}

fn chat(home: &Path) -> Pty {
    Pty::start(command(home, &["--model", "work/m"]), 100, 30)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_picture_stands_before_the_key_and_the_question_waits_for_it() {
    let upstream = Upstream::start([Script::says(&["Hello", " there"])]);
    let home = home(&upstream, "cat gate");
    // a reader of a pipe waits until somebody writes
    let gate = home.path().join("gate");
    let made = std::process::Command::new("mkfifo").arg(&gate).status().expect("mkfifo runs");
    assert!(made.success());
    let mut pty = chat(home.path());
    pty.until_shows("work/m");
    pty.say("hi");
    pty.until_shows("what you send now waits");
    assert!(upstream.seen().is_empty(), "nothing is asked without the key");
    std::fs::write(&gate, "sk-late\n").expect("the key is given");
    pty.until_shows("Hello there");
    let seen = upstream.seen();
    let asked = seen.last().expect("a request");
    assert_eq!(asked.header("authorization"), Some("Bearer sk-late"));
}

#[test]
fn a_command_that_fails_is_named_and_the_rest_works() {
    let upstream = Upstream::start([]);
    let home = home(&upstream, "exit 7");
    let pty = chat(home.path());
    pty.until_shows("the key command `exit 7` failed");
}
