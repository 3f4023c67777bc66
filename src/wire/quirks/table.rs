//! Which dialect departs in what: a row a quirk, after the providers' own documents.

use super::Effect::{self, *};
use super::Thinking;
use crate::wire::prefill::Prefill;

/// One row: a name that `Endpoint::quirks` may hold, and what follows from it.
pub struct Quirk {
    pub name: &'static str,
    pub(super) effects: &'static [Effect],
}

const fn quirk(name: &'static str, effects: &'static [Effect]) -> Quirk {
    Quirk { name, effects }
}

/// What models that think refuse to be told, OpenAI's first.
pub(super) const SAMPLING: &[&str] = &[
    "temperature",
    "top_p",
    "frequency_penalty",
    "presence_penalty",
    "logit_bias",
    "logprobs",
    "top_logprobs",
];

/// Parameters that OpenAI's own format does not have.
const OTHERS: Effect = NotTaken(&["top_k", "min_p", "top_a", "repetition_penalty"]);
const LOGITS: Effect = NotTaken(&["logit_bias", "logprobs", "top_logprobs"]);
const BIAS: Effect = NotTaken(&["logit_bias"]);
const PENALTIES: Effect = NotTaken(&["frequency_penalty", "presence_penalty"]);
const SEED: Effect = NotTaken(&["seed"]);
const VERBOSITY: Effect = NotTaken(&["verbosity"]);
const TIER: Effect = NotTaken(&["service_tier"]);
const USER: Effect = NotTaken(&["user"]);
const PARALLEL: Effect = NotTaken(&["parallel_tool_calls"]);
/// What every server takes that runs open models in the usual way.
const TOP_A: Effect = NotTaken(&["top_a"]);

/// Every quirk. A provider's name stands for its whole dialect.
pub static QUIRKS: &[Quirk] = &[
    // single departures
    quirk("stream_usage", &[StreamUsage]),
    quirk("max_completion_tokens", &[MaxCompletionTokens]),
    quirk("developer_role", &[DeveloperRole]),
    quirk("fine_efforts", &[FineEfforts]),
    quirk("reasoning_object", &[Thinking(Thinking::Object)]),
    quirk("thinking_toggle", &[Thinking(Thinking::Toggle)]),
    quirk("thinking_ladder", &[Thinking(Thinking::Ladder)]),
    quirk("enable_thinking", &[Thinking(Thinking::Enable)]),
    quirk("template_thinking", &[Thinking(Thinking::TemplateKwargs)]),
    quirk("replay_reasoning", &[ReplayReasoning]),
    quirk("cache_marks", &[CacheMarks]),
    quirk("prefill", &[Prefill(Prefill::Last)]),
    quirk("prefill_prefix", &[Prefill(Prefill::Prefix)]),
    quirk("prefill_partial", &[Prefill(Prefill::Partial)]),
    quirk("prefill_continue", &[Prefill(Prefill::Continue)]),
    quirk("prefill_beta", &[Prefill(Prefill::BetaPrefix)]),
    // has a web search of its own; `search.rs` says how it is asked for
    quirk("web_search", &[]),
    // can be told what to do with thoughts it no longer takes; `anthropic/encode.rs` tells it
    quirk("thinking_binding", &[]),
    // its template opens the thoughts, so that only their end is heard; `think_tags.rs` hears it
    quirk(crate::wire::think_tags::OPENED, &[]),
    // makers of models
    quirk("openai", &[StreamUsage, MaxCompletionTokens, FineEfforts, OTHERS]),
    quirk("azure", &[Azure, FineEfforts, OTHERS]),
    quirk("mistral", &[RandomSeed, ShortToolIds, DocumentUrl, OTHERS, LOGITS, VERBOSITY, TIER, USER]),
    quirk(
        "deepseek",
        &[Thinking(Thinking::Ladder), ReplayReasoning, OTHERS, BIAS, SEED, VERBOSITY, PARALLEL, TIER],
    ),
    quirk(
        "moonshot",
        &[
            MaxCompletionTokens,
            Thinking(Thinking::Ladder),
            ReplayReasoning,
            // fixed there: another value is refused
            NotTakenBy("kimi-", &["temperature", "top_p", "frequency_penalty", "presence_penalty"]),
            OTHERS,
            LOGITS,
            SEED,
            VERBOSITY,
            TIER,
        ],
    ),
    quirk(
        "zai",
        &[
            Thinking(Thinking::Ladder),
            ReplayReasoning,
            ToolStream,
            OTHERS,
            LOGITS,
            PENALTIES,
            SEED,
            VERBOSITY,
            TIER,
            PARALLEL,
        ],
    ),
    quirk(
        "alibaba",
        &[
            Thinking(Thinking::Enable),
            CacheMarksPlain,
            NotTaken(&["logit_bias", "min_p", "top_a"]),
            VERBOSITY,
            TIER,
        ],
    ),
    quirk(
        "xai",
        &[
            MaxCompletionTokens,
            // they think as much as they like and refuse to be told
            NotTakenBy("grok-4-", &["reasoning"]),
            NotTakenBy("grok-4.20", &["reasoning"]),
            NotTakenBy("grok-code", &["reasoning"]),
            OTHERS,
            BIAS,
            VERBOSITY,
        ],
    ),
    quirk("cohere", &[OTHERS, NotTaken(&["logit_bias", "top_logprobs"]), PARALLEL, VERBOSITY, TIER, USER]),
    quirk(
        "perplexity",
        &[
            NotTaken(&["min_p", "top_a", "repetition_penalty", "stop"]),
            LOGITS,
            SEED,
            PARALLEL,
            VERBOSITY,
            TIER,
        ],
    ),
    // hosts of open models
    quirk(
        "groq",
        &[
            StreamUsage,
            MaxCompletionTokens,
            Thinking(Thinking::Groq),
            EffortSwitch("default", &["qwen/qwen3-32b", "qwen/qwen3.6"]),
            OTHERS,
            LOGITS,
            VERBOSITY,
        ],
    ),
    quirk("cerebras", &[MaxCompletionTokens, OTHERS, PENALTIES, BIAS, VERBOSITY]),
    quirk("together", &[TOP_A, VERBOSITY, PARALLEL, TIER, USER]),
    quirk("fireworks", &[TOP_A, VERBOSITY]),
    quirk("deepinfra", &[TOP_A, VERBOSITY]),
    quirk("nvidia", &[Thinking(Thinking::TemplateKwargs), TOP_A, VERBOSITY, BIAS, TIER]),
    // resellers
    quirk("openrouter", &[OpenRouter, Thinking(Thinking::Object), CacheMarks, FineEfforts]),
    quirk("huggingface", &[OTHERS, VERBOSITY, TIER]),
    quirk("github", &[OTHERS, VERBOSITY, TIER]),
    // local servers
    quirk("ollama", &[OTHERS, BIAS, VERBOSITY, PARALLEL, TIER]),
    quirk("lmstudio", &[TOP_A, VERBOSITY, TIER]),
    quirk("llamacpp", &[Thinking(Thinking::TemplateKwargs), TOP_A, VERBOSITY, TIER]),
    quirk("vllm", &[Thinking(Thinking::TemplateKwargs), TOP_A, VERBOSITY, TIER]),
];
