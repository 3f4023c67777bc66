//! What is known of a reply in tokens and money while it is heard, and of a finished one.

use crate::metering::mismatch;
use crate::words::{Cost, Receipt, Usage, Usd};
use std::time::Duration;

/// What is known of a reply's tokens and money; `exact` when the provider has spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    pub usage: Usage,
    pub cost: Option<Usd>,
    pub exact: bool,
    pub ttft: Option<Duration>,
    pub rate: Option<f64>,
    /// Dollars a minute, while it is under way.
    pub burn: Option<Usd>,
    /// Share of the context that is filled, while it is under way.
    pub context: Option<f64>,
    /// How far the provider's bill is from ours, in percent of ours, when more than one.
    pub off: Option<i64>,
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
            burn: None,
            context: None,
            off: off(&receipt.cost),
            demo: receipt.demo,
        }
    }

    /// What is known of a reply that is gone on with, after what its first part used and cost.
    pub fn after(self, before: &Receipt) -> Self {
        let before = Self::of(before);
        Self {
            usage: before.usage + self.usage,
            cost: before.cost.zip(self.cost).map(|(a, b)| a + b),
            exact: before.exact && self.exact,
            ttft: before.ttft.or(self.ttft),
            ..self
        }
    }
}

/// How far the provider's bill is from what our list comes to, in percent of ours, where it is more than one.
#[allow(clippy::cast_possible_truncation, reason = "a percentage for people")]
pub fn off(cost: &Cost) -> Option<i64> {
    mismatch(cost)?.percent().map(|percent| percent.round() as i64)
}
