//! Joins the text of two endpoints: what the second repeats of the first is taken out while it streams.

/// The seam between what was heard and what continues it.
///
/// **Invariants:** what is passed on is the continuation without its longest beginning that repeats the end of the text
/// so far; white space on both sides of the seam is there once; and it does not matter how the continuation is cut into
/// pieces. Case and the kind of white space make no difference to what counts as repeated.
#[derive(Clone, Debug)]
pub struct Seam {
    how: Continuation,
    /// The text so far without the white space at its end, folded.
    so_far: Vec<char>,
    /// That white space.
    ending: String,
    state: State,
}

/// How the second endpoint was asked to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Continuation {
    /// The text so far stands as the beginning of its own message.
    Prefill,
    /// It was told in words to repeat the last words and go on.
    Instruction,
}

#[derive(Clone, Debug)]
enum State {
    Looking(Looking),
    /// What is repeated is behind us; the white space that follows it waits for what comes after it.
    Joining(String),
    Open,
}

/// The continuation so far, and where in the text before it may be repeating.
#[derive(Clone, Debug, Default)]
struct Looking {
    /// As it came.
    held: String,
    /// Folded characters compared so far, and whether white space waits to be compared.
    compared: usize,
    space: bool,
    /// Beginnings of words in `so_far` from which everything compared is the same.
    starts: Vec<usize>,
    /// The end in `held` of the longest repetition found.
    repeated: Option<usize>,
    /// The same, if a word ends there.
    perhaps: Option<usize>,
    last: Option<char>,
    words: usize,
    /// Letters and digits; an ideograph weighs two.
    letters: usize,
}

impl Continuation {
    /// Whether a repetition is none by chance. After a prefill only a long echo is one, for words are often said twice;
    /// after an instruction it is what was asked for, but a brace or a short word may come twice in a row.
    fn is_meant(self, looking: &Looking) -> bool {
        match self {
            Self::Prefill => looking.compared >= 24,
            Self::Instruction => looking.letters >= if looking.words > 1 { 4 } else { 3 },
        }
    }
}

impl Seam {
    pub fn new(so_far: &str, how: Continuation) -> Self {
        let kept = so_far.trim_end();
        let ending = so_far[kept.len()..].to_owned();
        let mut folded = Vec::with_capacity(kept.len());
        for c in kept.trim_start().chars() {
            if !c.is_whitespace() {
                folded.push(fold(c));
            } else if folded.last() != Some(&' ') {
                folded.push(' ');
            }
        }
        let state = if so_far.is_empty() { State::Open } else { State::Looking(Looking::default()) };
        Self { how, so_far: folded, ending, state }
    }

    /// What of this text is new and certain.
    pub fn pass(&mut self, text: &str) -> String {
        match &mut self.state {
            State::Open => text.to_owned(),
            State::Joining(space) => {
                space.push_str(text);
                self.join(false)
            }
            State::Looking(_) => {
                let mut rest = text.chars();
                while let Some(c) = rest.next() {
                    if self.compare(c) {
                        let first = self.decide();
                        return first + &self.pass(rest.as_str());
                    }
                }
                String::new()
            }
        }
    }

    /// The stream has ended: whatever is held back is decided now.
    pub fn finish(&mut self) -> String {
        let first = match &mut self.state {
            State::Looking(looking) => {
                looking.repeated = looking.perhaps.take().or(looking.repeated);
                self.decide()
            }
            _ => String::new(),
        };
        first + &self.join(true)
    }

