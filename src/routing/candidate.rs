//! An endpoint as strategies see it: with its health, and with what this request will cost there.

use super::ask::Ask;
use super::health::{Health, Standing};
use super::price;
use crate::words::{Endpoint, Usd};
use std::sync::Arc;

/// One endpoint that may answer. Strategies look at these and at nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    pub endpoint: &'a Arc<Endpoint>,
    /// Position of its model in the list of models to try.
    pub model: usize,
    /// Quality of its model, 0 to 100; `None`: no benchmark.
    pub quality: Option<f64>,
    pub health: Option<&'a Health>,
    pub standing: Standing,
    /// Prompt tokens it is expected to read from its cache.
    pub cached: u64,
    /// What this request will probably cost; `None`: price unknown.
    pub cost: Option<Usd>,
    /// The same in dollars for ranking; not a number when unknown.
    pub price: f64,
}

impl<'a> Candidate<'a> {
    pub fn new(ask: &Ask<'_>, endpoint: &'a Arc<Endpoint>, health: Option<&'a Health>, cached: u64) -> Self {
        let cost = price::cost(endpoint, ask.load, cached, ask.now);
        Self {
            endpoint,
            model: 0,
            quality: None,
            health,
            standing: health.map_or(Standing::Well, |health| health.standing(ask.now)),
            cached,
            cost,
            price: cost.map_or(f64::NAN, Usd::approximate),
        }
    }

    pub fn in_flight(&self) -> u32 {
        self.health.map_or(0, |health| health.in_flight)
    }
}
