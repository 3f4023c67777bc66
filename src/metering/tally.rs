//! A running estimate of how many tokens a text is, without a tokenizer: feeding what was appended costs only that.

use serde::{Deserialize, Serialize};

/// How much text there is, weighed the way byte-pair tokenizers split it: a word is about a token, three digits are,
/// an ideograph nearly is. The unit is a thousandth of an o200k token; [`super::Counter`] corrects it per model.
///
/// Pushing a text in pieces gives exactly what pushing it whole gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub chars: u64,
    milli: u64,
    #[serde(skip)]
    run: Run,
}

/// Where the last piece ended: inside a word, in white space, elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Run {
    #[default]
    Nothing,
    Word {
        length: u32,
        lower: bool,
    },
    Space {
        length: u32,
    },
    Mark,
}

/// What one image costs a prompt, about: providers tile images differently.
const IMAGE_TOKENS: u64 = 1_100;
/// Role marks and separators round each message.
const MESSAGE_TOKENS: u64 = 4;

impl Tally {
    pub fn of(text: &str) -> Self {
        let mut tally = Self::default();
        tally.push(text);
        tally
    }

    /// A whole number of tokens, for what is not text.
    pub fn tokens(count: u64) -> Self {
        Self { milli: count.saturating_mul(1000), ..Self::default() }
    }

    /// A message as a provider sees it: its text, its calls and results, about what its images come to, its frame.
    pub fn message(message: &crate::words::Message) -> Self {
        let mut tally = Self::tokens(MESSAGE_TOKENS);
        for part in &message.parts {
            tally.part(part);
        }
        tally
    }

    fn part(&mut self, part: &crate::words::Part) {
        use crate::words::{Part, Source};
        match part {
            Part::Text { text, .. } => self.push(text),
            Part::Reasoning(reasoning) => self.push(&reasoning.text),
            Part::ToolCall { name, arguments, .. } => {
                self.push(name);
                self.push(arguments);
            }
            Part::ToolResult { parts, .. } => parts.iter().for_each(|part| self.part(part)),
            Part::Image { .. } => *self += Self::tokens(IMAGE_TOKENS),
            Part::File { source: Source::Data { base64, .. }, .. }
            | Part::Audio { source: Source::Data { base64, .. } } => {
                // a page of PDF is some 3 KB and 400 tokens, a second of audio some 4 KB and 25
                *self += Self::tokens(base64.len() as u64 / 12);
            }
            Part::File { .. } | Part::Audio { .. } => *self += Self::tokens(IMAGE_TOKENS),
            Part::Annotation { .. } | Part::Opaque { .. } => {}
        }
    }

    /// Appends a piece of the same text.
    pub fn push(&mut self, text: &str) {
        for c in text.chars() {
            self.chars += 1;
            self.milli += self.weigh(c);
        }
    }

    /// Thousandths of an o200k token, before any correction.
    pub fn milli(&self) -> u64 {
        self.milli
    }

    fn weigh(&mut self, c: char) -> u64 {
        if c.is_ascii_alphabetic() {
            return self.letter(c.is_ascii_lowercase());
        }
        if c == ' ' || c == '\t' {
            let length = if let Run::Space { length } = self.run { length + 1 } else { 1 };
            self.run = Run::Space { length };
            // the first space belongs to the word after it; indentation is a token for a whole run
            return if length == 2 { 450 } else { 0 };
        }
        if c == '\n' {
            let before = self.run;
            self.run = Run::Space { length: 2 };
            return if matches!(before, Run::Space { .. } | Run::Mark) { 250 } else { 600 };
        }
        let marked = self.run == Run::Mark;
        self.run = Run::Mark;
        match c {
            '0'..='9' => 360,
            // neighbours join: `);`, `::`, `"/`
            '\0'..='\u{7f}' => {
                if marked {
                    450
                } else {
                    800
                }
            }
            // letters with accents lengthen the word they stand in
            '\u{80}'..='\u{24f}' => {
                self.run = Run::Word { length: 5, lower: true };
                650
            }
            // Greek, Cyrillic, Armenian
            '\u{370}'..='\u{58f}' => 370,
            // Hebrew, Arabic
            '\u{590}'..='\u{7ff}' => 380,
            // the scripts of South and Southeast Asia
            '\u{900}'..='\u{10ff}' | '\u{1780}'..='\u{17ff}' => 380,
            // Hangul
            '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' => 620,
            // typographic punctuation
            '\u{2000}'..='\u{206f}' => 700,
            // kana, CJK punctuation
            '\u{3000}'..='\u{30ff}' => 780,
            // ideographs
            '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => 780,
            // symbols, emoji, everything rare: several bytes, hardly ever one token
            _ => 1_800,
        }
    }

    fn letter(&mut self, lower: bool) -> u64 {
        let (length, was_lower) = match self.run {
            Run::Word { length, lower } => (length, lower),
            _ => (0, false),
        };
        let hump = length > 0 && was_lower && !lower;
        self.run = Run::Word { length: if hump { 1 } else { length + 1 }, lower };
        match (length, hump) {
            // after a mark (`foo.bar`, `snake_case`) the word is seldom a token of its own beginning
            (0, _) => 950,
            (_, true) => 800,
            (1..=6, _) => 15,
            _ => 230,
        }
    }
}

impl std::ops::Add for Tally {
    type Output = Tally;

    /// Two texts counted apart; the seam between them is taken as a break.
    fn add(self, rhs: Tally) -> Tally {
        Tally {
            chars: self.chars.saturating_add(rhs.chars),
            milli: self.milli.saturating_add(rhs.milli),
            run: Run::Nothing,
        }
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, rhs: Tally) {
        *self = *self + rhs;
    }
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Tally>>(iter: I) -> Tally {
        iter.fold(Tally::default(), std::ops::Add::add)
    }
}
