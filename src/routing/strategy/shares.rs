//! OpenRouter's newer rule B: every endpoint gets a share of the requests from its adjusted price and its speed.
//! Their constants are not published; these reproduce the one figure that is.

use super::latency::USUAL as USUAL_TTFT;
use super::throughput::USUAL as USUAL_THROUGHPUT;
use super::{Draws, Ranking, Strategy, typical};
use crate::routing::ask::Ask;
use crate::routing::candidate::Candidate;
use crate::routing::health::FAILURE_HALF_LIFE;

pub struct Shares;

/// Dollars per million tokens that being one token per second slow is worth, times tokens per second.
const SPEED: f64 = 100.0;
/// What goes by preference; the rest is spread evenly, so that everybody can prove itself again.
const PREFERRED: f64 = 0.92;
/// Per share of failed requests, malformed tool calls and 429s: a price so much higher.
const FAILED: f64 = 8.0;
const MALFORMED: f64 = 1.0;
const LIMITED: f64 = 2.5;
/// Dollars per million tokens, when nobody's price is known.
const UNPRICED: f64 = 1.0;
/// Preference by how far the score lies above the best: flat inside the competitive edge (30 %), then steep.
/// The points at 0.226 and 0.373 are where the published figure's third and fourth endpoints lie.
const CURVE: [(f64, f64); 12] = [
    (0.0, 1.0),
    (0.07, 0.905),
    (0.14, 0.796),
    (0.20, 0.666),
    (0.226, 0.60),
    (0.25, 0.522),
    (0.30, 0.363),
    (0.35, 0.221),
    (0.373, 0.172),
    (0.41, 0.107),
    (0.50, 0.033),
    (0.60, 0.01),
];

impl Strategy for Shares {
    fn name(&self) -> &'static str {
        "shares"
    }

    fn praise(&self) -> &'static str {
        "drawn by price and speed"
    }

    /// The first is drawn, then the next from those left, as a retry would.
    fn order(&self, ask: &Ask<'_>, candidates: &[Candidate<'_>], draws: &mut Draws<'_>) -> Ranking {
        let scores = scores(ask, candidates);
        let shares = shares(&scores);
        let mut weights = shares.clone();
        let mut order = Vec::with_capacity(weights.len());
        // a few draws decide all that is ever tried; the long tail stands by score
        while order.len() < weights.len().min(8) {
            let Some(place) = draws.by_weight(&weights, weights.iter().sum()) else { break };
            weights[place] = 0.0;
            order.push(u32::try_from(place).unwrap_or(u32::MAX));
        }
        let drawn = order.len();
        order.extend((0..).zip(&weights).filter(|(_, weight)| **weight > 0.0).map(|(place, _)| place));
        order[drawn..]
            .sort_unstable_by(|a, b| scores[*a as usize].total_cmp(&scores[*b as usize]).then(a.cmp(b)));
        Ranking { order, scores, shares }
    }
}

/// Dollars per million tokens, adjusted for failures and speed.
#[allow(clippy::cast_precision_loss, reason = "token counts are far below 2^52")]
fn scores(ask: &Ask<'_>, candidates: &[Candidate<'_>]) -> Vec<f64> {
    let ttft = typical::medians(candidates, |health| &health.ttft, USUAL_TTFT, ask.now);
    let throughput = typical::medians(candidates, |health| &health.throughput, USUAL_THROUGHPUT, ask.now);
    let tokens = (ask.load.prompt + ask.load.completion).max(1) as f64;
    let reply = ask.load.completion.max(1) as f64;
    let dearest = candidates.iter().map(|c| c.price).filter(|p| !p.is_nan()).fold(f64::NAN, f64::max);
    candidates
        .iter()
        .zip(ttft.iter().zip(&throughput))
        .map(|(candidate, (ttft, throughput))| {
            let dollars = if candidate.price.is_nan() { dearest } else { candidate.price };
            let price = if dollars.is_nan() { UNPRICED } else { dollars / tokens * 1e6 };
            let (mut failed, mut malformed, mut limited) = (0.0, 0.0, 0.0);
            if let Some(health) = candidate.health() {
                failed = health.failure_share(ask.now).unwrap_or(0.0);
                malformed = health.malformed_share(ask.now).unwrap_or(0.0);
                let enough = health.limits.count(ask.now, FAILURE_HALF_LIFE) >= 5.0;
                limited = health.limits.bad_share().filter(|_| enough).unwrap_or(0.0);
            }
            // the speed a person feels: the whole reply over the whole wait
            let speed = reply / (ttft + reply / throughput);
            score(price * (1.0 + FAILED * failed + MALFORMED * malformed) + LIMITED * limited, speed)
        })
        .collect()
}

/// An adjusted price (dollars per million tokens) and an end-to-end speed (tokens per second) in one number.
pub fn score(adjusted_price: f64, tokens_per_second: f64) -> f64 {
    adjusted_price + SPEED / tokens_per_second.max(0.1)
}

/// The share of requests each score deserves; they add up to 1.
#[allow(clippy::cast_precision_loss, reason = "a count of endpoints")]
pub fn shares(scores: &[f64]) -> Vec<f64> {
    let best = scores.iter().copied().fold(f64::INFINITY, f64::min);
    let preferences: Vec<f64> = scores.iter().map(|score| preference(score / best - 1.0)).collect();
    let all: f64 = preferences.iter().sum();
    let even = (1.0 - PREFERRED) / scores.len() as f64;
    preferences.iter().map(|preference| PREFERRED * preference / all + even).collect()
}

/// The curve between its points as straight lines; past its end it halves with every further tenth.
fn preference(behind: f64) -> f64 {
    for pair in CURVE.windows(2) {
        let ((from, high), (to, low)) = (pair[0], pair[1]);
        if behind <= to {
            return high + (low - high) * ((behind - from) / (to - from)).clamp(0.0, 1.0);
        }
    }
    let (end, last) = CURVE[CURVE.len() - 1];
    last * (-(behind - end) / 0.1).exp2()
}
