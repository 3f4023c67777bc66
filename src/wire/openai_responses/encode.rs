//! A request to the body of `POST .../responses`.

use super::{NAME, thinking};
use crate::wire::azure;
use crate::wire::extra::ride_along;
use crate::wire::openai_chat::{address, effort_name};
use crate::wire::quirks::Dialect;
use crate::wire::search::search;
use crate::wire::tool_id::fit;
use crate::wire::{Auth, Outgoing};
use crate::words::{
    Effort, Endpoint, Failure, FailureKind, Message, Params, Part, Reasoning, ReasoningKind, Request,
    ResponseFormat, Role, Source, Tool, ToolChoice,
};
use serde_json::{Map, Value, json};

pub fn encode(endpoint: &Endpoint, request: &Request) -> Result<Outgoing, Failure> {
    let dialect = Dialect::of(endpoint);
    let mut body = Map::new();
    body.insert("model".to_owned(), endpoint.upstream_model.clone().into());
    let system: Vec<String> =
        request.messages.iter().filter(|m| m.role == Role::System).map(|m| m.plain()).collect();
    if !system.is_empty() {
        body.insert("instructions".to_owned(), system.join("\n\n").into());
    }
    let family = thinking(endpoint);
    let mut input = Vec::new();
    for message in request.messages.iter().filter(|message| message.role != Role::System) {
        items(message, &family, &dialect.own, &mut input)?;
    }
    body.insert("input".to_owned(), input.into());
    body.insert("stream".to_owned(), true.into());
    // the conversation is kept here, not there
    body.insert("store".to_owned(), false.into());
    // without it thinking could not be sent back; models that do not think refuse it
    if request.params.reasoning.is_some() || endpoint.supports("reasoning") {
        body.insert("include".to_owned(), json!(["reasoning.encrypted_content"]));
    }
    params(&mut body, &request.params, &dialect);
    if !request.tools.is_empty() {
        body.insert("tools".to_owned(), request.tools.iter().map(tool).collect());
        if let Some(choice) = &request.params.tool_choice {
            let choice = match choice {
                ToolChoice::None => "none".into(),
                ToolChoice::Auto => "auto".into(),
                ToolChoice::Required => "required".into(),
                ToolChoice::Function(name) => json!({"type": "function", "name": name}),
                ToolChoice::Other(value) => value.clone(),
            };
            body.insert("tool_choice".to_owned(), choice);
        }
        if let Some(parallel) = request.params.parallel_tool_calls {
            body.insert("parallel_tool_calls".to_owned(), parallel.into());
        }
    }
    search(&mut body, request, endpoint, NAME);
    ride_along(&mut body, request, endpoint, NAME);
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    headers.extend(endpoint.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    let (url, auth) = if dialect.azure {
        azure::address(endpoint, "responses")
    } else {
        (format!("{}/responses", endpoint.base_url), Auth::Bearer)
    };
    Ok(Outgoing { url, headers, body: Value::Object(body).to_string().into_bytes(), auth })
}

fn params(body: &mut Map<String, Value>, params: &Params, dialect: &Dialect) {
    let mut text = Map::new();
    match &params.response_format {
        Some(ResponseFormat::JsonObject) => {
            text.insert("format".to_owned(), json!({"type": "json_object"}));
        }
        Some(ResponseFormat::JsonSchema { json_schema }) => {
            let mut format = json!({"type": "json_schema"});
            if let (Some(format), Some(given)) = (format.as_object_mut(), json_schema.as_object()) {
                format.extend(given.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            text.insert("format".to_owned(), format);
        }
        Some(ResponseFormat::Other(value)) => {
            text.insert("format".to_owned(), value.clone());
        }
        Some(ResponseFormat::Text) | None => {}
    }
    if let Some(verbosity) = &params.verbosity {
        text.insert("verbosity".to_owned(), verbosity.clone().into());
    }
    let mut reasoning = Map::new();
    if let Some(given) = &params.reasoning {
        let off = (given.wanted() == Some(false)).then_some(Effort::None);
        if let Some(effort) = off.or(given.effort) {
            reasoning.insert("effort".to_owned(), effort_name(effort, true).into());
        }
        if let Some(summary) = &given.summary {
            reasoning.insert("summary".to_owned(), summary.clone().into());
        }
    }
    let mut set = |name: &str, key: &str, value: Option<Value>| {
        if let Some(value) = value
            && dialect.takes(name)
        {
            body.insert(key.to_owned(), value);
        }
    };
    set("max_tokens", "max_output_tokens", params.max_tokens.map(Value::from));
    set("temperature", "temperature", params.temperature.map(Value::from));
    set("top_p", "top_p", params.top_p.map(Value::from));
    set("top_logprobs", "top_logprobs", params.top_logprobs.map(Value::from));
    set("service_tier", "service_tier", params.service_tier.clone().map(Value::from));
    set("user", "safety_identifier", params.user.clone().map(Value::from));
    set("response_format", "text", (!text.is_empty()).then(|| text.into()));
    set("reasoning", "reasoning", (!reasoning.is_empty()).then(|| reasoning.into()));
}

fn tool(tool: &Tool) -> Value {
    if let Some(opaque) = &tool.opaque {
        return opaque.clone();
    }
    let mut said = json!({"type": "function", "name": tool.name});
    if !tool.description.is_empty() {
        said["description"] = tool.description.clone().into();
    }
    said["parameters"] = tool.parameters.clone();
    // left out it would mean yes here
    said["strict"] = tool.strict.unwrap_or(false).into();
    said
}

/// The items of one message, in the order of its parts.
fn items(message: &Message, family: &str, own: &str, out: &mut Vec<Value>) -> Result<(), Failure> {
    let assistant = message.role == Role::Assistant;
    let role = if assistant { "assistant" } else { "user" };
    let mut content = Vec::new();
    let flush = |content: &mut Vec<Value>, out: &mut Vec<Value>| {
        if !content.is_empty() {
            out.push(json!({"type": "message", "role": role, "content": std::mem::take(content)}));
        }
    };
    let mut place = 0;
    while let Some(part) = message.parts.get(place) {
        place += 1;
        match part {
            Part::Text { text, .. } if text.is_empty() => {}
            Part::Text { text, .. } => {
                content.push(
                    json!({"type": if assistant { "output_text" } else { "input_text" }, "text": text}),
                );
            }
            Part::Image { .. } | Part::File { .. } | Part::Audio { .. } if assistant => {}
            Part::Image { .. } | Part::File { .. } | Part::Audio { .. } => content.push(input(part)?),
            Part::Reasoning(first) => {
                flush(&mut content, out);
                // the parts of one item stand together
                let mut blocks = vec![first];
                while let Some(Part::Reasoning(next)) = message.parts.get(place) {
                    if next.id != first.id || next.format != first.format {
                        break;
                    }
                    blocks.push(next);
                    place += 1;
                }
                out.extend(thoughts(&blocks, family));
            }
            Part::ToolCall { id, name, arguments, .. } => {
                flush(&mut content, out);
                out.push(
                    json!({"type": "function_call", "call_id": call_id(id), "name": name, "arguments": arguments}),
                );
            }
            Part::ToolResult { call, parts, .. } => {
                flush(&mut content, out);
                let plain = parts.iter().all(|part| matches!(part, Part::Text { .. }));
                let output: Value = if plain {
                    let text: Vec<&str> = parts.iter().filter_map(Part::as_text).collect();
                    text.join("\n").into()
                } else {
                    parts.iter().map(input).collect::<Result<Vec<_>, _>>()?.into()
                };
                out.push(json!({"type": "function_call_output", "call_id": call_id(call), "output": output}));
            }
            Part::Opaque { format, value } if format == own => {
                flush(&mut content, out);
                out.push(value.clone());
            }
            Part::Annotation { .. } | Part::Opaque { .. } => {}
        }
    }
    flush(&mut content, out);
    Ok(())
}

/// Longer ones are refused.
fn call_id(id: &str) -> String {
    const LONGEST: usize = 64;
    fit(id, LONGEST, |_| true)
}

/// One reasoning item; nothing unless its vendor encrypted it, for without that it would be looked up by id and not found.
fn thoughts(blocks: &[&Reasoning], family: &str) -> Option<Value> {
    if blocks[0].format.as_deref() != Some(family) {
        return None;
    }
    let data = blocks.iter().find_map(|block| block.data.as_ref())?;
    let of = |kind: ReasoningKind, name: &str| -> Vec<Value> {
        blocks.iter().filter(|b| b.kind == kind).map(|b| json!({"type": name, "text": b.text})).collect()
    };
    let mut item = json!({"type": "reasoning", "summary": of(ReasoningKind::Summary, "summary_text")});
    let content = of(ReasoningKind::Text, "reasoning_text");
    if !content.is_empty() {
        item["content"] = content.into();
    }
    if let Some(id) = &blocks[0].id {
        item["id"] = id.clone().into();
    }
    item["encrypted_content"] = data.clone().into();
    Some(item)
}

fn input(part: &Part) -> Result<Value, Failure> {
    Ok(match part {
        Part::Text { text, .. } => json!({"type": "input_text", "text": text}),
        Part::Image { source, detail, .. } => {
            let mut image = match source {
                Source::Id { id } => json!({"type": "input_image", "file_id": id}),
                source => json!({"type": "input_image", "image_url": address(source)}),
            };
            if let Some(detail) = detail {
                image["detail"] = detail.clone().into();
            }
            image
        }
        Part::File { name, source } => match source {
            Source::Id { id } => json!({"type": "input_file", "file_id": id}),
            Source::Url { url } => json!({"type": "input_file", "file_url": url}),
            source => json!({"type": "input_file", "filename": name, "file_data": address(source)}),
        },
        _ => {
            return Err(Failure::new(
                FailureKind::Unsupported,
                "this endpoint does not take audio or other such parts",
            ));
        }
    })
}
