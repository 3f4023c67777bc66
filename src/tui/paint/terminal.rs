//! Taking the terminal and giving it back, exactly once, however the program ends.

use super::{Environment, Output, Wrap, osc};
use crate::app::{Progress, Window};
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What is switched on while the terminal is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modes {
    /// Clicks and the wheel come to us; the terminal's own selection then needs Shift.
    pub mouse: bool,
    /// Keys that are otherwise the same are told apart: pushed without asking, where terminals are known to have it.
    pub kitty_keys: bool,
    /// The window has a title: it is put away and brought back. The Linux console would print it.
    pub title: bool,
    /// The terminal shows progress, through what stands between; taken away again at the end.
    pub progress: Option<Wrap>,
}

impl Modes {
    /// Everything that is harmless in this environment.
    pub fn of(env: &Environment) -> Modes {
        let wrap = Wrap::of(env);
        let progress = env.progress.unwrap_or(env.shows_progress && wrap == Wrap::None);
        Modes {
            mouse: false,
            kitty_keys: env.is_modern() && wrap == Wrap::None,
            title: !matches!(env.term.as_str(), "linux" | "dumb"),
            progress: progress.then_some(wrap),
        }
    }

    /// One write: alternate screen, bracketed paste, focus events and what was asked for.
    pub fn enter(self) -> Vec<u8> {
        let mut out = if self.title { b"\x1b[22;0t".to_vec() } else { Vec::new() };
        out.extend_from_slice(b"\x1b[?1049h\x1b[?2004h\x1b[?1004h");
        if self.mouse {
            out.extend_from_slice(b"\x1b[?1000h\x1b[?1002h\x1b[?1006h");
        }
        if self.kitty_keys {
            out.extend_from_slice(b"\x1b[>1u");
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
        out.extend_from_slice(b"\x1b[?1004l\x1b[?2004l\x1b[?1049l\x1b[?25h");
        if let Some(wrap) = self.progress {
            out.extend(osc::progress(Progress::None, wrap));
        }
        if self.title {
            out.extend_from_slice(b"\x1b[23;0t");
        }
        out
    }
}

/// What gives the terminal back; `None` when it is not ours.
static TAKEN: Mutex<Option<Vec<u8>>> = Mutex::new(None);

/// How long giving the terminal back waits for one that takes nothing (Ctrl-S, a line that hangs).
const PATIENCE: Duration = Duration::from_millis(500);

/// Gives the terminal back if it is ours. Safe to call from anywhere and any number of times: drop, a panic, a signal's
/// task, before `exit`. Errors are ignored: a terminal that hung up needs nothing.
pub fn restore() {
    let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(bytes) = taken {
        if let Ok(mut out) = Output::stdout()
            && out.send(&bytes).is_ok()
        {
            out.finish(PATIENCE);
        }
        let _ = crossterm::terminal::disable_raw_mode();
    }
}

fn is_taken() -> bool {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner).is_some()
}

/// The terminal while it is ours. Dropping it gives it back.
#[derive(Debug)]
pub struct Terminal {
    out: Output,
    modes: Modes,
    window: Window,
}

impl Terminal {
    /// Takes the terminal: raw mode and one write. A panic hook should call [`restore`].
    ///
    /// # Errors
    /// Standard output is no terminal, or cannot be written.
    pub fn enter(modes: Modes) -> io::Result<Terminal> {
        let mut terminal = Terminal { out: Output::stdout()?, modes, window: Window::default() };
        terminal.resume()?;
        Ok(terminal)
    }

    /// Gives the terminal back for a while: `$EDITOR`, Ctrl-Z. Afterwards [`Terminal::resume`], and the painter forgets.
    pub fn pause(&mut self) {
        self.out.finish(PATIENCE);
        restore();
        self.window = Window::default();
    }

    /// Takes the terminal again.
    ///
    /// # Errors
    /// The terminal cannot be written or has no raw mode.
    pub fn resume(&mut self) -> io::Result<()> {
        crossterm::terminal::enable_raw_mode()?;
        *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.modes.leave());
        self.out.send(&self.modes.enter()).inspect_err(|_| restore())
    }

    /// Columns and rows: asked of the kernel, not of the terminal.
    ///
    /// # Errors
    /// Standard output is no terminal.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        crossterm::terminal::size()
    }

    /// Says what the window shows around the picture, as far as it changed.
    ///
    /// # Errors
    /// The terminal cannot be written.
    pub fn set_window(&mut self, window: Window) -> io::Result<()> {
        if self.window == window {
            return Ok(());
        }
        let mut out = Vec::new();
        if self.modes.title && self.window.title != window.title {
            out.extend(osc::title(&window.title));
        }
        if let Some(wrap) = self.modes.progress.filter(|_| self.window.progress != window.progress) {
            out.extend(osc::progress(window.progress, wrap));
        }
        self.window = window;
        self.write_all(&out)
    }

    /// Whether the terminal has taken everything: a new frame before that would only queue behind an old one.
    pub fn is_clear(&self) -> bool {
        self.out.is_clear()
    }

    /// Bytes that wait for the terminal.
    pub fn waiting(&self) -> usize {
        self.out.waiting()
    }

    /// Offers again what waits.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn push(&mut self) -> io::Result<()> {
        if is_taken() { self.out.push() } else { Ok(()) }
    }
}

/// Never blocks: what the terminal does not take now waits, see [`Terminal::is_clear`]. Nothing is said to a terminal
/// that was given back: another thread's panic may have done so.
impl Write for Terminal {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if is_taken() {
            self.out.send(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for Terminal {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.out.as_fd()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if is_taken() {
            self.out.finish(PATIENCE);
        }
        restore();
    }
}
