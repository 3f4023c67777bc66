//! A text as a row of units (graphemes, chips, line ends) with a cursor, and the motions over it.

use unicode_segmentation::UnicodeSegmentation;

/// Units and a cursor between 0 and their number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    units: Vec<String>,
    pub at: usize,
}

/// From the cursor to where a motion leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: usize,
    pub to: usize,
    /// An operator takes the unit at `to` as well.
    pub inclusive: bool,
    /// An operator takes whole lines.
    pub lines: bool,
}

impl Span {
    /// What an operator takes.
    pub fn range(self, text: &Text) -> (usize, usize) {
        let (from, to) = (self.from.min(self.to), self.from.max(self.to));
        match self.lines {
            true => (text.line(from).0, text.line(to).1),
            false => (from, (to + usize::from(self.inclusive)).min(text.len())),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Space,
    Word,
    Sign,
}

impl Text {
    /// A text with the cursor at a row and a column of characters.
    pub fn new(text: &str, row: usize, column: usize) -> Self {
        let mut units = Vec::new();
        let mut at = None;
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                units.push("\n".to_owned());
            }
            let mut seen = 0;
            let mut rest = line;
            while let Some(unit) = first(rest) {
                if index == row && seen >= column {
                    at.get_or_insert(units.len());
                }
                seen += unit.chars().count();
                rest = &rest[unit.len()..];
                units.push(unit.to_owned());
            }
            if index == row {
                at.get_or_insert(units.len());
            }
        }
        Self { at: at.unwrap_or(units.len()), units }
    }

    /// Row and column of the cursor, in characters.
    pub fn cursor(&self) -> (usize, usize) {
        let head = self.line(self.at).0;
        let row = self.units[..head].iter().filter(|unit| *unit == "\n").count();
        (row, self.units[head..self.at].iter().map(|unit| unit.chars().count()).sum())
    }

    pub fn all(&self) -> String {
        self.units.concat()
    }

    pub fn len(&self) -> usize {
        self.units.len()
    }

    pub fn slice(&self, from: usize, to: usize) -> String {
        self.units.get(from..to.min(self.len())).unwrap_or_default().concat()
    }

    /// Puts `with` in the place of `from..to`; the cursor stands behind it.
    pub fn replace(&mut self, from: usize, to: usize, with: &str) {
        let (from, to) = (from.min(self.len()), to.min(self.len()));
        // what is joined may join into other graphemes: cut anew, and count what stands before
        let before: String = self.units[..from].concat() + with;
        let after = self.units[to..].concat();
        self.units = Self::new(&(before.clone() + &after), 0, 0).units;
        let mut left = before.len();
        self.at = self
            .units
            .iter()
            .position(|unit| {
                let here = left == 0;
                left = left.saturating_sub(unit.len());
                here
            })
            .unwrap_or(self.len());
    }

    /// In normal mode the cursor stands on a unit, not behind the last of its line.
    pub fn settle(&mut self, on_a_unit: bool) {
        self.at = self.at.min(self.len());
        let (head, end) = self.line(self.at);
        if on_a_unit && self.at >= end && end > head {
            self.at = end - 1;
        }
    }

    pub fn unit(&self, at: usize) -> &str {
        self.units.get(at).map_or("\n", String::as_str)
    }

    fn kind(&self, at: usize, big: bool) -> Kind {
        match self.unit(at).chars().next() {
            None => Kind::Space,
            Some(c) if c.is_whitespace() => Kind::Space,
            Some(c) if big || c.is_alphanumeric() || c == '_' || c == '⟦' => Kind::Word,
            Some(_) => Kind::Sign,
        }
    }

    pub fn is_space(&self, at: usize) -> bool {
        self.kind(at, false) == Kind::Space
    }

    /// Whether two neighbours belong to one word.
    pub fn alike(&self, a: usize, b: usize) -> bool {
        self.kind(a, false) == self.kind(b, false) && self.unit(a) != "\n" && self.unit(b) != "\n"
    }

    /// Begin and end of the line that a unit is in; the end is its line end or the text's.
    pub fn line(&self, at: usize) -> (usize, usize) {
        let at = at.min(self.len());
        let head = self.units[..at].iter().rposition(|unit| unit == "\n").map_or(0, |n| n + 1);
        let end = self.units[at..].iter().position(|unit| unit == "\n").map_or(self.len(), |n| at + n);
        (head, end)
    }

    /// The first unit of a line that is no space.
    pub fn first_word(&self, head: usize) -> usize {
        let end = self.line(head).1;
        (head..end).find(|at| !self.is_space(*at)).unwrap_or(end)
    }

    /// The same column of the line above or below.
    pub fn beside(&self, below: bool) -> usize {
        let (head, end) = self.line(self.at);
        let column = self.at - head;
        if below && end < self.len() {
            let (head, end) = self.line(end + 1);
            (head + column).min(end)
        } else if !below && head > 0 {
            let (head, end) = self.line(head - 1);
            (head + column).min(end)
        } else {
            self.at
        }
    }

    fn to(&self, to: usize, inclusive: bool) -> Span {
        Span { from: self.at, to: to.min(self.len()), inclusive, lines: false }
    }

