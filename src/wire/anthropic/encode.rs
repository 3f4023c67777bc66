//! A request to the body of `POST .../messages`.

use super::claude::Claude;
use super::params::{forces, params, taken, tool_choice};
use super::{NAME, THINKING};
use crate::wire::cache_control;
use crate::wire::extra::ride_along;
use crate::wire::search::search;
use crate::wire::tool_id::fit;
use crate::wire::{Auth, Outgoing};
use crate::words::{
    CacheMark, Endpoint, Failure, FailureKind, Message, Part, Reasoning, ReasoningKind, Request, Role,
    Source, Tool,
};
use base64::Engine;
use serde_json::{Map, Value, json};

/// Anthropic wants a limit in every request; this stands in when neither the person nor the catalog knows one.
const MAX_TOKENS: u32 = 8192;

const BETA: &str = "anthropic-beta";

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
    let choice = if request.tools.is_empty() { None } else { tool_choice(&request.params) };
    params(&mut body, endpoint, &request.params, limit, forces(choice.as_ref()));
    let unbound = drops_bound_thinking(endpoint, request);
    if unbound {
        drop_bound_thinking(&mut body);
    }
    if !request.tools.is_empty() {
        body.insert("tools".to_owned(), request.tools.iter().map(tool).collect());
        if let Some(choice) = choice {
            body.insert("tool_choice".to_owned(), taken(endpoint, choice));
        }
    }
    search(&mut body, request, endpoint, NAME);
    ride_along(&mut body, request, endpoint, NAME);
    let mut headers = vec![
        ("content-type".to_owned(), "application/json".to_owned()),
        ("anthropic-version".to_owned(), "2023-06-01".to_owned()),
    ];
    let mut betas = Vec::new();
    if request.messages.iter().flat_map(|m| &m.parts).any(by_id) {
        betas.push("files-api-2025-04-14");
    }
    if unbound {
        betas.push("thinking-binding-controls-2026-08-01");
    }
    if !betas.is_empty() && !names_betas(endpoint) {
        headers.push((BETA.to_owned(), betas.join(",")));
    }
    headers.extend(endpoint.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    Ok(Outgoing {
        url: format!("{}/messages", endpoint.base_url),
        headers,
        body: Value::Object(body).to_string().into_bytes(),
        auth: Auth::Header("x-api-key"),
    })
}

/// Who names betas in the config knows best which.
fn names_betas(endpoint: &Endpoint) -> bool {
    endpoint.headers.keys().any(|name| name.eq_ignore_ascii_case(BETA))
}

/// A conversation here has its instructions, its tools and its branch changed at will, and newer models refuse a
/// request whose thoughts belong to another course of it, unless they are asked to drop those.
fn drops_bound_thinking(endpoint: &Endpoint, request: &Request) -> bool {
    let replayed = request.messages.iter().flat_map(|message| &message.parts);
    endpoint.has_quirk("thinking_binding")
        && Claude::of(&endpoint.upstream_model).binds_thinking()
        && !names_betas(endpoint)
        && replayed
            .into_iter()
            .any(|part| matches!(part, Part::Reasoning(block) if thinking(block).is_some()))
}

/// These models think by themselves whether they are told to or not.
fn drop_bound_thinking(body: &mut Map<String, Value>) {
    let thinking = body.entry("thinking").or_insert_with(|| json!({"type": "adaptive"}));
    if thinking["type"] == "adaptive" {
        thinking["block_binding"] = json!({"prefix_mismatch_behavior": "drop_block"});
    }
}

fn by_id(part: &Part) -> bool {
    matches!(
        part,
        Part::Image { source: Source::Id { .. }, .. } | Part::File { source: Source::Id { .. }, .. }
    )
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

fn system(request: &Request, mark: CacheMark) -> Vec<Value> {
    let mut blocks: Vec<Value> = request
        .messages
        .iter()
        .filter(|message| message.role == Role::System)
        .flat_map(|message| &message.parts)
        .filter_map(|part| match part {
            Part::Text { text, cache } if !is_blank(text) => Some(text_block(text, *cache)),
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
        Part::Text { text, .. } if is_blank(text) => return Ok(None),
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
            json!({"type": "tool_use", "id": tool_id(id), "name": name, "input": input})
        }
        Part::ToolResult { call, parts, error, .. } => {
            let mut content = Vec::new();
            for part in parts {
                content.extend(block(part)?);
            }
            let mut result = json!({"type": "tool_result", "tool_use_id": tool_id(call), "content": content});
            if *error {
                result["is_error"] = true.into();
            }
            result
        }
        Part::Opaque { format, value } if format == NAME && value.get("type").is_some() => value.clone(),
        Part::Annotation { .. } | Part::Opaque { .. } => return Ok(None),
    }))
}

fn tool_id(id: &str) -> String {
    const LONGEST: usize = 64;
    fit(id, LONGEST, |c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
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

/// A block of white space is refused.
fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
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
