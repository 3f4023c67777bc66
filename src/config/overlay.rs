//! The person's own providers, endpoints and prices, as rows over the catalog.

use super::KeySource;
use super::file::{Config, Endpoint, PricesFile, Provider};
use crate::catalog::{Catalog, EndpointRow, ModelRow, Overlay, PolicyRow, ProviderRow, Rank, Source};
use crate::words::{ModelId, Prices, ProviderId, Terms};
use std::collections::BTreeMap;

/// The provider that `--endpoint URL` makes.
const LOOSE: &str = "endpoint";

impl Config {
    /// What the config says of providers and models; its mistakes were found when it was read.
    pub fn overlay(&self, catalog: &Catalog) -> Overlay {
        let mut models: BTreeMap<ModelId, ModelRow> = BTreeMap::new();
        for endpoint in &self.endpoints {
            let id = ModelId::new(&endpoint.model);
            models.entry(id.clone()).or_insert_with(|| ModelRow::new(id)).endpoints.push(row(endpoint));
        }
        for (slug, provider) in &self.providers {
            for name in &provider.models {
                let id = named(slug, name);
                let row = EndpointRow {
                    upstream_model: Some(name.clone()),
                    ..EndpointRow::new(ProviderId::new(slug))
                };
                models.entry(id.clone()).or_insert_with(|| ModelRow::new(id)).endpoints.push(row);
            }
        }
        Overlay {
            source: Source { name: "config".into(), rank: Rank::Config, at: None },
            providers: self
                .providers
                .iter()
                .map(|(slug, provider)| {
                    let known = catalog.provider(slug).is_some_and(|p| p.is_complete());
                    provider_row(slug, provider, known)
                })
                .collect(),
            models: models.into_values().collect(),
        }
    }
}

/// One endpoint that is in no config, and the name of its model.
pub fn loose(url: &str, format: &str, key_var: Option<&str>, model: &str) -> (Overlay, ModelId) {
    let id = named(LOOSE, model);
    let local = ["localhost", "127.", "[::1]", "0.0.0.0"]
        .iter()
        .any(|host| url.split_once("://").is_some_and(|(_, rest)| rest.starts_with(host)));
    let provider = ProviderRow {
        name: Some(host(url).to_owned()),
        base_url: Some(base(url)),
        format: Some(format.to_owned()),
        key_vars: Some(key_var.map(str::to_owned).into_iter().collect()),
        local: Some(local),
        quirks: Some(usual_quirks()),
        ..ProviderRow::new(LOOSE)
    };
    let endpoint =
        EndpointRow { upstream_model: Some(model.to_owned()), ..EndpointRow::new(ProviderId::new(LOOSE)) };
    let row = ModelRow { endpoints: vec![endpoint], ..ModelRow::new(id.clone()) };
    let source = Source { name: "--endpoint".into(), rank: Rank::Config, at: None };
    (Overlay { source, providers: vec![provider], models: vec![row] }, id)
}

/// A provider's own name for a model, in our one namespace.
fn named(provider: &str, name: &str) -> ModelId {
    if name.contains('/') { ModelId::new(name) } else { ModelId::new(format!("{provider}/{name}")) }
}

/// Up to where the format appends its path: the address of a whole request is understood too.
fn base(url: &str) -> String {
    let url = url.trim().trim_end_matches('/');
    let paths = ["/chat/completions", "/responses", "/messages", "/api/chat"];
    paths.iter().find_map(|path| url.strip_suffix(path)).unwrap_or(url).to_owned()
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

/// What a server that nobody described is taken for: it tells what was used when it is asked to. Without that its
/// costs would rest on our own counts; one that refuses the question says `quirks = []`.
fn usual_quirks() -> Terms {
    Terms::from(["stream_usage"])
}

fn terms(list: &[String]) -> Terms {
    list.iter().collect()
}

fn provider_row(slug: &str, provider: &Provider, known: bool) -> ProviderRow {
    let quirks = provider.quirks.as_deref().map(terms).or_else(|| (!known).then(usual_quirks));
    // a variable that is named here and not set is a key that is missing, and said by its name
    let variables = provider.keys.iter().filter_map(|source| match source {
        KeySource::Env(name) => Some(name.clone()),
        _ => None,
    });
    let variables: Vec<String> = variables.collect();
    ProviderRow {
        key_vars: (!variables.is_empty()).then_some(variables),
        name: provider.name.clone(),
        base_url: provider.base_url.as_deref().map(base),
        format: provider.format.clone(),
        quirks,
        headers: provider.headers.clone(),
        local: provider.local,
        policy: provider.policy.as_ref().map(|p| PolicyRow { trains: p.trains, retains: p.retains }),
        ..ProviderRow::new(slug)
    }
}

fn row(endpoint: &Endpoint) -> EndpointRow {
    EndpointRow {
        upstream_model: endpoint.upstream_model.clone(),
        base_url: endpoint.base_url.as_deref().map(base),
        context: endpoint.context,
        max_output: endpoint.max_output,
        prices: endpoint.prices.as_ref().map(prices),
        parameters: endpoint.parameters.as_deref().map(terms),
        inputs: endpoint.inputs.as_deref().map(terms),
        quirks: (!endpoint.quirks.is_empty()).then(|| terms(&endpoint.quirks)),
        quantization: endpoint.quantization,
        distillable: endpoint.distillable,
        ..EndpointRow::new(ProviderId::new(&endpoint.provider))
    }
}

/// The config speaks of dollars per million tokens, the catalog of dollars per token.
fn prices(file: &PricesFile) -> Prices {
    let token = |usd: Option<crate::words::Usd>| usd.map(|usd| usd.of_million());
    Prices {
        prompt: file.prompt.of_million(),
        completion: file.completion.of_million(),
        cached_read: token(file.cached_read),
        cache_write_5m: token(file.cache_write_5m),
        cache_write_1h: token(file.cache_write_1h),
        reasoning: token(file.reasoning),
        request: file.request,
        image: file.image,
        search: file.search,
        ..Prices::default()
    }
}
