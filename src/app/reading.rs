//! What is known of a reply in tokens and money while it is heard, and of a finished one.

use crate::words::{Receipt, Usage, Usd};
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
            demo: receipt.demo,
        }
    }
}
