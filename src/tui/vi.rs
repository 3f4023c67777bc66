//! vi keys for the composer: modes, counts, operators, motions and text objects over a text of whole graphemes.

mod change;
mod object;
mod operate;
mod text;

pub use text::Text;

use crate::app::{Code, Key};
use change::{join, replace, swap_case};
use text::Span;

/// What the keys mean now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Insert,
    Normal,
    Visual,
    /// Visual by whole lines.
    Lines,
}

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It is not vi's: the table of actions decides.
    No,
    /// It was taken; text or cursor may be others.
    Yes,
    /// So many rows up or down, as they are seen.
    Rows(isize),
    /// Half pages of the conversation.
    Scroll(i32),
    Undo,
    Redo,
}

/// The modes' memory between keys.
#[derive(Clone, Debug, Default)]
pub struct Vi {
    pub mode: Mode,
    /// Keys of a command that is not complete.
    pending: Vec<Key>,
    /// Where a visual selection began.
    anchor: usize,
    register: Register,
    /// The last `f`, `F`, `t` or `T`.
    sought: Option<(char, char)>,
    /// For `.`: the keys of the last change, and what was typed after them.
    last: Vec<Key>,
    typed: String,
    /// Where insert mode began, and the length of the text then.
    entered: Option<(usize, usize)>,
    repeating: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Register {
    text: String,
    lines: bool,
}

impl Mode {
    /// As the status line shows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Insert => "INSERT",
            Self::Normal => "NORMAL",
            Self::Visual => "VISUAL",
            Self::Lines => "VISUAL LINE",
        }
    }
}

impl Vi {
    /// The keys of the unfinished command.
    pub fn pending(&self) -> String {
        self.pending.iter().filter_map(|key| key.typed()).collect()
    }

    /// What is selected, in units of the text.
    pub fn selection(&self, text: &Text) -> Option<(usize, usize)> {
        match self.mode {
            Mode::Visual => Some(self.chars(text)),
            Mode::Lines => {
                Some((text.line(self.anchor.min(text.at)).0, text.line(self.anchor.max(text.at)).1))
            }
            Mode::Insert | Mode::Normal => None,
        }
    }

    fn chars(&self, text: &Text) -> (usize, usize) {
        let (from, to) = (self.anchor.min(text.at), self.anchor.max(text.at));
        (from, (to + 1).min(text.len()))
    }

    /// Starts over: the text is another one.
    pub fn reset(&mut self) {
        *self = Self { register: std::mem::take(&mut self.register), ..Self::default() };
    }

    pub fn key(&mut self, key: Key, text: &mut Text) -> Done {
        match self.mode {
            Mode::Insert => self.insert_key(key, text),
            _ => self.command_key(key, text),
        }
    }

    fn insert_key(&mut self, key: Key, text: &mut Text) -> Done {
        if key != Key::plain(Code::Esc) && key != Key::ctrl('[') {
            return Done::No;
        }
        if let Some((from, length)) = self.entered.take()
            && !self.repeating
        {
            let grown = text.len().saturating_sub(length);
            let to = text.at;
            self.typed = if from <= to && to - from == grown { text.slice(from, to) } else { String::new() };
        }
        self.mode = Mode::Normal;
        text.at = text.at.saturating_sub(usize::from(text.at > text.line(text.at).0));
        Done::Yes
    }

    fn command_key(&mut self, key: Key, text: &mut Text) -> Done {
        if key == Key::plain(Code::Esc) || key == Key::ctrl('[') {
            if self.pending.is_empty() && self.mode == Mode::Normal {
                return Done::No;
            }
            self.pending.clear();
            self.mode = Mode::Normal;
            return Done::Yes;
        }
        match key {
            Key { code: Code::Char('r'), ctrl: true, alt: false, .. } if self.pending.is_empty() => {
                return Done::Redo;
            }
            Key { code: Code::Char('d'), ctrl: true, alt: false, .. } => return Done::Scroll(1),
            Key { code: Code::Char('u'), ctrl: true, alt: false, .. } => return Done::Scroll(-1),
            Key { ctrl: true, .. } | Key { alt: true, .. } => return Done::No,
            _ => {}
        }
        // keys beside the letters move as they do everywhere
        let key = match key.code {
            Code::Left | Code::Backspace => Key::char('h'),
            Code::Right => Key::char('l'),
            Code::Up => Key::char('k'),
            Code::Down => Key::char('j'),
            Code::Home => Key::char('0'),
            Code::End => Key::char('$'),
            Code::Delete => Key::char('x'),
            Code::Char(_) => key,
            _ => return Done::No,
        };
        self.pending.push(key);
        let keys: String = self.pending();
        match self.run(&keys, text) {
            Run::More => Done::Yes,
            Run::Done(done) => {
                self.pending.clear();
                text.settle(self.mode == Mode::Normal);
                done
            }
            Run::Changed => {
                let keys = std::mem::take(&mut self.pending);
                if !self.repeating {
                    self.last = keys;
                    self.typed.clear();
                }
                if self.mode == Mode::Insert {
                    self.entered = Some((text.at, text.len()));
                }
                text.settle(self.mode == Mode::Normal);
                Done::Yes
            }
        }
    }

