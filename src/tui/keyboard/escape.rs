//! Sequences that begin with Esc: where they end, and Alt, which looks like the beginning of one.

use super::meaning::{meaning, ss3};
use super::{Found, Input, key, next, plain};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

pub(super) fn escape(bytes: &[u8], whole: bool) -> Found {
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
