//! A client's `POST /v1/chat/completions` body in our words; what we do not know rides along untouched.

use super::messages::messages;
use crate::wire::cache_control;
use crate::words::{
    CacheMark, Effort, Failure, FailureKind, ModelRef, Params, Preferences, Purpose, ReasoningParams,
    Request, ResponseFormat, Tool, ToolChoice,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// What a client asked, and how it wants to hear the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    /// Its generation is still nil.
    pub request: Request,
    pub stream: bool,
    /// The client's own name for the conversation (`session_id`, `prompt_cache_key`).
    pub conversation: Option<String>,
}

/// A field that is not as it should be.
#[derive(Debug)]
pub(super) struct Bad {
    field: String,
    wrong: String,
}

impl Bad {
    pub(super) fn new(field: impl Into<String>, wrong: impl Into<String>) -> Self {
        Self { field: field.into(), wrong: wrong.into() }
    }
}

/// Fields that are ours to answer: understood, and not sent on.
const SPENT: &[&str] = &["route", "usage", "stream_options", "n"];

/// Of a model, with its preset and suffixes; in bytes.
const LONGEST_NAME: usize = 512;

/// Keys of `provider` that are none of routing's. Any other that is not known is an error: a misspelt wish about money
/// or privacy must not be passed over.
const RIDES_ALONG: &str = "options";

/// # Errors
/// `InvalidRequest` that names the field and what it may be.
pub fn parse(body: &[u8]) -> Result<Incoming, Failure> {
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        Failure::new(FailureKind::InvalidRequest, format!("the request body is not JSON: {error}"))
    })?;
    let Value::Object(fields) = value else {
        return Err(Failure::new(FailureKind::InvalidRequest, "the request body must be a JSON object"));
    };
    incoming(fields)
        .map_err(|bad| Failure::new(FailureKind::InvalidRequest, format!("`{}` {}", bad.field, bad.wrong)))
}

fn incoming(mut fields: Map<String, Value>) -> Result<Incoming, Bad> {
    if fields.get("n").is_some_and(|n| n.as_u64() != Some(1) && !n.is_null()) {
        return Err(Bad::new("n", "can only be 1: ask again for another answer"));
    }
    for name in SPENT {
        fields.remove(*name);
    }
    let stream = take(&mut fields, "stream", "true or false")?.unwrap_or(false);
    let list = fields.remove("messages").ok_or_else(|| Bad::new("messages", "is missing"))?;
    let model: Option<String> = take(&mut fields, "model", "a string")?;
    let preset: Option<String> = take(&mut fields, "preset", "a string")?;
    let mut fallbacks: Vec<ModelRef> = take::<Vec<String>>(&mut fields, "models", "a list of strings")?
        .unwrap_or_default()
        .into_iter()
        .map(ModelRef::new)
        .collect();
    let model = match (model, preset) {
        (Some(model), Some(preset)) => ModelRef::new(format!("{model}{}{preset}", ModelRef::PRESET)),
        (None, Some(preset)) => ModelRef::new(format!("{}{preset}", ModelRef::PRESET)),
        (Some(model), None) => ModelRef::new(model),
        // the person's own, if there is one
        (None, None) if fallbacks.is_empty() => ModelRef::new(""),
        (None, None) => fallbacks.remove(0),
    };
    fallbacks.retain(|other| *other != model);
    for name in fallbacks.iter().chain([&model]) {
        if name.as_str().len() > LONGEST_NAME {
            return Err(Bad::new(
                "model",
                format!("is longer than {LONGEST_NAME} bytes; no model's name is"),
            ));
        }
        if name.as_str().contains(char::is_control) {
            return Err(Bad::new("model", "holds control characters; no model's name does"));
        }
    }
    let conversation = take(&mut fields, "session_id", "a string")?
        .or(fields.get("prompt_cache_key").and_then(Value::as_str).map(str::to_owned));
    let request = Request {
        purpose: Purpose::Serve,
        model,
        fallbacks,
        messages: messages(&list)?,
        preferences: preferences(&mut fields)?,
        tools: tools(&mut fields)?,
        params: params(&mut fields)?,
        extra: fields,
        ..Request::default()
    };
    Ok(Incoming { request, stream, conversation })
}

