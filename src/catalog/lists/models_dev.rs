//! models.dev's `api.json`: prices in dollars per million tokens, limits and dates for many providers.

use super::ListError;
use super::naming::{Naming, chats};
use super::number::{Limit, Price, Texts, lenient, sane};
use crate::catalog::{Catalog, EndpointRow, ModelRow, Overlay, Provider, Rank, Source};
use crate::words::{At, Override, Prices};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Reads what it says of the providers in our table. Rows of one provider are named by the catalog as it is.
pub fn models_dev(body: &[u8], catalog: &Catalog, at: At) -> Result<Overlay, ListError> {
    let bad = |why: serde_json::Error| ListError::NotAList("models.dev".into(), why.to_string());
    let list: BTreeMap<String, Host> = serde_json::from_slice(body).map_err(bad)?;
    let mut models = Vec::new();
    for provider in catalog.providers().filter(|p| !p.local && !p.demo) {
        let Some(host) = list.get(&provider.models_dev) else { continue };
        let naming = Naming::new(catalog, provider);
        models.extend(host.models.iter().filter_map(|(name, entry)| row(provider, &naming, name, entry)));
    }
    if models.is_empty() {
        return Err(ListError::Empty("models.dev".into()));
    }
    Ok(Overlay {
        source: Source { name: "models.dev".into(), rank: Rank::Collected, at: Some(at) },
        providers: Vec::new(),
        models,
    })
}

#[derive(Deserialize)]
struct Host {
    #[serde(default, deserialize_with = "lenient")]
    models: BTreeMap<String, Entry>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    #[serde(deserialize_with = "lenient")]
    name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    family: Option<String>,
    #[serde(deserialize_with = "lenient")]
    knowledge: Option<String>,
    #[serde(deserialize_with = "lenient")]
    release_date: Option<String>,
    #[serde(deserialize_with = "lenient")]
    status: Option<String>,
    #[serde(deserialize_with = "lenient")]
    open_weights: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    modalities: Modalities,
    #[serde(deserialize_with = "lenient")]
    limit: Limits,
    #[serde(deserialize_with = "lenient")]
    cost: Option<Cost>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Modalities {
    input: Texts,
    output: Texts,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Limits {
    context: Limit,
    output: Limit,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Cost {
    input: Price,
    output: Price,
    cache_read: Price,
    cache_write: Price,
    reasoning: Price,
    input_audio: Price,
    output_audio: Price,
    #[serde(deserialize_with = "lenient")]
    tiers: Vec<CostTier>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CostTier {
    input: Price,
    output: Price,
    cache_read: Price,
    cache_write: Price,
    #[serde(deserialize_with = "lenient")]
    tier: TierSize,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TierSize {
    size: Option<u64>,
}

impl Cost {
    /// Nothing for nothing is how the collection writes "not known" as well as "free": unknown, unless it says free.
    fn prices(&self, free: bool) -> Option<Prices> {
        let prompt = self.input.of_million()?;
        let completion = self.output.of_million()?;
        if prompt.is_zero() && completion.is_zero() && !free {
            return None;
        }
        let tier = |t: &CostTier| {
            Some(Override {
                min_prompt_tokens: Some(t.tier.size?),
                prompt: t.input.of_million(),
                completion: t.output.of_million(),
                cached_read: t.cache_read.of_million(),
                cache_write_5m: t.cache_write.of_million(),
                ..Override::default()
            })
        };
        let mut overrides: Vec<Override> = self.tiers.iter().filter_map(tier).collect();
        overrides.sort_by_key(|o| o.min_prompt_tokens);
        sane(Prices {
            prompt,
            completion,
            cached_read: self.cache_read.of_million(),
            cache_write_5m: self.cache_write.of_million(),
            reasoning: self.reasoning.of_million(),
            audio_in: self.input_audio.of_million(),
            audio_out: self.output_audio.of_million(),
            overrides,
            ..Prices::default()
        })
    }
}

fn row(provider: &Provider, naming: &Naming<'_>, name: &str, entry: &Entry) -> Option<ModelRow> {
    let talks = entry.modalities.output.0.iter().any(|m| m == "text");
    if !talks || !chats(name) || entry.status.as_deref() == Some("deprecated") {
        return None;
    }
    let id = naming.id(name);
    let mut row = ModelRow::new(id);
    // what a maker says of its own model is said once, by the maker
    if row.id.author() == provider.makes {
        row.name = entry.name.as_ref().map(|n| n.trim_end_matches(" (latest)").to_owned());
        row.family.clone_from(&entry.family);
        row.knowledge.clone_from(&entry.knowledge);
        row.released.clone_from(&entry.release_date);
        row.open_weights = entry.open_weights;
    }
    let mut endpoint = EndpointRow::new(provider.slug.clone());
    endpoint.tag = naming.tag(name);
    endpoint.upstream_model = naming.is_news(&row.id, name).then(|| name.to_owned());
    endpoint.prices = entry.cost.as_ref().and_then(|cost| cost.prices(name.ends_with("free")));
    endpoint.context = entry.limit.context.0;
    endpoint.max_output = entry.limit.output.0;
    let inputs =
        entry.modalities.input.0.iter().map(|m| if m == "pdf" { "file".to_owned() } else { m.clone() });
    endpoint.inputs = Some(inputs.collect());
    row.endpoints.push(endpoint);
    Some(row)
}
