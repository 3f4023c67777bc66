//! `sort: latency`: soonest first token first.

use super::{Draws, Ranking, Strategy, rank, typical};
use crate::routing::ask::Ask;
use crate::routing::candidate::Candidate;

pub struct Latency;

/// Seconds, while nobody has been measured.
pub const USUAL: f64 = 1.0;
/// Nobody feels a difference of a sixth.
const NEAR: f64 = 1.15;
/// Each request under way makes the next wait about a tenth longer.
const CROWD: f64 = 0.1;

impl Strategy for Latency {
    fn name(&self) -> &'static str {
        "sort:latency"
    }

    fn praise(&self) -> &'static str {
        "soonest first token"
    }

    fn order(&self, ask: &Ask<'_>, candidates: &[Candidate<'_>], draws: &mut Draws<'_>) -> Ranking {
        let mut scores = typical::medians(candidates, |health| &health.ttft, USUAL, ask.now);
        for (score, candidate) in scores.iter_mut().zip(candidates) {
            *score *= 1.0 + CROWD * f64::from(candidate.in_flight());
        }
        rank(scores, NEAR, candidates, draws)
    }
}
