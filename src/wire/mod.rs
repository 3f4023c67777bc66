//! How each API speaks, both ways: bytes to our words and back; pure, sans-IO.
//!
//! **Invariant:** no socket, no clock, no secret. [`Format::encode`] says where a key belongs ([`Auth`]); the gateway
//! puts it there. A wire format is a file (or folder) here and a line in [`FORMATS`].

mod anthropic;
mod azure;
mod cache_control;
mod classify;
pub mod decode;
mod extra;
pub mod face;
mod format;
mod framed;
mod gemini;
mod json_values;
mod lenient;
mod numbers;
mod ollama;
mod openai_chat;
mod openai_responses;
mod place;
mod prefill;
mod quirks;
mod refusal;
mod retry_after;
mod search;
mod sse;
mod think_tags;
mod tool_id;

pub use classify::classify;
pub use format::{Auth, Decoder, Format, Outgoing};
pub use json_values::JsonValues;
pub use prefill::{is_begun, takes_prefill};
pub use quirks::{QUIRKS, Quirk, is_quirk};
pub use refusal::Refusal;
pub use retry_after::{duration, retry_after};
pub use sse::{Sse, SseEvent};

use crate::words::Endpoint;

/// Every wire format, by the name that `Endpoint::format` holds.
pub static FORMATS: &[&dyn Format] = &[
    &openai_chat::OpenAiChat,
    &openai_responses::OpenAiResponses,
    &anthropic::Anthropic,
    &gemini::Gemini,
    &ollama::Ollama,
];

/// What an opaque part is tagged with where a format has dialects: only the provider that said it is sent it back.
fn own(endpoint: &Endpoint) -> String {
    format!("{}:{}", endpoint.format, endpoint.provider)
}

/// The format of that name.
pub fn format(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}
