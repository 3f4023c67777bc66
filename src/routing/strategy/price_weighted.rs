//! The default choice, OpenRouter's published rule A: drawn with weight 1/price², the rest by price.

use super::{Draws, Ranking, Strategy, ascending};
use crate::routing::ask::Ask;
use crate::routing::candidate::Candidate;

pub struct PriceWeighted;

/// Dollars. Keeps a free endpoint's weight finite, and far above any that costs something.
const FREE: f64 = 1e-7;

impl Strategy for PriceWeighted {
    fn name(&self) -> &'static str {
        "price-weighted"
    }

    fn praise(&self) -> &'static str {
        "drawn by price"
    }

    fn order(&self, _: &Ask<'_>, candidates: &[Candidate<'_>], draws: &mut Draws<'_>) -> Ranking {
        let mut scores: Vec<f64> = candidates.iter().map(|c| c.price).collect();
        if scores.iter().any(|price| price.is_nan()) {
            // an unknown price weighs like the dearest known one: neither a bargain nor out of the question
            let dearest = scores.iter().copied().fold(f64::NAN, f64::max);
            let unknown = if dearest.is_nan() { 1.0 } else { dearest };
            for price in scores.iter_mut().filter(|price| price.is_nan()) {
                *price = unknown;
            }
        }
        let mut shares: Vec<f64> =
            scores.iter().map(|price| ((price + FREE) * (price + FREE)).recip()).collect();
        let mut order = ascending(&scores);
        let all: f64 = shares.iter().sum();
        if candidates.len() > 1
            && let Some(first) = draws.by_weight(&shares, all)
            && let Some(place) = order.iter().position(|at| *at as usize == first)
        {
            order[..=place].rotate_right(1);
        }
        for share in &mut shares {
            *share /= all;
        }
        Ranking { order, scores, shares }
    }
}
