//! `sort: throughput`: most tokens per second first.

use super::{Draws, Ranking, Strategy, rank, typical};
use crate::routing::ask::Ask;
use crate::routing::candidate::Candidate;

pub struct Throughput;

/// Tokens per second, while nobody has been measured.
pub const USUAL: f64 = 50.0;
const NEAR: f64 = 1.15;
const CROWD: f64 = 0.1;

impl Strategy for Throughput {
    fn name(&self) -> &'static str {
        "sort:throughput"
    }

    fn praise(&self) -> &'static str {
        "fastest"
    }

    /// Ranked by seconds per token, so that smaller is better as everywhere.
    fn order(&self, ask: &Ask<'_>, candidates: &[Candidate<'_>], draws: &mut Draws<'_>) -> Ranking {
        let mut scores = typical::medians(candidates, |health| &health.throughput, USUAL, ask.now);
        for (score, candidate) in scores.iter_mut().zip(candidates) {
            *score = (1.0 + CROWD * f64::from(candidate.in_flight())) / *score;
        }
        rank(scores, NEAR, candidates, draws)
    }
}
