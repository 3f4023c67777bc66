//! Images: what they are, how large they stand, the bytes that show them, and the text around them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fareway::tui::image::{Extent, Graphics, Image, Kind, Slice, fit, look};
use fareway::tui::paint::{Caps, Environment, Painter, Picture};
use ratatui::style::Style;
use std::sync::Arc;

/// Two by two pixels: red, green, blue, white.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==";

fn caps(images: Graphics) -> Caps {
    Caps { images, ..Caps::modern() }
}

/// Text, an image of four columns and two rows at column 2 of row 1, and text under it.
fn picture(top: u16) -> Picture {
    let image = Arc::new(Image::of(PNG).expect("a sound PNG"));
    let mut picture = Picture::new(20, 8);
    picture.buffer.set_string(0, top, "above", Style::new());
    for row in 0..2 {
        let slice = Slice { image: image.clone(), columns: 4, rows: 2, row };
        picture.image(2, top + 1 + row, 18, &slice);
    }
    picture.buffer.set_string(0, top + 3, "below", Style::new());
    picture
}

fn text(painter: &mut Painter, picture: &Picture) -> String {
    String::from_utf8_lossy(painter.bytes(picture)).into_owned()
}

#[test]
fn formats_and_sizes_are_read_from_the_first_bytes() {
    let image = Image::of(PNG).expect("a sound PNG");
    assert_eq!((image.kind, image.pixels), (Kind::Png, (2, 2)));
    assert_eq!(look(b"GIF89a\x05\0\x03\0"), Some((Kind::Gif, 5, 3)));
    let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\0\x07\0\x09";
    assert_eq!(look(jpeg), Some((Kind::Jpeg, 9, 7)));
    let webp = b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\x09\0\0\x04\0\0";
    assert_eq!(look(webp), Some((Kind::WebP, 10, 5)));
    for damaged in [&b""[..], b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"<svg>"] {
        assert_eq!(look(damaged), None, "{damaged:?}");
    }
    assert!(Image::of("!!!").is_none());
}

#[test]
fn an_image_keeps_its_proportions_and_is_never_enlarged() {
    let most = |columns, rows| Extent { columns, rows, cell: (8, 16) };
    for (pixels, at_most, cells) in [
        ((800, 600), most(40, 20), (40, 15)),
        ((80, 32), most(40, 20), (10, 2)),
        ((100, 10_000), most(40, 20), (1, 20)),
        ((10_000, 1), most(40, 20), (40, 1)),
        ((1, 1), most(40, 20), (1, 1)),
    ] {
        assert_eq!(fit(pixels, at_most), cells, "{pixels:?}");
    }
}

