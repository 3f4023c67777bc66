//! The screen after our bytes equals the picture, for random pictures, read back through a terminal emulator.

use fareway::tui::paint::{Caps, Painter, Picture};
use fareway::tui::theme::Depth;
use proptest::prelude::*;
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier, Style};

const WIDTH: u16 = 24;
const HEIGHT: u16 = 10;

/// Text that terminals find hard, and text that they do not.
const WORDS: &[&str] = &[
    "plain",
    "a",
    " ",
    "      ",
    "               ",
    "日本",
    "語",
    "한",
    "e\u{301}te\u{301}",
    "👩‍👩‍👧‍👦",
    "❤\u{fe0f}",
    "👍🏽",
    "🇩🇪",
    "ש",
    "ل",
    "ﾊﾟ",
    "→",
    "x=1;",
    "│",
    "नि",
];

const COLORS: &[Color] = &[
    Color::Reset,
    Color::Red,
    Color::LightBlue,
    Color::Indexed(99),
    Color::Rgb(1, 2, 3),
    Color::Rgb(250, 0, 9),
];

fn style() -> impl Strategy<Value = Style> {
    (0..COLORS.len(), 0..COLORS.len(), 0u8..32).prop_map(|(fg, bg, bits)| {
        let mut style = Style::new().fg(COLORS[fg]);
        // most text stands on one background
        if bits & 16 != 0 {
            style = style.bg(COLORS[bg]);
        }
        for (bit, modifier) in
            [(1, Modifier::BOLD), (2, Modifier::ITALIC), (4, Modifier::UNDERLINED), (8, Modifier::REVERSED)]
        {
            if bits & 3 != 3 && bits & bit != 0 {
                style = style.add_modifier(modifier);
            }
        }
        style
    })
}

#[derive(Clone, Debug)]
enum Step {
    /// Text at a place.
    Put {
        x: u16,
        y: u16,
        words: Vec<usize>,
        style: Style,
        link: bool,
    },
    /// Rows move within a region, empty or filled ones come in.
    Shift {
        top: u16,
        bottom: u16,
        by: i16,
        fill: Style,
        word: usize,
    },
    Fill {
        y: u16,
        style: Style,
    },
    Cursor(Option<(u16, u16)>),
    /// Shown to the terminal.
    Flush,
}

fn step() -> impl Strategy<Value = Step> {
    let words = proptest::collection::vec(0..WORDS.len(), 1..6);
    prop_oneof![
        6 => (0..WIDTH, 0..HEIGHT, words, style(), any::<bool>())
            .prop_map(|(x, y, words, style, link)| Step::Put { x, y, words, style, link }),
        3 => (0..HEIGHT, 0..HEIGHT, -5i16..6, style(), 0..WORDS.len())
            .prop_map(|(a, b, by, fill, word)| Step::Shift { top: a.min(b), bottom: a.max(b) + 1, by, fill, word }),
        1 => (0..HEIGHT, style()).prop_map(|(y, style)| Step::Fill { y, style }),
        1 => proptest::option::of((0..WIDTH, 0..HEIGHT)).prop_map(Step::Cursor),
        4 => Just(Step::Flush),
    ]
}

fn apply(step: &Step, picture: &mut Picture) {
    match step {
        Step::Put { x, y, words, style, link } => {
            let text: String = words.iter().map(|&w| WORDS[w]).collect();
            let (end, _) = picture.buffer.set_stringn(*x, *y, text, (WIDTH - x).into(), *style);
            if *link {
                picture.link(*x, end, *y, "https://example.invalid/a".into());
            }
        }
        Step::Shift { top, bottom, by, fill, word } => {
            picture.links.clear();
            let n = by.unsigned_abs().min(bottom - top);
            let row = usize::from(WIDTH);
            let cells = &mut picture.buffer.content[usize::from(*top) * row..usize::from(*bottom) * row];
            let shift = usize::from(n) * row;
            let exposed = if *by > 0 {
                cells.rotate_left(shift);
                bottom - n..*bottom
            } else {
                cells.rotate_right(shift);
                *top..top + n
            };
            for y in exposed {
                for x in 0..WIDTH {
                    picture.buffer[(x, y)].reset();
                    picture.buffer[(x, y)].set_style(*fill);
                }
                picture.buffer.set_string(0, y, WORDS[*word], *fill);
            }
        }
        Step::Fill { y, style } => {
            for x in 0..WIDTH {
                picture.buffer[(x, *y)].reset();
                picture.buffer[(x, *y)].set_style(*style);
            }
        }
        Step::Cursor(at) => picture.cursor = at.map(|(x, y)| Position { x, y }),
        Step::Flush => {}
    }
}

