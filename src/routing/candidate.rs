//! An endpoint as strategies see it: with its health, and with what this request will cost there.

use super::ask::Ask;
use super::health::{Health, HealthBook, Standing};
use super::price;
use super::soft::Wish;
use crate::catalog::Brief;
use crate::words::{Endpoint, Usd};
use std::sync::Arc;

/// One endpoint that may answer. Strategies look at these and at nothing else. Small, because a plan may hold a
/// thousand: whatever only some strategies ask for is looked up when they do.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    pub endpoint: &'a Arc<Endpoint>,
    pub(super) book: &'a HealthBook,
    /// What this request will probably cost, in dollars, for ranking; not a number when the price is unknown.
    pub price: f64,
    /// Quality of its model, 0 to 100; not a number without a benchmark.
    pub quality: f64,
    /// Prompt tokens it is expected to read from its cache.
    pub cached: u64,
    /// Position of its model in the list of models to try.
    pub model: u32,
    pub standing: Standing,
    /// Stands behind others because of this soft wish.
    pub wish: Option<Wish>,
    /// What puts it behind others before any strategy is asked; see [`super::arrange`].
    pub(super) class: u64,
}

impl<'a> Candidate<'a> {
    /// One that stands well, has nothing in its cache, and costs this much.
    pub fn new(endpoint: &'a Arc<Endpoint>, book: &'a HealthBook, price: f64) -> Self {
        Self {
            endpoint,
            book,
            price,
            quality: f64::NAN,
            cached: 0,
            model: 0,
            standing: Standing::Well,
            wish: None,
            class: 0,
        }
    }

    /// Looks closer: at what is in its cache, at prices that no brief can hold, at how it has been doing.
    pub fn look(&mut self, ask: &Ask<'_>, brief: &Brief, cached: u64) {
        self.cached = cached;
        if cached > 0 || self.price.is_nan() {
            self.price = self.cost(ask).map_or(f64::NAN, Usd::approximate);
        }
        self.standing = self.book.standing(brief.fingerprint, self.endpoint, ask.now);
    }

    pub fn health(&self) -> Option<&'a Health> {
        self.book.get(&self.endpoint.id)
    }

    /// What this request will probably cost, exactly; `None`: price unknown.
    pub fn cost(&self, ask: &Ask<'_>) -> Option<Usd> {
        price::cost(self.endpoint, ask.load, self.cached, ask.now)
    }

    pub fn in_flight(&self) -> u32 {
        self.health().map_or(0, |health| health.in_flight)
    }
}
