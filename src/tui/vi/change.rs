//! vi's commands that change single characters and lines where the cursor is.

use super::{Done, Run, Text};

pub(super) fn replace(text: &mut Text, count: usize, with: char) -> Run {
    let (at, end) = (text.at, text.line(text.at).1);
    if at + count > end {
        return Run::Done(Done::Yes);
    }
    text.replace(at, at + count, &with.to_string().repeat(count));
    text.at = at + count - 1;
    Run::Changed
}

pub(super) fn swap_case(text: &mut Text, count: usize) -> Run {
    let (at, end) = (text.at, text.line(text.at).1);
    let to = (at + count).min(end);
    let swapped: String = text
        .slice(at, to)
        .chars()
        .flat_map(|c| -> Vec<char> {
            if c.is_uppercase() { c.to_lowercase().collect() } else { c.to_uppercase().collect() }
        })
        .collect();
    text.replace(at, to, &swapped);
    Run::Changed
}

pub(super) fn join(text: &mut Text) -> Run {
    let end = text.line(text.at).1;
    if end >= text.len() {
        return Run::Done(Done::Yes);
    }
    let next = text.first_word(end + 1);
    let with = if next >= text.line(end + 1).1 { "" } else { " " };
    text.replace(end, next, with);
    text.at = end;
    Run::Changed
}
