//! A model as the catalog knows it, and where each figure comes from.

use super::host::Host;
use crate::words::{Effort, ModelId, Terms, Usd};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A model, whoever serves it. What an endpoint can do may be less: `Endpoint` says.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub id: ModelId,
    /// `Claude Sonnet 4.5`.
    pub name: String,
    /// One sentence on what it is good for; may be empty.
    pub about: String,
    /// `claude-sonnet`: what `~author/family-latest` goes by.
    pub family: Option<String>,
    /// The largest of its endpoints', in tokens.
    pub context: Option<u32>,
    pub max_output: Option<u32>,
    /// Input modalities; `text` always stands first.
    pub inputs: Terms,
    pub outputs: Terms,
    /// OpenRouter's `supported_parameters` names; empty: unknown.
    pub parameters: Terms,
    /// Reasoning efforts it takes; empty: none known.
    pub efforts: Vec<Effort>,
    pub open_weights: Option<bool>,
    /// Knowledge cut-off: `2025-07-31` or `2025-07`.
    pub knowledge: Option<String>,
    /// `2025-09-29`.
    pub released: Option<String>,
    /// The day its last endpoint is switched off, when all of them have one.
    pub retires: Option<String>,
    pub scores: Vec<Score>,
    /// Other names it goes by.
    pub aliases: Vec<String>,
    /// The endpoints to ask first where nobody says otherwise, by provider or tag; mostly empty.
    pub order: Vec<String>,
    /// Who says all this.
    pub origin: Origin,
    /// Built-in demonstration: its money is not real.
    pub demo: bool,
}

/// Authors whose open weights come under MIT, Apache 2.0 or their like: whoever has the text may train on it.
/// Not here: licences that forbid it or ask for a name in return (Tencent's, Llama's, Gemma's terms).
const FREE_LICENCES: [&str; 10] = [
    "allenai",
    "deepseek",
    "ibm-granite",
    "microsoft",
    "minimax",
    "moonshotai",
    "openai",
    "qwen",
    "xiaomi",
    "z-ai",
];

impl Model {
    /// Whether its author lets others train models on its text, as far as the licence of its weights says. Vendors of
    /// closed models forbid it.
    pub fn is_distillable(&self) -> bool {
        self.open_weights == Some(true) && FREE_LICENCES.contains(&self.id.author())
    }

    pub fn supports(&self, parameter: &str) -> bool {
        self.parameters.contains(parameter)
    }

    pub fn takes(&self, modality: &str) -> bool {
        self.inputs.contains(modality)
    }

    /// How good it is at this (`intelligence`, `coding`, `agentic`), 0 to 100: Artificial Analysis' index where it is
    /// known, else LMArena's rating brought to about the same scale (1000 is 0, 1500 is 70, never above).
    pub fn quality(&self, benchmark: &str) -> Option<f64> {
        let arena = if benchmark == "coding" { "elo:code" } else { "elo:text" };
        let rated = || {
            let rating = self.score(arena).or_else(|| self.score("elo:text"))?;
            Some(((rating - 1000.0) * 0.14).clamp(0.0, 70.0))
        };
        self.score(benchmark).or_else(|| self.score("intelligence")).or_else(rated)
    }

    /// The score of this name, if known.
    pub fn score(&self, name: &str) -> Option<f64> {
        self.scores.iter().find(|s| s.name == name).map(|s| s.value)
    }
}

/// A figure of a public benchmark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// `intelligence`, `coding`, `agentic` (Artificial Analysis indices, 0 to 100), `elo:text`, `elo:code` and other
    /// arenas.
    pub name: String,
    pub value: f64,
    /// `artificial-analysis by way of openrouter`.
    #[serde(default)]
    pub source: String,
    #[serde(default)]
    pub date: String,
}

/// Where a figure comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// `litellm 1.109.1`, `models.dev`, `openrouter`, `config`.
    pub source: Arc<str>,
    /// The day the source said it; empty when it does not age.
    pub date: Arc<str>,
    /// The page the source itself names.
    pub page: Option<Arc<str>>,
}

/// What stands behind an endpoint's figures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Who says the prices; `None` when nobody lists any.
    pub prices: Option<Origin>,
    /// Who says context, output limit and capabilities.
    pub limits: Origin,
    /// The day it is switched off.
    pub retires: Option<String>,
    /// Prices that another source lists differently.
    pub disagreements: Vec<Disagreement>,
    /// The hosts behind a reseller's endpoint, as far as it was asked for them, and when that was.
    pub hosts: Vec<Host>,
    pub hosts_as_of: String,
}

/// Another source's figure for a price: shown, never silently dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disagreement {
    /// `prompt`, `completion`, `cached_read`, ...
    pub price: String,
    /// What we go by.
    pub ours: Usd,
    pub theirs: Usd,
    /// Who says otherwise, and as of when.
    pub source: String,
    #[serde(default)]
    pub date: String,
}
