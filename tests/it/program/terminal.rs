//! The real program in a real pseudo-terminal: chat, switch the model, quit, come back, and every way of ending.

use crate::support::pty::{Pty, command};
use portable_pty::CommandBuilder;
use rustix::process::Signal;
use tempfile::TempDir;

fn home() -> TempDir {
    tempfile::tempdir().expect("a home")
}

fn chat(home: &TempDir, args: &[&str]) -> Pty {
    Pty::start(command(home.path(), args), 100, 30)
}

/// Waits for the end of an answer: its foot has a time and a cost.
fn answered(pty: &Pty, text: &str) -> String {
    pty.until(&format!("an answer with {text:?}"), |screen| {
        screen.contains(text)
            && screen.contains("tok/s")
            && screen.contains("enter send")
            && !screen.contains("Esc stops")
    })
}

/// The window says how it goes, and has its own title back at the end.
#[test]
fn the_title_follows_the_reply_and_is_given_back() {
    let home = home();
    let mut plain = command(home.path(), &["--model", "demo/swift"]);
    plain.env("WT_SESSION", "1");
    let mut pty = Pty::start(plain, 100, 30);
    pty.until_shows("demo/swift");
    pty.say("hello");
    answered(&pty, "the real models appear");
    pty.keys("\x04");
    assert_eq!(pty.end(), 0);
    let raw = pty.raw();
    let at = |what: &str| raw.find(what).unwrap_or_else(|| panic!("{what:?} was never sent: {raw:?}"));
    let order = [
        "\x1b[22;0t",
        "\x1b]2;fareway · swift\x1b\\",
        "\x1b]2;○ hello · swift\x1b\\",
        "\x1b]9;4;3;\x1b\\",
        "\x1b]2;● hello · swift\x1b\\",
        "\x1b]2;hello · swift\x1b\\",
        "\x1b]9;4;0;\x1b\\",
        "\x1b[23;0t",
    ];
    let places: Vec<usize> = order.iter().map(|what| at(what)).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn ask_switch_the_model_ask_again_quit_and_come_back() {
    let home = home();
    let mut pty = chat(&home, &["--model", "demo/swift"]);
    pty.until_shows("demo/swift");
    pty.say("hello");
    answered(&pty, "built-in demonstration");
    pty.keys("\x0b");
    pty.until_shows("demo/thinker");
    pty.keys("demo/flaky");
    pty.until("the picker to narrow", |screen| !screen.contains("demo/thinker"));
    pty.keys("\r");
    pty.until("the picker to close", |screen| {
        screen.lines().next().is_some_and(|top| top.contains("demo/flaky"))
    });
    pty.say("hello again");
    answered(&pty, "2 replies");
    pty.keys("a draft to keep");
    pty.until_shows("a draft to keep");
    pty.signal(Signal::TERM);
    assert_eq!(pty.end(), 0);

    let mut pty = chat(&home, &[]);
    let screen = pty.until("the last session", |screen| {
        screen.contains("hello again") && screen.contains("a draft to keep")
    });
    assert!(screen.lines().next().is_some_and(|top| top.contains("demo/flaky")), "{screen}");
    // clears the draft, then quits
    pty.keys("\x03");
    pty.until_shows("Ctrl-C again quits");
    pty.keys("\x03");
    assert_eq!(pty.end(), 0);
    assert!(pty.is_cooked());
}

#[test]
fn a_theme_for_one_run_leaves_the_chosen_one_in_its_place() {
    let home = home();
    let mut pty = chat(&home, &["--model", "demo/swift"]);
    pty.until_shows("demo/swift");
    pty.say("/theme nord");
    pty.until_shows("› Write a prompt");
    pty.keys("\x04");
    assert_eq!(pty.end(), 0);
    let mut pty = chat(&home, &["--theme", "day", "--model", "demo/swift"]);
    pty.until_shows("demo/swift");
    // what is asked is kept for Up, and with it the other choices
    pty.say("hello");
    answered(&pty, "built-in demonstration");
    pty.keys("\x04");
    assert_eq!(pty.end(), 0);
    let pty = Pty::start(command(home.path(), &["config", "show"]), 100, 60);
    pty.until_shows("# theme = \"Nord\"");
}

#[test]
fn what_is_typed_before_the_session_is_there_is_not_lost() {
    let home = home();
    let mut pty = chat(&home, &[]);
    // before that the line discipline echoes it, whatever the program does
    pty.until_taken();
    pty.keys("early bird");
    pty.until("the session with it", |screen| {
        screen.contains("› early bird") && screen.contains("demo/sage")
    });
}

#[test]
fn a_signal_gives_the_terminal_back() {
    for signal in [Signal::TERM, Signal::INT] {
        let home = home();
        let mut pty = chat(&home, &[]);
        pty.until_shows("demo/sage");
        assert!(!pty.is_cooked());
        pty.signal(signal);
        assert_eq!(pty.end(), 0);
        assert!(pty.is_cooked(), "{signal:?}");
        let raw = pty.raw();
        let leave = raw.rfind("\x1b[?1049l").expect("the alternate screen is left");
        assert!(raw[leave..].contains("\x1b[?25h"), "{signal:?}: the cursor is shown again");
        assert!(raw.contains("\x1b[?2004l"), "{signal:?}: no bracketed paste any more");
    }
}

#[test]
fn a_reply_is_finished_after_a_hang_up_and_is_there_on_the_next_start() {
    let home = home();
    let mut pty = chat(&home, &["--model", "demo/swift"]);
    pty.until_shows("demo/swift");
    pty.say("hello");
    pty.until_shows("You");
    pty.until("the first words", |screen| screen.contains("Hello"));
    pty.signal(Signal::HUP);
    assert_eq!(pty.end(), 0);
    let pty = chat(&home, &[]);
    let screen = pty.until_shows("the real models appear beside me");
    assert!(!screen.contains("stopped") && !screen.contains("not finished"), "{screen}");
}

#[test]
fn a_killed_program_has_every_acknowledged_word() {
    let home = home();
    let mut pty = chat(&home, &["--model", "demo/swift"]);
    pty.until_shows("demo/swift");
    pty.say("hello");
    answered(&pty, "the real models appear beside me");
    pty.say("how does a bicycle stay upright");
    // words of the answer are heard: the question was on disk before it was asked
    pty.until("the answer to begin", |screen| {
        let meter = screen.lines().find(|line| line.starts_with("reply")).unwrap_or_default();
        screen.contains("Esc stops") && meter.contains("out") && !meter.contains("~0 out")
    });
    pty.signal(Signal::KILL);
    pty.end();
    let pty = chat(&home, &[]);
    pty.until_shows("how does a bicycle stay upright");
}

#[test]
fn small_terminals_are_told_so_and_nothing_panics() {
    let home = home();
    for (columns, rows) in [(40, 12), (20, 5), (1, 1), (200, 60)] {
        let mut pty = Pty::start(command(home.path(), &["--new"]), columns, rows);
        pty.until_taken();
        if columns >= 40 {
            pty.until_shows("demo/sage");
        }
        pty.keys("x");
        pty.signal(Signal::TERM);
        assert_eq!(pty.end(), 0, "{columns}x{rows}");
    }
}

#[test]
fn without_a_terminal_the_chat_says_what_to_do() {
    let home = home();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_fareway"))
        .env_clear()
        .env("HOME", home.path())
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("needs a terminal") && said.contains("fareway ask"), "{said}");
}

