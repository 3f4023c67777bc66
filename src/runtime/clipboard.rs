//! Text to the terminal's clipboard by OSC 52, wrapped for tmux and screen.

use base64::Engine;

/// What stands between us and the terminal that owns the clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    Nothing,
    Tmux,
    Screen,
}

impl Between {
    /// From `TMUX` and `TERM`.
    pub fn of(tmux: Option<&str>, term: Option<&str>) -> Self {
        match (tmux, term) {
            (Some(tmux), _) if !tmux.is_empty() => Self::Tmux,
            (_, Some(term)) if term.starts_with("screen") => Self::Screen,
            _ => Self::Nothing,
        }
    }
}

/// Terminals stop listening beyond about this many bytes of base64 (xterm, hterm); a file is written instead.
pub const MOST: usize = 74_994;

/// The sequence that puts the text on the clipboard; `None` when it is too long to arrive.
pub fn osc52(text: &str, between: Between) -> Option<String> {
    let payload = base64::engine::general_purpose::STANDARD.encode(text);
    if payload.len() > MOST {
        return None;
    }
    let plain = format!("\x1b]52;c;{payload}\x07");
    Some(match between {
        Between::Nothing => plain,
        // tmux passes on what stands in its own envelope, with every ESC doubled
        Between::Tmux => format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")),
        // screen takes envelopes of at most 768 bytes, one after the other
        Between::Screen => {
            let chunks = plain.as_bytes().chunks(700);
            chunks.map(|chunk| format!("\x1bP{}\x1b\\", String::from_utf8_lossy(chunk))).collect()
        }
    })
}
