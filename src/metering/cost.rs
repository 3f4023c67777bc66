//! Cost = every usage category × the price in force for that endpoint, that moment and that prompt length.

use super::price::{InForce, in_force};
use crate::words::{At, Cost, CostLine, CostSource, Prices, Usage, Usd};

/// What the usage costs by our catalog, line by line. `None` prices, or an amount too large to be money: unknown.
/// The request fee is charged once a call: an attempt that was made is a request.
pub fn cost(usage: &Usage, prices: Option<&Prices>, at: At) -> Cost {
    let Some(prices) = prices else {
        return Cost::default();
    };
    let rates = in_force(prices, usage.input(), at);
    if rates.is_free() {
        return Cost {
            booked: Some(Usd::ZERO),
            source: CostSource::Free,
            ours: Some(Usd::ZERO),
            lines: Vec::new(),
        };
    }
    let lines = lines(usage, &rates);
    let Some(sum) = total(&lines) else {
        return Cost::default();
    };
    Cost { booked: Some(sum), source: CostSource::Catalog, ours: Some(sum), lines }
}

/// Only the amount: for figures that are drawn many times a second.
pub fn amount(usage: &Usage, prices: &Prices, at: At) -> Option<Usd> {
    let rates = in_force(prices, usage.input(), at);
    charges(usage, &rates).into_iter().try_fold(Usd::ZERO, |sum, (_, count, price)| plus(sum, count, price))
}

/// The same for tokens that we counted ourselves: marked as an estimate.
pub fn estimate(counted: &Usage, prices: Option<&Prices>, at: At) -> Cost {
    let mut cost = cost(counted, prices, at);
    if cost.source == CostSource::Catalog {
        cost.source = CostSource::Estimate;
    }
    cost
}

/// One line a category that was used; the categories are disjoint, so the lines add up.
fn lines(usage: &Usage, rates: &InForce) -> Vec<CostLine> {
    charges(usage, rates)
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(category, count, price)| CostLine { category: category.to_owned(), count, price })
        .collect()
}

fn charges(usage: &Usage, rates: &InForce) -> [(&'static str, u64, Usd); 12] {
    [
        ("prompt", usage.prompt, rates.prompt),
        ("cached_read", usage.cached_read, rates.cached_read),
        ("cache_write_5m", usage.cache_write_5m, rates.cache_write_5m),
        ("cache_write_1h", usage.cache_write_1h, rates.cache_write_1h),
        ("audio_in", usage.audio_in, rates.audio_in),
        ("completion", usage.completion, rates.completion),
        ("reasoning", usage.reasoning, rates.reasoning),
        ("audio_out", usage.audio_out, rates.audio_out),
        ("image_out", usage.image_out, rates.image_out),
        ("images", usage.images, rates.image),
        ("searches", usage.searches, rates.search),
        ("request", u64::from(!rates.request.is_zero()), rates.request),
    ]
}

/// The sum of the lines; `None` when it is no amount of money any more.
fn total(lines: &[CostLine]) -> Option<Usd> {
    lines.iter().try_fold(Usd::ZERO, |sum, line| plus(sum, line.count, line.price))
}

fn plus(sum: Usd, count: u64, price: Usd) -> Option<Usd> {
    let amount = price.scale(i128::from(count), 1)?;
    sum.raw().checked_add(amount.raw()).map(Usd::from_raw)
}
