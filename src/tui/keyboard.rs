//! What the terminal sends, from bytes: keys, pastes, focus, mouse, and its answers. No IO: bytes in, inputs out.
//!
//! Sequences may be cut anywhere. A lone Esc looks like the beginning of one: [`Keyboard::is_open`] says so, and whoever
//! reads waits a moment before [`Keyboard::flush`] calls it a key.

mod escape;
mod meaning;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use escape::escape;

/// One thing the terminal said.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    Event(Event),
    /// The answer to `CSI 5 n`: everything sent before the question has been read.
    Alive,
    /// A paste of so many bytes, too large to be kept.
    Overlong(usize),
}

/// The decoder and what it has not understood yet.
#[derive(Debug, Default)]
pub struct Keyboard {
    held: Vec<u8>,
    /// How much of an open paste was searched for its end.
    searched: usize,
    /// How much of an open paste was let go, because it is too large to be taken.
    dropped: usize,
}

/// Nothing that a terminal says of itself is longer; a paste may be.
const LONGEST: usize = 4_096;
/// A paste above this is only counted: whoever pastes a disk image should not pay for it in memory.
const LARGEST_PASTE: usize = 8 << 20;
const PASTE_BEGIN: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

enum Found {
    /// So many bytes were this.
    Input(usize, Input),
    /// So many bytes say nothing to us.
    Nothing(usize),
    /// More bytes are needed.
    Open,
}

impl Keyboard {
    /// Takes bytes and appends what they mean.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<Input>) {
        self.held.extend_from_slice(bytes);
        self.decode(out, false);
    }

    /// Whether a sequence has begun that may also be a whole key. An open paste is none.
    pub fn is_open(&self) -> bool {
        self.held.first() == Some(&0x1b) && !self.held.starts_with(PASTE_BEGIN)
    }

    /// Nothing more came: what is held is what it looks like.
    pub fn flush(&mut self, out: &mut Vec<Input>) {
        if self.is_open() {
            self.decode(out, true);
        }
    }

    fn decode(&mut self, out: &mut Vec<Input>, whole: bool) {
        let mut from = 0;
        while from < self.held.len() {
            let rest = &self.held[from..];
            let found = if rest.starts_with(PASTE_BEGIN) {
                paste(rest, &mut self.searched, &mut self.dropped)
            } else {
                next(rest, whole)
            };
            match found {
                Found::Input(n, input) => {
                    out.push(input);
                    from += n;
                }
                Found::Nothing(n) => from += n,
                Found::Open => break,
            }
        }
        self.held.drain(..from);
        if self.held.len() > LARGEST_PASTE && self.held.starts_with(PASTE_BEGIN) {
            // the end of the paste may have begun to come
            let kept = self.held.len() - PASTE_END.len();
            self.held.drain(PASTE_BEGIN.len()..kept);
            self.dropped += kept - PASTE_BEGIN.len();
            self.searched = 0;
        }
        if self.held.len() > LONGEST && !self.held.starts_with(PASTE_BEGIN) {
            self.held.clear();
        }
    }
}

fn next(bytes: &[u8], whole: bool) -> Found {
    match bytes[0] {
        0x1b => escape(bytes, whole),
        byte @ (0..0x20 | 0x7f) => key(1, control(byte)),
        _ => character(bytes),
    }
}

fn key(len: usize, event: KeyEvent) -> Found {
    Found::Input(len, Input::Event(Event::Key(event)))
}

fn plain(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}

/// `\r` is Enter, `\n` is Ctrl-J: in raw mode no line discipline makes one of the other.
fn control(byte: u8) -> KeyEvent {
    let ctrl = |c: u8| KeyEvent::new(KeyCode::Char(char::from(c)), KeyModifiers::CONTROL);
    match byte {
        b'\r' => plain(KeyCode::Enter),
        b'\t' => plain(KeyCode::Tab),
        0x7f => plain(KeyCode::Backspace),
        0 => ctrl(b' '),
        1..=0x1a => ctrl(b'a' + byte - 1),
        _ => ctrl(b'4' + byte.saturating_sub(0x1c)),
    }
}

fn character(bytes: &[u8]) -> Found {
    let width = match bytes[0] {
        0..0x80 => 1,
        0xc2..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf5 => 4,
        _ => return Found::Nothing(1),
    };
    let broken = bytes.iter().take(width).skip(1).position(|b| b & 0xc0 != 0x80);
    if let Some(at) = broken {
        return Found::Nothing(at + 1);
    }
    let Some(whole) = bytes.get(..width) else { return Found::Open };
    match std::str::from_utf8(whole).ok().and_then(|text| text.chars().next()) {
        // C1 controls are no keys
        Some(c) if !c.is_control() => {
            let shift = if c.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
            key(width, KeyEvent::new(KeyCode::Char(c), shift))
        }
        _ => Found::Nothing(width),
    }
}

/// Each byte of a paste is looked at once, in however many pieces it comes.
fn paste(bytes: &[u8], searched: &mut usize, dropped: &mut usize) -> Found {
    let from = PASTE_BEGIN.len().max(searched.saturating_sub(PASTE_END.len()));
    let Some(at) = memchr::memmem::find(&bytes[from..], PASTE_END) else {
        *searched = bytes.len();
        return Found::Open;
    };
    *searched = 0;
    let text = &bytes[PASTE_BEGIN.len()..from + at];
    let input = match std::mem::take(dropped) {
        0 => Input::Event(Event::Paste(String::from_utf8_lossy(text).into_owned())),
        dropped => Input::Overlong(dropped + text.len()),
    };
    Found::Input(from + at + PASTE_END.len(), input)
}
