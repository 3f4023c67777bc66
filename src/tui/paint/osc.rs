//! Things said to the terminal beside the picture: title, clipboard, notification. Bytes only; nothing is asked.

use super::Environment;
use base64::Engine as _;

/// Terminals drop longer clipboard writes, some at 74,994 bytes of base64.
pub const CLIPBOARD_LIMIT: usize = 74_000;

/// Asks the terminal for a sign of life (DSR 5): its answer says that everything before it was read.
pub const QUESTION: &[u8] = b"\x1b[5n";

/// Sets the window's title.
pub fn title(text: &str) -> Vec<u8> {
    format!("\x1b]2;{}\x1b\\", crate::words::clean_line(text)).into_bytes()
}

/// Hands `text` to the clipboard of the terminal the person sits at (OSC 52), also through tmux and GNU screen.
/// `None` when it is too long: write it to a file instead. No terminal says whether it took it.
pub fn clipboard(text: &str, env: &Environment) -> Option<Vec<u8>> {
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    if encoded.len() > CLIPBOARD_LIMIT {
        return None;
    }
    Some(passed(&format!("\x1b]52;c;{encoded}\x1b\\"), env))
}

/// A notification for a window that is not looked at: a bell, which tmux and mosh pass on too, and OSC 9 where it is shown.
pub fn notify(text: &str, env: &Environment) -> Vec<u8> {
    let shows = ["kitty", "foot", "ghostty", "wezterm"].iter().any(|t| env.term.contains(t))
        || matches!(env.term_program.as_str(), "iTerm.app" | "WezTerm" | "ghostty")
        || env.windows_terminal;
    let mut out = b"\x07".to_vec();
    if shows {
        out.extend(passed(&format!("\x1b]9;{}\x1b\\", crate::words::clean_line(text)), env));
    }
    out
}

/// Wrapped so that tmux and GNU screen hand it on.
fn passed(sequence: &str, env: &Environment) -> Vec<u8> {
    if env.tmux {
        return format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b")).into_bytes();
    }
    if env.screen || env.term.starts_with("screen") {
        // screen takes pieces of at most 768 bytes, and ends a piece at the first string terminator
        let sequence = sequence.replace("\x1b\\", "\x07");
        let pieces = sequence.as_bytes().chunks(700);
        return pieces.flat_map(|p| [b"\x1bP", p, b"\x1b\\"].concat()).collect();
    }
    sequence.as_bytes().to_vec()
}
