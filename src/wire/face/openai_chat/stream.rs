//! A reply as server-sent events: one chunk a delta, usage with its cost last, then `[DONE]`.

use super::aside::Aside;
use super::error::metadata as error_metadata;
use super::usage::{UsageBody, metadata};
use crate::words::{At, Delta, Failure, GenerationId, Reasoning, ReasoningKind, Receipt, Reply, Stop};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Sent while nothing else is, so that no proxy in between thinks the line dead.
pub const KEEP_ALIVE: &[u8] = b": FAREWAY PROCESSING\n\n";

/// Writes the chunks of one reply. Feed it every [`Reply`] in order.
#[derive(Debug)]
pub struct Streamed {
    id: String,
    created: i64,
    model: String,
    provider: Option<String>,
    greeted: bool,
    stop: Option<(Stop, String)>,
}

#[derive(Serialize)]
struct Chunk<'a> {
    id: &'a str,
    object: &'static str,
    created: i64,
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'a str>,
    choices: Vec<Choice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<UsageBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fareway: Option<Value>,
    #[serde(flatten)]
    more: Option<&'a Map<String, Value>>,
}

#[derive(Default, Serialize)]
struct Choice<'a> {
    index: u32,
    delta: Piece<'a>,
    finish_reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    native_finish_reason: Option<&'a str>,
    #[serde(flatten)]
    more: Option<&'a Map<String, Value>>,
}