#[test]
fn terminals_are_known_by_their_environment() {
    let cases: &[(&[(&str, &str)], Graphics)] = &[
        (&[("TERM", "xterm-kitty")], Graphics::Kitty),
        (&[("TERM", "xterm-256color"), ("KITTY_WINDOW_ID", "1")], Graphics::Kitty),
        (&[("TERM", "xterm-ghostty")], Graphics::Kitty),
        (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")], Graphics::Iterm),
        (&[("TERM", "xterm-256color"), ("LC_TERMINAL", "iTerm2")], Graphics::Iterm),
        (&[("TERM", "xterm-256color"), ("WEZTERM_PANE", "0")], Graphics::Iterm),
        (&[("TERM", "foot")], Graphics::Sixel),
        (&[("TERM", "xterm-256color")], Graphics::None),
        (&[("TERM", "linux")], Graphics::None),
        (&[("TERM", "xterm-kitty"), ("NO_COLOR", "1")], Graphics::None),
        (&[("TERM", "tmux-256color"), ("TMUX", "x"), ("KITTY_WINDOW_ID", "1")], Graphics::None),
    ];
    for (pairs, graphics) in cases {
        let env =
            Environment::read(|name| pairs.iter().find(|(k, _)| *k == name).map(|(_, v)| (*v).to_owned()));
        assert_eq!(Caps::of(&env).images, *graphics, "{pairs:?}");
        let forced = Environment { images: Some(Graphics::None), ..env };
        assert_eq!(Caps::of(&forced).images, Graphics::None);
    }
}

#[test]
fn kitty_gets_the_file_once_and_cells_that_move_as_text() {
    let mut painter = Painter::new(caps(Graphics::Kitty));
    let first = text(&mut painter, &picture(0));
    assert!(first.contains(&format!("\x1b_Ga=T,U=1,q=2,f=100,i=64,c=4,r=2,m=0;{PNG}\x1b\\")), "{first:?}");
    // the first cell of a row says which row it is, the others follow it
    assert!(first.contains("\u{10eeee}\u{305}\u{305}\u{10eeee}\u{10eeee}\u{10eeee}"), "{first:?}");
    assert!(first.contains("\u{10eeee}\u{30d}\u{305}\u{10eeee}"));
    assert_eq!(text(&mut painter, &picture(0)), "", "nothing changed");
    let moved = text(&mut painter, &picture(2));
    assert!(!moved.contains("_G"), "it is not sent again: {moved:?}");
    // something lies over its second column: what comes after says again where it is
    let mut covered = picture(2);
    covered.buffer.set_string(3, 3, "X", Style::new());
    assert!(text(&mut painter, &covered).contains("X\u{1b}[38;5;64m\u{10eeee}\u{305}\u{30e}"));
}

#[test]
fn iterm_and_sixel_draw_over_blanks_only_when_these_were_written() {
    for (graphics, sign) in
        [(Graphics::Iterm, "\x1b]1337;File=inline=1"), (Graphics::Sixel, "\x1bP0;1q\"1;1;2;2")]
    {
        let mut painter = Painter::new(caps(graphics));
        let mut bytes = text(&mut painter, &picture(0));
        if graphics == Graphics::Sixel {
            assert!(!bytes.contains(sign), "what moves waits");
            bytes = text(&mut painter, &picture(0));
        }
        assert!(bytes.contains(&format!("\x1b[2;3H{sign}")), "{bytes:?}");
        if graphics == Graphics::Iterm {
            let size = STANDARD.decode(PNG).expect("base64").len();
            assert!(bytes.contains(&format!(";size={size};")), "the size of the file: {bytes:?}");
        }
        assert_eq!(text(&mut painter, &picture(0)), "", "nothing changed");
        let mut elsewhere = picture(0);
        elsewhere.buffer.set_string(0, 6, "typing", Style::new());
        assert!(!text(&mut painter, &elsewhere).contains(sign), "text beside it does not send it again");
        let mut covered = picture(0);
        covered.buffer.set_string(3, 1, "menu", Style::new());
        assert!(!text(&mut painter, &covered).contains(sign), "a part of it cannot be drawn");
        assert!(text(&mut painter, &picture(0)).contains(sign), "it is back");
    }
}

#[test]
fn the_text_around_an_image_stays_right() {
    for graphics in [Graphics::None, Graphics::Kitty, Graphics::Iterm, Graphics::Sixel] {
        let mut painter = Painter::new(caps(graphics));
        let size = |n| std::num::NonZeroU16::new(n).expect("not zero");
        let mut terminal = vt100::Parser::new(size(8), size(20), 0);
        for top in [0, 0, 1, 3, 4, 2, 0, 0] {
            terminal.process(painter.bytes(&picture(top)));
            let rows: Vec<String> = terminal.screen().rows(0, 20).map(|r| r.trim_end().to_owned()).collect();
            assert_eq!(rows[usize::from(top)], "above", "{graphics:?}");
            assert_eq!(rows[usize::from(top) + 3], "below", "{graphics:?}");
        }
    }
}

#[test]
fn in_tmux_kitty_is_wrapped() {
    let mut painter = Painter::new(Caps { tmux: true, ..caps(Graphics::Kitty) });
    let bytes = text(&mut painter, &picture(0));
    assert!(bytes.contains("\x1bPtmux;\x1b\x1b_Ga=T"), "{bytes:?}");
}
