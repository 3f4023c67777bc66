//! The prices in force: which of an endpoint's overrides hold for this prompt at this hour.

use crate::words::{At, Override, Prices, Usd};

/// What one unit of each category costs here and now, the rules for unlisted ones applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InForce {
    pub prompt: Usd,
    pub completion: Usd,
    /// Unlisted: the prompt price.
    pub cached_read: Usd,
    /// Unlisted: the prompt price.
    pub cache_write_5m: Usd,
    /// Unlisted: the five-minute price.
    pub cache_write_1h: Usd,
    /// Unlisted: the completion price.
    pub reasoning: Usd,
    /// Unlisted: the prompt price.
    pub audio_in: Usd,
    /// Unlisted: the completion price.
    pub audio_out: Usd,
    /// Unlisted: the completion price.
    pub image_out: Usd,
    /// Unlisted: nothing, the image is counted in prompt tokens.
    pub image: Usd,
    /// Unlisted: nothing.
    pub request: Usd,
    /// Unlisted: nothing.
    pub search: Usd,
}

impl InForce {
    /// Nothing costs anything: a local or free endpoint.
    pub fn is_free(&self) -> bool {
        *self == Self::default()
    }
}

/// The prices in force for `input` tokens of prompt (cached ones included) at that moment. Overrides are looked at in
/// order, and a later one that holds wins price by price.
pub fn in_force(prices: &Prices, input: u64, at: At) -> InForce {
    let mut prompt = prices.prompt;
    let mut completion = prices.completion;
    let mut cached_read = prices.cached_read;
    let mut cache_write_5m = prices.cache_write_5m;
    let mut cache_write_1h = prices.cache_write_1h;
    let mut reasoning = prices.reasoning;
    for over in prices.overrides.iter().filter(|o| holds(o, input, at)) {
        prompt = over.prompt.unwrap_or(prompt);
        completion = over.completion.unwrap_or(completion);
        cached_read = over.cached_read.or(cached_read);
        cache_write_5m = over.cache_write_5m.or(cache_write_5m);
        cache_write_1h = over.cache_write_1h.or(cache_write_1h);
        reasoning = over.reasoning.or(reasoning);
    }
    let write = cache_write_5m.unwrap_or(prompt);
    InForce {
        prompt,
        completion,
        cached_read: cached_read.unwrap_or(prompt),
        cache_write_5m: write,
        cache_write_1h: cache_write_1h.unwrap_or(write),
        reasoning: reasoning.unwrap_or(completion),
        audio_in: prices.audio_in.unwrap_or(prompt),
        audio_out: prices.audio_out.unwrap_or(completion),
        image_out: prices.image_out.unwrap_or(completion),
        image: prices.image.unwrap_or_default(),
        request: prices.request.unwrap_or_default(),
        search: prices.search.unwrap_or_default(),
    }
}

/// Whether every condition of the override holds.
fn holds(over: &Override, input: u64, at: At) -> bool {
    let long_enough = over.min_prompt_tokens.is_none_or(|n| input > n);
    let seconds = at.secs();
    // 1970-01-01 was a Thursday, the fifth day of a week that begins with Sunday as 0
    let weekday = (seconds.div_euclid(86_400) + 4).rem_euclid(7);
    let right_day = over.utc_days.is_empty() || over.utc_days.iter().any(|d| i64::from(*d) == weekday);
    let minutes = seconds.rem_euclid(86_400) / 60;
    let now = minutes / 60 * 100 + minutes % 60;
    let start = over.utc_start.map_or(0, i64::from);
    let end = over.utc_end.map_or(2400, i64::from);
    let right_hour = if start <= end { start <= now && now < end } else { now >= start || now < end };
    long_enough && right_day && right_hour
}