    /// Takes one more character in; true when nothing that follows can change what is repeated.
    fn compare(&mut self, c: char) -> bool {
        let State::Looking(looking) = &mut self.state else { return true };
        looking.held.push(c);
        if c.is_whitespace() {
            looking.space = looking.compared > 0;
            return false;
        }
        if looking.compared == 0 && self.how == Continuation::Instruction && matches!(c, '…' | '.') {
            // many go on with three dots
            return false;
        }
        let before = looking.last.filter(|_| !looking.space);
        let ends_here = looking.perhaps.take();
        if ends_here.is_some() && !(before.is_some_and(is_word) && is_word(c)) {
            looking.repeated = ends_here;
        }
        if looking.compared == 0 {
            looking.starts = (0..self.so_far.len()).filter(|at| begins_word(&self.so_far, *at)).collect();
        }
        for c in std::mem::take(&mut looking.space).then_some(' ').into_iter().chain([fold(c)]) {
            let at = looking.compared;
            looking.starts.retain(|start| self.so_far.get(start + at) == Some(&c));
            looking.words += usize::from(at == 0 || c == ' ' || is_own_word(c));
            looking.letters += usize::from(c.is_alphanumeric()) + usize::from(is_own_word(c));
            looking.compared += 1;
        }
        looking.last = Some(c);
        let reaches_the_end =
            looking.starts.iter().any(|start| start + looking.compared == self.so_far.len());
        if reaches_the_end && self.how.is_meant(looking) {
            // several words may end in the middle of one; a single word must be one, not the beginning of another
            let sure = looking.words > 1 || !is_word(c);
            *(if sure { &mut looking.repeated } else { &mut looking.perhaps }) = Some(looking.held.len());
        }
        looking.starts.retain(|start| start + looking.compared < self.so_far.len());
        looking.starts.is_empty() && looking.perhaps.is_none()
    }

    /// Lets go of what was held, without what it repeats.
    fn decide(&mut self) -> String {
        let State::Looking(looking) = std::mem::replace(&mut self.state, State::Open) else {
            return String::new();
        };
        let mut rest = looking.held;
        match looking.repeated {
            Some(end) => drop(rest.drain(..end)),
            None if self.how == Continuation::Instruction => {
                let dots = |c: char| c.is_whitespace() || matches!(c, '…' | '.');
                let text = rest.trim_start_matches(dots);
                let lead = &rest[..rest.len() - text.len()];
                if lead.contains('…') || lead.contains("...") {
                    rest = text.to_owned();
                }
                let glued = rest.starts_with(char::is_alphanumeric)
                    && self.ending.is_empty()
                    && self.so_far.last().is_some_and(|c| c.is_alphanumeric() && !is_own_word(*c));
                if glued {
                    // told to repeat and did not: models then begin with the next word, without the space before it
                    rest.insert(0, ' ');
                }
            }
            None => {}
        }
        self.state = State::Joining(rest);
        self.join(false)
    }

    /// Passes on what was held at the seam as soon as its white space has ended.
    fn join(&mut self, over: bool) -> String {
        let State::Joining(held) = &mut self.state else { return String::new() };
        let text = held.trim_start();
        if text.is_empty() && !over && !self.ending.is_empty() {
            return String::new();
        }
        let space = &held[..held.len() - text.len()];
        let out = new_space(&self.ending, space).to_owned() + text;
        if !held.is_empty() || over {
            self.state = State::Open;
        }
        out
    }
}

/// What of the white space `after` the seam is not there already `before` it.
fn new_space<'a>(before: &str, after: &'a str) -> &'a str {
    let lines = |space: &str| space.matches('\n').count();
    let indent = |space: &'a str| space.rfind('\n').map_or("", |at| &space[at + 1..]);
    if let Some(rest) = after.strip_prefix(before) {
        return rest;
    }
    match lines(after).checked_sub(lines(before)) {
        // the lines that are missing, with the indentation of the last
        Some(missing) if missing > 0 => {
            after.rmatch_indices('\n').nth(missing - 1).map_or("", |(at, _)| &after[at..])
        }
        _ if lines(after) == 0 => "",
        _ => indent(after).strip_prefix(before.rsplit('\n').next().unwrap_or("")).unwrap_or(""),
    }
}

/// One character for one: what has no lower case of one character stays.
fn fold(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// Part of a word that other letters may be part of too.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() && !is_own_word(c)
}

/// Scripts written without spaces: Thai, kana, ideographs.
fn is_own_word(c: char) -> bool {
    matches!(u32::from(c), 0x0e00..=0x0eff | 0x2e80..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

fn begins_word(text: &[char], at: usize) -> bool {
    text[at] != ' ' && (at == 0 || !(is_word(text[at - 1]) && is_word(text[at])))
}
