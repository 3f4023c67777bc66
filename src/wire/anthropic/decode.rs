//! Message events, or a whole message, to deltas.

use super::event::{Event, Piece, Step};
use super::usage::tally;
use super::{NAME, THINKING};
use crate::wire::extra::set_aside;
use crate::wire::framed::{Voice, cut, malformed};
use crate::wire::lenient::{Str, utf8};
use crate::wire::numbers::{parse, value};
use crate::wire::{Refusal, classify};
use crate::words::{At, Delta, Failure, Reasoning, ReasoningKind, Stop};
use serde_json::{Map, Value, json};

/// What we know of a message; `stop_sequence` is in the text's end, `type` and `role` are always the same.
const MESSAGE: &[&str] = &["id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"];

/// One answer, as far as it was heard.
#[derive(Default)]
pub struct Messages {
    blocks: Vec<Block>,
    thoughts: u32,
    calls: u32,
    /// Later counts replace earlier ones, name by name.
    usage: Map<String, Value>,
    ended: bool,
    spoke: bool,
}

struct Block {
    index: u64,
    kind: Kind,
}

enum Kind {
    Text,
    Thinking {
        index: u32,
        named: bool,
    },
    Call {
        index: u32,
    },
    /// A block we do not know, with the JSON of its input as it comes in.
    Opaque {
        block: Value,
        input: String,
    },
}

impl Voice for Messages {
    fn hear(&mut self, name: &[u8], data: &[u8], out: &mut Vec<Delta>) -> Result<(), Failure> {
        let data = data.trim_ascii();
        if data.is_empty() || data == b"[DONE]" {
            return Ok(());
        }
        let text = utf8(data);
        if name == b"content_block_delta"
            && let Ok(step) = serde_json::from_str::<Step<'_>>(&text)
        {
            self.piece(step.index, step.delta, data, out);
            return Ok(());
        }
        match serde_json::from_str::<Event<'_>>(&text) {
            Ok(event) => self.event(event, name, data, out),
            Err(error) => Err(malformed(&format!("bad JSON in an event ({error})"), data)),
        }
    }

    fn close(&mut self, whole: bool, _: &mut Vec<Delta>) -> Result<(), Failure> {
        if self.ended || (whole && self.spoke) { Ok(()) } else { Err(cut()) }
    }
}

impl Messages {
    fn event(
        &mut self,
        event: Event<'_>,
        name: &[u8],
        data: &[u8],
        out: &mut Vec<Delta>,
    ) -> Result<(), Failure> {
        match &*event.kind.0 {
            "content_block_delta" => {
                if let Some(piece) = event.delta {
                    self.piece(event.index.unwrap_or(0), piece, data, out);
                }
            }
            "content_block_start" => {
                if let Some(block) = event.content_block {
                    let block = value(block);
                    self.start(event.index.unwrap_or(0), block, out);
                }
            }
            "content_block_stop" => self.end(event.index.unwrap_or(0), out),
            "message_start" => {
                self.ended = false;
                let message = event.message.map(value).unwrap_or_default();
                let text = |key: &str| message.get(key).and_then(Value::as_str).map(str::to_owned);
                out.push(Delta::Head { id: text("id"), model: text("model"), provider: None });
                self.count(message.get("usage"), out);
                set_aside("message", &message, MESSAGE, out);
                for block in message.get("content").and_then(Value::as_array).into_iter().flatten() {
                    self.whole_block(block.clone(), out);
                }
            }
            "message_delta" => {
                let said: Value = parse(data);
                set_aside("message", said.get("delta").unwrap_or(&Value::Null), MESSAGE, out);
                set_aside("message", &said, &["type", "delta", "usage"], out);
                if let Some(usage) = event.usage {
                    self.count(Some(&value(usage)), out);
                }
                if let Some(reason) = event.delta.and_then(|d| d.stop_reason).filter(|r| !r.is_empty()) {
                    self.stop(&reason.0, out);
                }
            }
            "message_stop" => {
                self.ended = true;
                let open: Vec<u64> = self.blocks.iter().map(|block| block.index).collect();
                for index in open {
                    self.end(index, out);
                }
            }
            "ping" => {}
            "message" => {
                let text = |text: Option<Str<'_>>| text.as_ref().and_then(Str::some);
                out.push(Delta::Head { id: text(event.id), model: text(event.model), provider: None });
                self.spoke = true;
                let content = event.content.map(value).unwrap_or_default();
                for block in content.as_array().into_iter().flatten() {
                    self.whole_block(block.clone(), out);
                }
                if let Some(reason) = event.stop_reason.filter(|r| !r.is_empty()) {
                    self.stop(&reason.0, out);
                }
                if let Some(usage) = event.usage {
                    self.count(Some(&value(usage)), out);
                }
                set_aside("message", &parse(data), MESSAGE, out);
            }
            kind if kind == "error" || name == b"error" || event.error.is_some() => {
                let said: Value = parse(data);
                return Err(classify(NAME, &Refusal::of(200, &said), &[], At::default()));
            }
            "" => return Err(malformed("an object without a type", data)),
            // new events may come at any time
            _ => {}
        }
        Ok(())
    }

    fn whole_block(&mut self, block: Value, out: &mut Vec<Delta>) {
        let index = u64::MAX;
        self.start(index, block, out);
        self.end(index, out);
    }

