//! The web search that a provider has of its own, as its format asks for it.

use crate::words::{Endpoint, Request};
use serde_json::{Map, Value, json};

/// The tool that stands for it. Formats that are not here need none: OpenRouter takes the plugin as it is, and
/// Perplexity always searches.
fn tool(format: &str) -> Option<Value> {
    match format {
        "anthropic-messages" => Some(json!({"type": "web_search_20250305", "name": "web_search"})),
        "gemini" => Some(json!({"googleSearch": {}})),
        "openai-responses" => Some(json!({"type": "web_search"})),
        _ => None,
    }
}

/// Adds the tool where the request asks for a search and the endpoint has one.
pub fn search(body: &mut Map<String, Value>, request: &Request, endpoint: &Endpoint, format: &str) {
    if !request.searches() || !endpoint.has_quirk("web_search") {
        return;
    }
    let tools = body.entry("tools").or_insert_with(|| json!([]));
    if let (Some(tools), Some(tool)) = (tools.as_array_mut(), tool(format))
        && !tools.contains(&tool)
    {
        tools.push(tool);
    }
}
