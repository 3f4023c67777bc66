//! A request to the body of `POST .../chat/completions`.

use super::messages;
use super::thinking::think;
use crate::wire::azure;
use crate::wire::cache_control::mark;
use crate::wire::extra::ride_along;
use crate::wire::prefill::{Prefill, is_begun};
use crate::wire::quirks::Dialect;
use crate::wire::{Auth, Outgoing};
use crate::words::{Endpoint, Failure, Params, Preferences, Request, ResponseFormat, Tool, ToolChoice};
use serde_json::{Map, Value, json};

/// Fields that mean something to OpenRouter and are an error elsewhere.
const OPENROUTER_ONLY: &[&str] = &[
    "plugins",
    "transforms",
    "route",
    "preset",
    "trace",
    "debug",
    "session_id",
    "stop_server_tools_when",
    "deferred_tools",
    "image_config",
    "cache_control",
    "prompt_cache_options",
    "usage",
    "include_reasoning",
    "reasoning_effort",
];

pub fn encode(endpoint: &Endpoint, request: &Request) -> Result<Outgoing, Failure> {
    let dialect = Dialect::of(endpoint);
    let mut body = Map::new();
    body.insert("model".to_owned(), endpoint.upstream_model.clone().into());
    body.insert("messages".to_owned(), messages::messages(request, &dialect)?.into());
    body.insert("stream".to_owned(), true.into());
    if dialect.stream_usage {
        body.insert("stream_options".to_owned(), json!({"include_usage": true}));
    }
    params(&mut body, &request.params, &dialect);
    if !request.tools.is_empty() {
        body.insert("tools".to_owned(), request.tools.iter().map(|t| tool(t, &dialect)).collect());
        if dialect.tool_stream {
            body.insert("tool_stream".to_owned(), true.into());
        }
        if let Some(choice) = &request.params.tool_choice {
            body.insert("tool_choice".to_owned(), tool_choice(choice));
        }
        if let Some(parallel) =
            request.params.parallel_tool_calls.filter(|_| dialect.takes("parallel_tool_calls"))
        {
            body.insert("parallel_tool_calls".to_owned(), parallel.into());
        }
    }
    if dialect.openrouter {
        let wishes = wishes(&request.preferences);
        if !wishes.is_empty() {
            body.insert("provider".to_owned(), wishes.into());
        }
    }
    let begun = dialect.prefill.filter(|_| is_begun(request));
    if begun == Some(Prefill::Continue) {
        body.insert("continue_final_message".to_owned(), true.into());
        body.insert("add_generation_prompt".to_owned(), false.into());
    }
    extra(&mut body, request, endpoint, &dialect);
    let (url, auth) = match begun {
        _ if dialect.azure => azure::address(endpoint, "chat/completions"),
        Some(Prefill::BetaPrefix) => {
            let base = endpoint.base_url.trim_end_matches("/v1").trim_end_matches("/beta");
            (format!("{base}/beta/chat/completions"), Auth::Bearer)
        }
        _ => (format!("{}/chat/completions", endpoint.base_url), Auth::Bearer),
    };
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    headers.extend(endpoint.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    Ok(Outgoing { url, headers, body: Value::Object(body).to_string().into_bytes(), auth })
}

fn params(body: &mut Map<String, Value>, params: &Params, dialect: &Dialect) {
    let mut set = |name: &str, key: &str, value: Option<Value>| {
        if let Some(value) = value
            && dialect.takes(name)
        {
            body.insert(key.to_owned(), value);
        }
    };
    let p = params;
    let limit = if dialect.max_completion_tokens { "max_completion_tokens" } else { "max_tokens" };
    set("max_tokens", limit, p.max_tokens.map(Value::from));
    set("temperature", "temperature", p.temperature.map(Value::from));
    set("top_p", "top_p", p.top_p.map(Value::from));
    set("top_k", "top_k", p.top_k.map(Value::from));
    set("min_p", "min_p", p.min_p.map(Value::from));
    set("top_a", "top_a", p.top_a.map(Value::from));
    set("frequency_penalty", "frequency_penalty", p.frequency_penalty.map(Value::from));
    set("presence_penalty", "presence_penalty", p.presence_penalty.map(Value::from));
    set("repetition_penalty", "repetition_penalty", p.repetition_penalty.map(Value::from));
    set("seed", if dialect.random_seed { "random_seed" } else { "seed" }, p.seed.map(Value::from));
    set("stop", "stop", (!p.stop.is_empty()).then(|| json!(p.stop)));
    set("logit_bias", "logit_bias", p.logit_bias.clone().map(Value::Object));
    set("logprobs", "logprobs", p.logprobs.map(Value::from));
    set("top_logprobs", "top_logprobs", p.top_logprobs.map(Value::from));
    set("verbosity", "verbosity", p.verbosity.clone().map(Value::from));
    set("response_format", "response_format", p.response_format.as_ref().map(response_format));
    set("service_tier", "service_tier", p.service_tier.clone().map(Value::from));
    set("user", "user", p.user.clone().map(Value::from));
    set("modalities", "modalities", (!p.modalities.is_empty()).then(|| json!(p.modalities)));
    if let Some(reasoning) = &p.reasoning
        && dialect.takes("reasoning")
    {
        think(body, reasoning, dialect);
    }
}

pub fn response_format(format: &ResponseFormat) -> Value {
    match format {
        ResponseFormat::Text => json!({"type": "text"}),
        ResponseFormat::JsonObject => json!({"type": "json_object"}),
        ResponseFormat::JsonSchema { json_schema } => {
            json!({"type": "json_schema", "json_schema": json_schema})
        }
        ResponseFormat::Other(value) => value.clone(),
    }
}

fn tool(tool: &Tool, dialect: &Dialect) -> Value {
    if let Some(opaque) = &tool.opaque {
        return opaque.clone();
    }
    let mut function = Map::new();
    function.insert("name".to_owned(), tool.name.clone().into());
    if !tool.description.is_empty() {
        function.insert("description".to_owned(), tool.description.clone().into());
    }
    if !tool.parameters.is_null() {
        function.insert("parameters".to_owned(), tool.parameters.clone());
    }
    if let Some(strict) = tool.strict {
        function.insert("strict".to_owned(), strict.into());
    }
    function.extend(tool.extra.iter().map(|(key, value)| (key.clone(), value.clone())));
    let mut tool_object = json!({"type": "function", "function": function});
    mark(&mut tool_object, dialect.cache_mark(tool.cache));
    tool_object
}

pub fn tool_choice(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::None => "none".into(),
        ToolChoice::Auto => "auto".into(),
        ToolChoice::Required => "required".into(),
        ToolChoice::Function(name) => json!({"type": "function", "function": {"name": name}}),
        ToolChoice::Other(value) => value.clone(),
    }
}

