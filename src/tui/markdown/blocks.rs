//! Whole blocks of text to rows: what the parser is told, and what a text goes on with where it was cut.

use super::flow::Carry;
use super::known::Known;
use super::table::Table;
use super::walk::Walk;
use super::{Options, tail};
use crate::tui::text::Row;
use pulldown_cmark::{
    BrokenLink, BrokenLinkCallback, Event, Options as Syntax, Parser, TagEnd, TextMergeWithOffset,
};
use std::borrow::Cow;

/// The syntax that is understood beyond CommonMark.
pub(super) fn syntax() -> Syntax {
    Syntax::ENABLE_TABLES
        | Syntax::ENABLE_FOOTNOTES
        | Syntax::ENABLE_STRIKETHROUGH
        | Syntax::ENABLE_TASKLISTS
        | Syntax::ENABLE_MATH
        | Syntax::ENABLE_GFM
}

/// What a text goes on with where it was cut from the text before it.
#[derive(Clone, Copy)]
pub(super) enum Cut<'a> {
    Nothing,
    /// A list, with the number of its next item.
    List(Option<u64>),
    /// A table, and its first rows.
    Table(&'a str),
}

/// Lays out whole blocks of cleaned text.
pub(super) fn lay_out(
    text: &str,
    cut: Cut<'_>,
    known: &Known,
    options: Options,
    carry: &mut Carry,
    out: &mut Vec<Row>,
) {
    let mut walk = Walk::new(options, carry, out);
    let mut before = known.notes_of(text);
    match cut {
        Cut::Nothing => {}
        Cut::List(next) => walk.goes_on = Some(next),
        Cut::Table(first) => {
            walk.sample = table_of(first, known, options);
            // its head, so that the rows are read as rows
            before.extend(first.split_inclusive('\n').take(2));
        }
    }
    let text = tail::dollars(text);
    let skipped = before.len();
    let whole = if before.is_empty() { text } else { Cow::Owned(before + &text) };
    for (event, range) in TextMergeWithOffset::new(parser(&whole, known).into_offset_iter()) {
        if range.end > skipped {
            walk.event(event);
        }
    }
    walk.flow.flush();
}

/// The table that a text begins with.
fn table_of(text: &str, known: &Known, options: Options) -> Option<Table> {
    let (mut carry, mut out) = (Carry::default(), Vec::new());
    let mut walk = Walk::new(options, &mut carry, &mut out);
    for event in parser(&tail::dollars(text), known) {
        if let Event::End(TagEnd::Table) = event {
            return walk.table;
        }
        walk.event(event);
    }
    None
}

fn parser<'a>(text: &'a str, known: &'a Known) -> Parser<'a, impl BrokenLinkCallback<'a>> {
    Parser::new_with_broken_link_callback(
        text,
        syntax(),
        Some(|link: BrokenLink<'a>| known.address(&link.reference)),
    )
}

/// The language in a fence's info string: `rust,ignore` and `{.python}` name one too.
pub(super) fn language_of(info: &str) -> &str {
    let start = info.trim_start_matches(['{', '.', ' ']);
    let end = start.find([' ', ',', '{', '}', ':']).unwrap_or(start.len());
    &start[..end]
}
