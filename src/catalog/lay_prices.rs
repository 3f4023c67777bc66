//! Lays prices over prices: what one source says fills the other, or stands beside it as a disagreement.

use super::model::{Disagreement, Facts, Origin};
use super::row::Rank;
use crate::words::{Endpoint, Prices, Usd};

/// When both sources agree on prompt and completion, each fills what the other leaves out. When they do not, the
/// higher one's prices stand alone (an optional price kept from the other would belong to another price list), and
/// the other's are kept as disagreements. What the config says is final: no disagreement is noted.
pub(super) fn lay_prices(
    endpoint: &mut Endpoint,
    facts: &mut Facts,
    new: &Prices,
    origin: &Origin,
    rank: Rank,
) {
    let old = match &endpoint.prices {
        Some(old) if facts.prices.is_some() => old.clone(),
        _ => {
            endpoint.prices = Some(new.clone());
            facts.prices = Some(origin.clone());
            return;
        }
    };
    let agree = old.prompt == new.prompt && old.completion == new.completion;
    let mut prices = new.clone();
    if agree {
        fill(&mut prices, &old);
    }
    if rank == Rank::Config {
        facts.disagreements.clear();
    } else if let Some(was) = &facts.prices {
        facts.disagreements.retain(|d| d.source != *origin.source);
        facts.disagreements.extend(compare(&prices, &old, was));
    }
    endpoint.prices = Some(prices);
    facts.prices = Some(origin.clone());
}

fn fill(prices: &mut Prices, from: &Prices) {
    let slots: [(&mut Option<Usd>, &Option<Usd>); 10] = [
        (&mut prices.cached_read, &from.cached_read),
        (&mut prices.cache_write_5m, &from.cache_write_5m),
        (&mut prices.cache_write_1h, &from.cache_write_1h),
        (&mut prices.reasoning, &from.reasoning),
        (&mut prices.audio_in, &from.audio_in),
        (&mut prices.audio_out, &from.audio_out),
        (&mut prices.image_out, &from.image_out),
        (&mut prices.image, &from.image),
        (&mut prices.request, &from.request),
        (&mut prices.search, &from.search),
    ];
    for (to, from) in slots {
        *to = to.or(*from);
    }
    if prices.overrides.is_empty() {
        prices.overrides.clone_from(&from.overrides);
    }
}

/// The prices that both list and list differently.
fn compare(ours: &Prices, theirs: &Prices, who: &Origin) -> Vec<Disagreement> {
    [
        ("prompt", Some(ours.prompt), Some(theirs.prompt)),
        ("completion", Some(ours.completion), Some(theirs.completion)),
        ("cached_read", ours.cached_read, theirs.cached_read),
        ("cache_write_5m", ours.cache_write_5m, theirs.cache_write_5m),
        ("cache_write_1h", ours.cache_write_1h, theirs.cache_write_1h),
        ("reasoning", ours.reasoning, theirs.reasoning),
        ("request", ours.request, theirs.request),
    ]
    .into_iter()
    .filter_map(|(price, ours, theirs)| match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours != theirs => Some(Disagreement {
            price: price.to_owned(),
            ours,
            theirs,
            source: who.source.to_string(),
            date: who.date.to_string(),
        }),
        _ => None,
    })
    .collect()
}
