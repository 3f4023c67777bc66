//! Counting what is heard as it is heard, for the books' open row and for providers that report no usage.

use crate::words::Usage;

/// Our own count of one attempt; exact enough for an estimate, and marked as one wherever it is used.
#[derive(Default)]
pub(super) struct Counted {
    prompt: u64,
    text: Tally,
    reasoning: Tally,
}

/// Characters by how many of them make a token: four of Latin script, one and a half of the dense ones.
#[derive(Default)]
struct Tally {
    thin: u64,
    dense: u64,
}

impl Tally {
    fn add(&mut self, text: &str) {
        let dense = text.chars().filter(|c| *c >= '\u{2e80}').count() as u64;
        self.dense += dense;
        self.thin += text.chars().count() as u64 - dense;
    }

    fn tokens(&self) -> u64 {
        self.thin.div_ceil(4) + (self.dense * 2).div_ceil(3)
    }
}

impl Counted {
    pub fn new(prompt: u64) -> Self {
        Self { prompt, ..Self::default() }
    }

    pub fn text(&mut self, text: &str) {
        self.text.add(text);
    }

    pub fn reasoning(&mut self, text: &str) {
        self.reasoning.add(text);
    }

    pub fn usage(&self) -> Usage {
        Usage {
            prompt: self.prompt,
            completion: self.text.tokens(),
            reasoning: self.reasoning.tokens(),
            ..Usage::default()
        }
    }
}