#[test]
fn a_dumb_terminal_and_no_color_are_respected() {
    let home = home();
    let mut plain: CommandBuilder = command(home.path(), &[]);
    plain.env("NO_COLOR", "1");
    let pty = Pty::start(plain, 100, 30);
    pty.until_shows("demo/sage");
    let raw = pty.raw();
    assert!(!raw.contains("\x1b[38;") && !raw.contains(";48;"), "a colour was set: {raw:?}");
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_coming_back_draws_it_again() {
    let home = home();
    let mut pty = chat(&home, &[]);
    // what is typed before is echoed by the line discipline onto the other screen
    pty.until_taken();
    pty.keys("half a thought");
    pty.until_shows("› half a thought");
    pty.keys("\x1a");
    pty.until("the screen to be left", |screen| !screen.contains("half a thought"));
    pty.until_stopped();
    assert!(pty.is_cooked());
    pty.signal(Signal::CONT);
    pty.until_shows("› half a thought");
    assert!(!pty.is_cooked());
}

/// A command that does not end is seen, and Esc ends it with all that it started.
#[test]
fn a_command_that_runs_on_is_ended_by_esc() {
    let home = home();
    let fifo = home.path().join("held");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status().expect("mkfifo runs");
    assert!(made.success());
    let mut pty = chat(&home, &["--model", "demo/swift"]);
    pty.until_shows("demo/swift");
    pty.say("!sleep 600 3>held; echo done");
    pty.until_shows("Run this command");
    pty.keys("y");
    // it opens when the command has the other end, and is read to its end when nobody has it any more
    let (over, seen) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let held = std::fs::File::open(&fifo);
        let _ = over.send(held.is_ok());
        let ended = held.and_then(|mut held| std::io::Read::read_to_end(&mut held, &mut Vec::new()));
        let _ = over.send(ended.is_ok_and(|bytes| bytes == 0));
    });
    pty.until_shows("esc stops it");
    let runs = seen.recv_timeout(std::time::Duration::from_secs(60));
    assert_eq!(runs, Ok(true), "stopped before it began, it would hold nothing");
    pty.keys("\x1b");
    pty.until_shows("stopped: what it had printed is not attached");
    let ended = seen.recv_timeout(std::time::Duration::from_secs(60));
    assert_eq!(ended, Ok(true), "the sleep that the shell started is gone too");
    // the command stands in the composer again: clears it, then quits
    pty.keys("\x03");
    pty.until_shows("Ctrl-C again quits");
    pty.keys("\x03");
    assert_eq!(pty.end(), 0);
}