    /// `count` whole lines from the cursor's on.
    pub fn lines(&self, count: usize) -> Span {
        let mut to = self.at;
        for _ in 1..count.min(self.len() + 1) {
            let end = self.line(to).1;
            to = if end < self.len() { end + 1 } else { to };
        }
        Span { from: self.at, to, inclusive: false, lines: true }
    }

    /// The first word of a line, counted from 1.
    pub fn to_line(&self, number: usize) -> Span {
        let mut head = 0;
        for _ in 1..number.min(self.len() + 1) {
            let end = self.line(head).1;
            head = if end < self.len() { end + 1 } else { head };
        }
        Span { from: self.at, to: self.first_word(head), inclusive: false, lines: true }
    }

    /// Motions of one key.
    pub fn motion(&self, key: char, count: Option<usize>) -> Option<Span> {
        let (head, end) = self.line(self.at);
        let times = count.unwrap_or(1).min(self.len() + 1);
        let again = |step: &dyn Fn(usize) -> usize| (0..times).fold(self.at, |at, _| step(at));
        let found = match key {
            'h' => self.to(self.at.saturating_sub(times).max(head), false),
            'l' | ' ' => self.to((self.at + times).min(end), false),
            '0' => self.to(head, false),
            '^' | '_' => self.to(self.first_word(head), false),
            '$' => self.to(self.line(self.lines(times).to).1, false),
            'w' | 'W' => self.to(again(&|at| self.word(at, key == 'W')), false),
            'b' | 'B' => self.to(again(&|at| self.word_back(at, key == 'B')), false),
            'e' | 'E' => self.to(again(&|at| self.word_end(at, key == 'E')), true),
            'G' => match count {
                Some(number) => self.to_line(number),
                None => Span { lines: true, ..self.to(self.first_word(self.line(self.len()).0), false) },
            },
            '{' => self.to(again(&|at| self.paragraph(at, false)), false),
            '}' => self.to(again(&|at| self.paragraph(at, true)), false),
            'j' | 'k' => {
                let mut other = self.clone();
                for _ in 0..times {
                    other.at = other.beside(key == 'j');
                }
                if self.line(other.at).0 == head {
                    return None;
                }
                Span { lines: true, ..self.to(other.at, false) }
            }
            '%' => self.to(super::object::partner(self, self.at)?, true),
            _ => return None,
        };
        Some(found)
    }

    /// `f`, `F`, `t`, `T`: to a character of the line, or before it.
    pub fn seek(&self, how: char, sought: char, count: usize) -> Option<Span> {
        let (head, end) = self.line(self.at);
        let is = |at: &usize| self.unit(*at).starts_with(sought);
        let nth = count.saturating_sub(1);
        match how {
            'f' | 't' => {
                let from = self.at + 1 + usize::from(how == 't' && is(&(self.at + 1)));
                let found = (from.min(end)..end).filter(is).nth(nth)?;
                Some(self.to(found - usize::from(how == 't'), true))
            }
            _ => {
                let found = (head..self.at).rev().filter(is).nth(nth)?;
                Some(self.to(found + usize::from(how == 'T'), false))
            }
        }
    }

    fn word(&self, at: usize, big: bool) -> usize {
        let mut at = at;
        let kind = self.kind(at, big);
        while at < self.len() && kind != Kind::Space && self.kind(at, big) == kind {
            at += 1;
        }
        while at < self.len() && self.kind(at, big) == Kind::Space {
            at += 1;
            // an empty line is a word
            if self.unit(at) == "\n" && self.unit(at - 1) == "\n" && at < self.len() {
                break;
            }
        }
        at
    }

    fn word_back(&self, at: usize, big: bool) -> usize {
        let mut at = at;
        while at > 0 && self.kind(at - 1, big) == Kind::Space {
            at -= 1;
        }
        let kind = at.checked_sub(1).map(|before| self.kind(before, big));
        while at > 0 && Some(self.kind(at - 1, big)) == kind {
            at -= 1;
        }
        at
    }

    fn word_end(&self, at: usize, big: bool) -> usize {
        let mut at = at + 1;
        while at < self.len() && self.kind(at, big) == Kind::Space {
            at += 1;
        }
        let kind = self.kind(at, big);
        while at + 1 < self.len() && self.kind(at + 1, big) == kind {
            at += 1;
        }
        at.min(self.len().saturating_sub(1))
    }

    /// The next or the last empty line.
    fn paragraph(&self, at: usize, on: bool) -> usize {
        let empty = |at: &usize| {
            let (head, end) = self.line(*at);
            head == end && *at == head
        };
        match on {
            true => (at + 1..self.len()).find(empty).unwrap_or(self.len()),
            false => (0..at).rev().find(empty).unwrap_or(0),
        }
    }
}

/// The first unit: a chip, or a grapheme.
fn first(text: &str) -> Option<&str> {
    if text.starts_with('⟦')
        && let Some(end) = text.find('⟧')
    {
        let closed = end + '⟧'.len_utf8();
        // a mark that combines with the bracket belongs to it
        let whole = text.grapheme_indices(true).map(|(at, g)| at + g.len()).find(|end| *end >= closed);
        return Some(&text[..whole.unwrap_or(closed)]);
    }
    text.graphemes(true).next()
}
