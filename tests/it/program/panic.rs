//! A panic while the chat runs: the terminal is given back, the loop ends, the exit code says so.

use crate::support::pty::{Pty, command};
use portable_pty::CommandBuilder;
use std::io::Read;
use std::os::unix::net::{UnixListener, UnixStream};

/// Where the child waits for the word to panic.
const WORD: &str = "FAREWAY_TEST_PANIC";

/// The chat in a process of its own, with a thread that panics when it is told to. The other test starts it.
#[test]
#[ignore = "a child of the test below"]
fn child() {
    let Some(path) = std::env::var_os(WORD) else { return };
    let mut word = UnixStream::connect(path).expect("the parent listens");
    std::thread::spawn(move || {
        let _ = word.read(&mut [0]);
        panic!("asked to panic");
    });
    let dirs = fareway::config::Dirs::find(None, None).expect("a home");
    let ended =
        fareway::runtime::chat(dirs, fareway::config::Config::default(), fareway::runtime::Launch::default());
    if let Err(sentence) = ended {
        eprintln!("fareway: {sentence}");
        #[allow(
            clippy::disallowed_methods,
            reason = "the test runner has a code of its own; this is what main does"
        )]
        std::process::exit(1);
    }
}

#[test]
fn a_panic_beside_the_loop_gives_the_terminal_back_and_ends() {
    let home = tempfile::tempdir().expect("a home");
    let path = home.path().join("word");
    let listener = UnixListener::bind(&path).expect("a socket");
    let mut child = CommandBuilder::new(std::env::current_exe().expect("this program"));
    child.args(["--exact", "program::panic::child", "--ignored", "--nocapture"]);
    let like = command(home.path(), &[]);
    child.env_clear();
    for (name, value) in like.iter_extra_env_as_str() {
        child.env(name, value);
    }
    child.env(WORD, &path);
    child.cwd(home.path());
    let mut pty = Pty::start(child, 100, 30);
    let (word, _) = listener.accept().expect("the child connects");
    pty.until_shows("demo/sage");
    assert!(!pty.is_cooked());
    drop(word);
    assert_eq!(pty.end(), 1);
    assert!(pty.is_cooked());
    let raw = pty.raw();
    let leave = raw.rfind("\x1b[?1049l").expect("the alternate screen is left");
    let after = &raw[leave..];
    assert!(after.contains("\x1b[?25h"), "the cursor is shown again: {after:?}");
    assert!(after.contains("asked to panic") && after.contains("so it ended"), "{after:?}");
}
