//! The service tier that an endpoint is asked for: what is asked is what is priced.

use crate::words::{Endpoint, Params, Prices, Request};
use std::borrow::Cow;
use std::sync::Arc;

/// Tiers that have endpoints of their own where the catalog knows their price.
const PRICED: [&str; 5] = ["flex", "priority", "fast", "scale", "ultrafast"];

/// The request as it goes to this endpoint. A tier's endpoint (`openai/flex`) is asked for its tier, whoever chose it;
/// OpenAI's ordinary one for none, for it is priced as none. Other providers are asked for what the person gave.
pub(super) fn tiered<'a>(endpoint: &Endpoint, request: &'a Request) -> Cow<'a, Request> {
    let wished = request.params.service_tier.as_deref();
    let tier = match (endpoint.tier(), wished) {
        (Some(tier), _) => Some(tier),
        (None, Some(wish)) if PRICED.contains(&wish) && endpoint.provider.as_str() == "openai" => {
            Some("default")
        }
        (None, wish) => wish,
    };
    if tier == wished {
        return Cow::Borrowed(request);
    }
    let params = Params { service_tier: tier.map(str::to_owned), ..request.params.clone() };
    Cow::Owned(Request { params, ..request.clone() })
}

/// The prices that hold when the provider says it served `tier`, whichever was asked: those of that tier's endpoint
/// among the model's. A tier that OpenAI served and nobody lists has no known price; other providers charge for theirs
/// as for the ordinary one (Groq's flex). A word we do not know says nothing.
pub(super) fn prices(endpoint: &Endpoint, tier: Option<&str>, model: &[Arc<Endpoint>]) -> Option<Prices> {
    let served = match tier {
        Some("default" | "standard" | "on_demand") => None,
        Some("fast") => Some("priority"),
        Some(tier) if PRICED.contains(&tier) => Some(tier),
        _ => return endpoint.prices.clone(),
    };
    if endpoint.tier() == served {
        return endpoint.prices.clone();
    }
    let same = |other: &&Arc<Endpoint>| other.provider == endpoint.provider && other.tier() == served;
    match model.iter().find(same) {
        Some(other) => other.prices.clone(),
        None if endpoint.provider.as_str() == "openai" => None,
        None => endpoint.prices.clone(),
    }
}