/// Takes a field out; `null` is as good as absent.
fn take<T: DeserializeOwned>(
    fields: &mut Map<String, Value>,
    name: &str,
    allowed: &str,
) -> Result<Option<T>, Bad> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            serde_json::from_value(value).map(Some).map_err(|_| Bad::new(name, format!("must be {allowed}")))
        }
    }
}

/// OpenRouter's `provider` object. Its `options` ride along: each provider's encoder takes what is under its slug.
fn preferences(fields: &mut Map<String, Value>) -> Result<Preferences, Bad> {
    let Some(mut object) = take::<Map<String, Value>>(fields, "provider", "an object")? else {
        return Ok(Preferences::default());
    };
    if let Some(options) = take::<Map<String, Value>>(&mut object, RIDES_ALONG, "an object by provider slug")
        .map_err(|bad| Bad::new(format!("provider.{}", bad.field), bad.wrong))?
    {
        fields.insert("provider".to_owned(), json!({ RIDES_ALONG: options }));
    }
    object.retain(|_, value| !value.is_null());
    serde_json::from_value(Value::Object(object.clone())).map_err(|error| {
        // the error names what is wrong, not where: each field by itself tells
        let alone = |(name, value): (String, Value)| {
            let field = Value::Object(Map::from_iter([(name.clone(), value)]));
            let error = serde_json::from_value::<Preferences>(field).err()?;
            Some(Bad::new(format!("provider.{name}"), format!("is wrong: {error}")))
        };
        object
            .into_iter()
            .find_map(alone)
            .unwrap_or_else(|| Bad::new("provider", format!("is wrong: {error}")))
    })
}

fn tools(fields: &mut Map<String, Value>) -> Result<Vec<Tool>, Bad> {
    let list: Vec<Value> = take(fields, "tools", "a list of tools")?.unwrap_or_default();
    list.into_iter()
        .enumerate()
        .map(|(i, value)| {
            let function = &value["function"];
            let kind = value["type"].as_str().ok_or_else(|| {
                Bad::new(format!("tools[{i}]"), "must be an object with a type, such as \"function\"")
            })?;
            if kind != "function" {
                return Ok(Tool {
                    name: kind.to_owned(),
                    description: String::new(),
                    parameters: Value::Null,
                    strict: None,
                    cache: CacheMark::None,
                    extra: Map::new(),
                    opaque: Some(value),
                });
            }
            let name = function["name"]
                .as_str()
                .ok_or_else(|| Bad::new(format!("tools[{i}].function"), "needs a name"))?;
            Ok(Tool {
                name: name.to_owned(),
                description: function["description"].as_str().unwrap_or_default().to_owned(),
                parameters: function
                    .get("parameters")
                    .cloned()
                    .unwrap_or_else(|| serde_json::json!({"type": "object", "properties": {}})),
                strict: function["strict"].as_bool(),
                cache: cache_mark(&value["cache_control"], &format!("tools[{i}]"))?,
                extra: function.as_object().map(unknown).unwrap_or_default(),
                opaque: None,
            })
        })
        .collect()
}

/// A `cache_control` and how long it asks for: a time that is not on offer would cost something else than was meant.
pub(super) fn cache_mark(value: &Value, at: &str) -> Result<CacheMark, Bad> {
    cache_control::read(value).map_err(|ttl| {
        Bad::new(format!("{at}.cache_control.ttl"), format!("is {ttl}; allowed are 5m and 1h"))
    })
}

