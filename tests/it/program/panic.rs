//! A panic while the chat runs: the terminal is given back, the loop ends, a report is kept, the exit code says so,
//! and what was heard and typed is there on the next start.

use crate::support::pty::{Pty, command};
use fareway::runtime::Launch;
use fareway::words::ModelRef;
use portable_pty::CommandBuilder;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

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
    let launch =
        Launch { model: Some(ModelRef::new("demo/sage")), panics_at: Some('~'), ..Launch::default() };
    let ended = fareway::runtime::chat(dirs, fareway::config::Config::default(), launch);
    if ended.is_err() {
        #[allow(
            clippy::disallowed_methods,
            reason = "the test runner has a code of its own; this is what main does"
        )]
        std::process::exit(1);
    }
}

struct Told {
    pty: Pty,
    /// Dropping it makes the thread panic.
    word: UnixStream,
}

fn start(home: &Path) -> Told {
    let path = home.join("word");
    let listener = UnixListener::bind(&path).expect("a socket");
    let mut child = CommandBuilder::new(std::env::current_exe().expect("this program"));
    child.args(["--exact", "program::panic::child", "--ignored", "--nocapture"]);
    let like = command(home, &[]);
    child.env_clear();
    for (name, value) in like.iter_extra_env_as_str() {
        child.env(name, value);
    }
    child.env(WORD, &path);
    child.cwd(home);
    let pty = Pty::start(child, 100, 30);
    let (word, _) = listener.accept().expect("the child connects");
    pty.until_shows("demo/sage");
    assert!(!pty.is_cooked());
    Told { pty, word }
}

/// It ended by itself, said so on the person's own screen, and wrote the report.
fn ended(home: &Path, pty: &mut Pty, why: &str) {
    assert_eq!(pty.end(), 1);
    assert!(pty.is_cooked());
    let raw = pty.raw();
    assert_eq!(raw.matches("\x1b[?1049l").count(), 1, "given back once");
    let after = raw.rsplit("\x1b[?1049l").next().unwrap_or_default();
    assert!(after.contains("\x1b[?25h"), "the cursor is shown again: {after:?}");
    for off in ["\x1b[?2004l", "\x1b[?1004l"] {
        assert!(raw.contains(off), "{off:?} is missing");
    }
    let report = home.join(".local/share/fareway/crash.txt");
    assert!(after.contains(why), "{after:?}");
    assert!(after.contains(&format!("The report is in {}", report.display())), "{after:?}");
    assert_eq!(after.matches("fareway:").count(), 1, "said once: {after:?}");
    assert!(!after.contains("\x1b[?1049h") && !after.contains("demo/sage"), "nothing is painted: {after:?}");
    let mode = std::fs::metadata(&report).expect("a report").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let report = std::fs::read_to_string(&report).expect("a report");
    assert!(report.contains(why) && report.contains(env!("CARGO_PKG_VERSION")), "{report}");
}

#[test]
fn a_panic_beside_the_loop_gives_the_terminal_back_and_ends() {
    let home = tempfile::tempdir().expect("a home");
    let Told { mut pty, word } = start(home.path());
    drop(word);
    ended(home.path(), &mut pty, "asked to panic");
}

#[test]
fn a_panic_in_the_loop_loses_neither_the_reply_so_far_nor_the_draft() {
    let home = tempfile::tempdir().expect("a home");
    let Told { mut pty, word } = start(home.path());
    pty.say("tell me of bridges");
    pty.until_shows("You asked about");
    pty.keys("half a thought");
    pty.until_shows("half a thought");
    pty.keys("~");
    ended(home.path(), &mut pty, "asked to panic at ~");
    drop(word);
    let pty = Pty::start(command(home.path(), &[]), 100, 30);
    pty.until("what there was", |screen| {
        let all = ["tell me of bridges", "You asked about", "half a thought"];
        all.iter().all(|part| screen.contains(part))
    });
}
