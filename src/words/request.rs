//! What is asked: OpenRouter's chat request in our words. A parameter that was not given is never sent.

use super::{CacheMark, GenerationId, Message, MessageId, ModelRef, Part, Preferences, Role, SessionId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

/// One request to the gateway.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Request {
    pub generation: GenerationId,
    /// Groups requests: sticky routing, budgets and analytics go by it.
    pub session: Option<SessionId>,
    /// The message that the answer is written into, where it is a conversation's.
    pub message: Option<MessageId>,
    pub purpose: Purpose,
    pub model: ModelRef,
    /// Tried in order when `model` has no endpoint left.
    pub fallbacks: Vec<ModelRef>,
    /// Oldest first. A last message of the assistant is a prefill.
    pub messages: Vec<Arc<Message>>,
    pub params: Params,
    pub tools: Vec<Tool>,
    pub preferences: Preferences,
    /// Labels for analytics: tags of the session, the serve key's label.
    pub tags: Vec<String>,
    /// The label of the `serve` key it came with.
    pub key_label: Option<String>,
    /// Fields we do not know; they ride along to the provider untouched.
    pub extra: Map<String, Value>,
}

impl Request {
    /// Whether the web is to be searched for it: OpenRouter's `web` plugin, which `:online` stands for.
    pub fn searches(&self) -> bool {
        let plugins = self.extra.get("plugins").and_then(Value::as_array);
        plugins.is_some_and(|all| all.iter().any(|one| one["id"] == "web" && one["enabled"] != false))
    }

    /// Whether every prompt-cache mark in it is to be kept for an hour: then nothing is written for less.
    pub fn caches_for_an_hour(&self) -> bool {
        let parts = self.messages.iter().flat_map(|message| &message.parts);
        let texts = parts.filter_map(|part| match part {
            Part::Text { cache, .. } => Some(*cache),
            _ => None,
        });
        let mut marks = texts
            .chain(self.tools.iter().map(|tool| tool.cache))
            .chain(self.params.cache_prompt)
            .filter(|mark| mark.is_set())
            .peekable();
        marks.peek().is_some() && marks.all(|mark| mark == CacheMark::OneHour)
    }

    /// The function that a tool call of this id named.
    pub fn called(&self, call: &str) -> Option<&str> {
        self.messages.iter().flat_map(|message| &message.parts).find_map(|part| match part {
            Part::ToolCall { id, name, .. } if id == call => Some(name.as_str()),
            _ => None,
        })
    }

    /// The place of the message in which the person spoke last: behind it is the tool loop under way.
    pub fn open_loop(&self) -> usize {
        let is_result = |part: &Part| matches!(part, Part::ToolResult { .. });
        let spoke =
            |message: &Arc<Message>| message.role == Role::User && !message.parts.iter().any(is_result);
        self.messages.iter().rposition(spoke).unwrap_or(0)
    }

    /// Asks for a search as a client of OpenRouter would.
    pub fn search(&mut self) {
        if !self.searches() {
            let plugins = self.extra.entry("plugins").or_insert_with(|| Value::Array(Vec::new()));
            if let Some(plugins) = plugins.as_array_mut() {
                plugins.push(serde_json::json!({"id": "web"}));
            }
        }
    }
}

impl Default for ModelRef {
    fn default() -> Self {
        Self::new("")
    }
}

/// What a request is for; side errands are counted as what they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    #[default]
    Chat,
    Compare,
    Title,
    Summary,
    /// `fareway ask`.
    Ask,
    /// A client of `fareway serve`.
    Serve,
}

/// Sampling and output parameters, all optional. Units and ranges are OpenAI's and OpenRouter's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Params {
    pub max_tokens: Option<u32>,
    pub temperature: Option<f64>,
    pub top_p: Option<f64>,
    pub top_k: Option<u32>,
    pub min_p: Option<f64>,
    pub top_a: Option<f64>,
    pub frequency_penalty: Option<f64>,
    pub presence_penalty: Option<f64>,
    pub repetition_penalty: Option<f64>,
    pub seed: Option<i64>,
    pub stop: Vec<String>,
    pub logit_bias: Option<Map<String, Value>>,
    pub logprobs: Option<bool>,
    pub top_logprobs: Option<u32>,
    pub reasoning: Option<ReasoningParams>,
    pub verbosity: Option<String>,
    pub response_format: Option<ResponseFormat>,
    pub tool_choice: Option<ToolChoice>,
    pub parallel_tool_calls: Option<bool>,
    pub service_tier: Option<String>,
    pub user: Option<String>,
    /// Output modalities other than text.
    pub modalities: Vec<String>,
    /// Mark the end of the prompt for the provider's cache, where it must be marked.
    pub cache_prompt: Option<CacheMark>,
}

impl Params {
    /// The OpenRouter names of the parameters that were given, for `require_parameters`.
    pub fn given(&self) -> Vec<&'static str> {
        let Self {
            max_tokens,
            temperature,
            top_p,
            top_k,
            min_p,
            top_a,
            frequency_penalty,
            presence_penalty,
            repetition_penalty,
            seed,
            stop,
            logit_bias,
            logprobs,
            top_logprobs,
            reasoning,
            verbosity,
            response_format,
            tool_choice,
            parallel_tool_calls,
            service_tier: _,
            user: _,
            modalities: _,
            cache_prompt: _,
        } = self;
        [
            ("max_tokens", max_tokens.is_some()),
            ("temperature", temperature.is_some()),
            ("top_p", top_p.is_some()),
            ("top_k", top_k.is_some()),
            ("min_p", min_p.is_some()),
            ("top_a", top_a.is_some()),
            ("frequency_penalty", frequency_penalty.is_some()),
            ("presence_penalty", presence_penalty.is_some()),
            ("repetition_penalty", repetition_penalty.is_some()),
            ("seed", seed.is_some()),
            ("stop", !stop.is_empty()),
            ("logit_bias", logit_bias.is_some()),
            ("logprobs", logprobs.is_some()),
            ("top_logprobs", top_logprobs.is_some()),
            ("reasoning", reasoning.is_some()),
            ("verbosity", verbosity.is_some()),
            ("response_format", response_format.is_some()),
            ("tool_choice", tool_choice.is_some()),
            ("parallel_tool_calls", parallel_tool_calls.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, given)| given.then_some(name))
        .collect()
    }
}

/// OpenRouter's `reasoning` object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReasoningParams {
    pub effort: Option<Effort>,
    pub max_tokens: Option<u32>,
    pub enabled: Option<bool>,
    /// Think, but do not send the thoughts.
    pub exclude: Option<bool>,
    pub summary: Option<String>,
}

impl ReasoningParams {
    /// Whether thinking is wanted; `None` when nothing was said of it.
    pub fn wanted(&self) -> Option<bool> {
        self.enabled
            .or(self.effort.map(|effort| effort != Effort::None))
            .or(self.max_tokens.map(|tokens| tokens > 0))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effort {
    None,
    Minimal,
    Low,
    Medium,
    High,
    Xhigh,
    Max,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ResponseFormat {
    Text,
    JsonObject,
    JsonSchema {
        json_schema: Value,
    },
    #[serde(untagged)]
    Other(Value),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToolChoice {
    None,
    Auto,
    Required,
    Function(String),
    Other(Value),
}

/// A function the model may call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// JSON Schema.
    pub parameters: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
    /// A prompt-cache mark stands after this tool.
    #[serde(default, skip_serializing_if = "CacheMark::is_none")]
    pub cache: CacheMark,
    /// Fields of the function that we do not know, for APIs that describe one as OpenAI does.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
    /// A tool that is not a function, word for word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opaque: Option<Value>,
}
