//! `sort: price`: cheapest first, by what this request will cost and not by the list.

use super::{Draws, Ranking, Strategy, rank};
use crate::routing::ask::Ask;
use crate::routing::candidate::Candidate;

pub struct Price;

/// Prices are exact: only what costs the same is as good.
const NEAR: f64 = 1.001;

impl Strategy for Price {
    fn name(&self) -> &'static str {
        "sort:price"
    }

    fn praise(&self) -> &'static str {
        "cheapest for this request"
    }

    fn order(&self, _: &Ask<'_>, candidates: &[Candidate<'_>], draws: &mut Draws<'_>) -> Ranking {
        rank(candidates.iter().map(|c| c.price).collect(), NEAR, candidates, draws)
    }
}