#[derive(Default, Serialize)]
struct Piece<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_details: Option<[Value; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_calls: Option<[Value; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    images: Option<[Value; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<[&'a Value; 1]>,
    #[serde(flatten)]
    more: Option<&'a Map<String, Value>>,
}

impl Streamed {
    pub fn new(generation: GenerationId, requested: &str, at: At) -> Self {
        Self {
            id: generation.to_string(),
            created: at.secs(),
            model: requested.to_owned(),
            provider: None,
            greeted: false,
            stop: None,
        }
    }

    /// Appends what this reply means to a client; most notes of routing mean nothing to it.
    pub fn reply(&mut self, reply: &Reply, out: &mut Vec<u8>) {
        match reply {
            Reply::Chosen(chosen) | Reply::Resumed { chosen, .. } => {
                chosen.model.as_str().clone_into(&mut self.model);
                self.provider = Some(chosen.provider_name.clone());
            }
            Reply::Delta(delta) => self.delta(delta, out),
            Reply::Done(receipt) => self.done(receipt, out),
            Reply::Failed { failure, receipt } => self.failed(failure, receipt, out),
            Reply::Waiting { .. } | Reply::FellBack { .. } => {}
        }
    }

    fn delta(&mut self, delta: &Delta, out: &mut Vec<u8>) {
        let piece = match delta {
            Delta::Text(text) => Piece { content: Some(text), ..Piece::default() },
            Delta::Reasoning { index, piece } => Piece {
                reasoning: (!piece.text.is_empty()).then_some(piece.text.as_str()),
                reasoning_details: Some([detail(*index, piece)]),
                ..Piece::default()
            },
            Delta::ToolCall { index, id, name, arguments, signature } => {
                let call = call(*index, id.as_deref(), name.as_deref(), arguments, signature.as_deref());
                Piece { tool_calls: Some([call]), ..Piece::default() }
            }
            Delta::Image(url) => Piece {
                images: Some([json!({ "type": "image_url", "image_url": { "url": url } })]),
                ..Piece::default()
            },
            Delta::Annotation(value) => Piece { annotations: Some([value]), ..Piece::default() },
            Delta::Stop { reason, native } => {
                self.stop = Some((*reason, native.clone()));
                return;
            }
            Delta::Opaque { .. } => match Aside::of_delta(delta) {
                Some(Aside::Detail(detail)) => {
                    Piece { reasoning_details: Some([detail.clone()]), ..Piece::default() }
                }
                Some(Aside::Call(call)) => Piece { tool_calls: Some([call.clone()]), ..Piece::default() },
                Some(Aside::Message(fields)) => Piece { more: Some(fields), ..Piece::default() },
                Some(Aside::Choice(fields)) => return self.choice(Piece::default(), Some(fields), out),
                Some(Aside::Body(fields)) => return self.write(Vec::new(), None, None, Some(fields), out),
                None => return,
            },
            Delta::Usage { .. } | Delta::Head { .. } | Delta::Tier(_) => return,
        };
        self.choice(piece, None, out);
    }

    fn done(&mut self, receipt: &Receipt, out: &mut Vec<u8>) {
        let (reason, native) = self.stop.take().unwrap_or((Stop::Stop, "stop".into()));
        let choice = self.greet(Choice {
            finish_reason: Some(reason.name()),
            native_finish_reason: Some(&native),
            ..Choice::default()
        });
        self.write(vec![choice], None, None, None, out);
        self.usage(receipt, out);
        out.extend_from_slice(b"data: [DONE]\n\n");
    }

    /// After the first token the status line is long gone: the error goes in-band, as OpenRouter sends it.
    fn failed(&mut self, failure: &Failure, receipt: &Receipt, out: &mut Vec<u8>) {
        let error = json!({
            "code": failure.kind.status(),
            "message": failure.message,
            "metadata": error_metadata(failure, Some(receipt)),
        });
        let delta = Piece { content: Some(""), ..Piece::default() };
        let choice = Choice { delta, finish_reason: Some("error"), ..Choice::default() };
        self.write(vec![choice], Some(error), None, None, out);
        self.usage(receipt, out);
        out.extend_from_slice(b"data: [DONE]\n\n");
    }

    fn usage(&self, receipt: &Receipt, out: &mut Vec<u8>) {
        self.write(Vec::new(), None, Some(receipt), None, out);
    }

    fn choice(&mut self, delta: Piece<'_>, more: Option<&Map<String, Value>>, out: &mut Vec<u8>) {
        let choice = self.greet(Choice { delta, more, ..Choice::default() });
        self.write(vec![choice], None, None, None, out);
    }

    /// The first one says who speaks.
    fn greet<'a>(&mut self, mut choice: Choice<'a>) -> Choice<'a> {
        if !std::mem::replace(&mut self.greeted, true) {
            choice.delta.role = Some("assistant");
        }
        choice
    }

    fn write(
        &self,
        choices: Vec<Choice<'_>>,
        error: Option<Value>,
        receipt: Option<&Receipt>,
        more: Option<&Map<String, Value>>,
        out: &mut Vec<u8>,
    ) {
        let chunk = Chunk {
            id: &self.id,
            object: "chat.completion.chunk",
            created: self.created,
            model: &self.model,
            provider: self.provider.as_deref(),
            choices,
            error,
            usage: receipt.map(UsageBody::of),
            fareway: receipt.map(metadata),
            more,
        };
        out.extend_from_slice(b"data: ");
        serde_json::to_writer(&mut *out, &chunk)
            .expect("plain data becomes JSON, and a Vec takes every byte");
        out.extend_from_slice(b"\n\n");
    }
}

/// One entry of `tool_calls`. Google's signature stands where Google's own compatible API has it.
pub(super) fn call(
    index: u32,
    id: Option<&str>,
    name: Option<&str>,
    arguments: &str,
    signature: Option<&str>,
) -> Value {
    let mut call = json!({ "index": index, "function": { "arguments": arguments } });
    if let Some(id) = id {
        call["id"] = json!(id);
        call["type"] = json!("function");
    }
    if let Some(name) = name {
        call["function"]["name"] = json!(name);
    }
    if let Some(signature) = signature {
        call["extra_content"] = json!({ "google": { "thought_signature": signature } });
    }
    call
}

/// One entry of OpenRouter's `reasoning_details`.
pub(super) fn detail(index: u32, piece: &Reasoning) -> Value {
    let mut detail = json!({
        "type": match piece.kind {
            ReasoningKind::Text => "reasoning.text",
            ReasoningKind::Summary => "reasoning.summary",
            ReasoningKind::Encrypted => "reasoning.encrypted",
        },
        "index": index,
        "format": piece.format.as_deref().unwrap_or("unknown"),
    });
    if !piece.text.is_empty() {
        let name = if piece.kind == ReasoningKind::Summary { "summary" } else { "text" };
        detail[name] = json!(piece.text);
    }
    for (name, value) in [("signature", &piece.signature), ("data", &piece.data), ("id", &piece.id)] {
        if let Some(value) = value {
            detail[name] = json!(value);
        }
    }
    detail
}
