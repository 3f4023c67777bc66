//! A model as programs see it: every field the catalog has, with who says so.

use crate::catalog::{Catalog, Model, Origin};
use crate::words::Endpoint;
use serde_json::{Value, json};
use std::sync::Arc;

/// `litellm 1.109.1 2026-11`.
pub fn origin(origin: &Origin) -> String {
    match &*origin.date {
        "" => origin.source.to_string(),
        date => format!("{} {date}", origin.source),
    }
}

pub fn object(catalog: &Catalog, model: &Model, endpoints: &[&Arc<Endpoint>]) -> Value {
    json!({
        "id": model.id,
        "name": model.name,
        "about": model.about,
        "family": model.family,
        "context": model.context,
        "max_output": model.max_output,
        "inputs": model.inputs,
        "outputs": model.outputs,
        "parameters": model.parameters,
        "efforts": model.efforts,
        "open_weights": model.open_weights,
        "released": model.released,
        "knowledge": model.knowledge,
        "retires": model.retires,
        "scores": model.scores,
        "aliases": model.aliases,
        "demo": model.demo,
        "source": origin(&model.origin),
        "endpoints": endpoints.iter().map(|e| endpoint(catalog, e)).collect::<Vec<_>>(),
    })
}

fn endpoint(catalog: &Catalog, e: &Endpoint) -> Value {
    let facts = catalog.facts(&e.id).cloned().unwrap_or_default();
    json!({
        "id": e.id,
        "provider": e.provider,
        "provider_name": e.provider_name,
        "tag": e.tag,
        "upstream_model": e.upstream_model,
        "format": e.format,
        "base_url": e.base_url,
        "prices": e.prices,
        "prices_from": facts.prices.as_ref().map(origin),
        "prices_page": facts.prices.as_ref().and_then(|prices| prices.page.clone()),
        "disagreements": facts.disagreements,
        "context": e.context,
        "max_output": e.max_output,
        "limits_from": origin(&facts.limits),
        "parameters": e.parameters,
        "inputs": e.inputs,
        "quantization": e.quantization,
        "policy": e.policy,
        "distillable": e.distillable,
        "retires": facts.retires,
        "local": e.local,
        "hosts": facts.hosts,
        "hosts_as_of": (!facts.hosts.is_empty()).then_some(facts.hosts_as_of),
    })
}