fn seen_color(color: Color) -> vt100::Color {
    match color {
        Color::Reset => vt100::Color::Default,
        Color::Red => vt100::Color::Idx(1),
        Color::LightBlue => vt100::Color::Idx(12),
        Color::Indexed(n) => vt100::Color::Idx(n),
        Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
        other => panic!("no such colour in these tests: {other:?}"),
    }
}

/// Compares what is seen: symbols, colours, attributes, the cursor.
fn compare(picture: &Picture, screen: &vt100::Screen, depth: Depth) {
    let mut y = 0;
    while y < HEIGHT {
        let mut x = 0;
        while x < WIDTH {
            let cell = &picture.buffer[(x, y)];
            let symbol = cell.symbol();
            let width = u16::try_from(fareway::tui::text::width(symbol)).expect("a small width").max(1);
            let fits = x + width <= WIDTH;
            let shown = screen.cell(y, x).expect("a cell");
            let wanted = if fits { symbol } else { " " };
            let text = if shown.contents().is_empty() { " " } else { shown.contents() };
            // the emulator draws the parts of an emoji sequence side by side: the first part has to be there
            let first = wanted.chars().next().unwrap_or(' ');
            assert!(text.starts_with(first), "at {x},{y}: {text:?} instead of {wanted:?}");
            if wanted.chars().count() == 1 {
                assert_eq!(text, wanted, "at {x},{y}");
            }
            let blank = wanted == " ";
            let reversed = cell.modifier.contains(Modifier::REVERSED);
            let color = |c| seen_color(depth.fit(c));
            assert_eq!(shown.bgcolor(), color(cell.bg), "background at {x},{y} of {wanted:?}");
            assert_eq!(shown.inverse(), reversed, "reverse at {x},{y}");
            assert_eq!(
                shown.underline(),
                cell.modifier.contains(Modifier::UNDERLINED),
                "underline at {x},{y}"
            );
            if !blank || reversed {
                assert_eq!(shown.fgcolor(), color(cell.fg), "foreground at {x},{y} of {wanted:?}");
            }
            if !blank {
                assert_eq!(shown.bold(), cell.modifier.contains(Modifier::BOLD), "bold at {x},{y}");
                assert_eq!(shown.italic(), cell.modifier.contains(Modifier::ITALIC), "italic at {x},{y}");
            }
            x += if fits { width } else { 1 };
        }
        y += 1;
    }
    assert_eq!(screen.hide_cursor(), picture.cursor.is_none());
    if let Some(at) = picture.cursor {
        assert_eq!(screen.cursor_position(), (at.y, at.x));
    }
}

fn size(n: u16) -> std::num::NonZero<u16> {
    std::num::NonZero::new(n).expect("a screen has cells")
}

fn check(steps: &[Step], caps: &Caps) {
    let mut terminal = vt100::Parser::new(size(HEIGHT), size(WIDTH), 0);
    let mut painter = Painter::new(caps.clone());
    let mut picture = Picture::new(WIDTH, HEIGHT);
    for step in steps {
        apply(step, &mut picture);
        if matches!(step, Step::Flush) {
            terminal.process(painter.bytes(&picture));
            compare(&picture, terminal.screen(), caps.depth);
            assert_eq!(painter.bytes(&picture), b"", "nothing changed, something was written");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn the_screen_equals_the_picture(mut steps in proptest::collection::vec(step(), 1..40)) {
        steps.push(Step::Flush);
        for caps in [
            Caps::modern(),
            Caps { erase_fills: false, links: false, depth: Depth::Indexed, ..Caps::modern() },
            Caps { regions: false, depth: Depth::None, sync: true, ..Caps::modern() },
        ] {
            check(&steps, &caps);
        }
    }
}
