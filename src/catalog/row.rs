//! Rows: what one source says of providers, models and endpoints, every figure optional, to be laid over other rows.

use super::host::Host;
use super::model::{Disagreement, Score};
use crate::words::{At, DataPolicy, Effort, ModelId, Prices, ProviderId, Quantization, Terms};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything one source says. A later overlay with the same source name replaces the earlier one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overlay {
    pub source: Source,
    pub providers: Vec<ProviderRow>,
    pub models: Vec<ModelRow>,
}

/// Who says it, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// `openrouter`, `models.dev`, `openai`, `ollama`, `config`.
    pub name: String,
    pub rank: Rank,
    /// When it was fetched; `None` for what does not age.
    pub at: Option<At>,
}

/// Which source wins: a higher one lies over a lower one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    #[default]
    Bundled,
    /// A public collection, fetched: models.dev.
    Collected,
    /// A reseller's own price list: OpenRouter.
    Resold,
    /// A provider's or local server's own list of models.
    Listed,
    /// What the person wrote.
    Config,
}

/// A row of the provider table. What is left out stays as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderRow {
    pub slug: ProviderId,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub base_url: Option<String>,
    #[serde(default)]
    pub format: Option<String>,
    #[serde(default)]
    pub key_vars: Option<Vec<String>>,
    #[serde(default)]
    pub policy: Option<PolicyRow>,
    #[serde(default)]
    pub quirks: Option<Terms>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default)]
    pub local: Option<bool>,
    #[serde(default)]
    pub demo: Option<bool>,
    #[serde(default)]
    pub makes: Option<String>,
    #[serde(default)]
    pub reseller: Option<bool>,
    #[serde(default)]
    pub models: Option<String>,
    #[serde(default)]
    pub list: Option<String>,
    #[serde(default)]
    pub keys: Option<String>,
}

impl ProviderRow {
    pub fn new(slug: impl AsRef<str>) -> Self {
        Self {
            slug: ProviderId::new(slug),
            name: None,
            base_url: None,
            format: None,
            key_vars: None,
            policy: None,
            quirks: None,
            headers: BTreeMap::new(),
            local: None,
            demo: None,
            makes: None,
            reseller: None,
            models: None,
            list: None,
            keys: None,
        }
    }
}

/// A declared data policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyRow {
    pub trains: bool,
    pub retains: bool,
}

/// What a source says of one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelRow {
    pub id: ModelId,
    #[serde(default)]
    pub name: Option<String>,
    /// One sentence on what it is good for.
    #[serde(default)]
    pub about: Option<String>,
    /// `claude-sonnet`: what `~author/family-latest` goes by.
    #[serde(default)]
    pub family: Option<String>,
    #[serde(default)]
    pub context: Option<u32>,
    #[serde(default)]
    pub max_output: Option<u32>,
    #[serde(default)]
    pub inputs: Option<Terms>,
    #[serde(default)]
    pub outputs: Option<Terms>,
    /// OpenRouter's `supported_parameters` names.
    #[serde(default)]
    pub parameters: Option<Terms>,
    /// Reasoning efforts it takes.
    #[serde(default)]
    pub efforts: Option<Vec<Effort>>,
    #[serde(default)]
    pub open_weights: Option<bool>,
    /// Knowledge cut-off: `2025-07-31` or `2025-07`.
    #[serde(default)]
    pub knowledge: Option<String>,
    /// `2025-09-29`.
    #[serde(default)]
    pub released: Option<String>,
    /// Benchmark scores.
    #[serde(default)]
    pub scores: Vec<Score>,
    /// Other names of the same model: dated ids, `-latest` ids.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The endpoints to ask first where nobody says otherwise, by provider or tag.
    #[serde(default)]
    pub order: Vec<String>,
    /// Which of the snapshot's sources says all this, by position.
    #[serde(default)]
    pub said_by: Option<u8>,
    #[serde(default)]
    pub endpoints: Vec<EndpointRow>,
}

impl ModelRow {
    pub fn new(id: ModelId) -> Self {
        Self {
            id,
            name: None,
            about: None,
            family: None,
            context: None,
            max_output: None,
            inputs: None,
            outputs: None,
            parameters: None,
            efforts: None,
            open_weights: None,
            knowledge: None,
            released: None,
            scores: Vec::new(),
            aliases: Vec::new(),
            order: Vec::new(),
            said_by: None,
            endpoints: Vec::new(),
        }
    }
}

/// What a source says of one model at one provider. Rows of the same provider and tag are about the same endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointRow {
    pub provider: ProviderId,
    /// Left out: the provider's slug.
    #[serde(default)]
    pub tag: Option<String>,
    /// Left out: the model's own id without its author.
    #[serde(default)]
    pub upstream_model: Option<String>,
    #[serde(default)]
    pub prices: Option<Prices>,
    #[serde(default)]
    pub context: Option<u32>,
    #[serde(default)]
    pub max_output: Option<u32>,
    #[serde(default)]
    pub inputs: Option<Terms>,
    #[serde(default)]
    pub parameters: Option<Terms>,
    #[serde(default)]
    pub quantization: Option<Quantization>,
    #[serde(default)]
    pub policy: Option<DataPolicy>,
    /// Left out: as far as the model's licence says.
    #[serde(default)]
    pub distillable: Option<bool>,
    #[serde(default)]
    pub base_url: Option<String>,
    #[serde(default)]
    pub format: Option<String>,
    /// Beside its provider's.
    #[serde(default)]
    pub quirks: Option<Terms>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The day it is switched off.
    #[serde(default)]
    pub retires: Option<String>,
    /// Which of the snapshot's sources says the prices, by position.
    #[serde(default)]
    pub said_by: Option<u8>,
    /// The page the source took the prices from, by position in the snapshot's list.
    #[serde(default)]
    pub page: Option<u16>,
    /// What another source says instead.
    #[serde(default)]
    pub disagreements: Vec<Disagreement>,
    /// Of a reseller's endpoint: the hosts behind it.
    #[serde(skip)]
    pub hosts: Vec<Host>,
}

impl EndpointRow {
    pub fn new(provider: ProviderId) -> Self {
        Self {
            provider,
            tag: None,
            upstream_model: None,
            prices: None,
            context: None,
            max_output: None,
            inputs: None,
            parameters: None,
            quantization: None,
            policy: None,
            distillable: None,
            base_url: None,
            format: None,
            quirks: None,
            headers: BTreeMap::new(),
            retires: None,
            said_by: None,
            page: None,
            disagreements: Vec::new(),
            hosts: Vec::new(),
        }
    }

    pub fn tag(&self) -> &str {
        self.tag.as_deref().unwrap_or(self.provider.as_str())
    }
}
