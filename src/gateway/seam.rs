//! Joins the text of two endpoints: what the second repeats of the first is taken out while it streams.

/// The seam between what was heard and what continues it.
///
/// **Invariant:** what is passed on is the continuation without its longest beginning that the text so far ends with.
pub(super) struct Seam {
    so_far: String,
    /// Text of which it is not yet known whether it is repeated.
    held: String,
    /// Still looking.
    open: bool,
    how: Continuation,
}

/// How the second endpoint was asked to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Continuation {
    /// The text so far stands as the beginning of its own message.
    Prefill,
    /// It was told in words to repeat the last words and go on.
    Instruction,
}

impl Continuation {
    /// Shorter repetitions are taken for new words: after a prefill only an echo can be that long,
    /// after an instruction a repetition is what was asked for.
    fn least(self) -> usize {
        match self {
            Self::Prefill => 24,
            Self::Instruction => 3,
        }
    }
}

impl Seam {
    pub fn new(so_far: &str, how: Continuation) -> Self {
        Self { so_far: so_far.to_owned(), held: String::new(), open: !so_far.is_empty(), how }
    }

    /// What of this text is new and certain.
    pub fn pass(&mut self, text: &str) -> String {
        if !self.open {
            return text.to_owned();
        }
        self.held.push_str(text);
        if self.may_grow() { String::new() } else { self.close() }
    }

    /// The stream has ended: whatever is held back is decided now.
    pub fn finish(&mut self) -> String {
        if self.open { self.close() } else { String::new() }
    }

    /// More text could turn what is held into a longer repetition.
    fn may_grow(&self) -> bool {
        let held = self.held.as_bytes();
        let so_far = self.so_far.as_bytes();
        held.len() < so_far.len() && memchr::memmem::find(&so_far[..so_far.len() - 1], held).is_some()
    }

    fn close(&mut self) -> String {
        self.open = false;
        let held = std::mem::take(&mut self.held);
        let repeated = held
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .rev()
            .find(|end| self.so_far.ends_with(&held[..*end]))
            .unwrap_or(0);
        let words = held[..repeated].trim().chars().count();
        if repeated > 0 && (words >= self.how.least() || words == 0) {
            return held[repeated..].to_owned();
        }
        let ends_in_word = self.so_far.ends_with(char::is_alphanumeric);
        if self.how == Continuation::Instruction && ends_in_word && held.starts_with(char::is_alphanumeric) {
            // told to repeat and did not: models then begin with the next word, without the space before it
            return format!(" {held}");
        }
        held
    }
}
