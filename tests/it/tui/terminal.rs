//! What the environment says about a terminal, what is switched on and off again, and what is said beside the picture.

use fareway::app::Progress;
use fareway::tui::markdown::{Doc, Options};
use fareway::tui::paint::{
    CLIPBOARD_LIMIT, Caps, Environment, Modes, Notify, Painter, Picture, Plain, Wrap, clipboard, notify,
    progress, title,
};
use fareway::tui::theme::Depth;
use ratatui::style::Style;

fn env(pairs: &[(&str, &str)]) -> Environment {
    Environment::read(|name| pairs.iter().find(|(k, _)| *k == name).map(|(_, v)| (*v).to_owned()))
}

#[test]
fn colours_are_found_without_asking() {
    let cases: &[(&[(&str, &str)], Depth)] = &[
        (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], Depth::True),
        (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("NO_COLOR", "1")], Depth::None),
        (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("NO_COLOR", "")], Depth::True),
        (&[("TERM", "xterm-256color")], Depth::Indexed),
        (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "Apple_Terminal")], Depth::Indexed),
        (&[("TERM", "xterm-kitty")], Depth::True),
        (&[("TERM", "foot")], Depth::True),
        (&[("TERM", "tmux-256color"), ("TMUX", "/tmp/x")], Depth::Indexed),
        (&[("TERM", "screen-256color"), ("STY", "1.pts"), ("COLORTERM", "truecolor")], Depth::Indexed),
        (&[("TERM", "linux")], Depth::Ansi16),
        (&[("TERM", "xterm")], Depth::Ansi16),
        (&[("TERM", "dumb")], Depth::None),
        (&[], Depth::None),
        (&[("WT_SESSION", "1")], Depth::True),
    ];
    for (pairs, depth) in cases {
        assert_eq!(Caps::of(&env(pairs)).depth, *depth, "{pairs:?}");
    }
    let screen = Caps::of(&env(&[("TERM", "screen"), ("STY", "1")]));
    assert!(!screen.erase_fills && !screen.links);
}

#[test]
fn frames_are_bracketed_where_the_terminal_is_known_to_have_it_and_nobody_is_asked() {
    let cases: &[(&[(&str, &str)], bool)] = &[
        (&[("TERM", "xterm-kitty")], true),
        (&[("TERM", "alacritty")], true),
        (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")], true),
        (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")], true),
        (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "Apple_Terminal")], false),
        (&[("TERM", "tmux-256color"), ("TMUX", "x"), ("TERM_PROGRAM", "WezTerm")], false),
        (&[("TERM", "xterm-256color")], false),
    ];
    for (pairs, sync) in cases {
        let caps = Caps::of(&env(pairs));
        assert_eq!(caps.sync, *sync, "{pairs:?}");
        let mut painter = Painter::new(caps);
        let mut picture = Picture::new(80, 24);
        for y in 0..24 {
            picture.buffer.set_string(0, y, format!("{y:x<80}"), Style::new());
        }
        let bytes = String::from_utf8_lossy(painter.bytes(&picture)).into_owned();
        assert_eq!(bytes.starts_with("\x1b[?2026h") && bytes.ends_with("\x1b[?2026l"), *sync, "{pairs:?}");
    }
}

#[test]
fn everything_that_is_switched_on_is_switched_off() {
    for mouse in [false, true] {
        for kitty_keys in [false, true] {
            let modes = Modes { mouse, kitty_keys, title: true, progress: None };
            let enter = String::from_utf8(modes.enter()).expect("ASCII");
            let leave = String::from_utf8(modes.leave()).expect("ASCII");
            let on: Vec<&str> =
                enter.split("\x1b[?").skip(1).filter_map(|s| s.split_once('h')).map(|s| s.0).collect();
            assert!(on.contains(&"1049") && on.contains(&"2004") && on.contains(&"1004"));
            assert_eq!(on.contains(&"1002"), mouse);
            for mode in on {
                assert!(leave.contains(&format!("\x1b[?{mode}l")), "{mode} stays on");
            }
            assert_eq!(enter.contains("\x1b[>1u"), kitty_keys);
            assert_eq!(leave.contains("\x1b[<u"), kitty_keys);
            assert!(enter.starts_with("\x1b[22;0t") && leave.ends_with("\x1b[23;0t"), "the title");
            assert!(leave.contains("\x1b[r") && leave.contains("\x1b[?25h") && leave.contains("\x1b[m"));
            for question in ["\x1b[6n", "\x1b[c", "$p"] {
                assert!(!enter.contains(question), "{question:?} costs a round trip");
            }
        }
    }
}

