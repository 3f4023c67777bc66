//! The terminal while it is ours, and how it is given back whatever happens.

use crossterm::{cursor, event, execute, terminal};
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// The terminal is in our hands: a panic hook and `leave` look at it, and only one of them gives it back.
static OURS: AtomicBool = AtomicBool::new(false);
/// With mouse reports.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// Buttons and wheel only: crossterm's own capture also asks for every movement, which floods a slow line.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1002l\x1b[?1000l";

/// The terminal in raw mode on its alternate screen; gives it back when dropped.
#[derive(Debug)]
pub struct Terminal(());

impl Terminal {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste, focus reports; asks it nothing.
    pub fn enter(mouse: bool) -> io::Result<Self> {
        MOUSE.store(mouse, Ordering::Relaxed);
        take()?;
        Ok(Self(()))
    }

    /// For Ctrl-Z and `$EDITOR`: gives the terminal back for a while. `resume` takes it again.
    pub fn pause(&self) {
        leave();
    }

    pub fn resume(&self) -> io::Result<()> {
        take()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        leave();
    }
}

fn take() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    OURS.store(true, Ordering::SeqCst);
    let mut out = io::stdout();
    execute!(out, terminal::EnterAlternateScreen, event::EnableBracketedPaste, event::EnableFocusChange)?;
    if MOUSE.load(Ordering::Relaxed) {
        out.write_all(MOUSE_ON.as_bytes())?;
    }
    out.flush()
}

/// Gives the terminal back. Safe to call at any time, from anywhere, more than once.
pub fn leave() {
    if !OURS.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    // what fails here fails because the terminal is gone: nothing is left to restore then
    if MOUSE.load(Ordering::Relaxed) {
        let _ = out.write_all(MOUSE_OFF.as_bytes());
    }
    let _ = out.write_all(b"\x1b[r\x1b[0m");
    let _ = execute!(
        out,
        event::DisableFocusChange,
        event::DisableBracketedPaste,
        terminal::LeaveAlternateScreen,
        cursor::Show
    );
    let _ = terminal::disable_raw_mode();
    let _ = out.flush();
}

/// From here on a panic gives the terminal back before it speaks.
pub fn guard_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if crate::store::panic_is_caught() {
            return;
        }
        leave();
        before(panic);
    }));
}
