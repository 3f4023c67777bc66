//! A client's `messages` in our words.

use super::request::{Bad, cache_mark};
use crate::words::{Message, Part, Reasoning, ReasoningKind, Role, Source};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The format's name, for parts we hand through without understanding them.
const FORMAT: &str = "openai-chat";

/// Fields of a message that we read; others ride along.
const KNOWN: &[&str] = &[
    "role",
    "content",
    "tool_call_id",
    "tool_calls",
    "reasoning",
    "reasoning_content",
    "reasoning_details",
    "annotations",
    // what we said in a reply; no API takes it back
    "images",
];

pub(super) fn messages(value: &Value) -> Result<Vec<Arc<Message>>, Bad> {
    let list = value.as_array().ok_or_else(|| Bad::new("messages", "must be a list of messages"))?;
    if list.is_empty() {
        return Err(Bad::new("messages", "is empty: there is nothing to answer"));
    }
    list.iter()
        .enumerate()
        .map(|(i, value)| {
            let at = format!("messages[{i}]");
            let fields =
                value.as_object().ok_or_else(|| Bad::new(&at, "must be an object with role and content"))?;
            message(fields, &at).map(Arc::new)
        })
        .collect()
}

fn message(fields: &Map<String, Value>, at: &str) -> Result<Message, Bad> {
    let role = fields.get("role").and_then(Value::as_str).ok_or_else(|| Bad::new(at, "needs a role"))?;
    let role = match role {
        "system" | "developer" => Role::System,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "tool" | "function" => Role::Tool,
        other => {
            return Err(Bad::new(
                format!("{at}.role"),
                format!("is `{other}`; allowed are system, developer, user, assistant and tool"),
            ));
        }
    };
    let content = content(fields.get("content"), &format!("{at}.content"))?;
    let mut parts = Vec::new();
    match role {
        Role::Tool => parts.push(Part::ToolResult {
            call: called(fields, at)?,
            name: text(fields, "name"),
            parts: content,
            error: false,
        }),
        Role::Assistant => {
            parts.extend(reasoning(fields));
            parts.extend(content);
            parts.extend(calls(fields, at)?);
            let cited = fields.get("annotations").and_then(Value::as_array).into_iter().flatten();
            parts.extend(cited.map(|value| Part::Annotation { value: value.clone() }));
        }
        Role::System | Role::User => parts.extend(content),
    }
    let known = |name: &str| KNOWN.contains(&name) || (role == Role::Tool && name == "name");
    let own: Map<String, Value> = fields
        .iter()
        .filter(|(name, value)| !value.is_null() && !known(name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if !own.is_empty() {
        parts.push(Part::Opaque { format: FORMAT.into(), value: json!({ "message": own }) });
    }
    Ok(Message::loose(role, parts))
}

/// Which call a result belongs to; the functions of old were known by their name only.
fn called(fields: &Map<String, Value>, at: &str) -> Result<String, Bad> {
    match fields.get("tool_call_id").and_then(Value::as_str) {
        Some(id) if !id.is_empty() => Ok(id.to_owned()),
        _ if fields.get("role").is_some_and(|role| role == "function") => Ok(text(fields, "name")),
        _ => Err(Bad::new(format!("{at}.tool_call_id"), "is missing: whose result is this?")),
    }
}

fn text(fields: &Map<String, Value>, name: &str) -> String {
    fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn content(value: Option<&Value>, at: &str) -> Result<Vec<Part>, Bad> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![Part::text(text.as_str())]),
        Some(Value::Array(list)) => {
            list.iter().enumerate().map(|(i, part)| self::part(part, &format!("{at}[{i}]"))).collect()
        }
        Some(_) => Err(Bad::new(at, "must be a string or a list of parts")),
    }
}

