//! Response events, or a whole response, to deltas.

use super::NAME;
use super::event::{Event, RESPONSE};
use super::thoughts::Thoughts;
use crate::wire::extra::set_aside;
use crate::wire::framed::{Voice, cut, malformed};
use crate::wire::lenient::{Str, utf8};
use crate::wire::numbers::{parse, value};
use crate::wire::openai_chat::usage;
use crate::wire::{Refusal, classify};
use crate::words::{At, Delta, Failure, Reasoning, ReasoningKind, Stop};
use serde_json::{Value, json};

/// One answer, as far as it was heard.
pub struct Response {
    /// The tag of its opaque items.
    own: String,
    head: bool,
    ended: bool,
    /// Output items that have said something, by `output_index`.
    items: Vec<Item>,
    thoughts: Thoughts,
    calls: u32,
}

struct Item {
    place: u64,
    call: Option<u32>,
    said: bool,
}

impl Voice for Response {
    fn hear(&mut self, name: &[u8], data: &[u8], out: &mut Vec<Delta>) -> Result<(), Failure> {
        let data = data.trim_ascii();
        if data.is_empty() || data == b"[DONE]" {
            return Ok(());
        }
        match serde_json::from_str::<Event<'_>>(&utf8(data)) {
            Ok(event) => self.event(event, name, data, out),
            Err(error) => Err(malformed(&format!("bad JSON in an event ({error})"), data)),
        }
    }

    fn close(&mut self, _: bool, _: &mut Vec<Delta>) -> Result<(), Failure> {
        if self.ended { Ok(()) } else { Err(cut()) }
    }
}

impl Response {
    pub fn new(thinking: String, own: String) -> Self {
        Self {
            own,
            head: false,
            ended: false,
            items: Vec::new(),
            thoughts: Thoughts::new(thinking),
            calls: 0,
        }
    }

    fn event(
        &mut self,
        event: Event<'_>,
        name: &[u8],
        data: &[u8],
        out: &mut Vec<Delta>,
    ) -> Result<(), Failure> {
        let place = event.output_index.unwrap_or(0);
        match &*event.kind.0 {
            "response.output_text.delta" | "response.refusal.delta" => {
                let text = event.delta.unwrap_or_default();
                if !text.is_empty() {
                    self.item(place).said = true;
                    out.push(Delta::Text(text.0.into_owned()));
                }
            }
            "response.function_call_arguments.delta" => {
                self.arguments(place, event.delta.unwrap_or_default(), out)
            }
            "response.function_call_arguments.done" if !self.item(place).said => {
                self.arguments(place, event.arguments.unwrap_or_default(), out);
            }
            "response.reasoning_summary_text.delta" => {
                let part = event.summary_index.unwrap_or(0);
                self.think(place, part, ReasoningKind::Summary, event.delta, event.item_id, out);
            }
            "response.reasoning_text.delta" | "response.reasoning.delta" => {
                let part = event.content_index.unwrap_or(0);
                self.think(place, part, ReasoningKind::Text, event.delta, event.item_id, out);
            }
            "response.output_text.annotation.added" => {
                if let Some(annotation) = event.annotation {
                    out.push(Delta::Annotation(cited(value(annotation))));
                }
            }
            "response.output_item.added" => {
                let item = event.item.map(value).unwrap_or_default();
                if text(&item, "type") == "function_call" {
                    self.call(place, &item, out);
                }
            }
            "response.output_item.done" => {
                let item = event.item.map(value).unwrap_or_default();
                self.done(place, &item, out);
            }
            "response.created" | "response.in_progress" | "response.queued" => {
                if self.ended {
                    self.again();
                }
                self.head(&event.response.map(value).unwrap_or_default(), out);
            }
            "response.completed"
            | "response.incomplete"
            | "response.failed"
            | "response.done"
            | "response.cancelled" => {
                return self.whole(&event.response.map(value).unwrap_or_default(), out);
            }
            "" if event.object.as_ref().is_some_and(|o| o.0 == "response") || event.output.is_some() => {
                return self.whole(&parse(data), out);
            }
            kind if kind == "error" || name == b"error" || event.error.is_some() => {
                let said: Value = parse(data);
                return Err(classify(NAME, &Refusal::of(200, &said), &[], At::default()));
            }
            "" => return Err(malformed("an object that is no response", data)),
            _ => {}
        }
        Ok(())
    }

    fn head(&mut self, response: &Value, out: &mut Vec<Delta>) {
        if !self.head {
            self.head = true;
            let text = |key: &str| response.get(key).and_then(Value::as_str).map(str::to_owned);
            out.push(Delta::Head { id: text("id"), model: text("model"), provider: None });
        }
    }

    /// Another response in the same body: its items are not those before.
    fn again(&mut self) {
        self.ended = false;
        self.items.clear();
        self.thoughts.again();
    }

    fn item(&mut self, place: u64) -> &mut Item {
        let known = self.items.iter().position(|item| item.place == place).unwrap_or_else(|| {
            self.items.push(Item { place, call: None, said: false });
            self.items.len() - 1
        });
        &mut self.items[known]
    }

    fn call(&mut self, place: u64, item: &Value, out: &mut Vec<Delta>) {
        let index = self.calls;
        self.calls += 1;
        let arguments = text(item, "arguments");
        let known = self.item(place);
        known.call = Some(index);
        known.said = !arguments.is_empty();
        let id = [text(item, "call_id"), text(item, "id")].into_iter().find(|id| !id.is_empty());
        out.push(Delta::ToolCall { index, id, name: Some(text(item, "name")), arguments, signature: None });
    }

