//! What a whole sequence means: keys by letter, by number and by code point, modifiers, the mouse, answers.

use super::Input;
use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyEventState, KeyModifiers, MouseButton, MouseEvent,
    MouseEventKind,
};

pub(super) fn meaning(text: &str, last: u8) -> Option<Input> {
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

/// Keys of the application keypad and cursor modes.
pub(super) fn ss3(byte: u8) -> Option<KeyCode> {
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
