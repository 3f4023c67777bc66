//! Gathers a stream of replies into what was heard: text, thinking, tool calls, receipt.

use crate::words::{
    Attempt, Delta, Failure, GenerationId, ModelId, Outcome, Part, Reasoning, Receipt, Reply, Stop, Usage,
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
            Delta::Image(url) => {
                self.others.push(Part::image(crate::words::Source::Url { url: url.clone() }))
            }
            Delta::Head { .. } | Delta::Opaque(_) => {}
        }
        None
    }

    /// Takes in what is not a delta.
    pub fn end(&mut self, reply: Reply) {
        match reply {
            Reply::Chosen(chosen) => {
                self.model = Some(chosen.model);
                self.provider = Some(chosen.provider.to_string());
            }
            Reply::Resumed { model, .. } => self.model = Some(model),
            Reply::Done(receipt) => self.receipt = Some(receipt),
            Reply::Failed { failure, receipt } => {
                self.failure = Some(failure);
                self.receipt = Some(receipt);
            }
            Reply::Waiting { .. } | Reply::FellBack { .. } | Reply::Delta(_) => {}
        }
    }

    /// As parts of a message.
    pub fn parts(&self) -> Vec<Part> {
        let mut parts: Vec<Part> = self.reasoning.values().cloned().map(Part::Reasoning).collect();
        if !self.text.is_empty() {
            parts.push(Part::text(self.text.clone()));
        }
        parts.extend(self.tool_calls.values().cloned().map(|call| Part::ToolCall {
            id: call.id,
            name: call.name,
            arguments: call.arguments,
            signature: call.signature,
        }));
        parts.extend(self.others.iter().cloned());
        parts
    }

    /// The one object of `ask --json`.
    pub fn json(&self) -> Value {
        let receipt = self.receipt.as_deref();
        let usage = receipt.map_or(self.usage, |r| r.usage);
        let thoughts: Vec<&str> = self.reasoning.values().map(|r| r.text.as_str()).collect();
        let stop = receipt.and_then(|r| r.stop).or(self.stop);
        let finish = match (stop, &self.failure) {
            (_, Some(_)) => Some("error"),
            (Some(stop), None) => Some(stop.name()),
            (None, None) => None,
        };
        json!({
            "text": self.text,
            "reasoning": thoughts.concat(),
            "tool_calls": self.tool_calls.values().map(|call| json!({
                "id": call.id, "name": call.name, "arguments": call.arguments,
            })).collect::<Vec<_>>(),
            "model": receipt.map(|r| r.model.to_string()).or_else(|| self.model.as_ref().map(ToString::to_string)),
            "provider": receipt.map(|r| r.provider.to_string()).or_else(|| self.provider.clone()),
            "finish_reason": finish,
            "usage": every(usage),
            "cost_usd": receipt.and_then(|r| r.cost.booked).map(|usd| usd.to_string()),
            "cost_source": receipt.map_or("unknown", |r| r.cost.source.name()),
            "attempts": receipt.map(|r| r.attempts.iter().map(attempt).collect::<Vec<_>>()).unwrap_or_default(),
            "ttft_ms": receipt.and_then(|r| r.ttft).map(millis),
            "total_ms": receipt.map(|r| millis(r.total)),
            "generation": receipt.map_or(self.generation, |r| r.generation).to_string(),
        })
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
