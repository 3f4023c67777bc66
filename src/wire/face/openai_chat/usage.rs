//! Usage as OpenAI and OpenRouter count it: prompt tokens include cached ones, completion tokens include reasoning.

use crate::words::{Outcome, Receipt, Usage, Usd};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

#[derive(Serialize)]
pub(super) struct UsageBody {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
    /// Dollars, all digits; left out when the price is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Box<RawValue>>,
    prompt_tokens_details: Value,
    completion_tokens_details: Value,
}

impl UsageBody {
    pub(super) fn of(receipt: &Receipt) -> Self {
        let usage: &Usage = &receipt.usage;
        Self {
            prompt_tokens: usage.input(),
            completion_tokens: usage.output(),
            total_tokens: usage.total(),
            cost: receipt.cost.booked.and_then(number),
            prompt_tokens_details: json!({
                "cached_tokens": usage.cached_read,
                "cache_write_tokens": usage.cache_write_5m + usage.cache_write_1h,
                "audio_tokens": usage.audio_in,
            }),
            completion_tokens_details: json!({
                "reasoning_tokens": usage.reasoning,
                "audio_tokens": usage.audio_out,
                "image_tokens": usage.image_out,
            }),
        }
    }
}

/// A JSON number with every digit: a floating-point one would round money.
fn number(amount: Usd) -> Option<Box<RawValue>> {
    RawValue::from_string(amount.to_string()).ok()
}

/// What fareway adds: who was asked, why, and where a reply was continued.
pub(super) fn metadata(receipt: &Receipt) -> Value {
    let attempts: Vec<Value> = receipt
        .attempts
        .iter()
        .map(|attempt| {
            json!({
                "endpoint": attempt.endpoint,
                "status": attempt.status,
                "outcome": match &attempt.outcome {
                    Outcome::Answered => "answered".to_owned(),
                    Outcome::Cancelled => "cancelled".to_owned(),
                    Outcome::Failed(failure) => failure.message.clone(),
                },
                "rescue": attempt.rescue,
                "hedge": attempt.hedge,
                "cost": attempt.cost.booked,
            })
        })
        .collect();
    json!({
        "generation": receipt.generation.to_string(),
        "requested": receipt.requested,
        "endpoint": receipt.endpoint,
        "resolved": receipt.decision.as_ref().map(|d| d.resolved.clone()),
        "strategy": receipt.decision.as_ref().map(|d| d.strategy.clone()),
        "why": receipt.decision.as_ref().map(|d| d.why.clone()),
        "cost_source": receipt.cost.source.name(),
        "demo": receipt.demo,
        "attempts": attempts,
    })
}
