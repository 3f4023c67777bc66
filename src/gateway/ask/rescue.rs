//! Going on elsewhere with a reply whose endpoint died in the middle: when that is right, and what the next one is asked.

use super::seam::Continuation;
use crate::wire;
use crate::words::{Delta, Endpoint, Message, Part, Request, ResponseFormat, Role};
use std::sync::Arc;

/// What the reader has been shown of a reply.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    pub text: String,
    pub images: u32,
    /// The first free number of a reasoning block.
    pub next_reasoning: u32,
    pub next_call: u32,
}

impl Heard {
    pub fn add(&mut self, delta: &Delta) {
        match delta {
            Delta::Text(text) => self.text.push_str(text),
            Delta::Reasoning { index, .. } => {
                self.next_reasoning = self.next_reasoning.max(index.saturating_add(1));
            }
            Delta::ToolCall { index, .. } => self.next_call = self.next_call.max(index.saturating_add(1)),
            Delta::Image(_) => self.images += 1,
            _ => {}
        }
    }
}

/// Why a reply that broke off cannot be continued; `None` when it can.
pub(super) fn obstacle(request: &Request, heard: &Heard) -> Option<&'static str> {
    if heard.next_call > 0 {
        Some(
            "a half-finished tool call cannot be continued elsewhere; `unfinished = \"restart\"` begins it again",
        )
    } else if is_structured(request) && !heard.text.is_empty() {
        Some(
            "half-finished structured output cannot be continued elsewhere; `unfinished = \"restart\"` begins it again",
        )
    } else if heard.images > 0 {
        Some("a reply with images cannot be continued elsewhere")
    } else {
        None
    }
}

/// The reply is to be read by a program.
pub(super) fn is_structured(request: &Request) -> bool {
    matches!(
        request.params.response_format,
        Some(ResponseFormat::JsonObject | ResponseFormat::JsonSchema { .. } | ResponseFormat::Other(_))
    )
}

/// Whether a text ends as a finished reply may: outside a code fence, and not within a sentence. A model that is shown
/// such a text as its own and adds nothing means that it is complete.
pub(super) fn is_whole(text: &str) -> bool {
    let in_fence = text.lines().filter(|line| line.trim_start().starts_with("```")).count() % 2 == 1;
    let closers = ['"', '\'', '`', '*', '_', '~', ')', ']', '}', '»', '”', '’', '」', '』'];
    let end = text.trim_end().trim_end_matches(closers).chars().next_back();
    !in_fence
        && end.is_none_or(|end| !end.is_alphanumeric() && !",;:([{-–—=+/\\&<".contains(end))
        && !text.is_empty()
}

/// How this endpoint may be asked to go on, best first. One that refuses a prefill after all is told in words.
pub(super) fn ways(endpoint: &Endpoint, request: &Request) -> &'static [Continuation] {
    use Continuation::{Instruction, Prefill};
    if wire::takes_prefill(endpoint, request) { &[Prefill, Instruction] } else { &[Instruction] }
}

/// The request that makes this endpoint go on from the text so far.
pub(super) fn request(original: &Request, text: &str, said: u64, how: Continuation) -> Request {
    let mut request = original.clone();
    if let Some(max) = &mut request.params.max_tokens {
        *max = max.saturating_sub(u32::try_from(said).unwrap_or(u32::MAX)).max(1);
    }
    let kept = text.trim_end();
    if kept.is_empty() {
        return request;
    }
    let say = |role, text: String| Arc::new(Message::loose(role, vec![Part::text(text)]));
    // a prefill of the person's own is part of what was begun
    let begun = match request.messages.last() {
        Some(last) if last.role == Role::Assistant => {
            let begun = last.plain();
            request.messages.pop();
            begun
        }
        _ => String::new(),
    };
    // endpoints refuse a prefill that ends in white space; the seam takes out the space that is then said again
    request.messages.push(say(Role::Assistant, format!("{begun}{kept}")));
    if how == Continuation::Instruction {
        request.messages.push(say(
            Role::User,
            format!(
                "The connection broke in the middle of your last message. Write the rest of it now. Begin by repeating \
                 exactly these last words of it and go straight on, with no remark about the interruption:\n{}",
                last_words(kept)
            ),
        ));
    }
    request
}

/// About the last 60 characters, from the beginning of a word.
fn last_words(text: &str) -> &str {
    let start = text.char_indices().rev().nth(59).map_or(0, |(at, _)| at);
    let tail = &text[start..];
    match tail.find(char::is_whitespace) {
        Some(space) if start > 0 => tail[space..].trim_start(),
        _ => tail,
    }
}
