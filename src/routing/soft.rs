//! Soft wishes: they move endpoints behind others, and never leave a model without any.

use super::ask::Ask;
use super::candidate::Candidate;
use super::health::Quantiles;
use crate::words::{Endpoint, Percentiles};
use std::sync::Arc;

/// A wish that an endpoint does not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    Retired,
    Throughput,
    Latency,
    Tools,
}

impl Wish {
    pub fn reason(self) -> &'static str {
        match self {
            Self::Retired => "switched off by its provider's own calendar",
            Self::Throughput => "slower than `preferred_min_throughput`",
            Self::Latency => "later than `preferred_max_latency`",
            Self::Tools => "many of its tool calls are malformed",
        }
    }
}

/// More malformed tool calls than this, and an endpoint stands behind the others while tools are in use
/// (OpenRouter's Auto Exacto, by its plainest signal).
const MALFORMED: f64 = 0.2;

/// Whether the request has any such wish: only then is there health to look at.
pub fn any(ask: &Ask<'_>) -> bool {
    let wishes = &ask.wishes;
    wishes.preferred_min_throughput.is_some() || wishes.preferred_max_latency.is_some() || minds_tools(ask)
}

/// Whoever sorts or names an order has opted out.
fn minds_tools(ask: &Ask<'_>) -> bool {
    !ask.request.tools.is_empty() && ask.wishes.sort.is_none() && ask.wishes.order.is_empty()
}

/// The first wish that is not met. An endpoint that was never measured is given the benefit of the doubt.
/// One that is switched off by the calendar stands last and is still asked in the end: such days are put off.
pub fn unmet(ask: &Ask<'_>, candidate: &Candidate<'_>) -> Option<Wish> {
    if candidate.endpoint.retires.is_some_and(|day| ask.now >= day) {
        return Some(Wish::Retired);
    }
    let (wishes, health) = (&ask.wishes, candidate.health()?);
    if let Some(least) = &wishes.preferred_min_throughput
        && misses(least, &health.throughput, |measured, wanted| measured >= wanted)
    {
        return Some(Wish::Throughput);
    }
    if let Some(most) = &wishes.preferred_max_latency
        && misses(most, &health.ttft, |measured, wanted| measured <= wanted)
    {
        return Some(Wish::Latency);
    }
    (minds_tools(ask) && health.malformed_share(ask.now).is_some_and(|share| share > MALFORMED))
        .then_some(Wish::Tools)
}

/// All cut-offs that are given must hold.
fn misses(cutoffs: &Percentiles, measured: &Quantiles, good: fn(f64, f64) -> bool) -> bool {
    let Percentiles { p50, p75, p90, p99 } = *cutoffs;
    [(p50, measured.median()), (p75, measured.p75()), (p90, measured.p90()), (p99, measured.p99())]
        .into_iter()
        .any(|(wanted, measured)| matches!((wanted, measured), (Some(w), Some(m)) if !good(m, w)))
}

/// Takes out (and names) the model's endpoints, from `from` on, that lack a parameter which others of them support:
/// where some can, only those are asked; where none can, the parameter is let go.
pub fn incapable<'a>(
    ask: &Ask<'_>,
    candidates: &mut Vec<Candidate<'a>>,
    from: usize,
) -> Vec<(&'a Arc<Endpoint>, &'static str)> {
    let mut gone = Vec::new();
    for name in ask.soft_parameters() {
        let able = candidates[from..].iter().filter(|c| c.endpoint.supports(name)).count();
        if able == 0 || able == candidates.len() - from {
            continue;
        }
        let mut at = 0;
        candidates.retain(|one| {
            at += 1;
            let keep = at <= from || one.endpoint.supports(name);
            if !keep {
                gone.push((one.endpoint, name));
            }
            keep
        });
    }
    gone
}
