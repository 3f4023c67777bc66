//! What vi's operators do to a text: delete, change, yank, put, and the same on a selection.

use super::{Done, Mode, Register, Run, Text, Vi, counted};

impl Vi {
    pub(super) fn operate(
        &mut self,
        operator: char,
        count: Option<usize>,
        rest: &str,
        text: &mut Text,
    ) -> Run {
        let (more, rest) = counted(rest);
        let count = match (count, more) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or(1).saturating_mul(b.unwrap_or(1))),
        };
        let mut chars = rest.chars();
        let Some(first) = chars.next() else { return Run::More };
        let span = if first == operator {
            Some(text.lines(count.unwrap_or(1)))
        } else if operator == 'c' && matches!(first, 'w' | 'W') && !text.is_space(text.at) {
            // vi's oldest exception: `cw` leaves the space behind the word
            text.motion(if first == 'w' { 'e' } else { 'E' }, count)
        } else {
            match self.motion(count, first, chars.as_str(), text) {
                Some(span) => span,
                None => return Run::More,
            }
        };
        let Some(mut span) = span else { return Run::Done(Done::Yes) };
        let end = text.line(text.at).1;
        if matches!(first, 'w' | 'W') && span.to > end && end > text.at {
            // the last word of a line does not take the next line along
            span.to = end;
        }
        self.apply(operator, span.range(text), span.lines, text)
    }

    fn apply(&mut self, operator: char, (from, to): (usize, usize), lines: bool, text: &mut Text) -> Run {
        if from == to && !lines && operator != 'c' {
            return Run::Done(Done::Yes);
        }
        self.register = Register { text: text.slice(from, to), lines };
        match operator {
            'y' => {
                text.at = from;
                Run::Done(Done::Yes)
            }
            'c' => {
                text.replace(from, to, "");
                self.mode = Mode::Insert;
                Run::Changed
            }
            _ => {
                // whole lines go with one of their line ends
                let (from, to) = match lines {
                    true if to < text.len() => (from, to + 1),
                    true => (from.saturating_sub(1), to),
                    false => (from, to),
                };
                text.replace(from, to, "");
                if lines {
                    text.at = text.first_word(text.line(text.at).0);
                }
                Run::Changed
            }
        }
    }

    pub(super) fn enter(&mut self, how: char, text: &mut Text) -> Run {
        let (head, end) = text.line(text.at);
        match how {
            'a' => text.at = (text.at + 1).min(end),
            'I' => text.at = text.first_word(head),
            'A' => text.at = end,
            'o' => text.replace(end, end, "\n"),
            'O' => {
                text.replace(head, head, "\n");
                text.at = head;
            }
            _ => {}
        }
        self.mode = Mode::Insert;
        Run::Changed
    }

    pub(super) fn put(&mut self, behind: bool, count: usize, text: &mut Text) -> Run {
        let Register { text: what, lines } = self.register.clone();
        if what.is_empty() && !lines {
            return Run::Done(Done::Yes);
        }
        // more than a person means by it would only fill the memory
        let what = vec![what; count.clamp(1, 99)];
        let (head, end) = text.line(text.at);
        match (lines, behind) {
            (true, true) => {
                text.replace(end, end, &format!("\n{}", what.join("\n")));
                text.at = text.first_word(end + 1);
            }
            (true, false) => {
                text.replace(head, head, &format!("{}\n", what.join("\n")));
                text.at = text.first_word(head);
            }
            (false, _) => {
                let at = if behind { (text.at + 1).min(end) } else { text.at };
                text.replace(at, at, &what.concat());
                text.at = text.at.saturating_sub(1).max(at);
            }
        }
        Run::Changed
    }

    pub(super) fn visual(&mut self, count: Option<usize>, first: char, rest: &str, text: &mut Text) -> Run {
        let operator = match first {
            'd' | 'x' | 'D' | 'X' => Some('d'),
            'c' | 's' | 'C' | 'S' => Some('c'),
            'y' | 'Y' => Some('y'),
            _ => None,
        };
        if let Some(operator) = operator {
            let lines = self.mode == Mode::Lines;
            let range = self.selection(text).unwrap_or((text.at, text.at));
            self.mode = Mode::Normal;
            return self.apply(operator, range, lines, text);
        }
        match first {
            'v' | 'V' => {
                let other = if first == 'v' { Mode::Visual } else { Mode::Lines };
                self.mode = if self.mode == other { Mode::Normal } else { other };
            }
            'o' => std::mem::swap(&mut self.anchor, &mut text.at),
            'p' | 'P' => {
                let range = self.selection(text).unwrap_or((text.at, text.at));
                let put = self.register.text.clone();
                self.register = Register { text: text.slice(range.0, range.1), lines: false };
                text.replace(range.0, range.1, &put);
                self.mode = Mode::Normal;
                return Run::Changed;
            }
            'j' | 'k' => {
                for _ in 0..count.unwrap_or(1).min(text.len()) {
                    text.at = text.beside(first == 'j');
                }
            }
            _ => match self.motion(count, first, rest, text) {
                Some(Some(span)) => {
                    if matches!(first, 'i' | 'a') {
                        self.anchor = span.from;
                    }
                    text.at = span.to.saturating_sub(usize::from(matches!(first, 'i' | 'a')));
                }
                Some(None) => {}
                None => return Run::More,
            },
        }
        Run::Done(Done::Yes)
    }
}
