//! What planning reads of every endpoint, small and side by side, so that a thousand are looked over in no time.

use crate::words::{Endpoint, EndpointId, Prices, ProviderId};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// An endpoint in brief. An `Endpoint` is a kilobyte and full of pointers; nearly always this is all that is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brief {
    /// Of the id.
    pub fingerprint: u64,
    /// Dollars for an input token, an output token, a request: for ranking only, money itself is never rounded.
    /// Not a number: see the endpoint's own prices.
    pub prompt: f64,
    pub completion: f64,
    pub request: f64,
    /// Tokens of prompt and reply together, and of the reply; the largest number when unknown.
    pub context: u32,
    pub max_output: u32,
    /// Equal for neighbours of the same provider.
    pub provider: u16,
    /// Belongs to a service tier or has a day of retirement: look at the endpoint itself.
    pub special: bool,
}

impl Brief {
    /// A model's endpoints, place by place.
    pub fn of(endpoints: &[Arc<Endpoint>]) -> Vec<Self> {
        let mut last: Option<(&ProviderId, u16)> = None;
        let brief = |endpoint| {
            let Endpoint { provider, prices, .. }: &Endpoint = endpoint;
            let number = match last {
                Some((before, number)) if before == provider => number,
                Some((_, number)) => number.wrapping_add(1),
                None => 0,
            };
            last = Some((provider, number));
            let rate = |of: fn(&Prices) -> f64| {
                prices.as_ref().filter(|prices| prices.overrides.is_empty()).map_or(f64::NAN, of)
            };
            Self {
                fingerprint: fingerprint(&endpoint.id),
                prompt: rate(|prices| prices.prompt.approximate()),
                completion: rate(|prices| prices.completion.approximate()),
                request: rate(|prices| prices.request.unwrap_or_default().approximate()),
                context: endpoint.context.unwrap_or(u32::MAX),
                max_output: endpoint.max_output.unwrap_or(u32::MAX),
                provider: number,
                special: endpoint.tier().is_some() || endpoint.retires.is_some(),
            }
        };
        endpoints.iter().map(Arc::as_ref).map(brief).collect()
    }
}

/// A number for an id; two ids rarely share one.
pub fn fingerprint(id: &EndpointId) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}
