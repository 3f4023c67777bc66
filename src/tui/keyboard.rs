//! What the terminal sends, from bytes: keys, pastes, focus, mouse, and its answers. No IO: bytes in, inputs out.
//!
//! Sequences may be cut anywhere. A lone Esc looks like the beginning of one: [`Keyboard::is_open`] says so, and whoever
//! reads waits a moment before [`Keyboard::flush`] calls it a key.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyEventState, KeyModifiers, MouseButton, MouseEvent,
    MouseEventKind,
};

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

fn escape(bytes: &[u8], whole: bool) -> Found {
    let esc = || key(1, plain(KeyCode::Esc));
    match bytes.get(1) {
        None if whole => esc(),
        None => Found::Open,
        Some(b'[') => match csi(bytes) {
            // nothing followed: Alt-[
            Found::Open if whole && bytes.len() == 2 => alt(bytes, whole),
            Found::Open if whole => Found::Nothing(bytes.len()),
            found => found,
        },
        Some(b'O') => match bytes.get(2) {
            None if whole => alt(bytes, whole),
            None => Found::Open,
            Some(byte) => match ss3(*byte) {
                Some(code) => key(3, plain(code)),
                None => Found::Nothing(3),
            },
        },
        // strings end in ST or BEL; a person's Alt-] is alone
        Some(b']' | b'P' | b'_' | b'^' | b'X') => match string_end(bytes) {
            Some(n) => Found::Nothing(n),
            None if whole && bytes.len() == 2 => alt(bytes, whole),
            None if whole => Found::Nothing(bytes.len()),
            None => Found::Open,
        },
        Some(0x1b) => match bytes.get(2) {
            // rxvt's Alt-arrow; else Esc was pressed twice
            Some(b'[' | b'O') => match escape(&bytes[1..], whole) {
                Found::Input(n, Input::Event(Event::Key(event))) => key(n + 1, with_alt(event)),
                Found::Open => Found::Open,
                _ => esc(),
            },
            None if !whole => Found::Open,
            _ => esc(),
        },
        Some(_) => alt(bytes, whole),
    }
}

/// Esc and a key in one piece: Alt and the key.
fn alt(bytes: &[u8], whole: bool) -> Found {
    match next(&bytes[1..], whole) {
        Found::Input(n, Input::Event(Event::Key(event))) => key(n + 1, with_alt(event)),
        Found::Input(n, input) => Found::Input(n + 1, input),
        Found::Nothing(n) => Found::Nothing(n + 1),
        Found::Open if whole => Found::Nothing(bytes.len()),
        Found::Open => Found::Open,
    }
}

fn with_alt(event: KeyEvent) -> KeyEvent {
    KeyEvent { modifiers: event.modifiers | KeyModifiers::ALT, ..event }
}

fn string_end(bytes: &[u8]) -> Option<usize> {
    let bell = bytes.iter().position(|b| *b == 0x07).map(|at| at + 1);
    let st = bytes.windows(2).skip(2).position(|pair| pair == b"\x1b\\").map(|at| at + 4);
    bell.into_iter().chain(st).min()
}

/// Keys of the application keypad and cursor modes.
fn ss3(byte: u8) -> Option<KeyCode> {
    Some(match byte {
        b'P'..=b'S' => KeyCode::F(byte - b'P' + 1),
        b'M' => KeyCode::Enter,
        b'j'..=b'y' => KeyCode::Char(char::from(byte - b'j' + b'*')),
        _ => return letter(byte),
    })
}

fn letter(byte: u8) -> Option<KeyCode> {
    Some(match byte {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'E' => KeyCode::KeypadBegin,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P' => KeyCode::F(1),
        b'Q' => KeyCode::F(2),
        b'R' => KeyCode::F(3),
        b'S' => KeyCode::F(4),
        b'Z' => KeyCode::BackTab,
        _ => return None,
    })
}

fn numbered(number: u32) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F((number - 10) as u8),
        17..=21 => KeyCode::F((number - 11) as u8),
        23 | 24 => KeyCode::F((number - 12) as u8),
        _ => return None,
    })
}

