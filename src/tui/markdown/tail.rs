//! The unfinished end of a reply: markers that would flash are held back, emphasis that is still open is closed.

use std::borrow::Cow;

/// `\(`, `\)`, `\[` and `\]`, which most models write, become `$$` of the same length, outside of code.
pub(super) fn dollars(text: &str) -> Cow<'_, str> {
    if !["\\(", "\\["].iter().any(|sign| text.contains(sign)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut fence = None;
    for line in text.split_inclusive('\n') {
        let mark = fence_of(line);
        match (fence, mark) {
            (None, Some(open)) => fence = Some(open),
            (Some((sign, n)), Some((close, m))) if sign == close && m >= n => fence = None,
            (None, None) => {
                // every second stretch between backticks is code
                for (i, part) in line.split('`').enumerate() {
                    if i > 0 {
                        out.push('`');
                    }
                    if i % 2 == 0 && part.contains('\\') {
                        out.push_str(&signs(part));
                    } else {
                        out.push_str(part);
                    }
                }
                continue;
            }
            _ => {}
        }
        out.push_str(line);
    }
    Cow::Owned(out)
}

/// Whether what was written so far ends in the address of a link, in which brackets are only escaped.
fn is_address(before: &str) -> bool {
    before.rfind("](").is_some_and(|at| !before[at + 2..].contains([' ', ')']))
}

fn signs(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    let mut chars = part.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('(' | ')' | '[' | ']')) if !is_address(&out) => {
                chars.next();
                out.push_str("$$");
            }
            ('\\', Some('\\')) => {
                chars.next();
                out.push_str("\\\\");
            }
            (c, _) => out.push(c),
        }
    }
    out
}

/// The sign and length of the code fence that `line` is.
pub(super) fn fence_of(line: &str) -> Option<(char, usize)> {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let line = line.trim();
    let sign = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let n = line.chars().take_while(|c| *c == sign).count();
    let info = &line[n..];
    (indent < 4 && n >= 3 && !(sign == '`' && info.contains('`'))).then_some((sign, n))
}

/// How much of `tail` may be shown while more is to come: a last line that may still become something else waits.
pub(super) fn showable(tail: &str) -> &str {
    let begin = tail.rfind('\n').map_or(0, |n| n + 1);
    let (before, last) = tail.split_at(begin);
    let trimmed = last.trim();
    let marker = !trimmed.is_empty()
        && (trimmed.chars().all(|c| "#>*+-|`~=_:.)( ".contains(c))
            || trimmed.len() <= 4
                && trimmed.trim_end_matches(['.', ')']).chars().all(|c| c.is_ascii_digit()));
    // a fence's language is not known before its line ends
    let fence = trimmed.starts_with("```") || trimmed.starts_with("~~~");
    let row = trimmed.starts_with('|');
    let shown = if marker || fence || row { before } else { tail };
    // the head of a table waits for the line that makes it one
    let head = shown.trim_end_matches('\n').rfind('\n').map_or(0, |n| n + 1);
    let first = shown[head..].trim();
    let above = shown[..head].trim_end_matches(' ');
    if first.starts_with('|') && (above.is_empty() || above.ends_with("\n\n")) && shown.len() > head {
        // nothing came after it that is no row: it is still the last line
        return &shown[..head];
    }
    shown
}

/// Closes what is still open in the last paragraph, so that it does not change its looks when the end arrives.
pub(super) fn closed(tail: &str) -> Cow<'_, str> {
    let start = tail.rfind("\n\n").map_or(0, |n| n + 2);
    let last = &tail[start..];
    let line = &last[last.rfind('\n').map_or(0, |n| n + 1)..];
    let mut strong = false;
    let mut emphasis = false;
    let mut struck = false;
    let mut code = false;
    // in lists and tables each line stands for itself
    let text = if line.trim_start().starts_with(['-', '*', '+', '|']) { line } else { last };
    let body = text.trim_start().strip_prefix(['-', '*', '+']).filter(|r| r.starts_with(' ')).unwrap_or(text);
    let mut chars = body.char_indices().peekable();
    let mut opened = 0;
    let mut before = ' ';
    while let Some((i, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '`' => {
                code = !code;
                opened = i;
            }
            '*' if !code => {
                let double = chars.next_if(|(_, n)| *n == '*').is_some();
                let spaced = chars.peek().is_none_or(|(_, n)| n.is_whitespace()) && before.is_whitespace();
                let flag = if double { &mut strong } else { &mut emphasis };
                if !spaced || double {
                    *flag = !*flag;
                    opened = i;
                }
            }
            '~' if !code && chars.next_if(|(_, n)| *n == '~').is_some() => {
                struck = !struck;
                opened = i;
            }
            _ => {}
        }
        before = c;
    }
    let offset = tail.len() - body.len();
    if !code && let Some(at) = half_link(body) {
        // the label comes with its address: it would be written twice otherwise
        return closed(&tail[..offset + at]);
    }
    if !(strong || emphasis || struck || code) {
        return Cow::Borrowed(tail);
    }
    if body[opened..].trim_matches(['*', '`', '~']).is_empty() {
        // opened just now, with nothing in it yet
        return Cow::Owned(tail[..offset + opened].trim_end().to_owned());
    }
    let mut out = tail.trim_end().to_owned();
    for (open, mark) in [(code, "`"), (struck, "~~"), (emphasis, "*"), (strong, "**")] {
        if open {
            out.push_str(mark);
        }
    }
    Cow::Owned(out)
}

/// Labels longer than this are shown before their address is known.
const LABEL: usize = 120;

/// Where a link or an image begins that is not complete yet.
fn half_link(text: &str) -> Option<usize> {
    let open = text.rfind('[')?;
    let rest = &text[open..];
    let half = match rest.split_once("](") {
        Some((_, address)) => !address.contains([')', ' ', '\n']),
        None => !rest.contains(']') && rest.len() < LABEL && !rest.contains('\n') || rest.ends_with(']'),
    };
    let image = text[..open].ends_with('!');
    half.then_some(open - usize::from(image))
}
