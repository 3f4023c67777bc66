//! What to think of an endpoint with little data: that it is like its peers.

use crate::routing::candidate::Candidate;
use crate::routing::health::{Health, Quantiles, SPEED_HALF_LIFE};
use crate::words::At;

/// So many measurements of one's own weigh as much as what the peers show.
const TRUST: f64 = 3.0;

/// A speed per candidate: its own median as far as it is known, the peers' median for the rest.
/// Without any measurement at all everybody is at `usual`.
pub fn medians(candidates: &[Candidate<'_>], of: fn(&Health) -> &Quantiles, usual: f64, now: At) -> Vec<f64> {
    let own: Vec<Option<(f64, f64)>> = candidates
        .iter()
        .map(|candidate| {
            let quantiles = of(candidate.health()?);
            Some((quantiles.median()?, quantiles.count(now, SPEED_HALF_LIFE)))
        })
        .collect();
    let mut seen: Vec<f64> =
        own.iter().flatten().filter(|(_, count)| *count >= 1.0).map(|(median, _)| *median).collect();
    let typical = middle(&mut seen).unwrap_or(usual);
    own.into_iter()
        .map(|own| match own {
            // in logarithms: twice as fast and half as fast are equally far from typical
            Some((median, count)) => ((median.ln() * count + typical.ln() * TRUST) / (count + TRUST)).exp(),
            None => typical,
        })
        .collect()
}

fn middle(values: &mut [f64]) -> Option<f64> {
    let at = values.len() / 2;
    (!values.is_empty()).then(|| *values.select_nth_unstable_by(at, f64::total_cmp).1)
}