    fn arguments(&mut self, place: u64, piece: Str<'_>, out: &mut Vec<Delta>) {
        let item = self.item(place);
        if let Some(index) = item.call
            && !piece.is_empty()
        {
            item.said = true;
            out.push(Delta::ToolCall {
                index,
                id: None,
                name: None,
                arguments: piece.0.into_owned(),
                signature: None,
            });
        }
    }

    fn think(
        &mut self,
        place: u64,
        part: u64,
        kind: ReasoningKind,
        piece: Option<Str<'_>>,
        id: Option<Str<'_>>,
        out: &mut Vec<Delta>,
    ) {
        let Some(piece) = piece.filter(|piece| !piece.is_empty()) else { return };
        self.item(place).said = true;
        let text = piece.0.into_owned();
        let id = id.and_then(|id| id.some());
        self.thoughts.hear(place, part, Reasoning { kind, text, id, ..Reasoning::default() }, out);
    }

    /// A finished item: what its deltas have not said yet.
    fn done(&mut self, place: u64, item: &Value, out: &mut Vec<Delta>) {
        let said = self.item(place).said;
        match text(item, "type").as_str() {
            "message" => {
                if said {
                    return;
                }
                self.item(place).said = true;
                for part in list(item, "content") {
                    let spoken =
                        [text(part, "text"), text(part, "refusal")].into_iter().find(|t| !t.is_empty());
                    if let Some(spoken) = spoken {
                        out.push(Delta::Text(spoken));
                    }
                    for annotation in list(part, "annotations") {
                        out.push(Delta::Annotation(cited(annotation.clone())));
                    }
                }
            }
            "function_call" => {
                if self.item(place).call.is_none() {
                    self.call(place, item, out);
                } else if !said {
                    self.arguments(place, Str(text(item, "arguments").into()), out);
                }
            }
            "reasoning" => {
                let id = Some(text(item, "id")).filter(|id| !id.is_empty());
                if !said {
                    for (kind, key) in [(ReasoningKind::Summary, "summary"), (ReasoningKind::Text, "content")]
                    {
                        for (part, piece) in list(item, key).iter().enumerate() {
                            let text = text(piece, "text");
                            let piece = Reasoning { kind, text, id: id.clone(), ..Reasoning::default() };
                            self.thoughts.hear(place, part as u64, piece, out);
                        }
                    }
                }
                if let Some(data) =
                    item.get("encrypted_content").and_then(Value::as_str).filter(|d| !d.is_empty())
                {
                    let kind = ReasoningKind::Encrypted;
                    let piece = Reasoning { kind, data: Some(data.to_owned()), id, ..Reasoning::default() };
                    self.thoughts.hear(place, 0, piece, out);
                }
            }
            "image_generation_call" => {
                if let Some(image) = item.get("result").and_then(Value::as_str) {
                    let format = item.get("output_format").and_then(Value::as_str).unwrap_or("png");
                    out.push(Delta::Image(format!("data:image/{format};base64,{image}")));
                }
            }
            _ => out.push(Delta::Opaque { format: Some(self.own.clone()), value: item.clone() }),
        }
    }

    /// The response as a whole: the end of a stream, or a body of its own.
    fn whole(&mut self, response: &Value, out: &mut Vec<Delta>) -> Result<(), Failure> {
        self.head(response, out);
        // before its end a response says the tier that was asked for
        if let Some(tier) = response.get("service_tier").and_then(Value::as_str) {
            out.push(Delta::Tier(tier.to_owned()));
        }
        let status = text(response, "status");
        // what a stream has said is not said again; some streams (ChatGPT's) end with an empty output
        if self.items.is_empty() {
            for (place, item) in list(response, "output").iter().enumerate() {
                self.done(place as u64, item, out);
            }
        }
        if let Some((usage, cost)) = response.get("usage").and_then(|said| usage(&said.to_string())) {
            out.push(Delta::Usage { usage, cost });
        }
        let failed = response.get("error").filter(|error| !error.is_null());
        if status == "failed" || (failed.is_some() && status != "completed") {
            let said = failed.cloned().unwrap_or_default();
            return Err(classify(NAME, &Refusal::of(200, &said), &[], At::default()));
        }
        if matches!(status.as_str(), "queued" | "in_progress") {
            return Ok(());
        }
        self.ended = true;
        let why =
            response.get("incomplete_details").map(|details| text(details, "reason")).unwrap_or_default();
        let reason = match (status.as_str(), why.as_str()) {
            (_, "content_filter") => Stop::ContentFilter,
            ("incomplete", _) => Stop::Length,
            ("cancelled", _) => Stop::Error,
            _ if self.calls > 0 => Stop::ToolCalls,
            _ => Stop::Stop,
        };
        set_aside("response", response, RESPONSE, out);
        let native = if status.is_empty() { "completed".to_owned() } else { status };
        out.push(Delta::Stop { reason, native });
        Ok(())
    }
}

/// OpenRouter's shape: the URL in an object of its own.
fn cited(annotation: Value) -> Value {
    if text(&annotation, "type") != "url_citation" || annotation.get("url_citation").is_some() {
        return annotation;
    }
    let mut inner = annotation;
    if let Some(map) = inner.as_object_mut() {
        map.shift_remove("type");
    }
    json!({"type": "url_citation", "url_citation": inner})
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
