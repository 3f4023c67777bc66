//! Gemini's counts as our categories, none of which overlap.

use crate::wire::numbers::{NoCount, count, value};
use crate::words::Usage;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// The counts of a reply. Every chunk has them, so what is written as it should be takes the short way.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Counts {
    #[serde(alias = "prompt_token_count")]
    prompt_token_count: u64,
    #[serde(alias = "tool_use_prompt_token_count")]
    tool_use_prompt_token_count: u64,
    #[serde(alias = "cached_content_token_count")]
    cached_content_token_count: u64,
    #[serde(alias = "candidates_token_count")]
    candidates_token_count: u64,
    #[serde(alias = "thoughts_token_count")]
    thoughts_token_count: u64,
    #[serde(alias = "prompt_tokens_details")]
    prompt_tokens_details: Vec<Detail>,
    #[serde(alias = "cache_tokens_details")]
    cache_tokens_details: Vec<Detail>,
    #[serde(alias = "candidates_tokens_details")]
    candidates_tokens_details: Vec<Detail>,
}

/// Of which kind some of the tokens are.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    #[serde(default)]
    modality: String,
    #[serde(default, alias = "token_count")]
    token_count: u64,
}

impl Counts {
    /// A main count that is none makes it no usage; a detail that is none was not said.
    fn read(raw: &RawValue) -> Result<Self, NoCount> {
        serde_json::from_str(raw.get()).or_else(|_| Self::of(&value(raw)))
    }

    fn of(said: &Value) -> Result<Self, NoCount> {
        let field = |camel: &str, snake: &str| said.get(camel).or_else(|| said.get(snake));
        let number = |camel: &str, snake: &str| count(field(camel, snake)).map(Option::unwrap_or_default);
        let detail = |said: &Value| {
            Some(Detail {
                modality: said.get("modality")?.as_str()?.to_owned(),
                token_count: count(said.get("tokenCount").or_else(|| said.get("token_count"))).ok()??,
            })
        };
        let details = |camel: &str, snake: &str| {
            field(camel, snake).and_then(Value::as_array).into_iter().flatten().filter_map(detail).collect()
        };
        Ok(Self {
            prompt_token_count: number("promptTokenCount", "prompt_token_count")?,
            tool_use_prompt_token_count: number("toolUsePromptTokenCount", "tool_use_prompt_token_count")?,
            cached_content_token_count: number("cachedContentTokenCount", "cached_content_token_count")
                .unwrap_or_default(),
            candidates_token_count: number("candidatesTokenCount", "candidates_token_count")?,
            thoughts_token_count: number("thoughtsTokenCount", "thoughts_token_count")?,
            prompt_tokens_details: details("promptTokensDetails", "prompt_tokens_details"),
            cache_tokens_details: details("cacheTokensDetails", "cache_tokens_details"),
            candidates_tokens_details: details("candidatesTokensDetails", "candidates_tokens_details"),
        })
    }
}

/// What a reply's counts come to; `Err`: a main count that is none makes it no usage.
pub(super) fn read(raw: &RawValue, searches: u64) -> Result<Usage, NoCount> {
    Counts::read(raw).map(|counts| tally(&counts, searches))
}

/// Google's prompt count has the cached tokens in it and not those of its own tools; its output count has no thoughts.
fn tally(said: &Counts, searches: u64) -> Usage {
    let modality = |details: &[Detail], wanted: &str| {
        let counts = details.iter().filter(|d| d.modality == wanted).map(|d| d.token_count);
        counts.fold(0, u64::saturating_add)
    };
    let input = said.prompt_token_count.saturating_add(said.tool_use_prompt_token_count);
    let cached = said.cached_content_token_count.min(input);
    // a token is counted once: cached audio counts as cached
    let audio_in = modality(&said.prompt_tokens_details, "AUDIO")
        .saturating_sub(modality(&said.cache_tokens_details, "AUDIO"))
        .min(input - cached);
    let output = said.candidates_token_count;
    let image_out = modality(&said.candidates_tokens_details, "IMAGE").min(output);
    let audio_out = modality(&said.candidates_tokens_details, "AUDIO").min(output - image_out);
    Usage {
        prompt: input - cached - audio_in,
        cached_read: cached,
        audio_in,
        completion: output - image_out - audio_out,
        reasoning: said.thoughts_token_count,
        audio_out,
        image_out,
        searches,
        ..Usage::default()
    }
}
