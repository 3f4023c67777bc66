//! Usage in Anthropic's names, in categories that do not overlap.

use crate::wire::numbers::{NoCount, count};
use crate::words::Usage;
use serde_json::{Map, Value};

/// Anthropic's input count has no cached tokens in it; the output count has the thinking. A main count that is none
/// makes it no usage; a detail that is none was not said.
pub fn tally(said: &Map<String, Value>) -> Result<Usage, NoCount> {
    let number = |key: &str| count(said.get(key)).map(Option::unwrap_or_default);
    let inner = |key: &str, inner: &str| {
        let said = said.get(key).and_then(|v| v.get(inner));
        count(said).ok().flatten().unwrap_or_default()
    };
    let hour = inner("cache_creation", "ephemeral_1h_input_tokens");
    let written = number("cache_creation_input_tokens")?
        .max(hour.saturating_add(inner("cache_creation", "ephemeral_5m_input_tokens")));
    let output = number("output_tokens")?;
    let reasoning = inner("output_tokens_details", "thinking_tokens").min(output);
    Ok(Usage {
        prompt: number("input_tokens")?,
        cached_read: number("cache_read_input_tokens")?,
        cache_write_5m: written - hour,
        cache_write_1h: hour,
        completion: output - reasoning,
        reasoning,
        searches: inner("server_tool_use", "web_search_requests"),
        ..Usage::default()
    })
}
