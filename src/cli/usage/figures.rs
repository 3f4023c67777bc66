//! Everything that totals say, as a JSON object and as a line of comma-separated values.

use super::{Args, Split, civil};
use crate::metering::{self, Figures, RateSpread, Spread};
use crate::words::{Totals, Usd};
use serde_json::{Value, json};
use std::time::Duration;

/// A row: its period, what it is of, and its figures.
pub fn object(args: &Args, (day, name): &(i32, String), totals: &Totals) -> Value {
    let mut object = json!({"period": civil(*day).to_string()});
    if args.of != Split::All {
        object["name"] = json!(name);
    }
    if let (Value::Object(object), Value::Object(figures)) = (&mut object, figures(totals)) {
        object.extend(figures);
    }
    object
}

/// Everything that the totals say; `null` is what nobody knows.
pub fn figures(t: &Totals) -> Value {
    let is = Figures::of(t);
    let exact = |amount: Option<Usd>| amount.map(|usd| usd.to_string());
    let micros = |of: fn(&Spread) -> Duration| is.ttft.as_ref().map(|ttft| of(ttft).as_micros());
    let rate = |of: fn(&RateSpread) -> f64| is.throughput.as_ref().map(of);
    json!({
        "cost_usd": exact(metering::spent(t)),
        "estimated_usd": t.estimated.to_string(),
        "estimated_share": is.estimated,
        "usd_per_million_tokens": exact(is.per_million),
        "usd_per_request": exact(is.per_request),
        "unpriced_requests": t.unpriced,
        "requests": t.requests,
        "failed": t.failed,
        "cancelled": t.cancelled,
        "fell_back": t.fell_back,
        "attempts": t.attempts,
        "failed_attempts": t.failed_attempts,
        "failure_rate": is.failure,
        "fallback_rate": is.fallback,
        "attempt_failure_rate": is.failed_attempts,
        "cache_hit_rate": is.cache_hit,
        "usage": t.usage.in_full(),
        "ttft_us": {
            "p50": micros(|t| t.p50), "p90": micros(|t| t.p90), "p95": micros(|t| t.p95), "p99": micros(|t| t.p99),
        },
        "tokens_per_second": {"p50": rate(|r| r.p50), "p10": rate(|r| r.p10), "p1": rate(|r| r.p1)},
    })
}

/// The columns, and where each stands in the object.
pub const CSV: &[(&str, &str)] = &[
    ("period", "/period"),
    ("name", "/name"),
    ("cost_usd", "/cost_usd"),
    ("estimated_usd", "/estimated_usd"),
    ("estimated_share", "/estimated_share"),
    ("usd_per_million_tokens", "/usd_per_million_tokens"),
    ("usd_per_request", "/usd_per_request"),
    ("unpriced_requests", "/unpriced_requests"),
    ("requests", "/requests"),
    ("failed", "/failed"),
    ("cancelled", "/cancelled"),
    ("fell_back", "/fell_back"),
    ("attempts", "/attempts"),
    ("failed_attempts", "/failed_attempts"),
    ("failure_rate", "/failure_rate"),
    ("fallback_rate", "/fallback_rate"),
    ("attempt_failure_rate", "/attempt_failure_rate"),
    ("cache_hit_rate", "/cache_hit_rate"),
    ("prompt", "/usage/prompt"),
    ("completion", "/usage/completion"),
    ("cached_read", "/usage/cached_read"),
    ("cache_write_5m", "/usage/cache_write_5m"),
    ("cache_write_1h", "/usage/cache_write_1h"),
    ("reasoning", "/usage/reasoning"),
    ("audio_in", "/usage/audio_in"),
    ("audio_out", "/usage/audio_out"),
    ("image_out", "/usage/image_out"),
    ("images", "/usage/images"),
    ("searches", "/usage/searches"),
    ("ttft_us_p50", "/ttft_us/p50"),
    ("ttft_us_p90", "/ttft_us/p90"),
    ("ttft_us_p95", "/ttft_us/p95"),
    ("ttft_us_p99", "/ttft_us/p99"),
    ("tokens_per_second_p50", "/tokens_per_second/p50"),
    ("tokens_per_second_p10", "/tokens_per_second/p10"),
    ("tokens_per_second_p1", "/tokens_per_second/p1"),
];

/// A line of them; empty is what nobody knows.
pub fn fields(object: &Value) -> Vec<String> {
    let field = |(_, at): &(&str, &str)| match object.pointer(at) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    CSV.iter().map(field).collect()
}
