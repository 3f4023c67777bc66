//! The blocks of a message: each begins, comes in pieces and ends, several may be open at once.

use super::event::Piece;
use super::{NAME, THINKING};
use crate::wire::lenient::Str;
use crate::wire::numbers::{parse, value};
use crate::words::{Delta, Reasoning, ReasoningKind};
use serde_json::{Value, json};

/// The blocks of one answer, as far as they were heard.
#[derive(Default)]
pub struct Blocks {
    open: Vec<Block>,
    thoughts: u32,
    calls: u32,
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

impl Blocks {
    pub fn whole(&mut self, block: Value, out: &mut Vec<Delta>) {
        let index = u64::MAX;
        self.start(index, block, out);
        self.end(index, out);
    }

    pub fn start(&mut self, index: u64, block: Value, out: &mut Vec<Delta>) {
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
        self.open.push(Block { index, kind });
    }

    /// `event`: what the piece stood in.
    pub fn piece(&mut self, index: u64, piece: Piece<'_>, event: &[u8], out: &mut Vec<Delta>) {
        let kind = self.open.iter_mut().rev().find(|block| block.index == index).map(|block| &mut block.kind);
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

    pub fn end(&mut self, index: u64, out: &mut Vec<Delta>) {
        let Some(place) = self.open.iter().rposition(|block| block.index == index) else { return };
        if let Kind::Opaque { mut block, input } = self.open.remove(place).kind {
            if let Ok(input) = serde_json::from_str::<Value>(&input) {
                block["input"] = input;
            }
            out.push(Delta::Opaque { format: Some(NAME.to_owned()), value: block });
        }
    }

    /// The message is over.
    pub fn end_all(&mut self, out: &mut Vec<Delta>) {
        let open: Vec<u64> = self.open.iter().map(|block| block.index).collect();
        for index in open {
            self.end(index, out);
        }
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
