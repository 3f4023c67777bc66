//! Our messages as chat messages.

use super::NAME;
use super::reasoning::details;
use crate::wire::cache_control;
use crate::wire::prefill::{Prefill, is_begun};
use crate::wire::quirks::Dialect;
use crate::wire::tool_id::{fit, nine};
use crate::words::{CacheMark, Failure, FailureKind, Message, Part, Request, Role, Source};
use serde_json::{Map, Value, json};

pub fn messages(request: &Request, dialect: &Dialect) -> Result<Vec<Value>, Failure> {
    let mut out = Vec::new();
    let last = request.messages.len().saturating_sub(1);
    // thinking is wanted back only while the tool loop it belongs to is open
    let open_loop = request.open_loop();
    // where to put the prompt-cache mark that a person asked for without saying where
    let asked = dialect.cache_mark(request.params.cache_prompt.unwrap_or_default());
    let marked = request.messages.iter().rposition(|m| m.role == Role::User);
    for (place, message) in request.messages.iter().enumerate() {
        let mark = if marked == Some(place) { asked } else { CacheMark::None };
        match message.role {
            Role::System => {
                let role = if dialect.developer_role { "developer" } else { "system" };
                out.push(with_own(
                    message,
                    json!({"role": role, "content": content(message, dialect, mark)?}),
                ));
            }
            Role::User | Role::Tool => {
                results(message, dialect, &mut out)?;
                if message.parts.iter().any(|part| !is_result(part) && own(part).is_none()) {
                    out.push(with_own(
                        message,
                        json!({"role": "user", "content": content(message, dialect, mark)?}),
                    ));
                }
            }
            Role::Assistant => {
                let mut said = assistant(message, dialect, place > open_loop)?;
                match dialect.prefill {
                    _ if place != last || !is_begun(request) => {}
                    Some(Prefill::Prefix | Prefill::BetaPrefix) => said["prefix"] = true.into(),
                    Some(Prefill::Partial) => said["partial"] = true.into(),
                    Some(Prefill::Last | Prefill::Continue) | None => {}
                }
                out.push(with_own(message, said));
            }
        }
    }
    Ok(out)
}

fn is_result(part: &Part) -> bool {
    matches!(part, Part::ToolResult { .. })
}

/// Fields of the client's message that we do not know.
fn own(part: &Part) -> Option<&Map<String, Value>> {
    match part {
        Part::Opaque { format, value } if format == NAME => value.get("message")?.as_object(),
        _ => None,
    }
}

/// The same, put back where they were.
fn with_own(message: &Message, mut said: Value) -> Value {
    for own in message.parts.iter().filter_map(own) {
        if let Some(said) = said.as_object_mut() {
            said.extend(own.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
    }
    said
}

fn assistant(message: &Message, dialect: &Dialect, in_open_loop: bool) -> Result<Value, Failure> {
    let mut said = Map::new();
    said.insert("role".to_owned(), "assistant".into());
    let calls: Vec<Value> = message
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::ToolCall { id, name, arguments, signature } => {
                let mut call = json!({"id": tool_id(id, dialect), "type": "function",
                    "function": {"name": name, "arguments": arguments}});
                if let Some(signature) = signature {
                    call["extra_content"] = json!({"google": {"thought_signature": signature}});
                }
                Some(call)
            }
            Part::Opaque { format, value } if format == NAME || *format == dialect.own => {
                super::custom::said(value)
            }
            _ => None,
        })
        .collect();
    let text = content(message, dialect, CacheMark::None)?;
    let silent = text.as_str().is_some_and(str::is_empty) && !calls.is_empty();
    said.insert("content".to_owned(), if silent { Value::Null } else { text });
    if dialect.openrouter {
        let details = details(&message.parts, &dialect.own);
        if !details.is_empty() {
            said.insert("reasoning_details".to_owned(), details.into());
        }
        let notes: Vec<&Value> = message
            .parts
            .iter()
            .filter_map(|part| match part {
                Part::Annotation { value } => Some(value),
                _ => None,
            })
            .collect();
        if !notes.is_empty() {
            said.insert("annotations".to_owned(), json!(notes));
        }
    } else if dialect.replay_reasoning && in_open_loop {
        let thoughts: String = message
            .parts
            .iter()
            .filter_map(|part| match part {
                Part::Reasoning(reasoning) if reasoning.format.is_none() => Some(reasoning.text.as_str()),
                _ => None,
            })
            .collect();
        if !thoughts.is_empty() {
            said.insert("reasoning_content".to_owned(), thoughts.into());
        }
    }
    if !calls.is_empty() {
        said.insert("tool_calls".to_owned(), calls.into());
    }
    Ok(Value::Object(said))
}

