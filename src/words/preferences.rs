//! How to choose: OpenRouter's `provider` object with its meaning, and fareway's own wishes beside it.

use super::{MaxPrice, Percentiles, Quantization, Sort};
use serde::{Deserialize, Serialize};

/// Routing preferences of one request; a session, a preset and the config hold the same type.
/// Field names and meanings are OpenRouter's (`provider` object) unless said otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Preferences {
    /// Provider slugs to try first, in order. Turns off load balancing and stickiness.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
    /// Only these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// Never these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
    /// `Some(false)`: only the first choice (or the `order` list).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_fallbacks: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_parameters: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_collection: Option<DataCollection>,
    /// Zero data retention only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zdr: Option<bool>,
    /// Only models whose authors let others learn from what they write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforce_distillable_text: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quantizations: Vec<Quantization>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<Sort>,
    /// Soft: tokens per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_min_throughput: Option<Percentiles>,
    /// Soft: seconds to first token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_max_latency: Option<Percentiles>,
    /// Hard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_price: Option<MaxPrice>,
    /// fareway: how the default choice spreads requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<SpreadRule>,
    /// fareway: continue a reply elsewhere when its endpoint dies in the middle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rescue: Option<Rescue>,
    /// fareway: what becomes of half a tool call or half a structured reply when its endpoint dies; default stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Unfinished>,
    /// fareway: ask a second endpoint when the first token is later than this many milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hedge_after_ms: Option<u64>,
    /// fareway: a fallback may cost at most this many times the first choice. `None`: 2 for another model, anything for
    /// another endpoint of the same one. `Some(0)`: any price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_dearer: Option<f64>,
    /// fareway: how dear a model `fareway/auto` may pick; default medium.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_tier: Option<CostTier>,
    /// fareway: a one-key profile; what it sets stands under what is given above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
}

/// Whether endpoints may answer that train on prompts or keep them. The later one is stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataCollection {
    Allow,
    Deny,
}

impl DataCollection {
    pub const ALL: [DataCollection; 2] = [Self::Allow, Self::Deny];

    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// OpenRouter's two published rules for the default choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpreadRule {
    /// Rule A: healthy first, then weight 1/price².
    #[default]
    InversePriceSquare,
    /// Rule B: shares from adjusted price and speed.
    Shares,
}

/// What to do when an endpoint dies after the first token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rescue {
    Off,
    #[default]
    SameModel,
    /// Any model of the request's list.
    Listed,
}

/// What to do with what cannot be continued by another endpoint: a tool call, structured output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfinished {
    /// It is shown as it comes; the reply fails where it broke off.
    #[default]
    Stop,
    /// It is held back until it is whole, so that another endpoint can begin it again.
    Restart,
}

/// How much of the market the auto router may look at, counted from its cheap end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CostTier {
    Low,
    #[default]
    Medium,
    High,
    Max,
}

impl CostTier {
    pub const ALL: [CostTier; 4] = [Self::Low, Self::Medium, Self::High, Self::Max];

    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Max => "max",
        }
    }
}

/// One-key sets of preferences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    Cheapest,
    Fastest,
    Best,
    Private,
    Balanced,
}

impl Profile {
    pub const ALL: [Profile; 5] = [Self::Balanced, Self::Cheapest, Self::Fastest, Self::Best, Self::Private];

    pub fn name(self) -> &'static str {
        match self {
            Self::Cheapest => "cheapest",
            Self::Fastest => "fastest",
            Self::Best => "best",
            Self::Private => "private",
            Self::Balanced => "balanced",
        }
    }
}
