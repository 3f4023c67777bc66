//! The screen's figures: bytes and time for a streamed reply, layout and flush.
//! `cargo bench --profile fast --bench paint` (`-- FILE` for another reply than the built-in one).

use fareway::tui::markdown::{Doc, Options, layout};
use fareway::tui::paint::{Caps, Due, Pace, Painter, Picture, Rates};
use fareway::tui::theme::{Depth, Meaning, Theme};
use fareway::words::{At, Dice};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::layout::Position;
use std::time::{Duration, Instant};

const WIDTH: u16 = 120;
const HEIGHT: u16 = 40;
/// Rows of the conversation; below it stand the meter, the composer and the status line.
const PANE: u16 = 34;

const WORDS: &str = "the of and to a in is it you that was for on are with as be this from or had by some what there we \
    can other when use each which do how will way about many then them would write like so these her long make see two \
    has look more could go come number who over know water call first people may down side been now find router token \
    stream endpoint provider model ledger socket terminal cursor fallback latency budget cache";

/// A reply such as models write: paragraphs, lists, quotes, tables, links and code; about four characters a token.
fn reply(tokens: usize) -> String {
    let mut dice = Dice::new(7);
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let word = |dice: &mut Dice| words[dice.below(words.len())];
    let sentence = |dice: &mut Dice, n: usize| {
        let mut out = String::new();
        for i in 0..n + dice.below(6) {
            let w = word(dice);
            let w = match dice.below(24) {
                0 => format!("**{w}**"),
                1 => format!("*{w}*"),
                2 => format!("`{w}_{i}`"),
                3 if i > 3 => format!("[{w}](https://example.invalid/{w})"),
                _ => w.to_owned(),
            };
            out.push_str(if i == 0 { "" } else { " " });
            out.push_str(&w);
        }
        out + "."
    };
    let mut text = String::new();
    while text.len() < tokens * 4 {
        match dice.below(9) {
            0 => text.push_str(&format!("## {}\n\n", sentence(&mut dice, 3))),
            1 => {
                for _ in 0..3 + dice.below(4) {
                    text.push_str(&format!("- {}\n", sentence(&mut dice, 6)));
                }
                text.push('\n');
            }
            2 => {
                for n in 1..4 + dice.below(3) {
                    text.push_str(&format!("{n}. {}\n", sentence(&mut dice, 6)));
                }
                text.push('\n');
            }
            3 => text.push_str(&format!("> {}\n\n", sentence(&mut dice, 10))),
            4 => {
                text.push_str("| name | value | note |\n|---|---:|---|\n");
                for _ in 0..2 + dice.below(4) {
                    let note = sentence(&mut dice, 2);
                    text.push_str(&format!("| row | {} | {note} |\n", dice.below(1_000_000)));
                }
                text.push('\n');
            }
            5 => text.push_str(
                "```rust\n/// Adds up what was spent.\npub fn total(rows: &[Row]) -> Result<Usd, Error> {\n    let mut sum = Usd::ZERO;\n    \
                 for row in rows {\n        sum = sum.checked_add(row.cost)?;\n    }\n    Ok(sum)\n}\n```\n\n",
            ),
            _ => {
                for _ in 0..2 + dice.below(3) {
                    text.push_str(&sentence(&mut dice, 12));
                    text.push(' ');
                }
                text.push_str("\n\n");
            }
        }
    }
    text
}

/// The whole screen: the end of the conversation, the meter, the composer with the caret, the status line.
fn draw(picture: &mut Picture, doc: &mut Doc, meter: &str, theme: &Theme) {
    picture.clear(WIDTH, HEIGHT, theme.base());
    let mut y = PANE;
    for section in (0..doc.sections()).rev() {
        for row in doc.rows(section).iter().rev().take(y.into()) {
            y -= 1;
            row.draw(picture, 1, y, WIDTH - 2, theme);
        }
    }
    let bar = theme.style(Meaning::Bar);
    picture.buffer.set_string(0, PANE, format!("{meter:<120}"), bar);
    picture.buffer.set_string(1, PANE + 2, "> and one more thing", theme.base());
    picture.buffer.set_string(1, HEIGHT - 1, "^P palette  ^O model  Esc stop", theme.style(Meaning::Dim));
    picture.cursor = Some(Position { x: 21, y: PANE + 2 });
}

/// Pieces of four characters: what a token is on average.
fn tokens(text: &str) -> Vec<&str> {
    let ends: Vec<usize> = text.char_indices().map(|(i, _)| i).step_by(4).chain([text.len()]).collect();
    ends.windows(2).map(|w| &text[w[0]..w[1]]).collect()
}

#[derive(Default)]
struct Streamed {
    frames: usize,
    ours: usize,
    ratatui: usize,
    layout: Duration,
    drawing: Duration,
    flush: Duration,
}