/// Tool results, a message each. What is no text in them follows as a message of the user's, after the last result.
fn results(message: &Message, dialect: &Dialect, out: &mut Vec<Value>) -> Result<(), Failure> {
    let mut pictures = Vec::new();
    for part in &message.parts {
        let Part::ToolResult { call, parts, .. } = part else { continue };
        let text: Vec<&str> = parts.iter().filter_map(Part::as_text).collect();
        let said =
            json!({"role": "tool", "tool_call_id": tool_id(call, dialect), "content": text.join("\n")});
        out.push(with_own(message, said));
        for part in parts.iter().filter(|part| !matches!(part, Part::Text { .. })) {
            pictures.extend(content_part(part, dialect, CacheMark::None)?);
        }
    }
    if !pictures.is_empty() {
        out.push(json!({"role": "user", "content": pictures}));
    }
    Ok(())
}

/// Text alone is a string, which every server takes; anything else a list of parts.
fn content(message: &Message, dialect: &Dialect, mark: CacheMark) -> Result<Value, Failure> {
    let plain = message.parts.iter().all(|part| match part {
        Part::Text { cache, .. } => dialect.cache_mark(*cache).is_none(),
        Part::Image { .. } | Part::File { .. } | Part::Audio { .. } => false,
        Part::Opaque { format, value } => !is_part(format, value, dialect),
        _ => true,
    });
    let texts = || message.parts.iter().filter_map(Part::as_text);
    if plain && mark.is_none() {
        return Ok(if message.role == Role::Assistant {
            texts().collect::<String>()
        } else {
            texts().collect::<Vec<_>>().join("\n\n")
        }
        .into());
    }
    let last_text = message.parts.iter().rposition(|part| matches!(part, Part::Text { .. }));
    let mut parts = Vec::new();
    for (place, part) in message.parts.iter().enumerate() {
        let mark = if last_text == Some(place) { mark } else { CacheMark::None };
        parts.extend(content_part(part, dialect, mark)?);
    }
    Ok(parts.into())
}

/// A part of the content that we do not know, for the one who said it or whom a client sends it to.
fn is_part(format: &str, value: &Value, dialect: &Dialect) -> bool {
    (format == NAME || format == dialect.own) && value.get("type").is_some()
}

fn content_part(part: &Part, dialect: &Dialect, mark: CacheMark) -> Result<Option<Value>, Failure> {
    Ok(Some(match part {
        Part::Text { text, cache } => {
            let mut value = json!({"type": "text", "text": text});
            cache_control::mark(&mut value, dialect.cache_mark(cache.or(mark)));
            value
        }
        Part::Image { source, detail, .. } => {
            let mut image = json!({"url": address(source).ok_or_else(|| unsupported("an image by id"))?});
            if let Some(detail) = detail {
                image["detail"] = detail.clone().into();
            }
            json!({"type": "image_url", "image_url": image})
        }
        Part::File { name, source } => match source {
            Source::Id { id } => json!({"type": "file", "file": {"file_id": id}}),
            source if dialect.document_url => {
                json!({"type": "document_url", "document_url": address(source), "document_name": name})
            }
            Source::Url { .. } if !dialect.openrouter => return Err(unsupported("a file by URL")),
            source => json!({"type": "file", "file": {"filename": name, "file_data": address(source)}}),
        },
        Part::Audio { source: Source::Data { media_type, base64 } } => {
            let format = media_type.rsplit('/').next().unwrap_or("wav").trim_start_matches("x-");
            let format = if format == "mpeg" { "mp3" } else { format };
            json!({"type": "input_audio", "input_audio": {"data": base64, "format": format}})
        }
        Part::Audio { .. } => return Err(unsupported("audio by URL")),
        Part::Opaque { format, value } if is_part(format, value, dialect) => value.clone(),
        _ => return Ok(None),
    }))
}

/// A URL that can stand where the API wants one.
pub fn address(source: &Source) -> Option<String> {
    match source {
        Source::Url { url } => Some(url.clone()),
        Source::Data { media_type, base64 } => Some(format!("data:{media_type};base64,{base64}")),
        Source::Id { .. } => None,
    }
}

fn unsupported(what: &str) -> Failure {
    Failure::new(FailureKind::Unsupported, format!("this endpoint does not take {what}"))
}

/// Mistral takes ids of exactly nine letters and digits, OpenAI none of more than forty characters.
fn tool_id(id: &str, dialect: &Dialect) -> String {
    const LONGEST: usize = 40;
    if !dialect.short_tool_ids {
        return fit(id, LONGEST, |_| true);
    }
    if id.len() == 9 && id.bytes().all(|b| b.is_ascii_alphanumeric()) { id.to_owned() } else { nine(id) }
}
