//! Where dialects of the OpenAI chat format depart from it: a provider lists the rows of the table that it needs.

mod table;

use super::prefill::Prefill;
use crate::words::{CacheMark, Endpoint};
use Effect::*;

pub use table::{QUIRKS, Quirk};

#[derive(Clone, Copy)]
enum Effect {
    StreamUsage,
    MaxCompletionTokens,
    DeveloperRole,
    Thinking(Thinking),
    /// Also takes `minimal`, `xhigh` and `none`.
    FineEfforts,
    /// `reasoning_effort` is this or `none`, of models whose name there begins with one of these.
    EffortSwitch(&'static str, &'static [&'static str]),
    /// Parameters (OpenRouter's names) that are refused or ignored there; never sent.
    NotTaken(&'static [&'static str]),
    /// The same, of models whose name there begins so.
    NotTakenBy(&'static str, &'static [&'static str]),
    /// Streams the arguments of a call only when told to.
    ToolStream,
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
    /// The same, with a `reasoning_effort` of low, high or max.
    Ladder,
    /// `enable_thinking`, `thinking_budget`
    Enable,
    /// `chat_template_kwargs: {"enable_thinking": true}`
    TemplateKwargs,
    /// `reasoning_effort` and `reasoning_format: "parsed"`
    Groq,
}

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
    /// The only effort there is beside none.
    pub effort_switch: Option<&'static str>,
    pub tool_stream: bool,
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
        // a model that is known to take no temperature takes none of its kin: as with OpenRouter they are let go
        if !endpoint.parameters.is_empty() && !endpoint.supports("temperature") {
            dialect.not_taken.push(table::SAMPLING);
        }
        for effect in effects {
            match *effect {
                StreamUsage => dialect.stream_usage = true,
                MaxCompletionTokens => dialect.max_completion_tokens = true,
                DeveloperRole => dialect.developer_role = true,
                Thinking(thinking) => dialect.thinking = thinking,
                FineEfforts => dialect.fine_efforts = true,
                EffortSwitch(on, models) => {
                    if models.iter().any(|begin| endpoint.upstream_model.starts_with(begin)) {
                        dialect.effort_switch = Some(on);
                    }
                }
                NotTaken(names) => dialect.not_taken.push(names),
                NotTakenBy(begin, names) => {
                    if endpoint.upstream_model.starts_with(begin) {
                        dialect.not_taken.push(names);
                    }
                }
                ToolStream => dialect.tool_stream = true,
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
