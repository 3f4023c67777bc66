//! OpenRouter's `GET /models/{author}/{slug}/endpoints`: the hosts behind one of its models.

use super::ListError;
use super::listed::quantization;
use super::number::{Limit, lenient};
use super::openrouter::Pricing;
use crate::catalog::{EndpointRow, Host, ModelRow, Overlay, Rank, Source};
use crate::words::{At, Endpoint};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Reads the hosts behind this endpoint of a reseller.
pub fn hosts(endpoint: &Endpoint, body: &[u8], at: At) -> Result<Overlay, ListError> {
    #[derive(Deserialize)]
    struct Body {
        data: Data,
    }
    #[derive(Deserialize)]
    struct Data {
        endpoints: Vec<Box<RawValue>>,
    }
    let name = format!("{} of {}", endpoint.provider_name, endpoint.model);
    let bad = |why: serde_json::Error| ListError::NotAList(name.clone(), why.to_string());
    let body: Body = serde_json::from_slice(body).map_err(bad)?;
    let entries = body.data.endpoints.iter().filter_map(|raw| serde_json::from_str::<Entry>(raw.get()).ok());
    let hosts: Vec<Host> = entries.filter_map(host).collect();
    if hosts.is_empty() {
        return Err(ListError::Empty(name));
    }
    let row =
        EndpointRow { tag: Some(endpoint.tag.clone()), hosts, ..EndpointRow::new(endpoint.provider.clone()) };
    Ok(Overlay {
        source: Source { name: format!("hosts of {}", endpoint.id), rank: Rank::Resold, at: Some(at) },
        providers: Vec::new(),
        models: vec![ModelRow { endpoints: vec![row], ..ModelRow::new(endpoint.model.clone()) }],
    })
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default, deserialize_with = "lenient")]
    provider_name: String,
    #[serde(default, deserialize_with = "lenient")]
    tag: String,
    #[serde(default, deserialize_with = "lenient")]
    quantization: Option<String>,
    #[serde(default)]
    context_length: Limit,
    #[serde(default)]
    max_completion_tokens: Limit,
    #[serde(default, deserialize_with = "lenient")]
    pricing: Pricing,
    #[serde(default, deserialize_with = "lenient")]
    status: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    uptime_last_30m: Option<f64>,
    #[serde(default, deserialize_with = "lenient")]
    latency_last_30m: Quantiles,
    #[serde(default, deserialize_with = "lenient")]
    throughput_last_30m: Quantiles,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Quantiles {
    #[serde(deserialize_with = "lenient")]
    p50: Option<f64>,
}

fn host(entry: Entry) -> Option<Host> {
    let name = if entry.provider_name.is_empty() { &entry.tag } else { &entry.provider_name };
    if name.is_empty() {
        return None;
    }
    let positive = |figure: Option<f64>| figure.filter(|figure| figure.is_finite() && *figure >= 0.0);
    Some(Host {
        name: name.clone(),
        prices: entry.pricing.prices(),
        quantization: entry.quantization.as_deref().and_then(quantization).unwrap_or_default(),
        context: entry.context_length.0,
        max_output: entry.max_completion_tokens.0,
        degraded: entry.status.is_some_and(|status| status < 0),
        uptime: positive(entry.uptime_last_30m).map(|percent| (percent / 100.0).min(1.0)),
        ttft_ms: positive(entry.latency_last_30m.p50).map(millis),
        rate: positive(entry.throughput_last_30m.p50),
        tag: entry.tag,
    })
}

/// Documented as milliseconds, and seen as seconds: nobody answers within 60 of the one or needs 60 of the other.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a figure for people, not negative"
)]
fn millis(latency: f64) -> u64 {
    if latency < 60.0 { (latency * 1000.0) as u64 } else { latency as u64 }
}
