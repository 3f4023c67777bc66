//! A last message of the assistant that the model is to go on from as if it had begun it itself: who takes it, and in which form.

use super::anthropic::Claude;
use super::quirks::Dialect;
use super::think_tags;
use crate::words::{Endpoint, Part, ReasoningParams, Request, Role};

/// How a dialect is told that its last message is only the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefill {
    /// It stands last, that is enough.
    Last,
    /// `prefix: true` in the message.
    Prefix,
    /// The same, and only below `/beta`.
    BetaPrefix,
    /// `partial: true` in the message.
    Partial,
    /// `continue_final_message: true` in the body, and no generation prompt.
    Continue,
}

/// Authors whose models begin a new message whatever stands last.
const NEVER: &[&str] = &["openai", "x-ai"];

/// Gemini models that refuse a model's turn at the end.
const GEMINI_REFUSES: &[&str] = &["gemini-3.5-flash-lite", "gemini-3.6", "gemini-4"];

/// Whether this endpoint takes a prefill with this request. By what its API documents: one that ought to and refuses
/// answers with an invalid request.
pub fn takes_prefill(endpoint: &Endpoint, request: &Request) -> bool {
    let model = endpoint.upstream_model.as_str();
    let refuses = !Claude::of(model).takes_prefill()
        || GEMINI_REFUSES.iter().any(|name| model.contains(name))
        || NEVER.contains(&endpoint.model.author());
    // thoughts come before the text, which has begun
    let thinks = endpoint.has_quirk(think_tags::OPENED)
        || request.params.reasoning.as_ref().and_then(ReasoningParams::wanted) == Some(true);
    Dialect::of(endpoint).prefill.is_some() && !refuses && !thinks
}

/// Whether the request ends in a beginning.
pub fn is_begun(request: &Request) -> bool {
    request.messages.last().is_some_and(|last| {
        last.role == Role::Assistant && !last.parts.iter().any(|part| matches!(part, Part::ToolCall { .. }))
    })
}
