//! Gathers a stream of replies into what was heard: text, thinking, tool calls, receipt.

use crate::words::{
    Attempt, Delta, Failure, GenerationId, ModelId, Outcome, Part, Reasoning, Receipt, Stop, Usage,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One answer as it grows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    pub text: String,
    pub reasoning: BTreeMap<u32, Reasoning>,
    pub tool_calls: BTreeMap<u32, ToolCall>,
    pub others: Vec<Part>,
    pub usage: Usage,
    pub stop: Option<Stop>,
    pub generation: GenerationId,
    pub model: Option<ModelId>,
    pub provider: Option<String>,
    pub receipt: Option<Box<Receipt>>,
    pub failure: Option<Box<Failure>>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolCall {
    pub id: String,
    pub name: String,
    pub arguments: String,
    pub signature: Option<String>,
}

impl Heard {
    /// Takes a piece in; gives back what of it is text to show.
    pub fn delta<'a>(&mut self, delta: &'a Delta) -> Option<&'a str> {
        match delta {
            Delta::Text(text) => {
                self.text.push_str(text);
                return Some(text);
            }
            Delta::Reasoning { index, piece } => {
                let block = self.reasoning.entry(*index).or_default();
                block.kind = piece.kind;
                block.text.push_str(&piece.text);
                for (to, from) in [
                    (&mut block.signature, &piece.signature),
                    (&mut block.data, &piece.data),
                    (&mut block.id, &piece.id),
                    (&mut block.format, &piece.format),
                ] {
                    if from.is_some() {
                        to.clone_from(from);
                    }
                }
            }
            Delta::ToolCall { index, id, name, arguments, signature } => {
                let call = self.tool_calls.entry(*index).or_default();
                if let Some(id) = id {
                    call.id.clone_from(id);
                }
                if let Some(name) = name {
                    call.name.clone_from(name);
                }
                call.arguments.push_str(arguments);
                if signature.is_some() {
                    call.signature.clone_from(signature);
                }
            }
            Delta::Usage { usage, .. } => self.usage = *usage,
            Delta::Stop { reason, .. } => self.stop = Some(*reason),
            Delta::Annotation(value) => self.others.push(Part::Annotation { value: value.clone() }),
            Delta::Image(url) => self
                .others
                .push(Part::Image { source: crate::words::Source::Url { url: url.clone() }, detail: None }),
            Delta::Head { .. } | Delta::Opaque(_) => {}
        }
        None
    }
}

pub fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Every category, also those that are zero, so that a script may rely on them.
pub fn every(usage: Usage) -> Value {
    json!({
        "prompt": usage.prompt,
        "completion": usage.completion,
        "cached_read": usage.cached_read,
        "cache_write_5m": usage.cache_write_5m,
        "cache_write_1h": usage.cache_write_1h,
        "reasoning": usage.reasoning,
        "audio_in": usage.audio_in,
        "audio_out": usage.audio_out,
        "image_out": usage.image_out,
        "images": usage.images,
        "searches": usage.searches,
        "input": usage.input(),
        "output": usage.output(),
        "total": usage.total(),
    })
}

pub fn attempt(attempt: &Attempt) -> Value {
    let (outcome, failure) = match &attempt.outcome {
        Outcome::Answered => ("answered", None),
        Outcome::Cancelled => ("cancelled", None),
        Outcome::Failed(failure) => ("failed", Some(failure)),
    };
    json!({
        "endpoint": attempt.endpoint,
        "model": attempt.model,
        "provider": attempt.provider,
        "outcome": outcome,
        "error": failure.map(|f| json!({"kind": f.kind, "message": f.message})),
        "status": attempt.status,
        "ttft_ms": attempt.ttft.map(millis),
        "total_ms": millis(attempt.total),
        "usage": every(attempt.usage),
        "cost_usd": attempt.cost.booked.map(|usd| usd.to_string()),
        "hedge": attempt.hedge,
        "rescue": attempt.rescue,
    })
}