/// Streams the reply with a simulated clock and counts what goes out.
fn stream(tokens: &[&str], rate: f64, depth: Depth, compare: bool) -> Streamed {
    let caps = Caps { depth, ..Caps::modern() };
    let theme = Theme::bundled("night").expect("the default theme").resolve(depth);
    let mut painter = Painter::new(caps);
    let mut pace = Pace::new(Rates::default());
    let mut doc = Doc::new(Options { width: WIDTH - 2, links: true, sideways: true });
    let mut picture = Picture::new(WIDTH, HEIGHT);
    let mut before = picture.buffer.clone();
    let mut sum = Streamed::default();
    draw(&mut picture, &mut doc, "", &theme);
    painter.bytes(&picture);
    pace.painted(At(0), 0, true);
    let mut meter = String::new();
    let mut sent = 0;
    let mut now = At(0);
    while sent < tokens.len() {
        now = now + Duration::from_millis(1);
        let upto = ((now.0 as f64 / 1e6 * rate) as usize).min(tokens.len());
        for token in &tokens[sent..upto] {
            doc.push(token);
            pace.news();
        }
        sent = upto;
        if pace.due(now) != Due::Now && sent < tokens.len() {
            continue;
        }
        if now.millis() % 250 < 34 {
            meter = format!(
                " ~{sent} tokens   ${:.4}   {rate:.0} tok/s   {:.1} s",
                sent as f64 * 15e-6,
                now.millis() as f64 / 1e3
            );
        }
        let start = Instant::now();
        let last = doc.sections() - 1;
        doc.rows(last);
        sum.layout += start.elapsed();
        let start = Instant::now();
        draw(&mut picture, &mut doc, &meter, &theme);
        sum.drawing += start.elapsed();
        let start = Instant::now();
        let bytes = painter.bytes(&picture).len();
        sum.flush += start.elapsed();
        sum.ours += bytes;
        sum.frames += usize::from(bytes > 0);
        pace.painted(now, bytes, true);
        if compare {
            let mut out = Vec::new();
            let mut backend = CrosstermBackend::new(&mut out);
            let written = backend.draw(before.diff(&picture.buffer).into_iter());
            written
                .and_then(|()| backend.set_cursor_position(Position { x: 21, y: PANE + 2 }))
                .expect("memory takes it");
            sum.ratatui += out.len();
            before.clone_from(&picture.buffer);
        }
    }
    sum
}

fn main() {
    let file = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    let text = match &file {
        Some(path) => std::fs::read_to_string(path).expect("a readable reply"),
        None => reply(5_000),
    };
    let tokens = tokens(&text);
    let n = tokens.len() as f64;
    println!("reply: {} tokens, {} bytes ({:.1} a token)\n", tokens.len(), text.len(), text.len() as f64 / n);
    println!("| 120x40 | frames | bytes/token | ratatui's diff | layout | drawing | flush | CPU together |");
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    for (name, rate, depth) in [
        ("200 tok/s, true colour", 200.0, Depth::True),
        ("200 tok/s, 256 colours", 200.0, Depth::Indexed),
        ("200 tok/s, 16 colours", 200.0, Depth::Ansi16),
        ("200 tok/s, no colour", 200.0, Depth::None),
        ("full speed (10,000 tok/s), true colour", 10_000.0, Depth::True),
    ] {
        let s = stream(&tokens, rate, depth, true);
        println!(
            "| {name} | {} | {:.1} | {:.1} | {:.0?} | {:.0?} | {:.0?} | {:.0?} |",
            s.frames,
            s.ours as f64 / n,
            s.ratatui as f64 / n,
            s.layout,
            s.drawing,
            s.flush,
            s.layout + s.drawing + s.flush
        );
        if s.frames > 0 {
            let each = |d: Duration| d / u32::try_from(s.frames).unwrap_or(1);
            println!(
                "|   a frame | | | | {:.0?} | {:.0?} | {:.0?} | |",
                each(s.layout),
                each(s.drawing),
                each(s.flush)
            );
        }
    }
    let options = Options { width: WIDTH - 2, links: true, sideways: true };
    let start = Instant::now();
    let mut rows = 0;
    for _ in 0..10 {
        rows = layout(&text, options).len();
    }
    let each = start.elapsed() / 10;
    println!(
        "\nlayout of the whole reply: {each:.1?}, {rows} rows, {:.0} ns/KB",
        each.as_nanos() as f64 / text.len() as f64 * 1024.0
    );
    let big = text.repeat(1_048_576 / text.len() + 1);
    let start = Instant::now();
    let rows = layout(&big, options).len();
    println!("layout of {} KB in one message: {:.0?}, {rows} rows", big.len() / 1024, start.elapsed());
}
