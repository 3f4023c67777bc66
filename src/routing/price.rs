//! What this request will probably cost at an endpoint: its tokens, its cached prefix, its hour.

use crate::catalog::Brief;
use crate::words::{At, Endpoint, Override, Prices, Usd};

/// How much of everything this request is expected to need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// All input tokens.
    pub prompt: u64,
    pub completion: u64,
    pub images: u64,
    /// Searches of the web that are asked for.
    pub searches: u64,
}

/// The expected cost when `cached` of the prompt's tokens are read from the endpoint's cache.
/// `None`: nobody knows the price. A server of one's own without a price list costs nothing.
pub fn cost(endpoint: &Endpoint, load: Load, cached: u64, now: At) -> Option<Usd> {
    let Some(prices) = &endpoint.prices else {
        return endpoint.local.then_some(Usd::ZERO);
    };
    let rates = Rates::of(prices, load.prompt, now);
    let cached = cached.min(load.prompt);
    let read = rates.cached_read.unwrap_or(rates.prompt);
    let mut cost = rates.prompt * (load.prompt - cached) + rates.completion * load.completion;
    if cached > 0 {
        cost += read * cached;
    }
    if let Some(request) = prices.request {
        cost += request;
    }
    if let (Some(image), true) = (prices.image, load.images > 0) {
        cost += image * load.images;
    }
    if let (Some(search), true) = (prices.search, load.searches > 0) {
        cost += search * load.searches;
    }
    Some(cost)
}

/// A load whose cost is read off briefs, in dollars, for ranking.
#[derive(Clone, Copy, Debug)]
pub struct InBrief {
    prompt: f64,
    completion: f64,
}

impl InBrief {
    #[allow(clippy::cast_precision_loss, reason = "token counts are far below 2^52")]
    pub fn of(load: Load) -> Self {
        let told = load.images == 0 && load.searches == 0;
        Self { prompt: if told { load.prompt as f64 } else { f64::NAN }, completion: load.completion as f64 }
    }

    /// Not a number where [`cost`] must be asked.
    #[inline]
    pub fn cost(self, brief: &Brief) -> f64 {
        brief.prompt * self.prompt + brief.completion * self.completion + brief.request
    }
}

/// The prices per token in force for one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    pub prompt: Usd,
    pub completion: Usd,
    pub cached_read: Option<Usd>,
}

impl Rates {
    /// The list's prices with every override that holds for so many input tokens at that time; later ones win.
    pub fn of(prices: &Prices, input: u64, now: At) -> Self {
        let mut rates =
            Self { prompt: prices.prompt, completion: prices.completion, cached_read: prices.cached_read };
        for over in prices.overrides.iter().filter(|over| holds(over, input, now)) {
            rates.prompt = over.prompt.unwrap_or(rates.prompt);
            rates.completion = over.completion.unwrap_or(rates.completion);
            rates.cached_read = over.cached_read.or(rates.cached_read);
        }
        rates
    }
}

fn holds(over: &Override, input: u64, now: At) -> bool {
    let day_seconds = now.secs().rem_euclid(86_400);
    let clock = day_seconds / 3600 * 100 + day_seconds % 3600 / 60;
    // 1 January 1970 was a Thursday
    let weekday = (now.secs().div_euclid(86_400) + 4).rem_euclid(7);
    let within = match (over.utc_start.map(i64::from), over.utc_end.map(i64::from)) {
        (None, None) => true,
        (Some(start), None) => clock >= start,
        (None, Some(end)) => clock < end,
        (Some(start), Some(end)) if start <= end => (start..end).contains(&clock),
        (Some(start), Some(end)) => clock >= start || clock < end,
    };
    over.min_prompt_tokens.is_none_or(|least| input > least)
        && within
        && (over.utc_days.is_empty() || over.utc_days.iter().any(|day| i64::from(*day) == weekday))
}