#[test]
fn the_clipboard_goes_through_multiplexers_and_knows_its_limit() {
    let plain = env(&[("TERM", "xterm-256color")]);
    assert_eq!(clipboard("hi", &plain).as_deref(), Some(&b"\x1b]52;c;aGk=\x1b\\"[..]));
    let tmux = env(&[("TERM", "tmux-256color"), ("TMUX", "x")]);
    // handed on, and to tmux itself
    let both = &b"\x1bPtmux;\x1b\x1b]52;c;aGk=\x1b\x1b\\\x1b\\\x1b]52;c;aGk=\x1b\\"[..];
    assert_eq!(clipboard("hi", &tmux).as_deref(), Some(both));
    let screen = env(&[("TERM", "screen"), ("STY", "1")]);
    let long = clipboard(&"x".repeat(2_000), &screen).expect("it fits");
    assert!(long.split(|b| *b == 0x1b).all(|piece| piece.len() < 768));
    assert_eq!(clipboard(&"x".repeat(CLIPBOARD_LIMIT), &plain), None);
    assert_eq!(title("a\x1b]b\n"), "\x1b]2;a␛]b \x1b\\".as_bytes());
}

#[test]
fn a_window_that_is_not_looked_at_is_called_in_its_own_way() {
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("TERM", "xterm-256color")], "\x07"),
        (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "Apple_Terminal")], "\x07"),
        (&[("TERM", "xterm-256color"), ("WT_SESSION", "1")], "\x07"),
        (&[("TERM", "linux")], "\x07"),
        (&[("TERM", "xterm-kitty")], "\x1b]9;fareway: a;b\x1b\\"),
        (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")], "\x1b]9;fareway: a;b\x1b\\"),
        (&[("TERM", "xterm-256color"), ("LC_TERMINAL", "iTerm2")], "\x1b]9;fareway: a;b\x1b\\"),
        (&[("TERM", "foot")], "\x1b]777;notify;fareway;a,b\x1b\\"),
        (&[("TERM", "xterm-ghostty")], "\x1b]777;notify;fareway;a,b\x1b\\"),
        (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")], "\x1b]777;notify;fareway;a,b\x1b\\"),
        // nobody knows what stands behind a multiplexer
        (&[("TERM", "tmux-256color"), ("TMUX", "x"), ("LC_TERMINAL", "iTerm2")], "\x07"),
        (&[("TERM", "screen"), ("STY", "1")], "\x07"),
    ];
    for (pairs, bytes) in cases {
        assert_eq!(String::from_utf8_lossy(&notify("a;b", &env(pairs))), *bytes, "{pairs:?}");
    }
    let chosen = |pairs, notify| Environment { notify: Some(notify), ..env(pairs) };
    let tmux: &[(&str, &str)] = &[("TERM", "tmux-256color"), ("TMUX", "x")];
    let cases = [
        (chosen(tmux, Notify::Osc9), "\x1bPtmux;\x1b\x1b]9;fareway: \u{241b}[2Ja\x1b\x1b\\\x1b\\"),
        (
            chosen(&[("TERM", "screen"), ("STY", "1")], Notify::Osc9),
            "\x1bP\x1b]9;fareway: \u{241b}[2Ja\x07\x1b\\",
        ),
        (chosen(&[("TERM", "xterm-kitty")], Notify::Bell), "\x07"),
    ];
    for (env, bytes) in cases {
        assert_eq!(String::from_utf8_lossy(&notify("\x1b[2Ja", &env)), bytes);
    }
}