    /// Does a whole command, or says that more keys are wanted.
    fn run(&mut self, keys: &str, text: &mut Text) -> Run {
        let (count, rest) = counted(keys);
        let mut chars = rest.chars();
        let Some(first) = chars.next() else { return Run::More };
        let rest = chars.as_str();
        if self.mode != Mode::Normal {
            return self.visual(count, first, rest, text);
        }
        match first {
            'd' | 'c' | 'y' => return self.operate(first, count, rest, text),
            'i' | 'a' | 'I' | 'A' | 'o' | 'O' => return self.enter(first, text),
            'v' | 'V' => {
                self.anchor = text.at;
                self.mode = if first == 'v' { Mode::Visual } else { Mode::Lines };
                return Run::Done(Done::Yes);
            }
            'u' => return Run::Done(Done::Undo),
            '.' => return self.repeat(text),
            'p' | 'P' => return self.put(first == 'p', count.unwrap_or(1), text),
            'r' => {
                let Some(with) = rest.chars().next() else { return Run::More };
                return replace(text, count.unwrap_or(1), with);
            }
            'J' => return join(text),
            '~' => return swap_case(text, count.unwrap_or(1)),
            _ => {}
        }
        // what stands for an operator with a motion
        let short = match first {
            'x' => Some(('d', "l")),
            'X' => Some(('d', "h")),
            'D' => Some(('d', "$")),
            'C' => Some(('c', "$")),
            's' => Some(('c', "l")),
            'S' => Some(('c', "c")),
            'Y' => Some(('y', "y")),
            _ => None,
        };
        if let Some((operator, motion)) = short {
            return self.operate(operator, count, motion, text);
        }
        if matches!(first, 'j' | 'k') {
            let rows = isize::try_from(count.unwrap_or(1)).unwrap_or(1);
            return Run::Done(Done::Rows(if first == 'j' { rows } else { -rows }));
        }
        match self.motion(count, first, rest, text) {
            Some(Some(span)) => text.at = span.to,
            Some(None) => {}
            None => return Run::More,
        }
        Run::Done(Done::Yes)
    }

    /// Where a motion leads: `None` wants more keys, `Some(None)` leads nowhere.
    fn motion(&mut self, count: Option<usize>, first: char, rest: &str, text: &Text) -> Option<Option<Span>> {
        let next = rest.chars().next();
        match first {
            'f' | 'F' | 't' | 'T' => {
                let sought = next?;
                self.sought = Some((first, sought));
                Some(text.seek(first, sought, count.unwrap_or(1)))
            }
            ';' | ',' => Some(self.sought.and_then(|(how, sought)| {
                let turned = match how {
                    'f' => 'F',
                    'F' => 'f',
                    't' => 'T',
                    _ => 't',
                };
                text.seek(if first == ';' { how } else { turned }, sought, count.unwrap_or(1))
            })),
            'g' => match next? {
                'g' => Some(Some(text.to_line(count.unwrap_or(1)))),
                _ => Some(None),
            },
            'i' | 'a' => Some(object::find(text, first == 'a', next?)),
            _ => Some(text.motion(first, count)),
        }
    }

    /// The last change once more, with what was typed then.
    fn repeat(&mut self, text: &mut Text) -> Run {
        if self.last.is_empty() || self.repeating {
            return Run::Done(Done::Yes);
        }
        self.pending.clear();
        self.repeating = true;
        for key in self.last.clone() {
            self.command_key(key, text);
        }
        if self.mode == Mode::Insert {
            let typed = self.typed.clone();
            let at = text.at;
            text.replace(at, at, &typed);
            self.insert_key(Key::plain(Code::Esc), text);
        }
        self.repeating = false;
        Run::Done(Done::Yes)
    }
}

enum Run {
    /// The command is not complete.
    More,
    Done(Done),
    /// The text was changed, or is about to be: `.` does it again.
    Changed,
}

/// The count before a command, and the rest. A leading 0 is a motion.
fn counted(keys: &str) -> (Option<usize>, &str) {
    let digits = match keys.starts_with('0') {
        true => 0,
        false => keys.bytes().take_while(u8::is_ascii_digit).count(),
    };
    (keys[..digits].parse().ok().map(|n: usize| n.clamp(1, 9999)), &keys[digits..])
}
