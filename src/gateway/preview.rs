//! What routing would do with a request that is not sent yet: for the price before sending.

use super::clock;
use super::gateway::Gateway;
use crate::routing::{self, PlanInput, Resolved};
use crate::words::{Endpoint, Failure, FailureKind, ModelRef, Request};
use std::sync::Arc;

/// The endpoint that would be asked first.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    pub endpoint: Arc<Endpoint>,
    /// Tokens of the prompt that its cache is believed to hold.
    pub cached: u64,
}

impl Gateway {
    /// The request with its presets and the config's preferences laid under it, as asking would expand it.
    pub fn expand(&self, request: Request) -> Result<Request, Failure> {
        routing::expand(request, &self.core().names(), &self.core().options.preferences)
    }

    /// The models that a name stands for.
    pub fn resolve(&self, name: &ModelRef) -> Result<Resolved, Failure> {
        routing::resolve(name, &self.core().catalog(), &self.core().names())
    }

    /// Whom an expanded request would be sent to first, as of now; `prompt` in tokens of o200k. Nothing is drawn for
    /// good: the next request draws what this one saw.
    pub fn preview(&self, request: &Request, prompt: u64) -> Result<Preview, Failure> {
        let core = self.core();
        let (catalog, names) = (core.catalog(), core.names());
        let memory = &*core.memory();
        let input = PlanInput {
            request,
            catalog: &catalog,
            names: &names,
            health: &memory.health,
            keys: &memory.keys,
            sticky: &memory.sticky,
            prompt_tokens: Some(prompt),
            now: clock::now(),
        };
        let plan = routing::Plan::new(input, &mut memory.dice.clone())?;
        let (endpoint, cached) = plan
            .first_with_cache()
            .ok_or_else(|| Failure::new(FailureKind::NoEndpoint, "nobody serves this model"))?;
        Ok(Preview { endpoint: Arc::clone(endpoint), cached })
    }
}
