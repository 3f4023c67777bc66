//! Where dialects of the OpenAI chat format depart from it: one table, a row a quirk; a provider lists the rows it needs.

use super::prefill::Prefill;
use crate::words::{CacheMark, Endpoint};

/// One row: a name that `Endpoint::quirks` may hold, and what follows from it.
pub struct Quirk {
    pub name: &'static str,
    effects: &'static [Effect],
}

#[derive(Clone, Copy)]
enum Effect {
    StreamUsage,
    MaxCompletionTokens,
    DeveloperRole,
    Thinking(Thinking),
    /// Also takes `minimal`, `xhigh` and `none`.
    FineEfforts,
    /// Parameters (OpenRouter's names) that are refused or ignored there; never sent.
    NotTaken(&'static [&'static str]),
    Azure,
    /// `reasoning_content` of an open tool loop is wanted back.
    ReplayReasoning,
    OpenRouter,
    CacheMarks,
    /// Keeps every mark for the same time, and takes none that names one.
    CacheMarksPlain,
    RandomSeed,
    ShortToolIds,
    /// Goes on from a last message of the assistant.
    Prefill(Prefill),
    DocumentUrl,
}

/// How a dialect wants to be told to think.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Thinking {
    /// `reasoning_effort: "high"`
    #[default]
    Effort,
    /// OpenRouter's `reasoning` object.
    Object,
    /// `thinking: {"type": "enabled"}`
    Toggle,
    /// `enable_thinking`, `thinking_budget`
    Enable,
    /// `chat_template_kwargs: {"enable_thinking": true}`
    TemplateKwargs,
    /// `reasoning_effort` and `reasoning_format: "parsed"`
    Groq,
}

use Effect::*;

const OPENAI_ONLY_SAMPLING: &[&str] = &["top_k", "min_p", "top_a", "repetition_penalty"];

