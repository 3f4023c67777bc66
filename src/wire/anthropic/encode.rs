//! A request to the body of `POST .../messages`.

use super::{NAME, THINKING};
use crate::wire::cache_control;
use crate::wire::extra::ride_along;
use crate::wire::search::search;
use crate::wire::{Auth, Outgoing};
use crate::words::{
    CacheMark, Effort, Endpoint, Failure, FailureKind, Message, Params, Part, Reasoning, ReasoningKind,
    Request, ResponseFormat, Role, Source, Tool, ToolChoice,
};
use base64::Engine;
use serde_json::{Map, Value, json};

/// Anthropic wants a limit in every request; this stands in when neither the person nor the catalog knows one.
const MAX_TOKENS: u32 = 8192;

pub fn encode(endpoint: &Endpoint, request: &Request) -> Result<Outgoing, Failure> {
    let mut body = Map::new();
    body.insert("model".to_owned(), endpoint.upstream_model.clone().into());
    let limit = request.params.max_tokens.or(endpoint.max_output).unwrap_or(MAX_TOKENS);
    body.insert("max_tokens".to_owned(), limit.into());
    let mark = request.params.cache_prompt.unwrap_or_default();
    let system = system(request, mark);
    if !system.is_empty() {
        body.insert("system".to_owned(), system.into());
    }
    body.insert("messages".to_owned(), messages(request, mark)?.into());
    body.insert("stream".to_owned(), true.into());
    params(&mut body, endpoint, &request.params, limit);
    if !request.tools.is_empty() {
        body.insert("tools".to_owned(), request.tools.iter().map(tool).collect());
        if let Some(choice) = tool_choice(&request.params) {
            body.insert("tool_choice".to_owned(), choice);
        }
    }
    search(&mut body, request, endpoint, NAME);
    ride_along(&mut body, request, endpoint, NAME);
    let mut headers = vec![
        ("content-type".to_owned(), "application/json".to_owned()),
        ("anthropic-version".to_owned(), "2023-06-01".to_owned()),
    ];
    if request.messages.iter().flat_map(|m| &m.parts).any(by_id)
        && !endpoint.headers.contains_key("anthropic-beta")
    {
        headers.push(("anthropic-beta".to_owned(), "files-api-2025-04-14".to_owned()));
    }
    headers.extend(endpoint.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    Ok(Outgoing {
        url: format!("{}/messages", endpoint.base_url),
        headers,
        body: Value::Object(body).to_string().into_bytes(),
        auth: Auth::Header("x-api-key"),
    })
}

fn by_id(part: &Part) -> bool {
    matches!(
        part,
        Part::Image { source: Source::Id { .. }, .. } | Part::File { source: Source::Id { .. }, .. }
    )
}

fn params(body: &mut Map<String, Value>, endpoint: &Endpoint, params: &Params, limit: u32) {
    let mut output = Map::new();
    let mut thinking = false;
    if let Some(reasoning) = &params.reasoning {
        let off = reasoning.enabled == Some(false) || reasoning.effort == Some(Effort::None);
        let asked =
            reasoning.enabled == Some(true) || reasoning.effort.is_some() || reasoning.max_tokens.is_some();
        if off {
            body.insert("thinking".to_owned(), json!({"type": "disabled"}));
        } else if asked {
            thinking = true;
            if is_4_6(&endpoint.upstream_model) && reasoning.max_tokens.is_none() {
                body.insert("thinking".to_owned(), json!({"type": "adaptive"}));
                if let Some(effort) = reasoning.effort {
                    output.insert("effort".to_owned(), effort_name(effort).into());
                }
            } else {
                let budget = reasoning
                    .max_tokens
                    .unwrap_or_else(|| budget(reasoning.effort.unwrap_or(Effort::Medium), limit))
                    .max(1024);
                body.insert("thinking".to_owned(), json!({"type": "enabled", "budget_tokens": budget}));
                // the reply must fit beside the thoughts
                if budget >= limit {
                    body.insert("max_tokens".to_owned(), budget.saturating_add(1024).into());
                }
            }
        }
    }
    let mut set = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(key.to_owned(), value);
        }
    };
    // a thinking model refuses to be told these
    if !thinking {
        set("temperature", params.temperature.map(|t| t.min(1.0).into()));
        set("top_k", params.top_k.map(Value::from));
    }
    set("top_p", params.top_p.map(Value::from));
    set("stop_sequences", (!params.stop.is_empty()).then(|| json!(params.stop)));
    set(
        "service_tier",
        params.service_tier.clone().filter(|t| t == "auto" || t == "standard_only").map(Value::from),
    );
    set("metadata", params.user.as_ref().map(|user| json!({"user_id": user})));
    if let Some(verbosity) = &params.verbosity {
        output.entry("effort").or_insert_with(|| verbosity.clone().into());
    }
    if let Some(ResponseFormat::JsonSchema { json_schema }) = &params.response_format {
        let schema = json_schema.get("schema").unwrap_or(json_schema);
        output.insert("format".to_owned(), json!({"type": "json_schema", "schema": schema}));
    }
    if !output.is_empty() {
        set("output_config", Some(output.into()));
    }
}

