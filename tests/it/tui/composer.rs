//! The composer: whole graphemes, soft wrap, chips, a caret where the text is.

use crate::support::stage::Stage;
use crossterm::event::{Event as Terminal, KeyCode, KeyEvent, KeyModifiers};
use fareway::app::Edit;
use fareway::tui::{Composer, join};
use fareway::words::Draft;
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

const FAMILY: &str = "👨‍👩‍👧‍👦";

fn composer(text: &str) -> Composer {
    let mut composer = Composer::default();
    composer.insert(text);
    composer
}

fn text(composer: &Composer) -> String {
    composer.draft().text
}

#[test]
fn one_backspace_takes_one_grapheme() {
    for grapheme in [FAMILY, "e\u{301}", "🇩🇪", "👍🏽", "क्षि", "❤️"] {
        let mut composer = composer(&format!("a{grapheme}"));
        composer.edit(Edit::Backspace);
        assert_eq!(text(&composer), "a", "{grapheme}");
        composer.insert(grapheme);
        composer.edit(Edit::Left);
        composer.edit(Edit::Delete);
        assert_eq!(text(&composer), "a", "{grapheme}");
    }
}

#[test]
fn a_chip_is_one_thing() {
    let mut composer = composer("see ⟦pasted 9 lines⟧ here");
    for _ in 0..5 {
        composer.edit(Edit::Left);
    }
    composer.edit(Edit::Left);
    assert_eq!(composer.draft().column, 4, "Left goes over it in one step");
    composer.edit(Edit::Right);
    composer.edit(Edit::Backspace);
    assert_eq!(text(&composer), "see  here");
    composer.edit(Edit::Undo);
    assert_eq!(text(&composer), "see ⟦pasted 9 lines⟧ here");
}

#[test]
fn line_ends_of_every_kind_are_one() {
    assert_eq!(text(&composer("a\r\nb\rc\nd")), "a\nb\nc\nd");
}

#[test]
fn up_goes_by_the_rows_that_are_seen() {
    let mut composer = Composer::default();
    composer.insert("one two three four five six");
    assert_eq!(composer.height(10), 3);
    assert!(composer.edit(Edit::Up));
    assert!(composer.edit(Edit::Up));
    assert!(!composer.edit(Edit::Up), "the first row leads out");
    assert!(composer.edit(Edit::Down));
    assert_eq!(composer.draft().row, 0);
}

#[test]
fn the_caret_stands_behind_what_was_typed() {
    let mut stage = Stage::new(40, 12);
    for (typed, column) in [("a", 3), ("界", 5), (FAMILY, 7), ("e\u{301}", 8)] {
        stage.terminal(Terminal::Paste(typed.into()));
        assert_eq!(stage.caret().map(|at| at.0), Some(column), "after {typed}");
    }
}

#[test]
fn a_burst_of_keys_is_a_paste_and_a_short_one_is_not() {
    let keys = |text: &str| {
        text.chars()
            .map(|c| {
                let code = if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
                Terminal::Key(KeyEvent::new(code, KeyModifiers::NONE))
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        join(keys("many lines\nin one read\n")),
        [Terminal::Paste("many lines\nin one read\n".into())]
    );
    assert_eq!(join(keys("hi\n")).len(), 3);
    let late = join(keys("a prompt that a slow line delivered at once\n"));
    assert_eq!(late[0], Terminal::Paste("a prompt that a slow line delivered at once".to_owned()));
    assert_eq!(late[1..], keys("\n"), "Enter still sends");
}

#[test]
fn a_draft_comes_back_with_its_cursor() {
    let mut composer = Composer::default();
    let draft = Draft { text: "eins\nzwei".into(), row: 1, column: 2, chips: Vec::new() };
    composer.set(&draft);
    assert_eq!(composer.draft(), draft);
}

fn edits() -> impl Strategy<Value = Edit> {
    prop::sample::select(vec![
        Edit::Newline,
        Edit::Backspace,
        Edit::Delete,
        Edit::WordBack,
        Edit::WordDelete,
        Edit::ToHead,
        Edit::ToEnd,
        Edit::Left,
        Edit::Right,
        Edit::WordLeft,
        Edit::WordRight,
        Edit::Up,
        Edit::Down,
        Edit::Home,
        Edit::End,
        Edit::Top,
        Edit::Bottom,
        Edit::Undo,
        Edit::Redo,
    ])
}

fn pieces() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a",
        " ",
        "word ",
        "界",
        FAMILY,
        "\u{200d}",
        "\u{301}",
        "🇩",
        "⟦chip⟧",
        "⟦",
        "⟧",
        "\n",
        "क्षि",
        "\t",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_edits_keep_the_cursor_on_a_grapheme(
        acts in prop::collection::vec(prop_oneof![edits().prop_map(Ok), pieces().prop_map(Err)], 0..60),
        width in 1u16..30,
    ) {
        let mut composer = Composer::default();
        for act in acts {
            match act {
                Ok(edit) => { composer.edit(edit); }
                Err(piece) => composer.insert(piece),
            }
            composer.height(width);
            let draft = composer.draft();
            let line = draft.text.split('\n').nth(draft.row).expect("the cursor's line is there");
            let upto: usize = line.chars().take(draft.column).map(char::len_utf8).sum();
            prop_assert!(draft.column <= line.chars().count());
            let ends: Vec<usize> = line.grapheme_indices(true).map(|(at, g)| at + g.len()).chain([0]).collect();
            prop_assert!(ends.contains(&upto), "{:?} in {:?}", draft.column, line);
        }
    }
}
