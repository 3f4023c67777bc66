//! `sort: exacto`: best answers first: the model's benchmarks, then how faithfully this endpoint serves it.

use super::{Draws, Ranking, Strategy, ascending, draw_first, equals};
use crate::routing::ask::Ask;
use crate::routing::candidate::Candidate;
use crate::words::Quantization;

pub struct Quality;

const NEAR: f64 = 1.01;
/// A model nobody has measured is taken for a middling one.
const UNMEASURED: f64 = 40.0;

impl Strategy for Quality {
    fn name(&self) -> &'static str {
        "sort:exacto"
    }

    fn praise(&self) -> &'static str {
        "best quality"
    }

    /// Ranked by what is missing to a perfect 100.
    fn order(&self, ask: &Ask<'_>, candidates: &[Candidate<'_>], draws: &mut Draws<'_>) -> Ranking {
        let scores: Vec<f64> = candidates
            .iter()
            .map(|candidate| {
                let health = candidate.health();
                let malformed = health.and_then(|health| health.malformed_share(ask.now)).unwrap_or(0.0);
                let failing = health.and_then(|health| health.failure_share(ask.now)).unwrap_or(0.0);
                let served = precision(candidate.endpoint.quantization);
                let known = if candidate.quality.is_nan() { UNMEASURED } else { candidate.quality };
                let quality = known * served * (1.0 - malformed);
                (100.0 - quality).max(0.1) * (1.0 + failing)
            })
            .collect();
        let mut order = ascending(&scores);
        let near = equals(&scores, &order, NEAR);
        // of those that are as good as each other the finest weights come first, and only among them a place is drawn
        let served = |place: &u32| precision(candidates[*place as usize].endpoint.quantization);
        order[..near].sort_by(|a, b| served(b).total_cmp(&served(a)));
        let alike = |place: &&u32| served(place).total_cmp(&served(&order[0])).is_eq();
        let finest = order[..near].iter().take_while(alike).count();
        draw_first(&mut order, finest, candidates, draws);
        Ranking { order, scores, shares: Vec::new() }
    }
}

/// What coarse weights leave of a model's quality. `unknown` is the maker's own more often than not.
fn precision(quantization: Quantization) -> f64 {
    use Quantization::{Bf16, Fp4, Fp6, Fp8, Fp16, Fp32, Int4, Int8, Mxfp4, Mxfp8, Nvfp4, Unknown};
    match quantization {
        Fp32 | Bf16 | Fp16 | Unknown => 1.0,
        Fp8 | Mxfp8 | Int8 => 0.99,
        Fp6 => 0.97,
        Nvfp4 | Mxfp4 => 0.96,
        Fp4 => 0.95,
        Int4 => 0.93,
    }
}