#[test]
fn progress_is_shown_where_it_is_known_and_taken_away_at_the_end() {
    let shown: &[&[(&str, &str)]] = &[
        &[("TERM", "xterm-256color"), ("WT_SESSION", "1")],
        &[("TERM", "xterm-256color"), ("ConEmuANSI", "ON")],
        &[("TERM", "xterm-ghostty")],
        &[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")],
        &[("TERM", "xterm-256color"), ("VTE_VERSION", "8002")],
        &[("TERM", "xterm-256color"), ("PTYXIS_VERSION", "48.1")],
        &[("TERM", "xterm-256color"), ("TERM_FEATURES", "T3LrMSc7UUw9PTs3B")],
    ];
    for pairs in shown {
        let modes = Modes::of(&env(pairs));
        assert_eq!(modes.progress, Some(Wrap::None), "{pairs:?}");
        let leave = String::from_utf8(modes.leave()).expect("ASCII");
        assert!(leave.contains("\x1b]9;4;0;\x1b\\"));
    }
    let hidden: &[&[(&str, &str)]] = &[
        &[("TERM", "xterm-256color")],
        &[("TERM", "xterm-kitty")],
        &[("TERM", "foot")],
        &[("TERM", "xterm-256color"), ("VTE_VERSION", "7600")],
        &[("TERM", "xterm-256color"), ("TERM_FEATURES", "T3LrMSc7UUw9Pa3Ts3B")],
        &[("TERM", "tmux-256color"), ("TMUX", "x"), ("WT_SESSION", "1")],
    ];
    for pairs in hidden {
        assert_eq!(Modes::of(&env(pairs)).progress, None, "{pairs:?}");
    }
    let tmux = Environment { progress: Some(true), ..env(&[("TERM", "tmux-256color"), ("TMUX", "x")]) };
    assert_eq!(Modes::of(&tmux).progress, Some(Wrap::Tmux));
    assert_eq!(progress(Progress::Working, Wrap::Tmux), b"\x1bPtmux;\x1b\x1b]9;4;3;\x1b\x1b\\\x1b\\");
    assert_eq!(progress(Progress::Failed, Wrap::None), b"\x1b]9;4;2;100\x1b\\");
    assert!(!Modes::of(&env(&[("TERM", "linux")])).title, "the Linux console would print it");
}

#[test]
fn links_are_sent_once_and_closed() {
    let mut painter = Painter::new(Caps::modern());
    let mut picture = Picture::new(30, 3);
    picture.buffer.set_string(0, 1, "see docs now", Style::new());
    picture.link(4, 8, 1, "https://example.invalid/".into());
    picture.link(9, 12, 1, "https://example.invalid/\x1b[31m".into());
    let bytes = String::from_utf8_lossy(painter.bytes(&picture)).into_owned();
    assert!(bytes.contains("see \x1b]8;;https://example.invalid/\x1b\\docs\x1b]8;;\x1b\\ now"), "{bytes:?}");
    picture.buffer.set_string(0, 2, "more", Style::new());
    assert!(!String::from_utf8_lossy(painter.bytes(&picture)).contains("]8;;"));
}

/// A terminal that a frame could not be written to gets the next one whole.
#[test]
fn after_a_failed_write_everything_is_painted_again() {
    struct Broken;
    impl std::io::Write for Broken {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut painter = Painter::new(Caps::modern());
    let mut picture = Picture::new(30, 3);
    picture.buffer.set_string(0, 0, "hello", Style::new());
    assert!(painter.flush(&picture, &mut Broken).is_err());
    let mut out = Vec::new();
    let painted = painter.flush(&picture, &mut out).expect("memory takes it");
    assert_eq!(painted.bytes, out.len());
    assert!(String::from_utf8_lossy(&out).contains("hello"));
    assert_eq!(painter.flush(&picture, &mut out).expect("memory takes it").bytes, 0);
}

/// What a person pays for most: a line of text more, a key.
#[test]
fn a_line_more_scrolls_and_a_key_costs_a_byte() {
    let mut painter = Painter::new(Caps::modern());
    let mut picture = Picture::new(120, 40);
    let text = |picture: &mut Picture, from: u16| {
        for y in 0..34 {
            let line = format!("line {:<100}", u32::from(y + from) * 7919);
            picture.buffer.set_string(0, y, line, Style::new());
        }
        picture.cursor = Some(ratatui::layout::Position { x: 2, y: 36 });
    };
    text(&mut picture, 0);
    painter.bytes(&picture);
    text(&mut picture, 1);
    let first = painter.bytes(&picture).len();
    text(&mut picture, 2);
    let second = painter.bytes(&picture).len();
    assert!(first <= 50 && second <= 35, "{first} and {second} bytes for a line of 11");
    picture.buffer.set_string(2, 36, "x", Style::new());
    picture.cursor = Some(ratatui::layout::Position { x: 3, y: 36 });
    assert_eq!(painter.bytes(&picture), b"x");
}

#[test]
fn plain_lines_are_written_once_and_never_move_the_cursor() {
    let mut doc = Doc::new(Options { width: 60, links: false, sideways: true });
    let mut plain = Plain::default();
    let mut out = Vec::new();
    for part in
        ["# Ti", "tle\n\nsome **bo", "ld** text\n\n```rust\nlet x", " = 1;\n```\n\n- a\n- b\n\n> q\n\nend"]
    {
        doc.push(part);
        plain.write(&mut doc, &mut out).expect("memory takes it");
    }
    doc.end();
    plain.write(&mut doc, &mut out).expect("memory takes it");
    let text = String::from_utf8(out).expect("text");
    assert_eq!(text, "Title\n\nsome bold text\n\n[rust · 1]\n  let x = 1;\n\n• a\n• b\n\n> q\n\nend\n");
}