    fn start(&mut self, index: u64, block: Value, out: &mut Vec<Delta>) {
        let text = |key: &str| block.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let kind = match block.get("type").and_then(Value::as_str) {
            Some("text") => {
                say(text("text"), out);
                for citation in block.get("citations").and_then(Value::as_array).into_iter().flatten() {
                    cite(citation, out);
                }
                Kind::Text
            }
            Some("thinking") => {
                let place = self.thoughts;
                self.thoughts += 1;
                let (thinking, signature) = (text("thinking"), text("signature"));
                let named = !thinking.is_empty() || !signature.is_empty();
                if named {
                    let piece = Reasoning {
                        text: thinking,
                        signature: (!signature.is_empty()).then_some(signature),
                        format: Some(THINKING.to_owned()),
                        ..Reasoning::default()
                    };
                    out.push(Delta::Reasoning { index: place, piece });
                }
                Kind::Thinking { index: place, named }
            }
            Some("redacted_thinking") => {
                let piece = Reasoning {
                    kind: ReasoningKind::Encrypted,
                    data: Some(text("data")),
                    format: Some(THINKING.to_owned()),
                    ..Reasoning::default()
                };
                out.push(Delta::Reasoning { index: self.thoughts, piece });
                self.thoughts += 1;
                return;
            }
            Some("tool_use") => {
                let place = self.calls;
                self.calls += 1;
                // the input comes in pieces, unless the message is whole
                let input = block.get("input");
                let given =
                    input.is_some_and(|i| index == u64::MAX || i.as_object().is_some_and(|o| !o.is_empty()));
                out.push(Delta::ToolCall {
                    index: place,
                    id: Some(text("id")),
                    name: Some(text("name")),
                    arguments: input.filter(|_| given).map(Value::to_string).unwrap_or_default(),
                    signature: None,
                });
                Kind::Call { index: place }
            }
            _ => Kind::Opaque { block, input: String::new() },
        };
        self.blocks.push(Block { index, kind });
    }

    /// `event`: what the piece stood in.
    fn piece(&mut self, index: u64, piece: Piece<'_>, event: &[u8], out: &mut Vec<Delta>) {
        let kind =
            self.blocks.iter_mut().rev().find(|block| block.index == index).map(|block| &mut block.kind);
        match kind {
            Some(Kind::Thinking { index, named }) => {
                let text = piece.thinking.or(piece.text).unwrap_or_default().0;
                let signature = piece.signature.as_ref().and_then(Str::some);
                if text.is_empty() && signature.is_none() {
                    return;
                }
                let format = (!*named).then(|| THINKING.to_owned());
                *named = true;
                let piece = Reasoning { text: text.into_owned(), signature, format, ..Reasoning::default() };
                out.push(Delta::Reasoning { index: *index, piece });
            }
            Some(Kind::Call { index }) => {
                if let Some(json) = piece.partial_json.filter(|json| !json.is_empty()) {
                    out.push(Delta::ToolCall {
                        index: *index,
                        id: None,
                        name: None,
                        arguments: json.0.into_owned(),
                        signature: None,
                    });
                }
            }
            Some(Kind::Opaque { block, input }) => {
                input.push_str(&piece.partial_json.unwrap_or_default().0);
                let event: Value = parse(event);
                for (key, piece) in event.get("delta").and_then(Value::as_object).into_iter().flatten() {
                    if key != "type" && key != "partial_json" {
                        grow(&mut block[key.as_str()], piece.clone());
                    }
                }
            }
            Some(Kind::Text) | None => {
                say(piece.text.unwrap_or_default().0.into_owned(), out);
                if let Some(citation) = piece.citation {
                    cite(&value(citation), out);
                }
            }
        }
    }

    fn end(&mut self, index: u64, out: &mut Vec<Delta>) {
        let Some(place) = self.blocks.iter().rposition(|block| block.index == index) else { return };
        if let Kind::Opaque { mut block, input } = self.blocks.remove(place).kind {
            if let Ok(input) = serde_json::from_str::<Value>(&input) {
                block["input"] = input;
            }
            out.push(Delta::Opaque { format: Some(NAME.to_owned()), value: block });
        }
    }

    fn count(&mut self, usage: Option<&Value>, out: &mut Vec<Delta>) {
        let Some(Value::Object(said)) = usage else { return };
        for (key, value) in said {
            if !value.is_null() {
                self.usage.insert(key.clone(), value.clone());
            }
        }
        if let Ok(usage) = tally(&self.usage) {
            out.push(Delta::Usage { usage, cost: None });
        }
    }

    fn stop(&mut self, native: &str, out: &mut Vec<Delta>) {
        self.ended = true;
        let reason = match native {
            "max_tokens" | "model_context_window_exceeded" => Stop::Length,
            "tool_use" => Stop::ToolCalls,
            "refusal" => Stop::ContentFilter,
            _ => Stop::Stop,
        };
        out.push(Delta::Stop { reason, native: native.to_owned() });
    }
}

/// A field of a block we do not know comes in pieces: text is appended, anything else is the field.
fn grow(field: &mut Value, piece: Value) {
    match (field, piece) {
        (Value::String(sofar), Value::String(more)) => sofar.push_str(&more),
        (field, piece) => *field = piece,
    }
}

fn say(text: String, out: &mut Vec<Delta>) {
    if !text.is_empty() {
        out.push(Delta::Text(text));
    }
}

fn cite(citation: &Value, out: &mut Vec<Delta>) {
    let text = |key: &str| citation.get(key).and_then(Value::as_str).unwrap_or_default();
    if text("url").is_empty() {
        out.push(Delta::Opaque { format: None, value: json!({"citation": citation}) });
    } else {
        out.push(Delta::Annotation(json!({
            "type": "url_citation",
            "url_citation": {"url": text("url"), "title": text("title"), "content": text("cited_text")},
        })));
    }
}