fn unknown(function: &Map<String, Value>) -> Map<String, Value> {
    const KNOWN: [&str; 4] = ["name", "description", "parameters", "strict"];
    let fields = function.iter().filter(|(name, _)| !KNOWN.contains(&name.as_str()));
    fields.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn params(fields: &mut Map<String, Value>) -> Result<Params, Bad> {
    const NUMBER: &str = "a number";
    const WHOLE: &str = "a whole number, 0 or more";
    const FLAG: &str = "true or false";
    let max_tokens = take(fields, "max_completion_tokens", WHOLE)?;
    let older = take(fields, "max_tokens", WHOLE)?;
    Ok(Params {
        max_tokens: max_tokens.or(older),
        temperature: take(fields, "temperature", NUMBER)?,
        top_p: take(fields, "top_p", NUMBER)?,
        top_k: take(fields, "top_k", WHOLE)?,
        min_p: take(fields, "min_p", NUMBER)?,
        top_a: take(fields, "top_a", NUMBER)?,
        frequency_penalty: take(fields, "frequency_penalty", NUMBER)?,
        presence_penalty: take(fields, "presence_penalty", NUMBER)?,
        repetition_penalty: take(fields, "repetition_penalty", NUMBER)?,
        seed: take(fields, "seed", "a whole number")?,
        stop: stop(fields)?,
        logit_bias: take(fields, "logit_bias", "an object")?,
        logprobs: take(fields, "logprobs", FLAG)?,
        top_logprobs: take(fields, "top_logprobs", WHOLE)?,
        reasoning: reasoning(fields)?,
        verbosity: take(fields, "verbosity", "a string")?,
        response_format: response_format(fields)?,
        tool_choice: tool_choice(fields)?,
        parallel_tool_calls: take(fields, "parallel_tool_calls", FLAG)?,
        service_tier: take(fields, "service_tier", "a string")?,
        user: take(fields, "user", "a string")?,
        modalities: take(fields, "modalities", "a list of strings")?.unwrap_or_default(),
        cache_prompt: take::<Value>(fields, "cache_control", "an object")?
            .map(|mark| cache_mark(&mark, "request"))
            .transpose()?,
    })
}

fn stop(fields: &mut Map<String, Value>) -> Result<Vec<String>, Bad> {
    match take::<Value>(fields, "stop", "a string or a list of strings")? {
        None => Ok(Vec::new()),
        Some(Value::String(one)) => Ok(vec![one]),
        Some(list) => serde_json::from_value(list)
            .map_err(|_| Bad::new("stop", "must be a string or a list of strings")),
    }
}

/// `reasoning`, OpenAI's `reasoning_effort` and the older `include_reasoning` say one thing.
fn reasoning(fields: &mut Map<String, Value>) -> Result<Option<ReasoningParams>, Bad> {
    let effort: Option<Effort> =
        take(fields, "reasoning_effort", "none, minimal, low, medium, high, xhigh or max")?;
    let include: Option<bool> = take(fields, "include_reasoning", "true or false")?;
    let object: Option<ReasoningParams> =
        take(fields, "reasoning", "an object with effort, max_tokens, enabled, exclude or summary")?;
    if object.is_none() && effort.is_none() && include.is_none() {
        return Ok(None);
    }
    let mut reasoning = object.unwrap_or_default();
    reasoning.effort = reasoning.effort.or(effort);
    reasoning.exclude = reasoning.exclude.or(include.filter(|include| !include).map(|_| true));
    Ok(Some(reasoning))
}

fn response_format(fields: &mut Map<String, Value>) -> Result<Option<ResponseFormat>, Bad> {
    const ALLOWED: &str = "an object with a type: text, json_object or json_schema";
    if fields.get("response_format").is_some_and(|format| !format.is_null() && !format["type"].is_string()) {
        return Err(Bad::new("response_format", format!("must be {ALLOWED}")));
    }
    take(fields, "response_format", ALLOWED)
}

fn tool_choice(fields: &mut Map<String, Value>) -> Result<Option<ToolChoice>, Bad> {
    let Some(value) = take::<Value>(fields, "tool_choice", "a choice")? else { return Ok(None) };
    Ok(Some(match &value {
        Value::String(word) if word == "none" => ToolChoice::None,
        Value::String(word) if word == "auto" => ToolChoice::Auto,
        Value::String(word) if word == "required" => ToolChoice::Required,
        Value::Object(choice) => {
            match choice.get("function").and_then(|function| function["name"].as_str()) {
                Some(name) => ToolChoice::Function(name.to_owned()),
                None => ToolChoice::Other(value),
            }
        }
        Value::String(_) => ToolChoice::Other(value),
        _ => {
            return Err(Bad::new(
                "tool_choice",
                "must be none, auto, required or an object that names a tool",
            ));
        }
    }))
}
