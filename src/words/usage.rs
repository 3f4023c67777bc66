//! How many of what a request used, in categories that never overlap.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Billable quantities of one attempt or of many added up. The categories are disjoint by definition:
/// `prompt` excludes cached, written and audio tokens, `completion` excludes reasoning, audio and image tokens.
/// Providers that count otherwise (OpenAI's and Gemini's prompt counts include cached tokens) are converted in `wire`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Fresh input tokens.
    #[serde(skip_serializing_if = "none")]
    pub prompt: u64,
    /// Output tokens that are neither reasoning nor audio nor image.
    #[serde(skip_serializing_if = "none")]
    pub completion: u64,
    /// Input tokens read from the provider's prompt cache.
    #[serde(skip_serializing_if = "none")]
    pub cached_read: u64,
    /// Input tokens written to the cache for five minutes (or for the provider's only lifetime).
    #[serde(skip_serializing_if = "none")]
    pub cache_write_5m: u64,
    /// Input tokens written to the cache for an hour.
    #[serde(skip_serializing_if = "none")]
    pub cache_write_1h: u64,
    /// Output tokens spent thinking.
    #[serde(skip_serializing_if = "none")]
    pub reasoning: u64,
    #[serde(skip_serializing_if = "none")]
    pub audio_in: u64,
    #[serde(skip_serializing_if = "none")]
    pub audio_out: u64,
    /// Output tokens that are image data.
    #[serde(skip_serializing_if = "none")]
    pub image_out: u64,
    /// Input images, where the provider bills by the image.
    #[serde(skip_serializing_if = "none")]
    pub images: u64,
    /// Web searches.
    #[serde(skip_serializing_if = "none")]
    pub searches: u64,
}

fn none(n: &u64) -> bool {
    *n == 0
}

/// A provider may claim any count; an absurd one must not stop the program.
fn sum<const N: usize>(counts: [u64; N]) -> u64 {
    counts.into_iter().fold(0, u64::saturating_add)
}

impl Usage {
    /// Every input token, cached or not.
    pub fn input(&self) -> u64 {
        sum([self.prompt, self.cached_read, self.cache_write_5m, self.cache_write_1h, self.audio_in])
    }

    /// Every output token, shown or not.
    pub fn output(&self) -> u64 {
        sum([self.completion, self.reasoning, self.audio_out, self.image_out])
    }

    pub fn total(&self) -> u64 {
        sum([self.input(), self.output()])
    }

    /// Every category, also those that are zero, and the sums: for scripts, which may rely on them.
    pub fn in_full(&self) -> Value {
        json!({
            "prompt": self.prompt,
            "completion": self.completion,
            "cached_read": self.cached_read,
            "cache_write_5m": self.cache_write_5m,
            "cache_write_1h": self.cache_write_1h,
            "reasoning": self.reasoning,
            "audio_in": self.audio_in,
            "audio_out": self.audio_out,
            "image_out": self.image_out,
            "images": self.images,
            "searches": self.searches,
            "input": self.input(),
            "output": self.output(),
            "total": self.total(),
        })
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Usage {
    fn each(self, rhs: Self, join: fn(u64, u64) -> u64) -> Self {
        Self {
            prompt: join(self.prompt, rhs.prompt),
            completion: join(self.completion, rhs.completion),
            cached_read: join(self.cached_read, rhs.cached_read),
            cache_write_5m: join(self.cache_write_5m, rhs.cache_write_5m),
            cache_write_1h: join(self.cache_write_1h, rhs.cache_write_1h),
            reasoning: join(self.reasoning, rhs.reasoning),
            audio_in: join(self.audio_in, rhs.audio_in),
            audio_out: join(self.audio_out, rhs.audio_out),
            image_out: join(self.image_out, rhs.image_out),
            images: join(self.images, rhs.images),
            searches: join(self.searches, rhs.searches),
        }
    }

    /// Without a part of it; never less than nothing.
    #[must_use]
    pub fn saturating_sub(self, part: Self) -> Self {
        self.each(part, u64::saturating_sub)
    }
}

impl std::ops::Add for Usage {
    type Output = Usage;

    fn add(self, rhs: Usage) -> Usage {
        self.each(rhs, u64::saturating_add)
    }
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, rhs: Usage) {
        *self = *self + rhs;
    }
}
