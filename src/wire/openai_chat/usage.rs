//! OpenAI-style usage, whose counts contain each other, taken apart into categories that do not.

use crate::wire::numbers::{count, parse};
use crate::words::{Usage, Usd, UsdError};
use serde_json::value::RawValue;

/// What an OpenAI-style `usage` object says, with the cost if the provider names one. `None`: no object, or nothing in
/// it, or a main count that is none; a detail that is none was not said.
pub fn usage(raw: &str) -> Option<(Usage, Option<Usd>)> {
    let said = parse(raw.as_bytes());
    let said = said.as_object()?;
    let main = |keys: [&str; 2]| keys.iter().find_map(|key| count(said.get(*key)).transpose()).transpose();
    let number = |keys: &[&str]| {
        keys.iter().find_map(|path| {
            let mut at = said.get(path.split('.').next()?)?;
            for key in path.split('.').skip(1) {
                at = at.get(key)?;
            }
            count(Some(at)).ok()?
        })
    };
    let input = main(["prompt_tokens", "input_tokens"]).ok()?;
    let output = main(["completion_tokens", "output_tokens"]).ok()?;
    if input.is_none() && output.is_none() {
        return None;
    }
    let (input, mut output) = (input.unwrap_or(0), output.unwrap_or(0));
    let cached = number(&[
        "prompt_tokens_details.cached_tokens",
        "input_tokens_details.cached_tokens",
        "prompt_cache_hit_tokens",
        "cached_tokens",
        "num_cached_tokens",
        "cache_read_input_tokens",
    ])
    .unwrap_or(0)
    .min(input);
    let written_1h = number(&["cache_creation.ephemeral_1h_input_tokens"]).unwrap_or(0).min(input - cached);
    let written = number(&[
        "prompt_tokens_details.cache_write_tokens",
        "input_tokens_details.cache_write_tokens",
        "prompt_tokens_details.cache_creation_tokens",
        "cache_creation_input_tokens",
    ])
    .unwrap_or(0)
    .min(input - cached)
    .max(written_1h);
    let audio_in = number(&["prompt_tokens_details.audio_tokens", "input_tokens_details.audio_tokens"])
        .unwrap_or(0)
        .min(input - cached - written);
    let reasoning = number(&[
        "completion_tokens_details.reasoning_tokens",
        "output_tokens_details.reasoning_tokens",
        "reasoning_tokens",
    ])
    .unwrap_or(0);
    // xAI counts thinking beside the completion, not inside it: the total tells
    let together = input.saturating_add(output);
    if reasoning > 0
        && (output < reasoning || number(&["total_tokens"]) == Some(together.saturating_add(reasoning)))
        && number(&["total_tokens"]) != Some(together)
    {
        output = output.saturating_add(reasoning);
    }
    let reasoning = reasoning.min(output);
    let audio_out = number(&["completion_tokens_details.audio_tokens", "output_tokens_details.audio_tokens"])
        .unwrap_or(0)
        .min(output - reasoning);
    let image_out = number(&["completion_tokens_details.image_tokens", "output_tokens_details.image_tokens"])
        .unwrap_or(0)
        .min(output - reasoning - audio_out);
    let usage = Usage {
        prompt: input - cached - written - audio_in,
        completion: output - reasoning - audio_out - image_out,
        cached_read: cached,
        cache_write_5m: written - written_1h,
        cache_write_1h: written_1h,
        reasoning,
        audio_in,
        audio_out,
        image_out,
        images: 0,
        searches: number(&[
            "server_tool_use_details.web_search_requests",
            "server_tool_use.web_search_requests",
            "server_side_tool_usage_details.web_search_calls",
            "num_search_queries",
        ])
        .unwrap_or(0),
    };
    Some((usage, cost(raw)))
}

/// The provider's own figure, by its digits: OpenRouter's `cost`, Perplexity's `cost.total_cost`, xAI's ticks.
fn cost(raw: &str) -> Option<Usd> {
    let object =
        |raw: &str| serde_json::from_str::<std::collections::HashMap<String, Box<RawValue>>>(raw).ok();
    let said = object(raw)?;
    let amount = |raw: Option<&Box<RawValue>>| charged(raw?.get());
    if let Some(ticks) =
        said.get("cost_in_usd_ticks").and_then(|raw| raw.get().parse::<i128>().ok()).filter(|n| *n != 0)
    {
        // a tick is 10⁻¹⁰ dollars
        return Some(Usd::from_raw(ticks.saturating_mul(10i128.pow(14))));
    }
    let cost = said.get("cost")?;
    if let Some(parts) = object(cost.get()) {
        return amount(parts.get("total_cost"));
    }
    let charged = amount(Some(cost))?;
    // with a key of one's own the bill comes from the provider, and `cost` is OpenRouter's fee
    if said.get("is_byok").is_some_and(|raw| raw.get() == "true") {
        let upstream = said.get("cost_details").and_then(|raw| object(raw.get()));
        let upstream = upstream.and_then(|d| amount(d.get("upstream_inference_cost"))).unwrap_or_default();
        let least = charged.min(upstream);
        // a sum must not hide that one of them is below nothing
        return Some(if least < Usd::ZERO { least } else { charged + upstream });
    }
    Some(charged)
}

/// An amount as it was said. One that no amount can be (`NaN`, 10³⁰) is the largest there is, which nobody believes;
/// one that is not said, or said finer than money goes, is none.
fn charged(raw: &str) -> Option<Usd> {
    let text = raw.trim_matches('"');
    match text.parse() {
        Ok(amount) => Some(amount),
        Err(UsdError::TooFine(_)) => None,
        Err(_) => (!matches!(text, "" | "null")).then_some(Usd::MAX),
    }
}
