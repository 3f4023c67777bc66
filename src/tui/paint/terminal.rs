//! Taking the terminal and giving it back, exactly once, however the program ends.

use super::Environment;
use rustix::event::{PollFd, PollFlags, poll};
use std::fs::File;
use std::io::{self, Write};
use std::sync::{Mutex, Once, PoisonError};

/// What is switched on while the terminal is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modes {
    /// Clicks and the wheel come to us; the terminal's own selection then needs Shift.
    pub mouse: bool,
    /// Keys that are otherwise the same are told apart: pushed without asking, where terminals are known to have it.
    pub kitty_keys: bool,
    /// Ask whether there is synchronised output. Only with an input reader that knows the answer.
    pub ask_sync: bool,
}

impl Modes {
    /// Everything that is harmless in this environment.
    pub fn of(env: &Environment) -> Modes {
        let knows = ["kitty", "foot", "ghostty", "wezterm", "alacritty"].iter().any(|t| env.term.contains(t))
            || matches!(env.term_program.as_str(), "WezTerm" | "ghostty");
        Modes { mouse: false, kitty_keys: knows && !env.tmux && !env.screen, ask_sync: false }
    }

    /// One write: alternate screen, bracketed paste, focus events and what was asked for.
    pub fn enter(self) -> Vec<u8> {
        let mut out = b"\x1b[22;0t\x1b[?1049h\x1b[?2004h\x1b[?1004h".to_vec();
        if self.mouse {
            out.extend_from_slice(b"\x1b[?1000h\x1b[?1002h\x1b[?1006h");
        }
        if self.kitty_keys {
            out.extend_from_slice(b"\x1b[>1u");
        }
        if self.ask_sync {
            out.extend_from_slice(b"\x1b[?2026$p\x1b[c");
        }
        out
    }

    /// One write: everything off again, in the reverse order. Margins, colours, an open link and the cursor too.
    pub fn leave(self) -> Vec<u8> {
        let mut out = b"\x1b[?2026l\x1b]8;;\x1b\\\x1b[r\x1b[m".to_vec();
        if self.kitty_keys {
            out.extend_from_slice(b"\x1b[<u");
        }
        if self.mouse {
            out.extend_from_slice(b"\x1b[?1006l\x1b[?1002l\x1b[?1000l");
        }
        out.extend_from_slice(b"\x1b[?1004l\x1b[?2004l\x1b[?1049l\x1b[?25h\x1b[23;0t");
        out
    }
}

/// What gives the terminal back; `None` when it is not ours.
static TAKEN: Mutex<Option<Vec<u8>>> = Mutex::new(None);
static HOOK: Once = Once::new();

/// Gives the terminal back if it is ours. Safe to call from anywhere and any number of times: drop, a panic, a signal's
/// task, before `exit`. Errors are ignored: a terminal that hung up needs nothing.
pub fn restore() {
    let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(bytes) = taken {
        if let Ok(mut out) = Output::stdout() {
            let _ = out.write_all(&bytes);
        }
        let _ = crossterm::terminal::disable_raw_mode();
    }
}

/// The terminal while it is ours. Dropping it gives it back.
#[derive(Debug)]
pub struct Terminal {
    out: Output,
    modes: Modes,
    title: String,
}

impl Terminal {
    /// Takes the terminal: raw mode and one write. A panic anywhere gives it back before it is reported.
    ///
    /// # Errors
    /// Standard output is no terminal, or cannot be written.
    pub fn enter(modes: Modes) -> io::Result<Terminal> {
        HOOK.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                restore();
                before(info);
            }));
        });
        let mut terminal = Terminal { out: Output::stdout()?, modes, title: String::new() };
        terminal.resume()?;
        Ok(terminal)
    }

    /// Gives the terminal back for a while: `$EDITOR`, Ctrl-Z. Afterwards [`Terminal::resume`], and the painter forgets.
    pub fn pause(&mut self) {
        restore();
        self.title.clear();
    }

    /// Takes the terminal again.
    ///
    /// # Errors
    /// The terminal cannot be written or has no raw mode.
    pub fn resume(&mut self) -> io::Result<()> {
        crossterm::terminal::enable_raw_mode()?;
        *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.modes.leave());
        self.out.write_all(&self.modes.enter()).inspect_err(|_| restore())
    }

    /// Columns and rows: asked of the kernel, not of the terminal.
    ///
    /// # Errors
    /// Standard output is no terminal.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        crossterm::terminal::size()
    }

    /// Sets the window's title, if it is another than before.
    ///
    /// # Errors
    /// The terminal cannot be written.
    pub fn set_title(&mut self, title: &str) -> io::Result<()> {
        if self.title == title {
            return Ok(());
        }
        title.clone_into(&mut self.title);
        self.out.write_all(&super::osc::title(title))
    }
}

impl Write for Terminal {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Standard output without a buffer: one frame, one write.
#[derive(Debug)]
struct Output(File);

impl Output {
    fn stdout() -> io::Result<Output> {
        Ok(Output(File::from(rustix::stdio::stdout().try_clone_to_owned()?)))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                // somebody made the terminal non-blocking for reading, and its descriptor is shared
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    poll(&mut [PollFd::new(&self.0, PollFlags::OUT)], None)?;
                }
                done => return done,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