/// What of our preferences OpenRouter must know to keep them among its own endpoints.
fn wishes(preferences: &Preferences) -> Map<String, Value> {
    let Preferences { quantizations, sort, .. } = preferences.clone();
    let kept = Preferences {
        quantizations,
        sort,
        allow_fallbacks: preferences.allow_fallbacks,
        require_parameters: preferences.require_parameters,
        data_collection: preferences.data_collection,
        zdr: preferences.zdr,
        enforce_distillable_text: preferences.enforce_distillable_text,
        preferred_min_throughput: preferences.preferred_min_throughput,
        preferred_max_latency: preferences.preferred_max_latency,
        max_price: preferences.max_price,
        ..Preferences::default()
    };
    match serde_json::to_value(kept) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// Fields we do not know ride along. What belongs to another format stands under that format's name and stays here.
fn extra(body: &mut Map<String, Value>, request: &Request, endpoint: &Endpoint, dialect: &Dialect) {
    for (key, value) in &request.extra {
        match key.as_str() {
            // what of it is not ours to understand is OpenRouter's
            "provider" if dialect.openrouter => {
                let wishes = body.entry("provider").or_insert_with(|| json!({}));
                if let (Some(wishes), Some(more)) = (wishes.as_object_mut(), value.as_object()) {
                    wishes.extend(more.iter().map(|(k, v)| (k.clone(), v.clone())));
                }
            }
            "provider" => {}
            key if crate::wire::format(key).is_some() => {}
            key if !dialect.openrouter && OPENROUTER_ONLY.contains(&key) => {}
            key => {
                if !body.contains_key(key) {
                    body.insert(key.to_owned(), value.clone());
                }
            }
        }
    }
    ride_along(body, request, endpoint, super::NAME);
}