/// Claude 4.6 and later set their own thinking budget, and take no prefill.
pub(in crate::wire) fn is_4_6(model: &str) -> bool {
    let numbers: Vec<u32> = model
        .split(['-', '.', '@'])
        .filter(|piece| piece.len() < 3)
        .filter_map(|piece| piece.parse().ok())
        .collect();
    match numbers[..] {
        [major, minor, ..] => (major, minor) >= (4, 6),
        [major] => major >= 5,
        [] => false,
    }
}

/// OpenRouter's shares of the limit.
fn budget(effort: Effort, limit: u32) -> u32 {
    let tenths = match effort {
        Effort::None | Effort::Minimal => 10,
        Effort::Low => 20,
        Effort::Medium => 50,
        Effort::High => 80,
        Effort::Xhigh | Effort::Max => 95,
    };
    u32::try_from(u64::from(limit) * tenths / 100).unwrap_or(u32::MAX).min(128_000)
}

fn effort_name(effort: Effort) -> &'static str {
    match effort {
        Effort::None | Effort::Minimal | Effort::Low => "low",
        Effort::Medium => "medium",
        Effort::High => "high",
        Effort::Xhigh => "xhigh",
        Effort::Max => "max",
    }
}

fn tool(tool: &Tool) -> Value {
    if let Some(opaque) = &tool.opaque {
        return opaque.clone();
    }
    let schema = if tool.parameters.is_null() { json!({"type": "object"}) } else { tool.parameters.clone() };
    let mut said = json!({"name": tool.name, "input_schema": schema});
    if !tool.description.is_empty() {
        said["description"] = tool.description.clone().into();
    }
    if let Some(strict) = tool.strict {
        said["strict"] = strict.into();
    }
    cache_control::mark(&mut said, tool.cache);
    said
}

fn tool_choice(params: &Params) -> Option<Value> {
    let mut choice = match &params.tool_choice {
        Some(ToolChoice::None) => return Some(json!({"type": "none"})),
        Some(ToolChoice::Required) => json!({"type": "any"}),
        Some(ToolChoice::Function(name)) => json!({"type": "tool", "name": name}),
        Some(ToolChoice::Other(value)) => return Some(value.clone()),
        Some(ToolChoice::Auto) => json!({"type": "auto"}),
        None if params.parallel_tool_calls == Some(false) => json!({"type": "auto"}),
        None => return None,
    };
    if params.parallel_tool_calls == Some(false) {
        choice["disable_parallel_tool_use"] = true.into();
    }
    Some(choice)
}

fn system(request: &Request, mark: CacheMark) -> Vec<Value> {
    let mut blocks: Vec<Value> = request
        .messages
        .iter()
        .filter(|message| message.role == Role::System)
        .flat_map(|message| &message.parts)
        .filter_map(|part| match part {
            Part::Text { text, cache } if !text.is_empty() => Some(text_block(text, *cache)),
            _ => None,
        })
        .collect();
    if let Some(last) = blocks.last_mut() {
        cache_control::mark(last, mark);
    }
    blocks
}

