//! A host behind a reseller: where OpenRouter may send a request, as it publishes it for each of its models.

use crate::words::{Prices, Quantization};
use serde::Serialize;

/// One of the reseller's own endpoints; it chooses among them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Host {
    /// For people: `DeepInfra`.
    pub name: String,
    /// The slug that `only`, `order` and `ignore` go by there: `deepinfra/fp8`.
    pub tag: String,
    pub prices: Option<Prices>,
    pub quantization: Quantization,
    pub context: Option<u32>,
    pub max_output: Option<u32>,
    /// Out of order or degraded, by the reseller's own signal.
    pub degraded: bool,
    /// Share of the last half hour it was up, 0 to 1.
    pub uptime: Option<f64>,
    /// Median time to first token, in milliseconds.
    pub ttft_ms: Option<u64>,
    /// Median tokens per second.
    pub rate: Option<f64>,
}
