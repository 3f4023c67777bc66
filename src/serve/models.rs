//! `GET /v1/models`: the catalog in OpenRouter's model shape, which is a superset of OpenAI's.

use crate::catalog::{Catalog, Model};
use crate::words::{At, Endpoint, Prices, Usd};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The list, with the models that `usable` lets through: a client should see what it can ask.
pub fn list(catalog: &Catalog, usable: impl Fn(&Endpoint) -> bool) -> Value {
    let data: Vec<Value> = catalog
        .models()
        .filter_map(|model| {
            let endpoints: Vec<&Arc<Endpoint>> =
                catalog.endpoints(&model.id).iter().filter(|e| usable(e)).collect();
            (!endpoints.is_empty()).then(|| object(model, &endpoints))
        })
        .collect();
    json!({ "object": "list", "total_count": data.len(), "data": data })
}

/// One model; `None` when the catalog has no such name.
pub fn one(catalog: &Catalog, id: &str) -> Option<Value> {
    let model = catalog.model(id)?;
    let endpoints: Vec<&Arc<Endpoint>> = catalog.endpoints(&model.id).iter().collect();
    Some(object(model, &endpoints))
}

/// Every endpoint of a model, as OpenRouter's `/models/{author}/{slug}/endpoints` tells them.
pub fn endpoints(catalog: &Catalog, id: &str) -> Option<Value> {
    let model = catalog.model(id)?;
    let rows: Vec<Value> = catalog
        .endpoints(&model.id)
        .iter()
        .map(|e| {
            json!({
                "name": format!("{} | {}", e.provider_name, e.model),
                "model_id": e.model,
                "model_name": model.name,
                "provider_name": e.provider_name,
                "tag": e.tag,
                "quantization": e.quantization,
                "context_length": e.context,
                "max_completion_tokens": e.max_output,
                "pricing": e.prices.as_ref().map(pricing),
                "supported_parameters": e.parameters,
            })
        })
        .collect();
    Some(json!({ "data": {
        "id": model.id,
        "name": model.name,
        "created": created(model),
        "description": model.about,
        "architecture": architecture(model),
        "endpoints": rows,
    }}))
}

/// A model is shown with its cheapest endpoint's price, as OpenRouter's `top_provider` is.
fn object(model: &Model, endpoints: &[&Arc<Endpoint>]) -> Value {
    let top = endpoints
        .iter()
        .filter(|e| e.prices.is_some())
        .min_by_key(|e| e.prices.as_ref().map(|p| p.prompt + p.completion))
        .or(endpoints.first());
    json!({
        "id": model.id,
        "canonical_slug": model.id,
        "object": "model",
        "name": model.name,
        "created": created(model),
        "owned_by": model.id.author(),
        "description": model.about,
        "context_length": model.context,
        "architecture": architecture(model),
        "pricing": top.and_then(|e| e.prices.as_ref()).map(pricing),
        "top_provider": {
            "context_length": top.and_then(|e| e.context),
            "max_completion_tokens": top.and_then(|e| e.max_output),
        },
        "supported_parameters": model.parameters,
        "knowledge_cutoff": model.knowledge,
        "expiration_date": model.retires,
        "endpoints": endpoints.len(),
    })
}

fn architecture(model: &Model) -> Value {
    json!({
        "modality": format!("{}->{}", model.inputs.join("+"), model.outputs.join("+")),
        "input_modalities": model.inputs,
        "output_modalities": model.outputs,
    })
}

/// Decimal strings, dollars per single unit. A price nobody lists is left out, never zero.
fn pricing(prices: &Prices) -> Value {
    let optional = [
        ("input_cache_read", prices.cached_read),
        ("input_cache_write", prices.cache_write_5m),
        ("input_cache_write_1h", prices.cache_write_1h),
        ("internal_reasoning", prices.reasoning),
        ("audio", prices.audio_in),
        ("audio_output", prices.audio_out),
        ("image", prices.image),
        ("image_output", prices.image_out),
        ("request", prices.request),
        ("web_search", prices.search),
    ];
    let mut object = Map::new();
    let mut put = |name: &str, price: Usd| object.insert(name.into(), Value::String(price.to_string()));
    put("prompt", prices.prompt);
    put("completion", prices.completion);
    for (name, price) in optional {
        if let Some(price) = price {
            put(name, price);
        }
    }
    Value::Object(object)
}

/// Seconds since 1970 of the release day; 0 when nobody says.
fn created(model: &Model) -> i64 {
    model.released.as_deref().and_then(day).map_or(0, At::secs)
}

fn day(date: &str) -> Option<At> {
    let date: jiff::civil::Date = date.parse().ok()?;
    let epoch = jiff::civil::date(1970, 1, 1);
    Some(At::from_secs(i64::from(date.since(epoch).ok()?.get_days()) * 86_400))
}
