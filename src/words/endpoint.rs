//! An endpoint: one model at one provider, with what it costs and what it can do.

use super::{At, EndpointId, ModelId, ProviderId, Terms, Usd};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One place that serves one model. Everything routing, wire and metering need to know of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Endpoint {
    pub id: EndpointId,
    pub model: ModelId,
    pub provider: ProviderId,
    /// For people: `Amazon Bedrock`.
    pub provider_name: String,
    /// The slug that `order`, `only` and `ignore` match: the provider's slug, or `slug/region`, `slug/tier`.
    pub tag: String,
    /// What the provider itself calls the model.
    pub upstream_model: String,
    /// The wire format it speaks: a name in `wire::FORMATS` (`openai-chat`, `anthropic-messages`, ...).
    pub format: String,
    /// Without a trailing slash; the format appends its path (`/chat/completions`).
    pub base_url: String,
    /// Extra request headers, never secrets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Where the dialect departs from its format: names in `wire::Quirk`'s table.
    #[serde(default, skip_serializing_if = "Terms::is_empty")]
    pub quirks: Terms,
    /// `None`: unknown, and shown as such; never zero by default.
    pub prices: Option<Prices>,
    /// Of a reseller: what the hosts charge among which it chooses, as far as they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resold: Vec<Prices>,
    /// Tokens of prompt and reply together.
    pub context: Option<u32>,
    pub max_output: Option<u32>,
    /// OpenRouter's `supported_parameters` names (`tools`, `reasoning`, `structured_outputs`, ...); empty: unknown.
    #[serde(default, skip_serializing_if = "Terms::is_empty")]
    pub parameters: Terms,
    /// Input modalities: `text`, `image`, `file`, `audio`, `video`; empty: text only.
    #[serde(default, skip_serializing_if = "Terms::is_empty")]
    pub inputs: Terms,
    #[serde(default)]
    pub quantization: Quantization,
    #[serde(default)]
    pub policy: DataPolicy,
    /// Whether the model's author lets others train models on its text; `None`: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distillable: Option<bool>,
    /// From then on it is switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retires: Option<At>,
    /// Answers come from the built-in demonstration; its money never enters real totals.
    #[serde(default)]
    pub demo: bool,
    /// Runs on this machine or network: no key, no bill.
    #[serde(default)]
    pub local: bool,
}

/// Service tiers are endpoints of their own (`openai/priority`), never used unless asked for.
const TIERS: [&str; 5] = ["priority", "flex", "scale", "ultrafast", "batch"];

/// The service tier that a full slug ends in.
pub fn service_tier(slug: &str) -> Option<&'static str> {
    let (_, last) = slug.rsplit_once('/')?;
    TIERS.into_iter().find(|tier| *tier == last)
}

impl Endpoint {
    /// The model at this provider, by the model's own name there; nothing else is known of it.
    pub fn new(provider: ProviderId, model: ModelId, format: &str) -> Self {
        Self {
            id: EndpointId::of(provider.as_str(), &model),
            upstream_model: model.short().to_owned(),
            model,
            provider_name: provider.to_string(),
            tag: provider.to_string(),
            provider,
            format: format.to_owned(),
            base_url: String::new(),
            headers: BTreeMap::new(),
            quirks: Terms::default(),
            prices: None,
            resold: Vec::new(),
            context: None,
            max_output: None,
            parameters: Terms::default(),
            inputs: Terms::default(),
            quantization: Quantization::Unknown,
            policy: DataPolicy::default(),
            distillable: None,
            retires: None,
            demo: false,
            local: false,
        }
    }

    /// The service tier it belongs to, by the end of its tag; `None`: the ordinary one.
    pub fn tier(&self) -> Option<&str> {
        if self.tag.len() == self.provider.as_str().len() {
            return None;
        }
        service_tier(&self.tag)
    }

    /// A token costs nothing, or the server is one's own.
    pub fn is_free(&self) -> bool {
        self.local || self.prices.as_ref().is_some_and(|p| p.prompt.is_zero() && p.completion.is_zero())
    }

    pub fn supports(&self, parameter: &str) -> bool {
        self.parameters.contains(parameter)
    }

    pub fn has_quirk(&self, quirk: &str) -> bool {
        self.quirks.contains(quirk)
    }

    pub fn takes(&self, modality: &str) -> bool {
        modality == "text" || self.inputs.contains(modality)
    }
}

/// What one unit costs, in dollars per token, image, request or search. `None` means not listed:
/// `metering::cost` says what is charged then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prices {
    pub prompt: Usd,
    pub completion: Usd,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached_read: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_write_5m: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_write_1h: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_in: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_out: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_out: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<Usd>,
    /// In order; a later match wins key by key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
}

/// Prices that hold only for long prompts or at some hours (OpenRouter's `pricing.overrides`).
/// Every condition given must hold; a price not given is inherited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Override {
    /// Strictly more input tokens than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_prompt_tokens: Option<u64>,
    /// `HHMM` as a number, UTC, half open; may wrap midnight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utc_start: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utc_end: Option<u16>,
    /// 0 = Sunday.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub utc_days: Vec<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached_read: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_write_5m: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_write_1h: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Usd>,
}

/// The precision the weights are served in, as the provider declares it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quantization {
    Int4,
    Int8,
    Fp4,
    Mxfp4,
    Nvfp4,
    Fp6,
    Fp8,
    Mxfp8,
    Fp16,
    Bf16,
    Fp32,
    #[default]
    Unknown,
}

/// What the provider declares it does with prompts. Declared, not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataPolicy {
    /// May train on prompts.
    pub trains: bool,
    /// Keeps prompts after answering.
    pub retains: bool,
    /// The two above are declared by somebody; `false` means assumed.
    pub declared: bool,
}

impl Default for DataPolicy {
    /// Nothing declared: assume the worst.
    fn default() -> Self {
        Self { trains: true, retains: true, declared: false }
    }
}
