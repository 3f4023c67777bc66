//! Things said to the terminal beside the picture: title, progress, clipboard, notification. Bytes only; nothing is asked.

use super::Environment;
use crate::app::Progress;
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
    let sequence = format!("\x1b]52;c;{encoded}\x1b\\");
    let mut bytes = Wrap::of(env).around(&sequence);
    if Wrap::of(env) == Wrap::Tmux {
        // handed on where it lets that through, else taken by itself where it is told to (`set-clipboard on`)
        bytes.extend(sequence.as_bytes());
    }
    Some(bytes)
}

/// Whether the terminal takes what is sent to its clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clipboard {
    Yes,
    /// It may, or may be told to.
    Perhaps,
    No,
}

impl Clipboard {
    pub fn of(env: &Environment) -> Clipboard {
        let known = env.is_modern() || env.windows_terminal || env.term_program == "iTerm.app" || env.iterm;
        match () {
            () if matches!(env.term.as_str(), "linux" | "dumb") => Clipboard::No,
            () if Wrap::of(env) != Wrap::None => Clipboard::Perhaps,
            () if env.vte || env.term_program == "Apple_Terminal" => Clipboard::No,
            () if known => Clipboard::Yes,
            () => Clipboard::Perhaps,
        }
    }
}

/// How a window that is not looked at calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notify {
    /// What every terminal, tmux and mosh pass on.
    Bell,
    /// iTerm2's, also kitty's.
    Osc9,
    /// rxvt-unicode's, with a title: foot, ghostty, WezTerm.
    Osc777,
}

impl Notify {
    /// A notification where the terminal is known to show it and nothing stands between, else the bell.
    pub fn of(env: &Environment) -> Notify {
        let is = |name: &str| env.term.contains(name) || env.term_program.eq_ignore_ascii_case(name);
        match env.notify {
            Some(chosen) => chosen,
            None if Wrap::of(env) != Wrap::None => Notify::Bell,
            None if is("foot") || is("ghostty") || is("wezterm") => Notify::Osc777,
            None if is("kitty") || env.term_program == "iTerm.app" || env.iterm => Notify::Osc9,
            None => Notify::Bell,
        }
    }
}

/// Calls a person who looks elsewhere.
pub fn notify(text: &str, env: &Environment) -> Vec<u8> {
    let text = crate::words::clean_line(text);
    let sequence = match Notify::of(env) {
        Notify::Bell => return b"\x07".to_vec(),
        Notify::Osc9 => format!("\x1b]9;fareway: {text}\x1b\\"),
        Notify::Osc777 => format!("\x1b]777;notify;fareway;{}\x1b\\", text.replace(';', ",")),
    };
    Wrap::of(env).around(&sequence)
}

/// Progress on the terminal's tab or in its task bar (OSC 9;4, from ConEmu).
pub fn progress(progress: Progress, wrap: Wrap) -> Vec<u8> {
    let state = match progress {
        Progress::None => "0;",
        Progress::Working => "3;",
        Progress::Failed => "2;100",
    };
    wrap.around(&format!("\x1b]9;4;{state}\x1b\\"))
}

/// What stands between us and the terminal, and takes some sequences for itself unless they are wrapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wrap {
    #[default]
    None,
    Tmux,
    Screen,
}

impl Wrap {
    pub fn of(env: &Environment) -> Wrap {
        if env.tmux {
            Wrap::Tmux
        } else if env.screen || env.term.starts_with("screen") {
            Wrap::Screen
        } else {
            Wrap::None
        }
    }

    /// Wrapped so that it is handed on.
    fn around(self, sequence: &str) -> Vec<u8> {
        match self {
            Wrap::None => sequence.as_bytes().to_vec(),
            Wrap::Tmux => format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b")).into_bytes(),
            Wrap::Screen => {
                // screen takes pieces of at most 768 bytes, and ends a piece at the first string terminator
                let sequence = sequence.replace("\x1b\\", "\x07");
                let pieces = sequence.as_bytes().chunks(700);
                pieces.flat_map(|p| [b"\x1bP", p, b"\x1b\\"].concat()).collect()
            }
        }
    }
}
