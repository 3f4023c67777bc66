//! The shapes of events and of a whole response, with text borrowed from the bytes.

use crate::wire::lenient::Str;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Every event, and the whole response: they share their names.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Event<'a> {
    #[serde(rename = "type")]
    pub kind: Str<'a>,
    pub object: Option<Str<'a>>,
    pub output_index: Option<u64>,
    pub summary_index: Option<u64>,
    pub content_index: Option<u64>,
    pub delta: Option<Str<'a>>,
    pub arguments: Option<Str<'a>>,
    pub item_id: Option<Str<'a>>,
    #[serde(borrow)]
    pub item: Option<&'a RawValue>,
    #[serde(borrow)]
    pub annotation: Option<&'a RawValue>,
    #[serde(borrow)]
    pub response: Option<&'a RawValue>,
    #[serde(borrow)]
    pub output: Option<&'a RawValue>,
    #[serde(borrow)]
    pub error: Option<&'a RawValue>,
}

/// What we know of a response; most of it repeats the request.
pub const RESPONSE: &[&str] = &[
    "id",
    "object",
    "created_at",
    "completed_at",
    "status",
    "error",
    "incomplete_details",
    "model",
    "output",
    "output_text",
    "usage",
    "service_tier",
    "background",
    "conversation",
    "frequency_penalty",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "parallel_tool_calls",
    "presence_penalty",
    "previous_response_id",
    "prompt",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "store",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
];
