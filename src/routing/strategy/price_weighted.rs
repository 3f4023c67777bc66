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
        // an unknown price weighs like the dearest known one: neither a bargain nor out of the question
        let dearest = candidates.iter().map(|c| c.price).filter(|p| !p.is_nan()).fold(f64::NAN, f64::max);
        let scores: Vec<f64> = candidates
            .iter()
            .map(|c| match (c.price.is_nan(), dearest.is_nan()) {
                (false, _) => c.price,
                (true, false) => dearest,
                (true, true) => 1.0,
            })
            .collect();
        let mut shares: Vec<f64> =
            scores.iter().map(|price| ((price + FREE) * (price + FREE)).recip()).collect();
        let mut order = ascending(&scores);
        if candidates.len() > 1
            && let Some(first) = draws.by_weight(&shares)
            && let Some(place) = order.iter().position(|at| *at as usize == first)
        {
            order[..=place].rotate_right(1);
        }
        let whole = shares.iter().sum::<f64>().recip();
        for share in &mut shares {
            *share *= whole;
        }
        Ranking { order, scores, shares }
    }
}