fn csi(bytes: &[u8]) -> Found {
    let body = &bytes[2..];
    // the Linux console's F1 to F5, and the mouse of before 1006: their bytes look like a sequence that has ended
    match body.first() {
        Some(b'[') => {
            return match body.get(1) {
                None => Found::Open,
                Some(byte @ b'A'..=b'E') => key(4, plain(KeyCode::F(byte - b'A' + 1))),
                Some(_) => Found::Nothing(4),
            };
        }
        Some(b'M') => return if body.len() < 4 { Found::Open } else { Found::Nothing(6) },
        _ => {}
    }
    let Some(end) = body.iter().position(|b| !(0x20..0x40).contains(b)) else { return Found::Open };
    let len = end + 3;
    let last = body[end];
    if !(0x40..0x7f).contains(&last) {
        // cut short by something that is no part of it
        return Found::Nothing(len - 1);
    }
    let text = std::str::from_utf8(&body[..end]).unwrap_or_default();
    match meaning(text, last) {
        Some(input) => Found::Input(len, input),
        None => Found::Nothing(len),
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

fn meaning(text: &str, last: u8) -> Option<Input> {
    if let Some(rest) = text.strip_prefix('<') {
        return mouse(rest, last == b'M');
    }
    if text.starts_with('?') {
        return None;
    }
    let mut fields = text.split(';');
    let mut first = fields.next().unwrap_or_default().split(':');
    let number: u32 = first.next().unwrap_or_default().parse().unwrap_or(1);
    let mut second = fields.next().unwrap_or_default().split(':');
    let modifiers: u32 = second.next().unwrap_or_default().parse().unwrap_or(1);
    let kind = match second.next() {
        Some("2") => KeyEventKind::Repeat,
        Some("3") => KeyEventKind::Release,
        _ => KeyEventKind::Press,
    };
    let code = match last {
        b'n' if text == "0" => return Some(Input::Alive),
        b'I' if text.is_empty() => return Some(Input::Event(Event::FocusGained)),
        b'O' if text.is_empty() => return Some(Input::Event(Event::FocusLost)),
        // a cursor position, not F3
        b'R' if !matches!(text, "" | "1") && !text.starts_with("1;") => return None,
        b'~' => numbered(number)?,
        b'u' => unicode(number)?,
        last => letter(last)?,
    };
    let modifiers = held(modifiers);
    let shift = if code == KeyCode::BackTab { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
    let code =
        if code == KeyCode::Tab && modifiers.contains(KeyModifiers::SHIFT) { KeyCode::BackTab } else { code };
    Some(Input::Event(Event::Key(KeyEvent {
        code,
        modifiers: modifiers | shift,
        kind,
        state: KeyEventState::NONE,
    })))
}

fn held(number: u32) -> KeyModifiers {
    let bits = number.saturating_sub(1);
    let mut modifiers = KeyModifiers::NONE;
    for (bit, modifier) in [(1, KeyModifiers::SHIFT), (2, KeyModifiers::ALT), (4, KeyModifiers::CONTROL)] {
        if bits & bit != 0 {
            modifiers |= modifier;
        }
    }
    modifiers
}

/// Keys of the kitty protocol: a code point, or a number from the private use area.
fn unicode(number: u32) -> Option<KeyCode> {
    Some(match number {
        9 => KeyCode::Tab,
        13 | 57414 => KeyCode::Enter,
        27 => KeyCode::Esc,
        8 | 127 => KeyCode::Backspace,
        57399..=57408 => KeyCode::Char(char::from_digit(number - 57399, 10)?),
        57409..=57413 => KeyCode::Char(char::from(b"./*-+"[(number - 57409) as usize])),
        57415 => KeyCode::Char('='),
        57416 => KeyCode::Char(','),
        57417 => KeyCode::Left,
        57418 => KeyCode::Right,
        57419 => KeyCode::Up,
        57420 => KeyCode::Down,
        57421 => KeyCode::PageUp,
        57422 => KeyCode::PageDown,
        57423 => KeyCode::Home,
        57424 => KeyCode::End,
        57425 => KeyCode::Insert,
        57426 => KeyCode::Delete,
        // locks, media keys, modifiers alone
        57344..=63743 => return None,
        number => KeyCode::Char(char::from_u32(number).filter(|c| !c.is_control())?),
    })
}

/// The mouse by mode 1006: `button;column;row`, pressed or let go.
fn mouse(text: &str, pressed: bool) -> Option<Input> {
    let mut numbers = text.split(';').map(|n| n.parse::<u16>().ok());
    let (button, x, y) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let which = match button & 3 {
        0 => Some(MouseButton::Left),
        1 => Some(MouseButton::Middle),
        2 => Some(MouseButton::Right),
        _ => None,
    };
    let kind = match (button & 64 != 0, button & 32 != 0, which) {
        (true, ..) => match button & 3 {
            0 => MouseEventKind::ScrollUp,
            1 => MouseEventKind::ScrollDown,
            2 => MouseEventKind::ScrollLeft,
            _ => MouseEventKind::ScrollRight,
        },
        (_, true, Some(which)) => MouseEventKind::Drag(which),
        (_, true, None) | (_, _, None) => MouseEventKind::Moved,
        (_, false, Some(which)) if pressed => MouseEventKind::Down(which),
        (_, false, Some(which)) => MouseEventKind::Up(which),
    };
    let bits = u32::from(button >> 2 & 1) | u32::from(button >> 3 & 1) << 1 | u32::from(button >> 4 & 1) << 2;
    let modifiers = held(bits + 1);
    let (column, row) = (x.saturating_sub(1), y.saturating_sub(1));
    Some(Input::Event(Event::Mouse(MouseEvent { kind, column, row, modifiers })))
}
