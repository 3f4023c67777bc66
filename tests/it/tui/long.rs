//! Texts of any length: cut into sections, laid out as far as they are seen, the same however they came.

use crate::support::stage::{Stage, chosen, done, text};
use fareway::app::Event;
use fareway::tui::markdown::{Doc, Options, layout};
use fareway::tui::text::{Row, RowKind};
use fareway::tui::theme::Meaning;
use fareway::words::Dice;

const OPTIONS: Options = Options { width: 60, links: true, sideways: true };

fn shown(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|r| r.text().trim_end()).collect()
}

fn repeated(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

/// One block each, far longer than a section; and all of them one after another.
fn texts() -> Vec<(&'static str, String)> {
    let list = repeated(900, |n| format!("{}. item {n} with **words** and `code`\n", n + 1));
    let loose = repeated(500, |n| format!("- item {n}\n\n  its second paragraph\n\n"));
    let table = "| name | value |\n|---|---:|\n".to_owned()
        + &repeated(900, |n| format!("| row {n} | {} |\n", n * 7919 % 100_000));
    let code = format!("```rust\n{}```\n", repeated(500, |n| format!("    let x{n} = \"{n}\"; // {n}\n")));
    let words = repeated(3_000, |n| format!("The sentence of number {n} ends here. "));
    let noise = repeated(9_000, |n| format!("{:x}", n * 7919));
    let blocks = repeated(300, |n| format!("## Part {n}\n\nSome text with `code` in it.\n\n- a\n- b\n\n"));
    let all =
        [&list, &loose, &table, &code, &words, &blocks].map(|s| format!("{}\n\n", s.trim_end())).concat();
    vec![
        ("list", list),
        ("loose list", loose),
        ("table", table),
        ("code", code),
        ("words", words),
        ("noise", noise),
        ("blocks", blocks),
        ("all", all),
    ]
}

#[test]
fn a_long_text_is_the_same_however_it_comes() {
    for (name, text) in texts() {
        let at_once = layout(&text, OPTIONS);
        let mut doc = Doc::new(OPTIONS);
        for piece in text.as_bytes().chunks(5_000) {
            doc.push(std::str::from_utf8(piece).expect("ASCII"));
            let last = doc.sections() - 1;
            doc.rows(last);
        }
        doc.end();
        assert!(doc.sections() > 1, "{name} is cut");
        assert_eq!(doc.all(), at_once, "{name} in pieces");
        doc.resize(Options { width: 33, ..OPTIONS });
        assert_eq!(doc.all(), layout(&text, Options { width: 33, ..OPTIONS }), "{name}, narrower");
    }
}

#[test]
fn nothing_shows_where_a_long_text_was_cut() {
    let all = texts();
    let rows = |name: &str| layout(&all.iter().find(|(n, _)| *n == name).expect(name).1, OPTIONS);
    let list = rows("list");
    assert_eq!(shown(&list)[899], "900. item 899 with words and code");
    assert_eq!(list.len(), 900);
    let loose = rows("loose list");
    assert!(loose.chunks(4).all(|item| item[0].text().starts_with("• item") && item[1].is_blank()));
    let table = rows("table");
    assert_eq!(table.len(), 902);
    let ends: Vec<usize> = table.iter().map(|row| row.text().len()).skip(2).collect();
    assert!(ends.iter().all(|end| *end == ends[0]), "its columns stand under each other: {ends:?}");
    let code = rows("code");
    assert_eq!((code.len(), code[0].kind), (501, RowKind::CodeLabel));
    let word = |row: &Row| row.pieces().any(|(t, f, _)| t.trim() == "let" && f.meaning == Meaning::Keyword);
    assert!(code[1..].iter().all(|row| row.code == 1 && word(row)));
}

#[test]
fn a_string_over_many_lines_is_one_wherever_it_is_seen_from() {
    let text =
        format!("```python\nx = \"\"\"\n{}\"\"\"\n```\n", repeated(900, |n| format!("def line {n}\n")));
    let mut doc = Doc::new(OPTIONS);
    doc.push(&text);
    doc.end();
    let last = doc.sections() - 1;
    let row = doc.rows(last).first().cloned().expect("a row");
    let meanings: Vec<Meaning> = row.pieces().skip(1).map(|(_, face, _)| face.meaning).collect();
    assert_eq!(meanings, [Meaning::String], "{:?}", row.text());
}

#[test]
fn only_what_is_looked_at_is_laid_out() {
    let mut doc = Doc::new(OPTIONS);
    for (_, text) in texts().iter().cycle().take(40) {
        doc.push(text);
        doc.push("\n\n");
    }
    doc.end();
    let last = doc.sections() - 1;
    for width in [60, 50, 70] {
        doc.resize(Options { width, ..OPTIONS });
        assert!(!doc.rows(last).is_empty());
        assert!(doc.laid().count() < 500, "{} rows of {} sections", doc.laid().count(), last + 1);
    }
}

#[test]
fn links_and_footnotes_are_known_wherever_they_are_defined() {
    let mut text = "see [the docs][1] and this[^note]; not [^a-z]\n\n".to_owned();
    text.push_str(&repeated(400, |n| format!("A paragraph of number {n} that says little.\n\n")));
    text.push_str("[1]: https://example.invalid/docs\n\n[^note]: A note.\n");
    let rows = layout(&text, OPTIONS);
    assert_eq!(rows[0].text(), "see the docs and this[note]; not [^a-z]");
    assert_eq!(&*rows[0].links()[0], "https://example.invalid/docs");
    assert_eq!(rows[rows.len() - 1].text(), "[note] A note.");
    // while it streams, a number is a footnote although the note is still to come
    let mut doc = Doc::new(OPTIONS);
    doc.push("It is so.[^1] And");
    assert_eq!(shown(&doc.all()), ["It is so.[1] And"]);
}

#[test]
fn the_reader_stays_at_the_same_words_at_any_width() {
    let mut stage = Stage::new(100, 30);
    let said = repeated(2_000, |n| format!("Sentence {n} of a very long reply stands here. "));
    let lists = repeated(500, |n| format!("- item {n} of a list\n"));
    stage.exchange("go on", &format!("{said}\n\n{lists}"));
    stage.screen();
    stage.press("alt-<");
    for _ in 0..40 {
        stage.press("pagedown");
        stage.screen();
    }
    let first = |stage: &mut Stage| {
        let screen = stage.screen();
        let row = screen.lines().nth(1).expect("a row").to_owned();
        row.split_whitespace().find(|w| w.parse::<u32>().is_ok()).map(str::to_owned).expect("a number")
    };
    let before = first(&mut stage);
    for (columns, rows) in [(60, 30), (140, 20), (44, 40), (100, 30)] {
        stage.event(Event::Resized { columns, rows });
        let now = first(&mut stage);
        let near: i64 = now.parse::<i64>().expect("a number") - before.parse::<i64>().expect("a number");
        assert!(near.abs() <= 2, "{before} was first, {now} is, at {columns} columns");
    }
}

/// Whatever is done in a long reply, the picture is the one that a fresh screen would draw.
#[test]
fn scrolling_in_sections_loses_no_row() {
    let mut stage = Stage::new(80, 24);
    let lines: Vec<String> = (0..1_200).map(|n| format!("line {n}")).collect();
    stage.exchange("count", &lines.join("\n\n"));
    let mut seen = std::collections::BTreeSet::new();
    stage.screen();
    stage.press("alt-<");
    loop {
        let screen = stage.screen();
        seen.extend(lines.iter().filter(|l| screen.lines().any(|s| s.trim() == l.as_str())).cloned());
        if stage.press("pagedown").screen() == screen {
            break;
        }
    }
    assert_eq!(seen.len(), lines.len());
    // and back, by single rows and pages mixed
    let mut dice = Dice::new(3);
    for _ in 0..60 {
        let key = ["pageup", "shift-up", "pagedown", "shift-down"][dice.below(4)];
        stage.press(key);
        let screen = stage.screen();
        assert_eq!(stage.screen(), screen);
    }
}

#[test]
fn a_reply_that_ends_is_not_laid_out_again() {
    let mut stage = Stage::new(80, 24);
    stage.types("more").press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("openai"));
    for n in 0..400 {
        stage.reply(turn, text(&format!("- item {n} of a list\n")));
    }
    stage.screen();
    stage.press("pageup pageup");
    let before = stage.screen();
    let receipt = done("openai", 10, 100);
    stage.reply(turn, receipt);
    let rows = |screen: &str| screen.lines().skip(1).take(14).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rows(&before), rows(&stage.screen()));
}
