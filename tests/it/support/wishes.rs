//! All routing preferences at once, for tests that must not forget one.

use serde_json::{Value, json};

/// Every field of OpenRouter's `provider` object and of ours, set to something.
pub fn every() -> Value {
    json!({
        "order": ["a"], "only": ["a"], "ignore": ["b"], "allow_fallbacks": false, "require_parameters": true,
        "data_collection": "deny", "zdr": true, "enforce_distillable_text": true, "quantizations": ["fp8", "unknown"],
        "sort": {"by": "latency", "partition": "none"}, "preferred_min_throughput": {"p50": 50.0, "p90": 20.0},
        "preferred_max_latency": {"p99": 9.0}, "spread": "shares", "rescue": "listed", "unfinished": "restart",
        "max_price": {"prompt": "1", "completion": "2", "request": "0.1", "image": "0.2", "audio": "3"},
        "hedge_after_ms": 9, "max_dearer": 3.0, "cost_tier": "low",
    })
}
