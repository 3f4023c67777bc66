//! `--plain` and `ACCESSIBLE=1`: the same session line by line; nothing moves the cursor.

use crate::support::pty::{Pty, command};
use tempfile::TempDir;

fn home() -> TempDir {
    tempfile::tempdir().expect("a home")
}

/// The next prompt stands at the end and waits.
fn waits(screen: &str) -> bool {
    screen.trim_end().ends_with('>')
}

#[test]
fn what_is_piped_in_is_answered_without_an_escape() {
    let home = home();
    let run = |input: &str, args: &[&str]| {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_fareway"))
            .args(["--plain"])
            .args(args)
            .env_clear()
            .env("HOME", home.path())
            .env("FAREWAY_OFFLINE", "1")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("it starts");
        std::io::Write::write_all(&mut child.stdin.take().expect("piped"), input.as_bytes())
            .expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stdout).expect("text")
    };
    let said = run("hello\n/model demo/flaky\n", &["--model", "demo/swift"]);
    assert!(said.contains("the real models appear beside me"), "{said}");
    assert!(said.contains("of play money") && said.contains("demo/flaky answers."), "{said}");
    assert!(!said.contains('\x1b') && !said.contains("**"), "{said:?}");
    let said = run("/quit\n", &[]);
    assert!(said.contains("You: hello") && said.contains("Answer: "), "{said}");
}

/// Lists are numbered, questions are asked, pictures are named: nothing opens that cannot be seen.
#[test]
fn what_is_an_overlay_elsewhere_is_a_few_lines_here() {
    let home = home();
    let mut accessible = command(home.path(), &["--model", "demo/sage"]);
    accessible.env("ACCESSIBLE", "1");
    let mut pty = Pty::start(accessible, 80, 60);
    pty.until("the first prompt", |screen| screen.contains("demo/sage") && waits(screen));
    pty.keys("/model\r");
    pty.until("the models", |screen| {
        screen.contains("Models: ") && screen.contains("1: demo/") && waits(screen)
    });
    pty.keys("demo/swift\r");
    pty.until("those that fit", |screen| screen.contains("Models for demo/swift: 1.") && waits(screen));
    pty.keys("1\r");
    pty.until_shows("demo/swift answers.");
    // who says no is heard, and no word of a long line is cut
    pty.keys("!echo nothing\r");
    pty.until_shows("y: run it");
    pty.keys("n\r");
    pty.until("that nothing was done", |screen| screen.contains("[left]") && waits(screen));
    pty.keys("!echo from the shell\r");
    pty.until_shows("echo from the shell\nn: no\ny: run it and attach what it prints");
    pty.keys("y\r");
    pty.until_shows("goes with the next prompt");
    pty.keys("what is this\r");
    pty.until_shows("of play money]");
    pty.keys("/sessions\r");
    pty.until("the one session", |screen| screen.contains("Sessions: 1.") && waits(screen));
    pty.keys("1\r");
    pty.until("that it is the one that is open", |screen| screen.contains("[done]") && waits(screen));
    pty.keys("/usage\r");
    pty.until_shows("`fareway usage` says it");
    pty.keys("/quit\r");
    assert_eq!(pty.end(), 0);
    assert!(!pty.raw().contains('\x1b'), "{:?}", pty.raw());
}
