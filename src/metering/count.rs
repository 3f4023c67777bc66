//! Turning measured text into tokens: a factor per model, learned from what providers report and kept between starts.

use super::tally::Tally;
use crate::words::ModelId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Turns a [`Tally`] into tokens of a model. Small, and worth keeping between starts: it gets better with use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    learned: BTreeMap<ModelId, Learned>,
}

/// Sums over past prompts of one model; halved now and then, so that the last weeks count most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Learned {
    weighed: u64,
    reported: u64,
}

/// Sums are halved above this many tokens.
const MEMORY: u64 = 400_000;
/// Below this many tokens nothing is learned: frames and hidden instructions would drown the text.
const ENOUGH: u64 = 200;

impl Counter {
    /// Tokens of this much text, by this model's tokenizer as far as it is known. Never zero for some text.
    pub fn tokens(&self, model: &ModelId, tally: &Tally) -> u64 {
        let milli = u128::from(tally.milli()) * u128::from(self.factor(model));
        u64::try_from(milli.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }

    /// How many tokens this model makes of what o200k makes a thousand of.
    pub fn factor(&self, model: &ModelId) -> u64 {
        match self.learned.get(model) {
            Some(learned) if learned.weighed > 0 => {
                (learned.reported.saturating_mul(1000) / learned.weighed).clamp(500, 2000)
            }
            _ => first_guess(model),
        }
    }

    /// A provider reported how many tokens this much text was. Whether the factor moved by half a percent or more,
    /// so that it is worth keeping.
    pub fn learn(&mut self, model: &ModelId, tally: &Tally, reported: u64) -> bool {
        let weighed = tally.milli() / 1000;
        // a report that is far off is about something else (tools, files, a hidden prompt)
        let plausible = reported < weighed.saturating_mul(2) && reported.saturating_mul(2) > weighed;
        if weighed < ENOUGH || !plausible {
            return false;
        }
        let before = self.factor(model);
        let learned = self.learned.entry(model.clone()).or_default();
        learned.weighed += weighed;
        learned.reported += reported;
        if learned.weighed > MEMORY {
            learned.weighed /= 2;
            learned.reported /= 2;
        }
        self.factor(model).abs_diff(before) >= 5
    }

    /// Models it has learned something about.
    pub fn known(&self) -> impl Iterator<Item = &ModelId> {
        self.learned.keys()
    }
}

/// Tokens per thousand o200k tokens before anything was learned, by author. These are guesses, not measurements:
/// vocabularies are public in size (Anthropic's and Mistral's split English finer than o200k's 200,000 entries do),
/// and the first few replies of a model put a wrong one right.
fn first_guess(model: &ModelId) -> u64 {
    match model.author() {
        "anthropic" => 1_180,
        "mistralai" => 1_120,
        "meta-llama" | "deepseek" | "qwen" | "z-ai" | "moonshotai" => 1_030,
        _ => 1_000,
    }
}
