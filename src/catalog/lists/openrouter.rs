//! OpenRouter's `GET /models`: prices, limits, parameters and benchmarks of what it resells.

use super::ListError;
use super::number::{Limit, Price, Texts, lenient, sane};
use crate::catalog::model::Score;
use crate::catalog::{EndpointRow, ModelRow, Overlay, Rank, Source};
use crate::words::{At, Effort, ModelId, Override, Prices, ProviderId};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Reads the whole list.
pub fn openrouter(body: &[u8], at: At) -> Result<Overlay, ListError> {
    #[derive(Deserialize)]
    struct List {
        data: Vec<Box<RawValue>>,
    }
    let bad = |why: serde_json::Error| ListError::NotAList("openrouter".into(), why.to_string());
    let list: List = serde_json::from_slice(body).map_err(bad)?;
    let entries = list.data.iter().filter_map(|raw| serde_json::from_str::<Entry>(raw.get()).ok());
    let models: Vec<ModelRow> = entries.filter_map(|entry| row(entry, at)).collect();
    if models.is_empty() {
        return Err(ListError::Empty("openrouter".into()));
    }
    Ok(Overlay {
        source: Source { name: "openrouter".into(), rank: Rank::Resold, at: Some(at) },
        providers: Vec::new(),
        models,
    })
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    #[serde(default, deserialize_with = "lenient")]
    canonical_slug: String,
    #[serde(default, deserialize_with = "lenient")]
    name: String,
    #[serde(default)]
    context_length: Limit,
    #[serde(default, deserialize_with = "lenient")]
    architecture: Architecture,
    #[serde(default, deserialize_with = "lenient")]
    pricing: Pricing,
    #[serde(default, deserialize_with = "lenient")]
    top_provider: Top,
    #[serde(default)]
    supported_parameters: Texts,
    #[serde(default, deserialize_with = "lenient")]
    benchmarks: Benchmarks,
    #[serde(default, deserialize_with = "lenient")]
    reasoning: ReasoningSupport,
    #[serde(default, deserialize_with = "lenient")]
    knowledge_cutoff: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    expiration_date: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    hugging_face_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Architecture {
    input_modalities: Texts,
    output_modalities: Texts,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Top {
    context_length: Limit,
    max_completion_tokens: Limit,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ReasoningSupport {
    supported_efforts: Texts,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Benchmarks {
    #[serde(deserialize_with = "lenient")]
    artificial_analysis: BTreeMap<String, Option<f64>>,
    #[serde(deserialize_with = "lenient")]
    design_arena: Vec<Arena>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Arena {
    arena: String,
    category: String,
    elo: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Pricing {
    prompt: Price,
    completion: Price,
    request: Price,
    image: Price,
    image_output: Price,
    audio: Price,
    audio_output: Price,
    web_search: Price,
    internal_reasoning: Price,
    input_cache_read: Price,
    input_cache_write: Price,
    input_cache_write_1h: Price,
    #[serde(deserialize_with = "lenient")]
    overrides: Vec<PriceOverride>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PriceOverride {
    min_prompt_tokens: Option<u64>,
    utc_start: Option<u16>,
    utc_end: Option<u16>,
    utc_days: Vec<u8>,
    prompt: Price,
    completion: Price,
    internal_reasoning: Price,
    input_cache_read: Price,
    input_cache_write: Price,
    input_cache_write_1h: Price,
}

impl Pricing {
    /// A negative price (the auto router's `-1`) or a missing one is unknown.
    pub(super) fn prices(&self) -> Option<Prices> {
        sane(Prices {
            prompt: self.prompt.0?,
            completion: self.completion.0?,
            cached_read: self.input_cache_read.unless_zero(),
            cache_write_5m: self.input_cache_write.unless_zero(),
            cache_write_1h: self.input_cache_write_1h.unless_zero(),
            reasoning: self.internal_reasoning.unless_zero(),
            audio_in: self.audio.unless_zero(),
            audio_out: self.audio_output.unless_zero(),
            image_out: self.image_output.unless_zero(),
            image: self.image.unless_zero(),
            request: self.request.unless_zero(),
            search: self.web_search.unless_zero(),
            overrides: self.overrides.iter().map(PriceOverride::rule).collect(),
        })
    }
}

impl PriceOverride {
    fn rule(&self) -> Override {
        Override {
            min_prompt_tokens: self.min_prompt_tokens,
            utc_start: self.utc_start,
            utc_end: self.utc_end,
            utc_days: self.utc_days.clone(),
            prompt: self.prompt.0,
            completion: self.completion.0,
            cached_read: self.input_cache_read.0,
            cache_write_5m: self.input_cache_write.0,
            cache_write_1h: self.input_cache_write_1h.0,
            reasoning: self.internal_reasoning.0,
        }
    }
}

fn row(entry: Entry, at: At) -> Option<ModelRow> {
    let outputs = &entry.architecture.output_modalities.0;
    let talks = outputs.is_empty() || outputs.iter().any(|m| m == "text");
    // `~author/family-latest` is an alias that routing resolves itself
    if !talks || !entry.id.contains('/') || entry.id.starts_with('~') {
        return None;
    }
    let mut row = ModelRow::new(ModelId::new(&entry.id));
    // "Anthropic: Claude Sonnet 4.5"
    let name = entry.name.split_once(": ").map_or(entry.name.as_str(), |(_, name)| name);
    row.name = Some(name.trim_end_matches(" (free)").to_owned()).filter(|n| !n.is_empty());
    row.outputs = Some(outputs.iter().collect());
    row.knowledge = entry.knowledge_cutoff;
    row.efforts = Some(efforts(&entry.reasoning.supported_efforts.0)).filter(|e| !e.is_empty());
    row.open_weights = entry.hugging_face_id.map(|id| !id.is_empty());
    if entry.canonical_slug.contains('/') && entry.canonical_slug != entry.id {
        row.aliases.push(entry.canonical_slug);
    }
    row.scores = scores(&entry.benchmarks, at);
    let mut endpoint = EndpointRow::new(ProviderId::new("openrouter"));
    endpoint.upstream_model = Some(entry.id);
    endpoint.prices = entry.pricing.prices();
    endpoint.context = entry.context_length.0.or(entry.top_provider.context_length.0);
    endpoint.max_output = entry.top_provider.max_completion_tokens.0;
    endpoint.inputs = Some(entry.architecture.input_modalities.0.iter().collect());
    endpoint.parameters = Some(entry.supported_parameters.0.iter().collect());
    endpoint.retires = entry.expiration_date;
    row.endpoints.push(endpoint);
    Some(row)
}

pub(super) fn efforts(names: &[String]) -> Vec<Effort> {
    let known = |name: &String| serde_json::from_value(serde_json::Value::String(name.clone())).ok();
    names.iter().filter_map(known).collect()
}

fn scores(benchmarks: &Benchmarks, at: At) -> Vec<Score> {
    let date = jiff::Timestamp::from_microsecond(at.0).map(|t| t.to_string()).unwrap_or_default();
    let date = date.get(..10).unwrap_or_default();
    let score = |name: String, value: f64, source: &str| Score {
        name,
        value,
        source: source.to_owned(),
        date: date.to_owned(),
    };
    let indices = benchmarks.artificial_analysis.iter().filter_map(|(name, value)| {
        let name = name.trim_end_matches("_index").to_owned();
        Some(score(name, (*value)?, "Artificial Analysis by way of openrouter"))
    });
    let arenas = benchmarks.design_arena.iter().filter_map(|arena| {
        let name = format!("elo:{}", if arena.category.is_empty() { &arena.arena } else { &arena.category });
        Some(score(name, arena.elo?, "Design Arena by way of openrouter"))
    });
    indices.chain(arenas).collect()
}
