//! The real program in a real pseudo-terminal, read through a terminal emulator. Waits for what is shown, never for time.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// Longer than anything takes on a loaded machine; reached only when a test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running program and its screen.
pub struct Pty {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
}

struct Seen {
    parser: vt100::Parser,
    raw: Vec<u8>,
    ended: bool,
}

/// The program's binary with nothing of the tester's own environment that could change what it does.
pub fn command(home: &Path, args: &[&str]) -> CommandBuilder {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_fareway"));
    command.env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", home);
    command.env("TERM", "xterm-256color");
    command.env("FAREWAY_OFFLINE", "1");
    command.cwd(home);
    command.args(args);
    command
}

impl Pty {
    pub fn start(command: CommandBuilder, columns: u16, rows: u16) -> Self {
        let cells = |n| NonZero::new(n).expect("a terminal has cells");
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let child = pair.slave.spawn_command(command).expect("the program starts");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let keyboard = pair.master.take_writer().expect("a writer");
        let seen = Arc::new((
            Mutex::new(Seen {
                parser: vt100::Parser::new(cells(rows), cells(columns), 0),
                raw: Vec::new(),
                ended: false,
            }),
            Condvar::new(),
        ));
        let fed = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            loop {
                // the kernel says EIO when the last program at the other end is gone
                let n = reader.read(&mut buffer).unwrap_or(0);
                let mut seen = fed.0.lock().expect("no reader panicked");
                if n == 0 {
                    seen.ended = true;
                } else {
                    seen.parser.process(&buffer[..n]);
                    seen.raw.extend_from_slice(&buffer[..n]);
                }
                fed.1.notify_all();
                if n == 0 {
                    break;
                }
            }
        });
        Self { child, master: pair.master, keyboard, seen }
    }

    /// Types these bytes.
    pub fn keys(&mut self, bytes: &str) {
        self.keyboard.write_all(bytes.as_bytes()).expect("the program listens");
        self.keyboard.flush().expect("the program listens");
    }

    /// Gives the terminal another size, as a window that is dragged: the kernel tells the program.
    pub fn resize(&self, columns: u16, rows: u16) {
        let cells = |n| NonZero::new(n).expect("a terminal has cells");
        let mut seen = self.seen.0.lock().expect("no reader panicked");
        seen.parser.screen_mut().set_size(cells(rows), cells(columns));
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).expect("the terminal takes another size");
    }

    /// Everything the program wrote.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.seen.0.lock().expect("no reader panicked").raw).into_owned()
    }

    /// Waits until the screen shows what is wanted.
    #[track_caller]
    pub fn until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.seen.0.lock().expect("no reader panicked");
        loop {
            let screen = seen.parser.screen().contents();
            if wanted(&screen) {
                return screen;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if seen.ended || left.is_zero() {
                drop(seen);
                panic!("never saw {what}; the screen is:\n{screen}\n");
            }
            seen = self.seen.1.wait_timeout(seen, left).expect("no reader panicked").0;
        }
    }

    /// Types a prompt as a person does: the text is on the screen before Enter is pressed.
    #[track_caller]
    pub fn say(&mut self, text: &str) {
        self.keys(text);
        self.until_shows(&format!("› {text}"));
        self.keys("\r");
    }

    /// Waits until the program has taken the terminal; from then on it hears signals.
    #[track_caller]
    pub fn until_taken(&self) {
        let taken = || self.raw().contains("\x1b[?1049h");
        let deadline = Instant::now() + PATIENCE;
        while !taken() {
            let seen = self.seen.0.lock().expect("no reader panicked");
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "the terminal was never taken");
            drop(
                self.seen
                    .1
                    .wait_timeout(seen, left.min(Duration::from_millis(50)))
                    .expect("no reader panicked"),
            );
        }
    }

    #[track_caller]
    pub fn until_shows(&self, text: &str) -> String {
        self.until(&format!("{text:?}"), |screen| screen.contains(text))
    }

    /// Waits for the end and gives the exit code.
    #[track_caller]
    pub fn end(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.seen.0.lock().expect("no reader panicked");
        while !seen.ended {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let screen = seen.parser.screen().contents();
                drop(seen);
                panic!("the program did not end; the screen is:\n{screen}\n");
            }
            seen = self.seen.1.wait_timeout(seen, left).expect("no reader panicked").0;
        }
        drop(seen);
        self.child.wait().expect("its exit code").exit_code()
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = self.child.process_id().and_then(|pid| i32::try_from(pid).ok()).expect("it runs");
        let pid = rustix::process::Pid::from_raw(pid).expect("a process id");
        rustix::process::kill_process(pid, signal).expect("the signal is sent");
    }

    /// Waits until the program has stopped itself, as its shell does: a continue sent before is forgotten.
    #[track_caller]
    pub fn until_stopped(&self) {
        use rustix::process::{WaitId, WaitIdOptions, waitid};
        let pid = self.child.process_id().and_then(|pid| i32::try_from(pid).ok()).expect("it runs");
        let pid = rustix::process::Pid::from_raw(pid).expect("a process id");
        let options = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let deadline = Instant::now() + PATIENCE;
        while waitid(WaitId::Pid(pid), options).expect("our own child").is_none() {
            assert!(Instant::now() < deadline, "the program never stopped");
            let seen = self.seen.0.lock().expect("no reader panicked");
            drop(self.seen.1.wait_timeout(seen, Duration::from_millis(5)).expect("no reader panicked"));
        }
    }

    /// The line discipline echoes and waits for whole lines again.
    pub fn is_cooked(&self) -> bool {
        let modes = self.master.get_termios().expect("the terminal's modes").local_flags.bits();
        let cooked = (rustix::termios::LocalModes::ICANON | rustix::termios::LocalModes::ECHO).bits();
        modes & cooked == cooked
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
