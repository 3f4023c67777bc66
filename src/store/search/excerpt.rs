//! A piece of a text round what was found in it, on one line and in plain words: Markdown's own marks are left out.

use std::ops::Range;

/// Bytes of the excerpt before and behind the first match.
const BEFORE: usize = 40;
const BEHIND: usize = 120;
/// Of the text, in bytes for a byte of the excerpt: an address behind a link may be long.
const SOURCE: usize = 4;

/// The excerpt, and the marks that lie in it.
pub(super) fn excerpt(text: &str, marks: &[Range<usize>]) -> (String, Vec<Range<usize>>) {
    let first = marks.first().map_or(0, |mark| mark.start);
    let from = text.ceil_char_boundary(first.saturating_sub(BEFORE * SOURCE));
    let to = text.floor_char_boundary((first + BEHIND * SOURCE).min(text.len()));
    let mut plain = Plain { text, marks, at: from, to, out: String::new(), placed: Vec::new() };
    plain.write();
    let (out, placed) = (plain.out, plain.placed);
    let first = placed.first().map_or(0, |mark| mark.start);
    let mut from = out.ceil_char_boundary(first.saturating_sub(BEFORE));
    if from > 0 {
        // begin with a whole word
        from = out[from..first].find(char::is_whitespace).map_or(from, |space| from + space + 1);
    }
    let to = out.floor_char_boundary((first + BEHIND).min(out.len()));
    let seen = placed.iter().filter(|mark| mark.end <= to);
    (out[from..to].trim_end().to_owned(), seen.map(|mark| mark.start - from..mark.end - from).collect())
}

struct Plain<'a> {
    text: &'a str,
    marks: &'a [Range<usize>],
    at: usize,
    to: usize,
    out: String,
    placed: Vec<Range<usize>>,
}

impl Plain<'_> {
    fn write(&mut self) {
        let mut row = self.begin_line();
        while self.at < self.to {
            // what was found is shown as it stands
            if let Some(mark) = self.marks.iter().find(|mark| mark.start == self.at && mark.end > mark.start)
            {
                let mark = mark.start..mark.end.min(self.to);
                let start = self.out.len();
                self.out.push_str(&self.text[mark.clone()].replace(char::is_whitespace, " "));
                self.placed.push(start..self.out.len());
                self.at = mark.end;
                continue;
            }
            let rest = &self.text[self.at..self.to];
            let Some(c) = rest.chars().next() else { return };
            let behind = self.text[..self.at].chars().next_back();
            match c {
                '\n' => {
                    self.blank();
                    self.at += 1;
                    row = self.begin_line();
                }
                c if c.is_whitespace() => self.skip(c.len_utf8(), true),
                '`' => self.skip(1, false),
                '|' if row => self.skip(1, true),
                '*' | '~' => {
                    let run = rest.len() - rest.trim_start_matches(c).len();
                    let spaced = |c: Option<char>| c.is_none_or(char::is_whitespace);
                    let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                    let next = rest[run..].chars().next();
                    // `2 * 3`, `2*3` and `~/file` are no emphasis
                    let said = if c == '~' { run != 2 } else { run == 1 && inside(behind) && inside(next) };
                    if said || spaced(behind) && spaced(next) {
                        self.out.push_str(&rest[..run]);
                    }
                    self.at += run;
                }
                '\\' if rest[1..].starts_with(|c: char| c.is_ascii_punctuation()) => {
                    let next = rest[1..].chars().next().unwrap_or_default();
                    self.out.push(next);
                    self.at += 2;
                }
                '!' if rest.starts_with("![") && link(&rest[1..]).is_some() => self.skip(1, false),
                '[' if link(rest).is_some() => self.skip(1, false),
                ']' => match target(rest).filter(|length| !self.marked(self.at..self.at + length)) {
                    Some(length) => self.skip(length, false),
                    None => self.said(c),
                },
                c => self.said(c),
            }
        }
    }

    fn said(&mut self, c: char) {
        self.out.push(c);
        self.at += c.len_utf8();
    }

    fn skip(&mut self, bytes: usize, blank: bool) {
        if blank {
            self.blank();
        }
        self.at += bytes;
    }

    fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
    }

    fn marked(&self, bytes: Range<usize>) -> bool {
        self.marks.iter().any(|mark| mark.start < bytes.end && bytes.start < mark.end)
    }

    /// Passes over what only says what kind of line it is; tells whether it is a row of a table.
    fn begin_line(&mut self) -> bool {
        if self.at > 0 && !self.text[..self.at].ends_with('\n') {
            return false;
        }
        loop {
            let line = self.text[self.at..self.to].lines().next().unwrap_or_default();
            let said = line.trim_start();
            let indent = line.len() - said.len();
            let fence = said.starts_with("```") || said.starts_with("~~~");
            let ruled =
                said.len() > 2 && said.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '*' | '='));
            if (fence || ruled) && !self.marked(self.at..self.at + line.len()) {
                self.at += line.len();
                return false;
            }
            let heading = said.len() - said.trim_start_matches('#').len();
            let sign = match said {
                _ if (1..=6).contains(&heading) && said[heading..].starts_with(' ') => heading + 1,
                _ if said.starts_with('>') => 1,
                _ if ["- [ ] ", "- [x] ", "- [X] ", "* [ ] ", "* [x] "]
                    .iter()
                    .any(|b| said.starts_with(b)) =>
                {
                    6
                }
                _ if ["- ", "* ", "+ "].iter().any(|b| said.starts_with(b)) => 2,
                _ => return said.starts_with('|'),
            };
            self.at += indent + sign;
        }
    }
}

/// Whether this is the text of a link: `[text](address)`.
fn link(rest: &str) -> Option<usize> {
    let close = rest.find(['\n', ']'])?;
    target(&rest[close..])
}

/// The bytes of `](address)`.
fn target(rest: &str) -> Option<usize> {
    let end = rest.strip_prefix("](")?.find([')', '\n'])?;
    rest[2 + end..].starts_with(')').then_some(2 + end + 1)
}
