//! Bytes of real terminals to keys: by value, cut anywhere, and nothing that is no key becomes one.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use fareway::tui::{Input, Keyboard};
use proptest::prelude::*;

fn heard(bytes: &[u8]) -> Vec<Input> {
    let (mut keyboard, mut out) = (Keyboard::default(), Vec::new());
    keyboard.feed(bytes, &mut out);
    keyboard.flush(&mut out);
    out
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Input {
    Input::Event(Event::Key(KeyEvent::new(code, modifiers)))
}

const NONE: KeyModifiers = KeyModifiers::NONE;
const ALT: KeyModifiers = KeyModifiers::ALT;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;

#[test]
fn each_terminals_way_of_saying_a_key_is_known() {
    use KeyCode::{BackTab, Backspace, Char, Delete, Down, End, Enter, Esc, F, Home, Insert, Left};
    use KeyCode::{PageDown, PageUp, Right, Tab, Up};
    let cases: &[(&str, KeyCode, KeyModifiers)] = &[
        ("a", Char('a'), NONE),
        ("A", Char('A'), SHIFT),
        ("é", Char('é'), NONE),
        ("😀", Char('😀'), NONE),
        ("\r", Enter, NONE),
        ("\n", Char('j'), CTRL),
        ("\t", Tab, NONE),
        ("\x7f", Backspace, NONE),
        ("\x08", Char('h'), CTRL),
        ("\x00", Char(' '), CTRL),
        ("\x01", Char('a'), CTRL),
        ("\x1a", Char('z'), CTRL),
        ("\x1c", Char('4'), CTRL),
        ("\x1f", Char('7'), CTRL),
        ("\x1b", Esc, NONE),
        ("\x1ba", Char('a'), ALT),
        ("\x1b\r", Enter, ALT),
        ("\x1b\x7f", Backspace, ALT),
        ("\x1bé", Char('é'), ALT),
        ("\x1b[", Char('['), ALT),
        ("\x1bO", Char('O'), SHIFT | ALT),
        ("\x1b]", Char(']'), ALT),
        // xterm, and everything that follows it
        ("\x1b[A", Up, NONE),
        ("\x1b[B", Down, NONE),
        ("\x1b[C", Right, NONE),
        ("\x1b[D", Left, NONE),
        ("\x1b[H", Home, NONE),
        ("\x1b[F", End, NONE),
        ("\x1b[1;5D", Left, CTRL),
        ("\x1b[1;3A", Up, ALT),
        ("\x1b[1;2B", Down, SHIFT),
        ("\x1b[Z", BackTab, SHIFT),
        ("\x1b[2~", Insert, NONE),
        ("\x1b[3~", Delete, NONE),
        ("\x1b[3;5~", Delete, CTRL),
        ("\x1b[5~", PageUp, NONE),
        ("\x1b[6~", PageDown, NONE),
        ("\x1bOP", F(1), NONE),
        ("\x1b[1;2P", F(1), SHIFT),
        ("\x1b[15~", F(5), NONE),
        ("\x1b[24~", F(12), NONE),
        // application cursor keys and keypad, tmux's and screen's Home and End, the Linux console's function keys
        ("\x1bOA", Up, NONE),
        ("\x1bOM", Enter, NONE),
        ("\x1bOq", Char('1'), NONE),
        ("\x1b[1~", Home, NONE),
        ("\x1b[4~", End, NONE),
        ("\x1b[7~", Home, NONE),
        ("\x1b[8~", End, NONE),
        ("\x1b[[A", F(1), NONE),
        ("\x1b[[E", F(5), NONE),
        ("\x1b[11~", F(1), NONE),
        // rxvt
        ("\x1b\x1b[A", Up, ALT),
        // kitty's protocol
        ("\x1b[27u", Esc, NONE),
        ("\x1b[13;5u", Enter, CTRL),
        ("\x1b[13;2u", Enter, SHIFT),
        ("\x1b[9;2u", BackTab, SHIFT),
        ("\x1b[97;5u", Char('a'), CTRL),
        ("\x1b[97;5:1u", Char('a'), CTRL),
        ("\x1b[107;6u", Char('k'), CTRL | SHIFT),
        ("\x1b[127;3u", Backspace, ALT),
        ("\x1b[57417u", Left, NONE),
        ("\x1b[57414u", Enter, NONE),
    ];
    for (bytes, code, modifiers) in cases {
        assert_eq!(heard(bytes.as_bytes()), [key(*code, *modifiers)], "{bytes:?}");
    }
}

#[test]
fn what_is_no_key_is_what_it_is() {
    let cases: &[(&str, &[Input])] = &[
        ("\x1b[I", &[Input::Event(Event::FocusGained)]),
        ("\x1b[O", &[Input::Event(Event::FocusLost)]),
        ("\x1b[0n", &[Input::Alive]),
        ("\x1b[200~a\r\nb\x1b[31m\x1b[201~", &[Input::Event(Event::Paste("a\r\nb\x1b[31m".into()))]),
        // answers to questions of others: device attributes, cursor, colours, version
        ("\x1b[?2026;2$y", &[]),
        ("\x1b[?62;22c", &[]),
        ("\x1b[>41;390;0c", &[]),
        ("\x1b[12;40R", &[]),
        ("\x1b]11;rgb:1010/1010/1010\x1b\\", &[]),
        ("\x1b]10;rgb:ffff/ffff/ffff\x07", &[]),
        ("\x1bP>|tmux 3.4\x1b\\", &[]),
        ("\x1b[?1u", &[]),
        ("\x1b[57358u", &[]),
        ("\u{85}", &[]),
        // the mouse of before 1006
        ("\x1b[M !!", &[]),
    ];
    for (bytes, expected) in cases {
        assert_eq!(heard(bytes.as_bytes()), *expected, "{bytes:?}");
    }
    // a lone byte of no character
    assert_eq!(heard(b"\xffa"), [key(KeyCode::Char('a'), NONE)]);
    assert_eq!(heard(b"\xc3(a"), [key(KeyCode::Char('('), NONE), key(KeyCode::Char('a'), NONE)]);
    let released = heard(b"\x1b[97;1:3u");
    assert!(matches!(&released[..], [Input::Event(Event::Key(k))] if k.kind == KeyEventKind::Release));
}

#[test]
fn the_mouse_is_read_beyond_column_223() {
    let at = |kind, column, row, modifiers| {
        Input::Event(Event::Mouse(MouseEvent { kind, column, row, modifiers }))
    };
    let cases = [
        ("\x1b[<0;300;2M", at(MouseEventKind::Down(MouseButton::Left), 299, 1, NONE)),
        ("\x1b[<0;1;1m", at(MouseEventKind::Up(MouseButton::Left), 0, 0, NONE)),
        ("\x1b[<32;5;6M", at(MouseEventKind::Drag(MouseButton::Left), 4, 5, NONE)),
        ("\x1b[<64;5;6M", at(MouseEventKind::ScrollUp, 4, 5, NONE)),
        ("\x1b[<65;5;6M", at(MouseEventKind::ScrollDown, 4, 5, NONE)),
        ("\x1b[<20;5;6M", at(MouseEventKind::Down(MouseButton::Left), 4, 5, CTRL | SHIFT)),
    ];
    for (bytes, expected) in cases {
        assert_eq!(heard(bytes.as_bytes()), [expected], "{bytes:?}");
    }
}

#[test]
fn an_escape_waits_for_its_rest_and_a_paste_for_its_end() {
    let (mut keyboard, mut out) = (Keyboard::default(), Vec::new());
    keyboard.feed(b"\x1b", &mut out);
    assert!(keyboard.is_open() && out.is_empty());
    keyboard.feed(b"[A", &mut out);
    assert_eq!(out, [key(KeyCode::Up, NONE)]);
    assert!(!keyboard.is_open());
    out.clear();
    keyboard.feed(b"\x1b\x1b", &mut out);
    keyboard.flush(&mut out);
    assert_eq!(out, [key(KeyCode::Esc, NONE), key(KeyCode::Esc, NONE)]);
    out.clear();
    keyboard.feed(b"\x1b[200~half", &mut out);
    assert!(!keyboard.is_open(), "a paste is not given up because its packets are late");
    keyboard.flush(&mut out);
    assert_eq!(out, []);
    keyboard.feed(b" and half\x1b[201", &mut out);
    keyboard.feed(b"~x", &mut out);
    assert_eq!(out, [Input::Event(Event::Paste("half and half".into())), key(KeyCode::Char('x'), NONE)]);
}

/// Pieces that real terminals send, to be cut anywhere.
const PIECES: &[&str] = &[
    "a",
    "é",
    "😀",
    "\r",
    "\x01",
    "\x1b[A",
    "\x1b[1;5D",
    "\x1b[3~",
    "\x1bOP",
    "\x1b[[A",
    "\x1b[97;5u",
    "\x1b[I",
    "\x1b[0n",
    "\x1b[?2026;2$y",
    "\x1b[200~p\x1b[\x1b[201~",
    "\x1b]11;rgb:0/0/0\x1b\\",
    "\x1b[<0;1;1M",
];

proptest! {
    #[test]
    fn however_it_is_cut_the_same_is_heard(
        which in prop::collection::vec(0..PIECES.len(), 1..12),
        cuts in prop::collection::vec(1usize..9, 1..40),
    ) {
        let bytes: Vec<u8> = which.iter().flat_map(|at| PIECES[*at].bytes()).collect();
        let (mut keyboard, mut out) = (Keyboard::default(), Vec::new());
        let (mut rest, mut cuts) = (&bytes[..], cuts.iter().cycle());
        while !rest.is_empty() {
            let n = cuts.next().map_or(1, |n| *n).min(rest.len());
            keyboard.feed(&rest[..n], &mut out);
            rest = &rest[n..];
        }
        keyboard.flush(&mut out);
        let whole: Vec<Input> = which.iter().flat_map(|at| heard(PIECES[*at].as_bytes())).collect();
        prop_assert_eq!(out, whole);
    }

    #[test]
    fn any_bytes_at_all_leave_the_next_key_readable(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (mut keyboard, mut out) = (Keyboard::default(), Vec::new());
        keyboard.feed(&bytes, &mut out);
        keyboard.flush(&mut out);
        // an open paste, an open string or character may swallow it; ended, it does not
        keyboard.feed(b"\x1b[201~", &mut out);
        keyboard.flush(&mut out);
        keyboard.feed(b"\x1b[A", &mut out);
        prop_assert_eq!(out.last(), Some(&key(KeyCode::Up, NONE)));
    }
}

#[test]
fn a_paste_too_large_to_be_taken_is_counted_and_let_go() {
    let mut keyboard = Keyboard::default();
    let mut out = Vec::new();
    let text = vec![b'x'; 20 << 20];
    keyboard.feed(b"\x1b[200~", &mut out);
    for piece in text.chunks(4096) {
        keyboard.feed(piece, &mut out);
    }
    assert_eq!(out, []);
    // its end in two pieces
    keyboard.feed(b"\x1b[20", &mut out);
    keyboard.feed(b"1~y", &mut out);
    assert_eq!(out, [Input::Overlong(text.len()), key(KeyCode::Char('y'), NONE)]);
    out.clear();
    keyboard.feed(b"\x1b[200~the next\x1b[201~", &mut out);
    assert_eq!(out, [Input::Event(Event::Paste("the next".into()))]);
}