/// Turns, neighbours of one role joined: a tool's results and the words after them are one message of the user's.
fn messages(request: &Request, mark: CacheMark) -> Result<Vec<Value>, Failure> {
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    for message in request.messages.iter().filter(|message| message.role != Role::System) {
        let role = if message.role == Role::Assistant { "assistant" } else { "user" };
        let blocks = blocks(message)?;
        if blocks.is_empty() {
            continue;
        }
        match turns.last_mut() {
            Some((last, all)) if *last == role => all.extend(blocks),
            _ => turns.push((role, blocks)),
        }
    }
    // a prefill may not end in white space
    if let Some(("assistant", blocks)) = turns.last_mut()
        && let Some(last) = blocks.last_mut()
        && let Some(text) = last.get("text").and_then(Value::as_str)
    {
        last["text"] = text.trim_end().into();
    }
    if let Some((_, blocks)) = turns.iter_mut().rfind(|(role, _)| *role == "user")
        && let Some(last) = blocks.last_mut()
    {
        cache_control::mark(last, mark);
    }
    Ok(turns.into_iter().map(|(role, content)| json!({"role": role, "content": content})).collect())
}

fn blocks(message: &Message) -> Result<Vec<Value>, Failure> {
    let mut out = Vec::new();
    for part in &message.parts {
        out.extend(block(part)?);
    }
    Ok(out)
}

fn block(part: &Part) -> Result<Option<Value>, Failure> {
    Ok(Some(match part {
        Part::Text { text, .. } if text.is_empty() => return Ok(None),
        Part::Text { text, cache } => text_block(text, *cache),
        Part::Image { source, .. } => json!({"type": "image", "source": source_of(source)}),
        Part::File { name, source } => document(name, source),
        Part::Audio { .. } => {
            return Err(Failure::new(FailureKind::Unsupported, "this endpoint does not take audio"));
        }
        Part::Reasoning(reasoning) => return Ok(thinking(reasoning)),
        Part::ToolCall { id, name, arguments, .. } => {
            let input: Value =
                serde_json::from_str(arguments).ok().filter(Value::is_object).unwrap_or_else(|| json!({}));
            json!({"type": "tool_use", "id": id, "name": name, "input": input})
        }
        Part::ToolResult { call, parts, error, .. } => {
            let mut content = Vec::new();
            for part in parts {
                content.extend(block(part)?);
            }
            let mut result = json!({"type": "tool_result", "tool_use_id": call, "content": content});
            if *error {
                result["is_error"] = true.into();
            }
            result
        }
        Part::Opaque { format, value } if format == NAME && value.get("type").is_some() => value.clone(),
        Part::Annotation { .. } | Part::Opaque { .. } => return Ok(None),
    }))
}

/// Only what Anthropic signed goes back to it.
fn thinking(reasoning: &Reasoning) -> Option<Value> {
    if reasoning.format.as_deref() != Some(THINKING) {
        return None;
    }
    if reasoning.kind == ReasoningKind::Encrypted {
        return Some(json!({"type": "redacted_thinking", "data": reasoning.data.as_ref()?}));
    }
    let signature = reasoning.signature.as_ref()?;
    Some(json!({"type": "thinking", "thinking": reasoning.text, "signature": signature}))
}

fn text_block(text: &str, cache: CacheMark) -> Value {
    let mut block = json!({"type": "text", "text": text});
    cache_control::mark(&mut block, cache);
    block
}

fn source_of(source: &Source) -> Value {
    match source {
        Source::Url { url } => json!({"type": "url", "url": url}),
        Source::Data { media_type, base64 } => {
            json!({"type": "base64", "media_type": media_type, "data": base64})
        }
        Source::Id { id } => json!({"type": "file", "file_id": id}),
    }
}

fn document(name: &str, source: &Source) -> Value {
    let source = match source {
        Source::Data { media_type, base64 }
            if media_type.starts_with("text/") || media_type == "application/json" =>
        {
            let bytes = base64::engine::general_purpose::STANDARD.decode(base64).unwrap_or_default();
            json!({"type": "text", "media_type": "text/plain", "data": String::from_utf8_lossy(&bytes)})
        }
        source => source_of(source),
    };
    let mut document = json!({"type": "document", "source": source});
    if !name.is_empty() {
        document["title"] = name.into();
    }
    document
}
