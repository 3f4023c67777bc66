//! The service tier that an endpoint is asked for: what is asked is what is priced.

use crate::words::{Endpoint, Params, Request};
use std::borrow::Cow;

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
