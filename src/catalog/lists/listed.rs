//! A provider's own list of models, in whichever of the shapes there are: OpenAI's `data`, Anthropic's, Gemini's and
//! Ollama's `models`, a bare array, with the extra fields that hosts and local servers add.

use super::ListError;
use super::naming::{Naming, chats};
use super::number::{Limit, Price, Texts, lenient, sane};
use crate::catalog::{Catalog, EndpointRow, ModelRow, Overlay, Provider, Rank, Source};
use crate::words::{At, Prices, Quantization, Terms};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Reads a provider's list. Known models get the provider's figures; new names become models.
pub fn listed(provider: &Provider, body: &[u8], catalog: &Catalog, at: At) -> Result<Overlay, ListError> {
    let name = || provider.name.clone();
    let entries = entries(body).map_err(|why| ListError::NotAList(name(), why))?;
    let naming = Naming::new(catalog, provider);
    let entries = entries.iter().filter_map(|raw| serde_json::from_str::<Entry>(raw.get()).ok());
    let mut models: Vec<ModelRow> = entries.filter_map(|entry| row(provider, &naming, entry)).collect();
    // llama.cpp answers in two shapes at once
    let mut seen = std::collections::BTreeSet::new();
    models.retain(|row| seen.insert((row.id.clone(), row.endpoints[0].upstream_model.clone())));
    if models.is_empty() && !provider.local {
        return Err(ListError::Empty(name()));
    }
    Ok(Overlay {
        source: Source { name: provider.slug.to_string(), rank: Rank::Listed, at: Some(at) },
        providers: Vec::new(),
        models,
    })
}

/// What Ollama's `POST /api/show` adds to one of its models: context and capabilities.
pub fn ollama_show(row: &mut ModelRow, body: &[u8]) -> Result<(), ListError> {
    let bad = |why: serde_json::Error| ListError::NotAList("Ollama".into(), why.to_string());
    let show: Show = serde_json::from_slice(body).map_err(bad)?;
    let context = show.model_info.iter().find(|(key, _)| key.ends_with(".context_length"));
    let context = context.and_then(|(_, value)| value.as_u64()).and_then(|n| u32::try_from(n).ok());
    for endpoint in &mut row.endpoints {
        endpoint.context = context.or(endpoint.context);
        capabilities(endpoint, &show.capabilities.0);
    }
    Ok(())
}

#[derive(Deserialize)]
struct Show {
    #[serde(default, deserialize_with = "lenient")]
    model_info: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    capabilities: Texts,
}

/// Under `data`, under `models`, or bare.
#[derive(Default, Deserialize)]
#[serde(default)]
struct List {
    data: Option<Vec<Box<RawValue>>>,
    models: Option<Vec<Box<RawValue>>>,
}

fn entries(body: &[u8]) -> Result<Vec<Box<RawValue>>, String> {
    let bare = body.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'[');
    if bare {
        return serde_json::from_slice(body).map_err(|why| why.to_string());
    }
    let list: List = serde_json::from_slice(body).map_err(|why| why.to_string())?;
    list.data.or(list.models).ok_or_else(|| "it has neither `data` nor `models`".to_owned())
}

/// Every field that some list has; each list has a few.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    #[serde(deserialize_with = "lenient")]
    id: String,
    /// Gemini: `models/gemini-2.5-pro`; Ollama: `qwen3:8b`.
    #[serde(deserialize_with = "lenient")]
    name: String,
    #[serde(deserialize_with = "lenient")]
    model: String,
    #[serde(deserialize_with = "lenient")]
    display_name: Option<String>,
    #[serde(rename = "displayName", deserialize_with = "lenient")]
    display_name_gemini: Option<String>,
    /// `chat`, `language`, `llm`, `vlm`, `embedding`, `model` (Anthropic).
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: String,
    /// Groq: switched off when false.
    #[serde(deserialize_with = "lenient")]
    active: Option<bool>,
    #[serde(rename = "supportedGenerationMethods")]
    methods: Texts,
    capabilities: Capabilities,
    /// OpenRouter's way, which Cohere, Novita and others took over.
    features: Texts,

    context_length: Limit,
    context_window: Limit,
    max_context_length: Limit,
    max_model_len: Limit,
    max_input_tokens: Limit,
    #[serde(rename = "inputTokenLimit")]
    input_gemini: Limit,
    max_completion_tokens: Limit,
    max_output_tokens: Limit,
    max_tokens: Limit,
    #[serde(rename = "outputTokenLimit")]
    output_gemini: Limit,

    supports_tools: Option<bool>,
    supports_image_input: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    thinking: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    quantization: Option<String>,
    #[serde(deserialize_with = "lenient")]
    details: OllamaDetails,
    #[serde(deserialize_with = "lenient")]
    meta: LlamaMeta,
    #[serde(deserialize_with = "lenient")]
    metadata: Metadata,
    #[serde(deserialize_with = "lenient")]
    pricing: Pricing,
}

