//! Preferences laid over each other: request over session over preset over config, a profile under its own layer.

use super::slug;
use crate::words::{DataCollection, Endpoint, Preferences, Profile, Sort, SortBy};

/// The one-key profiles as preferences.
pub fn profile(profile: Profile) -> Preferences {
    let by = |by| Some(Sort::By(by));
    match profile {
        // the default choice: cheap ones often, healthy ones first
        Profile::Balanced => Preferences::default(),
        Profile::Cheapest => Preferences { sort: by(SortBy::Price), ..Preferences::default() },
        Profile::Fastest => Preferences { sort: by(SortBy::Throughput), ..Preferences::default() },
        Profile::Best => Preferences { sort: by(SortBy::Exacto), ..Preferences::default() },
        Profile::Private => Preferences {
            data_collection: Some(DataCollection::Deny),
            zdr: Some(true),
            ..Preferences::default()
        },
    }
}

/// Layers joined, the strongest first.
pub fn join(layers: &[&Preferences]) -> Preferences {
    layers.iter().rev().fold(Preferences::default(), |below, layer| lay((*layer).clone(), below))
}

/// `above` over `below`: what is given above stands. Lists of who may answer can only narrow (`only` is intersected,
/// `ignore` united) and privacy can only be tightened, as OpenRouter does with account settings.
fn lay(above: Preferences, below: Preferences) -> Preferences {
    // every field by name, so that a new one cannot be forgotten
    let Preferences {
        order,
        only,
        ignore,
        allow_fallbacks,
        require_parameters,
        data_collection,
        zdr,
        enforce_distillable_text,
        quantizations,
        sort,
        preferred_min_throughput,
        preferred_max_latency,
        max_price,
        spread,
        rescue,
        unfinished,
        hedge_after_ms,
        max_dearer,
        cost_tier,
        profile: named,
    } = above;
    let set = named.map(profile).unwrap_or_default();
    // somebody who picks a profile means its way of choosing, not the one it replaces
    let chosen = named.is_some();
    let inherited = |sort: Option<Sort>| if chosen { None } else { sort };
    Preferences {
        order: if order.is_empty() { below.order } else { order },
        only: intersect(only, below.only),
        ignore: unite(ignore, below.ignore),
        allow_fallbacks: allow_fallbacks.or(below.allow_fallbacks),
        require_parameters: require_parameters.or(below.require_parameters),
        data_collection: strictest([data_collection, set.data_collection, below.data_collection]),
        zdr: strictest([zdr, set.zdr, below.zdr]),
        enforce_distillable_text: strictest([enforce_distillable_text, below.enforce_distillable_text]),
        quantizations: if quantizations.is_empty() { below.quantizations } else { quantizations },
        sort: sort.or(set.sort).or(inherited(below.sort)),
        preferred_min_throughput: preferred_min_throughput.or(below.preferred_min_throughput),
        preferred_max_latency: preferred_max_latency.or(below.preferred_max_latency),
        max_price: max_price.or(below.max_price),
        spread: spread.or(set.spread).or(below.spread),
        rescue: rescue.or(below.rescue),
        unfinished: unfinished.or(below.unfinished),
        hedge_after_ms: hedge_after_ms.or(below.hedge_after_ms),
        max_dearer: max_dearer.or(below.max_dearer),
        cost_tier: cost_tier.or(below.cost_tier),
        profile: named.or(below.profile),
    }
}

/// What only ever adds to what is asked of an endpoint: the strictest layer decides.
fn strictest<T: Ord, const N: usize>(wishes: [Option<T>; N]) -> Option<T> {
    wishes.into_iter().flatten().max()
}

fn unite(mut a: Vec<String>, b: Vec<String>) -> Vec<String> {
    for name in b {
        if !a.contains(&name) {
            a.push(name);
        }
    }
    a
}

/// Two allow-lists: names in both, where `google-vertex/us-east5` is in `google-vertex`. An empty list allows all;
/// two lists with nothing in common allow nobody, which [`NOBODY`] says.
fn intersect(a: Vec<String>, b: Vec<String>) -> Vec<String> {
    if a.is_empty() {
        return b;
    }
    if b.is_empty() {
        return a;
    }
    let within = |inner: &str, outer: &str| {
        inner.eq_ignore_ascii_case(outer)
            || (inner.len() > outer.len()
                && inner.as_bytes()[outer.len()] == b'/'
                && inner.as_bytes()[..outer.len()].eq_ignore_ascii_case(outer.as_bytes()))
    };
    let mut both = Vec::new();
    for one in &a {
        for other in &b {
            let narrower = if within(one, other) {
                one
            } else if within(other, one) {
                other
            } else {
                continue;
            };
            if !both.contains(narrower) {
                both.push(narrower.clone());
            }
        }
    }
    if both.is_empty() { vec![NOBODY.to_owned()] } else { both }
}

/// Matches no slug.
pub const NOBODY: &str = "(nobody)";

/// Whether an allow-list lets this endpoint in.
pub fn allowed(only: &[String], endpoint: &Endpoint) -> bool {
    only.is_empty() || slug::place(only, endpoint).is_some()
}