/// Every quirk. A provider's name stands for its whole dialect.
pub static QUIRKS: &[Quirk] = &[
    // single departures
    Quirk { name: "stream_usage", effects: &[StreamUsage] },
    Quirk { name: "max_completion_tokens", effects: &[MaxCompletionTokens] },
    Quirk { name: "developer_role", effects: &[DeveloperRole] },
    Quirk { name: "fine_efforts", effects: &[FineEfforts] },
    Quirk { name: "reasoning_object", effects: &[Thinking(Thinking::Object)] },
    Quirk { name: "thinking_toggle", effects: &[Thinking(Thinking::Toggle)] },
    Quirk { name: "enable_thinking", effects: &[Thinking(Thinking::Enable)] },
    Quirk { name: "template_thinking", effects: &[Thinking(Thinking::TemplateKwargs)] },
    Quirk { name: "replay_reasoning", effects: &[ReplayReasoning] },
    Quirk { name: "cache_marks", effects: &[CacheMarks] },
    Quirk { name: "prefill", effects: &[Prefill(Prefill::Last)] },
    Quirk { name: "prefill_prefix", effects: &[Prefill(Prefill::Prefix)] },
    Quirk { name: "prefill_partial", effects: &[Prefill(Prefill::Partial)] },
    Quirk { name: "prefill_continue", effects: &[Prefill(Prefill::Continue)] },
    Quirk { name: "prefill_beta", effects: &[Prefill(Prefill::BetaPrefix)] },
    // has a web search of its own; `search.rs` says how it is asked for
    Quirk { name: "web_search", effects: &[] },
    // dialects
    Quirk {
        name: "openai",
        effects: &[StreamUsage, MaxCompletionTokens, FineEfforts, NotTaken(OPENAI_ONLY_SAMPLING)],
    },
    Quirk { name: "azure", effects: &[Azure, FineEfforts, NotTaken(OPENAI_ONLY_SAMPLING)] },
    Quirk { name: "openrouter", effects: &[OpenRouter, Thinking(Thinking::Object), CacheMarks, FineEfforts] },
    Quirk {
        name: "groq",
        effects: &[
            StreamUsage,
            MaxCompletionTokens,
            Thinking(Thinking::Groq),
            NotTaken(&[
                "logprobs",
                "top_logprobs",
                "logit_bias",
                "top_k",
                "min_p",
                "top_a",
                "repetition_penalty",
                "verbosity",
            ]),
        ],
    },
    Quirk {
        name: "mistral",
        effects: &[
            RandomSeed,
            ShortToolIds,
            DocumentUrl,
            NotTaken(&[
                "logprobs",
                "top_logprobs",
                "logit_bias",
                "top_k",
                "min_p",
                "top_a",
                "repetition_penalty",
                "verbosity",
                "service_tier",
                "user",
            ]),
        ],
    },
    Quirk {
        name: "deepseek",
        effects: &[
            Thinking(Thinking::Toggle),
            ReplayReasoning,
            NotTaken(&[
                "logit_bias",
                "seed",
                "top_k",
                "min_p",
                "top_a",
                "repetition_penalty",
                "verbosity",
                "parallel_tool_calls",
                "service_tier",
            ]),
        ],
    },
    Quirk {
        name: "moonshot",
        effects: &[
            Thinking(Thinking::Toggle),
            ReplayReasoning,
            NotTaken(&[
                "logit_bias",
                "logprobs",
                "top_logprobs",
                "seed",
                "top_k",
                "min_p",
                "top_a",
                "repetition_penalty",
                "verbosity",
                "service_tier",
            ]),
        ],
    },
    Quirk {
        name: "zai",
        effects: &[
            Thinking(Thinking::Toggle),
            ReplayReasoning,
            NotTaken(&[
                "logit_bias",
                "logprobs",
                "top_logprobs",
                "frequency_penalty",
                "presence_penalty",
                "seed",
                "top_k",
                "min_p",
                "top_a",
                "repetition_penalty",
                "verbosity",
                "service_tier",
            ]),
        ],
    },
    Quirk {
        name: "alibaba",
        effects: &[
            Thinking(Thinking::Enable),
            CacheMarksPlain,
            NotTaken(&["logit_bias", "min_p", "top_a", "verbosity", "service_tier"]),
        ],
    },
    Quirk {
        name: "xai",
        effects: &[
            MaxCompletionTokens,
            NotTaken(&["logit_bias", "top_k", "min_p", "top_a", "repetition_penalty", "verbosity"]),
        ],
    },
    Quirk {
        name: "perplexity",
        effects: &[NotTaken(&[
            "logit_bias",
            "logprobs",
            "top_logprobs",
            "min_p",
            "top_a",
            "repetition_penalty",
            "seed",
            "stop",
            "parallel_tool_calls",
            "verbosity",
            "service_tier",
        ])],
    },
    Quirk {
        name: "cohere",
        effects: &[NotTaken(&[
            "logit_bias",
            "top_logprobs",
            "top_k",
            "min_p",
            "top_a",
            "repetition_penalty",
            "parallel_tool_calls",
            "verbosity",
            "service_tier",
            "user",
        ])],
    },
    Quirk {
        name: "cerebras",
        effects: &[
            MaxCompletionTokens,
            NotTaken(&[
                "frequency_penalty",
                "presence_penalty",
                "logit_bias",
                "top_k",
                "min_p",
                "top_a",
                "repetition_penalty",
                "verbosity",
            ]),
        ],
    },
    Quirk {
        name: "together",
        effects: &[NotTaken(&["top_a", "verbosity", "parallel_tool_calls", "service_tier", "user"])],
    },
    Quirk { name: "fireworks", effects: &[NotTaken(&["top_a", "verbosity"])] },
    Quirk { name: "deepinfra", effects: &[NotTaken(&["top_a", "verbosity"])] },
    Quirk {
        name: "nvidia",
        effects: &[
            Thinking(Thinking::TemplateKwargs),
            NotTaken(&["top_a", "verbosity", "logit_bias", "service_tier"]),
        ],
    },
    Quirk {
        name: "huggingface",
        effects: &[NotTaken(&["top_k", "min_p", "top_a", "repetition_penalty", "verbosity", "service_tier"])],
    },
    Quirk {
        name: "github",
        effects: &[NotTaken(&["top_k", "min_p", "top_a", "repetition_penalty", "verbosity", "service_tier"])],
    },
    // local servers
    Quirk {
        name: "ollama",
        effects: &[NotTaken(&[
            "logit_bias",
            "min_p",
            "top_k",
            "top_a",
            "repetition_penalty",
            "verbosity",
            "parallel_tool_calls",
            "service_tier",
        ])],
    },
    Quirk { name: "lmstudio", effects: &[NotTaken(&["top_a", "verbosity", "service_tier"])] },
    Quirk {
        name: "llamacpp",
        effects: &[Thinking(Thinking::TemplateKwargs), NotTaken(&["top_a", "verbosity", "service_tier"])],
    },
    Quirk {
        name: "vllm",
        effects: &[Thinking(Thinking::TemplateKwargs), NotTaken(&["top_a", "verbosity", "service_tier"])],
    },
];