/// Ollama and LM Studio: a list; Mistral: switches.
#[derive(Default)]
struct Capabilities {
    names: Vec<String>,
    chat: Option<bool>,
}

impl<'de> Deserialize<'de> for Capabilities {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let is = |key: &str| value.get(key).and_then(serde_json::Value::as_bool);
        let mut names: Vec<String> = value
            .as_array()
            .map(|list| list.iter().filter_map(|v| v.as_str()).map(str::to_owned).collect())
            .unwrap_or_default();
        for (key, name) in [("function_calling", "tools"), ("vision", "vision")] {
            if is(key) == Some(true) {
                names.push(name.to_owned());
            }
        }
        Ok(Self { names, chat: is("completion_chat") })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OllamaDetails {
    quantization_level: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LlamaMeta {
    n_ctx: Limit,
    n_ctx_train: Limit,
}

/// DeepInfra.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    context_length: Limit,
    max_tokens: Limit,
    #[serde(deserialize_with = "lenient")]
    pricing: MillionPricing,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MillionPricing {
    input_tokens: Price,
    output_tokens: Price,
    cache_read_tokens: Price,
}

/// Together: dollars per million; Vercel: dollars per token; the fields are the same.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Pricing {
    input: Price,
    output: Price,
    cached_input: Price,
    input_cache_read: Price,
    input_cache_write: Price,
}

fn row(provider: &Provider, naming: &Naming<'_>, entry: Entry) -> Option<ModelRow> {
    let name = [&entry.id, &entry.name, &entry.model].into_iter().find(|n| !n.is_empty())?;
    let name = name.strip_prefix("models/").unwrap_or(name);
    let other = ["embedding", "embeddings", "image", "video", "audio", "rerank", "moderation", "transcribe"];
    let embeds = entry.capabilities.names.iter().any(|c| c == "embedding");
    let generates = entry.methods.0.is_empty() || entry.methods.0.iter().any(|m| m == "generateContent");
    if !chats(name)
        || other.contains(&entry.kind.as_str())
        || embeds
        || !generates
        || entry.active == Some(false)
        || entry.capabilities.chat == Some(false)
    {
        return None;
    }
    let mut endpoint = EndpointRow::new(provider.slug.clone());
    let id = naming.id(name);
    endpoint.tag = naming.tag(name);
    endpoint.upstream_model = naming.is_news(&id, name).then(|| name.to_owned());
    endpoint.context = [
        entry.meta.n_ctx,
        entry.max_model_len,
        entry.context_length,
        entry.context_window,
        entry.max_context_length,
        entry.metadata.context_length,
        entry.max_input_tokens,
        entry.input_gemini,
        entry.meta.n_ctx_train,
    ]
    .into_iter()
    .find_map(|limit| limit.0);
    // Anthropic and Vercel call the output limit `max_tokens`; others mean the context by it
    let named = [entry.max_completion_tokens, entry.max_output_tokens, entry.output_gemini];
    let loose = [entry.max_tokens, entry.metadata.max_tokens];
    let below_context = |limit: &u32| endpoint.context.is_some_and(|context| *limit < context);
    endpoint.max_output = named
        .into_iter()
        .find_map(|limit| limit.0)
        .or_else(|| loose.into_iter().find_map(|limit| limit.0).filter(below_context));
    endpoint.prices = prices(provider, &entry);
    let quantized = entry.quantization.or(entry.details.quantization_level);
    endpoint.quantization = quantized.as_deref().and_then(quantization);
    let mut able = entry.capabilities.names;
    able.extend(entry.features.0);
    if entry.supports_tools == Some(true) {
        able.push("tools".to_owned());
    }
    if entry.supports_image_input == Some(true) || entry.kind == "vlm" {
        able.push("vision".to_owned());
    }
    if entry.thinking == Some(true) {
        able.push("thinking".to_owned());
    }
    let mut row = ModelRow::new(id);
    // only names that the catalog lacks learn their abilities here: the catalog's list is longer than any provider's
    if provider.local {
        capabilities(&mut endpoint, &able);
    }
    row.name = entry.display_name.or(entry.display_name_gemini).filter(|_| row.id.author() == provider.makes);
    row.endpoints.push(endpoint);
    Some(row)
}

/// Abilities by the names that local servers use.
fn capabilities(endpoint: &mut EndpointRow, able: &[String]) {
    let has = |names: &[&str]| able.iter().any(|a| names.contains(&a.as_str()));
    if able.is_empty() {
        return;
    }
    let mut parameters: Vec<&str> =
        vec!["max_tokens", "temperature", "top_p", "top_k", "min_p", "stop", "seed", "response_format"];
    if has(&["tools", "tool_use", "function-calling"]) {
        parameters.extend(["tools", "tool_choice"]);
    }
    if has(&["thinking", "reasoning"]) {
        parameters.extend(["reasoning", "include_reasoning"]);
    }
    endpoint.parameters = Some(parameters.into_iter().collect());
    if has(&["vision", "multimodal", "image"]) {
        endpoint.inputs = Some(Terms::from(["text", "image"]));
    }
}

fn prices(provider: &Provider, entry: &Entry) -> Option<Prices> {
    let million = &entry.metadata.pricing;
    if let (Some(prompt), Some(completion)) =
        (million.input_tokens.of_million(), million.output_tokens.of_million())
    {
        let cached_read = million.cache_read_tokens.unless_zero().map(crate::words::Usd::of_million);
        return sane(Prices { prompt, completion, cached_read, ..Prices::default() });
    }
    let (prompt, completion) = (entry.pricing.input.0?, entry.pricing.output.0?);
    if prompt.is_zero() && completion.is_zero() {
        return None;
    }
    // who says dollars per million and who per token cannot be told from the field names
    match provider.slug.as_str() {
        "together" => sane(Prices {
            prompt: prompt.of_million(),
            completion: completion.of_million(),
            cached_read: entry.pricing.cached_input.unless_zero().map(crate::words::Usd::of_million),
            ..Prices::default()
        }),
        "vercel" => sane(Prices {
            prompt,
            completion,
            cached_read: entry.pricing.input_cache_read.unless_zero(),
            cache_write_5m: entry.pricing.input_cache_write.unless_zero(),
            ..Prices::default()
        }),
        _ => None,
    }
}

/// The precision by the names of GGUF files and of hosts: `Q4_K_M`, `fp8`.
pub(super) fn quantization(name: &str) -> Option<Quantization> {
    let name = name.to_lowercase();
    let table = [
        ("nvfp4", Quantization::Nvfp4),
        ("mxfp4", Quantization::Mxfp4),
        ("mxfp8", Quantization::Mxfp8),
        ("fp8", Quantization::Fp8),
        ("fp6", Quantization::Fp6),
        ("fp4", Quantization::Fp4),
        ("bf16", Quantization::Bf16),
        ("f16", Quantization::Fp16),
        ("fp16", Quantization::Fp16),
        ("f32", Quantization::Fp32),
        ("fp32", Quantization::Fp32),
        ("q8", Quantization::Int8),
        ("int8", Quantization::Int8),
        ("8bit", Quantization::Int8),
        ("q4", Quantization::Int4),
        ("iq4", Quantization::Int4),
        ("int4", Quantization::Int4),
        ("4bit", Quantization::Int4),
    ];
    table.into_iter().find(|(begin, _)| name.starts_with(begin)).map(|(_, quantization)| quantization)
}
