//! What is known of a reply in tokens and money while it is heard: counted roughly, priced exactly.

use crate::words::{Prices, Receipt, Usage, Usd};
use std::time::Duration;

/// Counts tokens roughly as text arrives: about four ASCII characters or one and a half others to a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counter {
    twelfths: u64,
}

impl Counter {
    pub fn add(&mut self, text: &str) {
        let ascii = text.bytes().filter(u8::is_ascii).count() as u64;
        let others = text.chars().count() as u64 - ascii;
        self.twelfths += ascii * 3 + others * 8;
    }

    pub fn tokens(self) -> u64 {
        self.twelfths.div_ceil(12)
    }
}

/// What is known of a reply's tokens and money; `exact` when the provider has spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    pub usage: Usage,
    pub cost: Option<Usd>,
    pub exact: bool,
    pub ttft: Option<Duration>,
    pub rate: Option<f64>,
    pub demo: bool,
}

impl Reading {
    pub fn of(receipt: &Receipt) -> Self {
        Self {
            usage: receipt.usage,
            cost: receipt.cost.booked,
            exact: !matches!(receipt.cost.source, crate::words::CostSource::Estimate),
            ttft: receipt.ttft,
            rate: receipt.throughput(),
            demo: receipt.demo,
        }
    }
}

/// For the moving figure only: what is booked is the gateway's receipt.
pub fn estimate(usage: &Usage, prices: &Prices) -> Usd {
    prices.prompt * usage.prompt
        + prices.cached_read.unwrap_or(prices.prompt) * usage.cached_read
        + prices.cache_write_5m.unwrap_or(prices.prompt) * usage.cache_write_5m
        + prices.completion * usage.completion
        + prices.reasoning.unwrap_or(prices.completion) * usage.reasoning
}
