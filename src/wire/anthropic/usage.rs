//! Usage in Anthropic's names, in categories that do not overlap.

use crate::words::Usage;
use serde_json::{Map, Value};

/// Anthropic's input count has no cached tokens in it; the output count has the thinking.
pub fn tally(said: &Map<String, Value>) -> Usage {
    let number = |key: &str| said.get(key).and_then(Value::as_u64).unwrap_or(0);
    let inner = |key: &str, inner: &str| {
        said.get(key).and_then(|v| v.get(inner)).and_then(Value::as_u64).unwrap_or(0)
    };
    let hour = inner("cache_creation", "ephemeral_1h_input_tokens");
    let written = number("cache_creation_input_tokens")
        .max(hour + inner("cache_creation", "ephemeral_5m_input_tokens"));
    let output = number("output_tokens");
    let reasoning = inner("output_tokens_details", "thinking_tokens").min(output);
    Usage {
        prompt: number("input_tokens"),
        cached_read: number("cache_read_input_tokens"),
        cache_write_5m: written - hour,
        cache_write_1h: hour,
        completion: output - reasoning,
        reasoning,
        searches: inner("server_tool_use", "web_search_requests"),
        ..Usage::default()
    }
}
