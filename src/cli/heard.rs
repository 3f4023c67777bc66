//! Gathers a stream of replies into what was heard: text, thinking, tool calls, receipt.

use crate::words::{Attempt, Delta, Failure, GenerationId, ModelId, Outcome, Part, Receipt, Reply, Said};
use serde_json::{Value, json};

/// One answer as it grows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    pub text: String,
    pub said: Said,
    pub generation: GenerationId,
    pub model: Option<ModelId>,
    pub provider: Option<String>,
    pub receipt: Option<Box<Receipt>>,
    pub failure: Option<Box<Failure>>,
}

impl Heard {
    /// Takes a piece in; gives back what of it is text to show.
    pub fn delta<'a>(&mut self, delta: &'a Delta) -> Option<&'a str> {
        self.said.add(delta.clone());
        match delta {
            Delta::Text(text) => {
                self.text.push_str(text);
                Some(text)
            }
            _ => None,
        }
    }

    /// Takes in what is not a delta.
    pub fn end(&mut self, reply: Reply) {
        match reply {
            Reply::Chosen(chosen) | Reply::Resumed { chosen, .. } => {
                self.model = Some(chosen.model);
                self.provider = Some(chosen.provider.to_string());
            }
            Reply::Done(receipt) => self.receipt = Some(receipt),
            Reply::Failed { failure, receipt } => {
                self.failure = Some(failure);
                self.receipt = Some(receipt);
            }
            Reply::Waiting { .. } | Reply::FellBack { .. } | Reply::Delta(_) => {}
        }
    }

    /// The one object of `ask --json`.
    pub fn json(&self) -> Value {
        let receipt = self.receipt.as_deref();
        let usage = receipt.map_or_else(|| self.said.usage.unwrap_or_default(), |r| r.usage);
        let stop = receipt.and_then(|r| r.stop).or(self.said.stop.as_ref().map(|(reason, _)| *reason));
        let finish = match (stop, &self.failure) {
            (_, Some(_)) => Some("error"),
            (Some(stop), None) => Some(stop.name()),
            (None, None) => None,
        };
        json!({
            "text": self.text,
            "reasoning": self.said.thoughts(),
            "tool_calls": self.said.parts.iter().filter_map(|part| match part {
                Part::ToolCall { id, name, arguments, .. } => {
                    Some(json!({ "id": id, "name": name, "arguments": arguments }))
                }
                _ => None,
            }).collect::<Vec<_>>(),
            "model": receipt.map(|r| r.model.to_string()).or_else(|| self.model.as_ref().map(ToString::to_string)),
            "provider": receipt.map(|r| r.provider.to_string()).or_else(|| self.provider.clone()),
            "finish_reason": finish,
            "usage": usage.in_full(),
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
        "usage": attempt.usage.in_full(),
        "cost_usd": attempt.cost.booked.map(|usd| usd.to_string()),
        "hedge": attempt.hedge,
        "rescue": attempt.rescue,
    })
}
