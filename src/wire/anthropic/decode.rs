//! Message events, or a whole message, to deltas.

use super::NAME;
use super::blocks::Blocks;
use super::event::{Event, Step};
use super::usage::tally;
use crate::wire::extra::set_aside;
use crate::wire::framed::{Voice, cut, malformed};
use crate::wire::lenient::{Str, utf8};
use crate::wire::numbers::{parse, value};
use crate::wire::{Refusal, classify};
use crate::words::{At, Delta, Failure, Stop};
use serde_json::{Map, Value};

/// What we know of a message; `stop_sequence` is in the text's end, `type` and `role` are always the same.
const MESSAGE: &[&str] = &["id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"];

/// One answer, as far as it was heard.
#[derive(Default)]
pub struct Messages {
    blocks: Blocks,
    /// Later counts replace earlier ones, name by name.
    usage: Map<String, Value>,
    ended: bool,
    spoke: bool,
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
            self.blocks.piece(step.index, step.delta, data, out);
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
                    self.blocks.piece(event.index.unwrap_or(0), piece, data, out);
                }
            }
            "content_block_start" => {
                if let Some(block) = event.content_block {
                    let block = value(block);
                    self.blocks.start(event.index.unwrap_or(0), block, out);
                }
            }
            "content_block_stop" => self.blocks.end(event.index.unwrap_or(0), out),
            "message_start" => {
                self.ended = false;
                let message = event.message.map(value).unwrap_or_default();
                let text = |key: &str| message.get(key).and_then(Value::as_str).map(str::to_owned);
                out.push(Delta::Head { id: text("id"), model: text("model"), provider: None });
                self.count(message.get("usage"), out);
                set_aside("message", &message, MESSAGE, out);
                for block in message.get("content").and_then(Value::as_array).into_iter().flatten() {
                    self.blocks.whole(block.clone(), out);
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
                self.blocks.end_all(out);
            }
            "ping" => {}
            "message" => {
                let text = |text: Option<Str<'_>>| text.as_ref().and_then(Str::some);
                out.push(Delta::Head { id: text(event.id), model: text(event.model), provider: None });
                self.spoke = true;
                let content = event.content.map(value).unwrap_or_default();
                for block in content.as_array().into_iter().flatten() {
                    self.blocks.whole(block.clone(), out);
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