/// Whether `name` may stand in `Endpoint::quirks`; `api_version=...` (Azure) may too.
pub fn is_quirk(name: &str) -> bool {
    QUIRKS.iter().any(|quirk| quirk.name == name) || name.starts_with("api_version=")
}

/// What an endpoint's quirks come to.
#[derive(Debug, Default)]
pub struct Dialect {
    pub stream_usage: bool,
    pub max_completion_tokens: bool,
    pub developer_role: bool,
    pub thinking: Thinking,
    pub fine_efforts: bool,
    pub azure: bool,
    pub replay_reasoning: bool,
    pub openrouter: bool,
    /// Takes cache marks, and whether with the time they are kept.
    cache_marks: Option<bool>,
    pub random_seed: bool,
    pub short_tool_ids: bool,
    pub prefill: Option<Prefill>,
    pub document_url: bool,
    /// The tag of its opaque parts.
    pub own: String,
    not_taken: Vec<&'static [&'static str]>,
}

impl Dialect {
    /// Unknown names say nothing; the catalog's own test holds its table to [`is_quirk`].
    pub fn of(endpoint: &Endpoint) -> Self {
        let mut dialect = Self { own: super::own(endpoint), ..Self::default() };
        let effects = endpoint
            .quirks
            .iter()
            .filter_map(|name| QUIRKS.iter().find(|quirk| quirk.name == name))
            .flat_map(|quirk| quirk.effects);
        for effect in effects {
            match *effect {
                StreamUsage => dialect.stream_usage = true,
                MaxCompletionTokens => dialect.max_completion_tokens = true,
                DeveloperRole => dialect.developer_role = true,
                Thinking(thinking) => dialect.thinking = thinking,
                FineEfforts => dialect.fine_efforts = true,
                NotTaken(names) => dialect.not_taken.push(names),
                Azure => dialect.azure = true,
                ReplayReasoning => dialect.replay_reasoning = true,
                OpenRouter => dialect.openrouter = true,
                CacheMarks => dialect.cache_marks = Some(true),
                CacheMarksPlain => dialect.cache_marks = Some(false),
                RandomSeed => dialect.random_seed = true,
                ShortToolIds => dialect.short_tool_ids = true,
                Prefill(form) => dialect.prefill = Some(form),
                DocumentUrl => dialect.document_url = true,
            }
        }
        dialect
    }

    /// The mark as it may be sent there.
    pub fn cache_mark(&self, mark: CacheMark) -> CacheMark {
        match self.cache_marks {
            Some(true) => mark,
            Some(false) if mark.is_set() => CacheMark::Plain,
            _ => CacheMark::None,
        }
    }

    pub fn takes(&self, parameter: &str) -> bool {
        !self.not_taken.iter().any(|names| names.contains(&parameter))
    }
}
