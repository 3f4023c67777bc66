//! Why a request went where it went: the whole decision as a value that the ledger keeps.

use super::{EndpointId, ModelId, Usd};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Every candidate that was looked at and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Decision {
    /// What the name resolved to, step by step (`~anthropic/sonnet-latest is anthropic/claude-sonnet-4.5`).
    pub resolved: Vec<String>,
    /// The strategy that ordered the survivors (`price-weighted`, `sort:throughput`, `order`, `auto`).
    pub strategy: String,
    /// Endpoints to try, best first.
    pub attempts: Vec<EndpointId>,
    pub considered: Vec<Considered>,
    /// It costs less than whoever is asked first, and is not asked: its keys were refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<EndpointId>,
    /// One phrase for a person.
    pub why: String,
    /// Random numbers that were drawn, so that the draw can be repeated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub draws: Vec<f64>,
}

impl Decision {
    /// This endpoint is out after all; those behind it move up.
    pub fn leave_out(&mut self, endpoint: &EndpointId, filter: Filter, reason: String) {
        self.attempts.retain(|id| id != endpoint);
        let Some(at) = self.considered.iter().position(|one| one.endpoint == *endpoint) else { return };
        let mut out = self.considered.remove(at);
        let stood = out.verdict.place();
        for one in &mut self.considered {
            if let Verdict::Kept { place } | Verdict::Moved { place, .. } = &mut one.verdict
                && stood.is_some_and(|stood| *place > stood)
            {
                *place -= 1;
            }
        }
        out.verdict = Verdict::Dropped { filter, reason };
        self.considered.push(out);
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Considered {
    pub endpoint: EndpointId,
    pub model: ModelId,
    pub verdict: Verdict,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
    /// What the strategy ranked by; smaller is better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
}

/// What is expected of this request at this endpoint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Estimate {
    pub prompt_tokens: u64,
    pub cached_tokens: u64,
    pub completion_tokens: u64,
    /// `None`: unknown price.
    pub cost: Option<Usd>,
    pub ttft: Option<Duration>,
    /// Tokens per second.
    pub throughput: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// In the list, at this place (0 is first).
    Kept { place: u32 },
    /// In the list, but behind the others: a soft wish it does not meet, an outage, a rest.
    Moved { place: u32, reason: String },
    /// Out, by this filter.
    Dropped { filter: Filter, reason: String },
}

impl Verdict {
    /// Its place in the list, if it is in it.
    pub fn place(&self) -> Option<u32> {
        match self {
            Self::Kept { place } | Self::Moved { place, .. } => Some(*place),
            Self::Dropped { .. } => None,
        }
    }
}

/// The hard filters, by OpenRouter's `excluded_by` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Filter {
    #[serde(rename = "no_key")]
    NoKey,
    #[serde(rename = "allowed_providers")]
    AllowedProviders,
    #[serde(rename = "ignored_providers")]
    IgnoredProviders,
    #[serde(rename = "data_policy:training")]
    Training,
    #[serde(rename = "data_policy:zdr")]
    Zdr,
    #[serde(rename = "distillable")]
    Distillable,
    #[serde(rename = "quantization")]
    Quantization,
    #[serde(rename = "max_price")]
    MaxPrice,
    #[serde(rename = "context_length")]
    ContextLength,
    #[serde(rename = "max_output")]
    MaxOutput,
    #[serde(rename = "modality")]
    Modality,
    #[serde(rename = "web_search")]
    WebSearch,
    #[serde(rename = "require_parameters")]
    RequireParameters,
    #[serde(rename = "service_tier")]
    ServiceTier,
    #[serde(rename = "no_fallbacks")]
    NoFallbacks,
    #[serde(rename = "dearer")]
    Dearer,
    #[serde(rename = "budget")]
    Budget,
    #[serde(rename = "locked")]
    Locked,
}

impl Filter {
    pub fn name(self) -> &'static str {
        match self {
            Self::NoKey => "no_key",
            Self::AllowedProviders => "allowed_providers",
            Self::IgnoredProviders => "ignored_providers",
            Self::Training => "data_policy:training",
            Self::Zdr => "data_policy:zdr",
            Self::Distillable => "distillable",
            Self::Quantization => "quantization",
            Self::MaxPrice => "max_price",
            Self::ContextLength => "context_length",
            Self::MaxOutput => "max_output",
            Self::Modality => "modality",
            Self::WebSearch => "web_search",
            Self::RequireParameters => "require_parameters",
            Self::ServiceTier => "service_tier",
            Self::NoFallbacks => "no_fallbacks",
            Self::Dearer => "dearer",
            Self::Budget => "budget",
            Self::Locked => "locked",
        }
    }
}