fn part(value: &Value, at: &str) -> Result<Part, Bad> {
    let kind = value["type"].as_str().ok_or_else(|| Bad::new(at, "needs a type"))?;
    let need = |value: &Value, name: &str| {
        value.as_str().map(str::to_owned).ok_or_else(|| Bad::new(format!("{at}.{name}"), "must be a string"))
    };
    Ok(match kind {
        "text" => Part::Text {
            text: need(&value["text"], "text")?,
            cache: cache_mark(&value["cache_control"], at)?,
        },
        "image_url" => Part::Image {
            name: String::new(),
            source: source(&need(&value["image_url"]["url"], "image_url.url")?)
                .map_err(|wrong| Bad::new(format!("{at}.image_url.url"), wrong))?,
            detail: value["image_url"]["detail"].as_str().map(str::to_owned),
        },
        "input_audio" => {
            let audio = &value["input_audio"];
            Part::Audio {
                source: Source::Data {
                    media_type: format!("audio/{}", need(&audio["format"], "input_audio.format")?),
                    base64: need(&audio["data"], "input_audio.data")?,
                },
            }
        }
        "file" => {
            let file = &value["file"];
            let source = match (file["file_data"].as_str(), file["file_id"].as_str()) {
                (Some(data), _) => {
                    source(data).map_err(|wrong| Bad::new(format!("{at}.file.file_data"), wrong))?
                }
                (None, Some(id)) => Source::Id { id: id.to_owned() },
                (None, None) => return Err(Bad::new(format!("{at}.file"), "needs file_data or file_id")),
            };
            Part::File { name: file["filename"].as_str().unwrap_or("file").to_owned(), source }
        }
        _ => Part::Opaque { format: FORMAT.into(), value: value.clone() },
    })
}

/// A `data:` URL is inline data; anything else is for the provider to fetch.
fn source(url: &str) -> Result<Source, &'static str> {
    let Some(inline) = url.strip_prefix("data:") else { return Ok(Source::Url { url: url.to_owned() }) };
    let (media_type, data) =
        inline.split_once(";base64,").ok_or("must be `data:TYPE;base64,DATA`, or an address")?;
    Ok(Source::Data { media_type: media_type.to_owned(), base64: data.to_owned() })
}

/// `reasoning_details` hold signatures and must be replayed as they are; the plain texts only stand in for them.
fn reasoning(fields: &Map<String, Value>) -> Vec<Part> {
    if let Some(details) = fields.get("reasoning_details").and_then(Value::as_array)
        && !details.is_empty()
    {
        return details.iter().map(detail).collect();
    }
    ["reasoning", "reasoning_content"]
        .iter()
        .find_map(|name| fields.get(*name)?.as_str().filter(|text| !text.is_empty()))
        .map(|text| Part::Reasoning(Reasoning { text: text.to_owned(), ..Reasoning::default() }))
        .into_iter()
        .collect()
}

fn detail(value: &Value) -> Part {
    let string = |name: &str| value[name].as_str().map(str::to_owned);
    let (kind, text) = match value["type"].as_str() {
        Some("reasoning.text") => (ReasoningKind::Text, string("text")),
        Some("reasoning.summary") => (ReasoningKind::Summary, string("summary")),
        Some("reasoning.encrypted") => (ReasoningKind::Encrypted, None),
        _ => return Part::Opaque { format: FORMAT.into(), value: json!({ "reasoning_detail": value }) },
    };
    Part::Reasoning(Reasoning {
        kind,
        text: text.unwrap_or_default(),
        signature: string("signature"),
        data: string("data"),
        id: string("id"),
        format: string("format"),
    })
}

fn calls(fields: &Map<String, Value>, at: &str) -> Result<Vec<Part>, Bad> {
    let list = match fields.get("tool_calls") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(list) => {
            list.as_array().ok_or_else(|| Bad::new(format!("{at}.tool_calls"), "must be a list of calls"))?
        }
    };
    list.iter()
        .enumerate()
        .map(|(i, call)| {
            // a kind of call we do not know goes back as it came
            if call["type"].as_str().is_some_and(|kind| kind != "function") {
                return Ok(Part::Opaque { format: FORMAT.into(), value: json!({ "tool_call": call }) });
            }
            let function = &call["function"];
            let name = function["name"]
                .as_str()
                .ok_or_else(|| Bad::new(format!("{at}.tool_calls[{i}].function"), "needs a name"))?;
            Ok(Part::ToolCall {
                id: call["id"].as_str().unwrap_or_default().to_owned(),
                name: name.to_owned(),
                arguments: function["arguments"].as_str().unwrap_or("{}").to_owned(),
                signature: call["extra_content"]["google"]["thought_signature"].as_str().map(str::to_owned),
            })
        })
        .collect()
}
