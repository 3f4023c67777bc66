//! How each API speaks, both ways: bytes to our words and back; pure, sans-IO.
//!
//! **Invariant:** no socket, no clock, no secret. [`Format::encode`] says where a key belongs ([`Auth`]); the gateway
//! puts it there. A wire format is a file (or folder) here and a line in [`FORMATS`].

mod classify;
pub mod face;
mod format;
mod framed;
mod json_values;
mod lenient;
mod openai_chat;
mod quirks;
mod refusal;
mod retry_after;
mod sse;

pub use classify::classify;
pub use format::{Auth, Decoder, Format, Outgoing};
pub use json_values::JsonValues;
pub use quirks::{QUIRKS, Quirk, is_quirk};
pub use refusal::Refusal;
pub use retry_after::{duration, retry_after};
pub use sse::{Sse, SseEvent};

/// Every wire format, by the name that `Endpoint::format` holds.
pub static FORMATS: &[&dyn Format] = &[&openai_chat::OpenAiChat];

/// The format of that name.
pub fn format(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}
