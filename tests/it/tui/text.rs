//! Widths and wrapping: no row is wider than its columns, no text is lost, whatever the script.

use fareway::tui::text::{Face, Line, Prefix, Row, expand_tabs, fit, put, width, wrap};
use fareway::tui::theme::Meaning;
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

fn rows(text: &str, columns: usize) -> Vec<String> {
    let mut out = Vec::new();
    wrap(&Line::of(text, Face::new(Meaning::Text)), columns, &mut Prefix::default(), &mut out);
    out.iter().map(|r: &Row| r.text().to_owned()).collect()
}

#[test]
fn words_are_wrapped_at_spaces_and_long_ones_cut() {
    assert_eq!(rows("the quick brown fox", 10), ["the quick", "brown fox"]);
    assert_eq!(rows("unbelievable", 5), ["unbel", "ievab", "le"]);
    assert_eq!(rows("", 5), [""]);
    assert_eq!(rows("日本語テスト", 5), ["日本", "語テ", "スト"]);
    assert_eq!(rows("a  b", 3), ["a", "b"]);
}

#[test]
fn widths_are_columns() {
    let cases = [("abc", 3), ("日本", 4), ("e\u{301}", 1), ("👩‍👩‍👧‍👦", 2), ("👍🏽", 2), ("", 0), ("שלום", 4)];
    for (text, columns) in cases {
        assert_eq!(width(text), columns, "{text}");
    }
    assert_eq!(fit("日本語", 5), "日本…");
    assert_eq!(fit("abc", 3), "abc");
    assert_eq!(expand_tabs("a\tb\t", 0), "a   b   ");
}

proptest! {
    /// The short way writes the same cells as ratatui's own.
    #[test]
    fn text_is_put_as_ratatui_puts_it(
        text in "[a-c日語👩‍👧e\u{301}\u{fe0f}של \t\r\n\u{1b}—]{0,40}", x in 0u16..12, columns in 0u16..24,
    ) {
        let style = Style::default().fg(Color::Red);
        let area = Rect::new(0, 0, 20, 2);
        let (mut ours, mut theirs) = (Buffer::filled(area, ratatui::buffer::Cell::new("x")), Buffer::filled(area, ratatui::buffer::Cell::new("x")));
        let end = put(&mut ours, x, 1, &text, columns, style);
        prop_assert_eq!(end, theirs.set_stringn(x, 1, &text, columns.into(), style).0);
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn no_row_is_too_wide_and_nothing_is_lost(text in "[a-c日語👩‍👧e\u{301}של \t\u{1b}]{0,60}", columns in 2usize..20) {
        let rows = rows(&text, columns);
        for row in &rows {
            // one cluster alone may be wider than the row; drawing leaves it out
            let one = unicode_segmentation::UnicodeSegmentation::graphemes(row.as_str(), true).count() == 1;
            prop_assert!(one || width(row) <= columns, "{row:?} is wider than {columns}");
            prop_assert!(!row.contains(char::is_control));
        }
        let bare = |s: &str| s.chars().filter(|c| *c != ' ').collect::<String>();
        prop_assert_eq!(bare(&rows.concat()), bare(&fareway::words::clean_line(&text)));
    }
}
