//! OpenAI-style usage, whose counts contain each other, taken apart into categories that do not.

use crate::wire::numbers::{count, parse};
use crate::words::{Usage, Usd, UsdError};
use serde_json::Value;
use serde_json::value::RawValue;

/// What an OpenAI-style `usage` object says, with the cost if the provider names one. `None`: no object, or nothing in
/// it, or a main count that is none; a detail that is none was not said.
pub fn usage(raw: &str) -> Option<(Usage, Option<Usd>)> {
    let said = parse(raw.as_bytes());
    let said = said.as_object()?;
    let main = |keys: [&str; 2]| keys.iter().find_map(|key| count(said.get(*key)).transpose()).transpose();
    let input = main(["prompt_tokens", "input_tokens"]).ok()?;
    let output = main(["completion_tokens", "output_tokens"]).ok()?;
    if input.is_none() && output.is_none() {
        return None;
    }
    let (input, mut output) = (input.unwrap_or(0), output.unwrap_or(0));
    let number = |at: &Value| count(Some(at)).ok()?;
    let one = |keys: &[&str]| keys.iter().find_map(|key| number(said.get(*key)?));
    // looked up once: most have neither, and a last chunk is waited for
    let details = |key, other| [said.get(key), said.get(other)];
    let (of_input, of_output) = (
        details("prompt_tokens_details", "input_tokens_details"),
        details("completion_tokens_details", "output_tokens_details"),
    );
    let part =
        |of: [Option<&Value>; 2], key: &str| of.into_iter().flatten().find_map(|d| number(d.get(key)?));
    let cached = part(of_input, "cached_tokens")
        .or_else(|| {
            one(&["prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens", "cache_read_input_tokens"])
        })
        .unwrap_or(0)
        .min(input);
    let written_1h = said
        .get("cache_creation")
        .and_then(|written| number(written.get("ephemeral_1h_input_tokens")?))
        .unwrap_or(0)
        .min(input - cached);
    let written = part(of_input, "cache_write_tokens")
        .or_else(|| part(of_input, "cache_creation_tokens"))
        .or_else(|| one(&["cache_creation_input_tokens"]))
        .unwrap_or(0)
        .min(input - cached)
        .max(written_1h);
    let audio_in = part(of_input, "audio_tokens").unwrap_or(0).min(input - cached - written);
    let reasoning = part(of_output, "reasoning_tokens").or_else(|| one(&["reasoning_tokens"])).unwrap_or(0);
    // xAI counts thinking beside the completion, not inside it: the total tells
    let together = input.saturating_add(output);
    if reasoning > 0 {
        let total = one(&["total_tokens"]);
        let beside = total == Some(together.saturating_add(reasoning));
        if (output < reasoning || beside) && total != Some(together) {
            output = output.saturating_add(reasoning);
        }
    }
    let reasoning = reasoning.min(output);
    let audio_out = part(of_output, "audio_tokens").unwrap_or(0).min(output - reasoning);
    let image_out = part(of_output, "image_tokens").unwrap_or(0).min(output - reasoning - audio_out);
    let searches = [
        ("server_tool_use_details", "web_search_requests"),
        ("server_tool_use", "web_search_requests"),
        ("server_side_tool_usage_details", "web_search_calls"),
    ]
    .into_iter()
    .find_map(|(uses, key)| number(said.get(uses)?.get(key)?))
    .or_else(|| one(&["num_search_queries"]))
    .unwrap_or(0);
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
        searches,
    };
    let costs = said.contains_key("cost") || said.contains_key("cost_in_usd_ticks");
    Some((usage, if costs { cost(raw) } else { None }))
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
