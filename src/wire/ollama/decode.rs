//! Lines to deltas.

use super::NAME;
use crate::wire::framed::{Voice, cut, malformed};
use crate::wire::lenient::{JsonText, Str, utf8};
use crate::wire::numbers::{count, parse, value};
use crate::wire::place::{open_struct, read};
use crate::wire::think_tags::ThinkTags;
use crate::wire::tool_id::nine;
use crate::wire::{Refusal, classify};
use crate::words::{At, Delta, Endpoint, Failure, Reasoning, Stop, Usage};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// One answer, as far as it was heard.
#[derive(Default)]
pub struct Chat {
    head: bool,
    calls: u32,
    tags: ThinkTags,
    done: bool,
}

open_struct! {
    Line {
        model: Str<'a> = "model",
        message: Spoken<'a> = "message",
        done: bool = "done",
        done_reason: Str<'a> = "done_reason",
        prompt_eval_count: Value = "prompt_eval_count",
        eval_count: Value = "eval_count",
        error: &'a RawValue = "error",
    } skip ["created_at", "total_duration", "load_duration", "prompt_eval_duration", "eval_duration"]
}

open_struct! {
    Spoken {
        content: Str<'a> = "content",
        thinking: Str<'a> = "thinking",
        tool_calls: Vec<ToolCall<'a>> = "tool_calls",
        images: Vec<Str<'a>> = "images",
    } skip ["role"]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct ToolCall<'a> {
    id: Option<Str<'a>>,
    function: Function<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Function<'a> {
    name: Str<'a>,
    arguments: Option<JsonText>,
}

impl Voice for Chat {
    fn hear(&mut self, _: &[u8], data: &[u8], out: &mut Vec<Delta>) -> Result<(), Failure> {
        if self.done {
            return Ok(());
        }
        match read::<Line<'_>>(&utf8(data)) {
            Ok(line) => self.line(line, data, out),
            Err(error) => Err(malformed(&format!("bad JSON in a line ({error})"), data)),
        }
    }

    fn close(&mut self, _: bool, out: &mut Vec<Delta>) -> Result<(), Failure> {
        self.tags.flush(out);
        if self.done { Ok(()) } else { Err(cut()) }
    }
}

impl Chat {
    pub fn of(endpoint: &Endpoint) -> Self {
        Self { tags: ThinkTags::of(endpoint), ..Self::default() }
    }

    fn line(&mut self, line: Line<'_>, data: &[u8], out: &mut Vec<Delta>) -> Result<(), Failure> {
        if !self.head && line.model.is_some() {
            self.head = true;
            let model = line.model.as_ref().and_then(Str::some);
            out.push(Delta::Head { id: None, model, provider: None });
        }
        if let Some(spoken) = line.message {
            self.spoken(spoken, data, out);
        }
        if line.error.is_some() {
            let said: Value = parse(data);
            return Err(classify(NAME, &Refusal::of(200, &said), &[], At::default()));
        }
        if line.done == Some(true) {
            self.done = true;
            self.tags.flush(out);
            if let (Ok(prompt), Ok(completion)) =
                (count(line.prompt_eval_count.as_ref()), count(line.eval_count.as_ref()))
                && (prompt.is_some() || completion.is_some())
            {
                let (prompt, completion) = (prompt.unwrap_or(0), completion.unwrap_or(0));
                out.push(Delta::Usage {
                    usage: Usage { prompt, completion, ..Usage::default() },
                    cost: None,
                });
            }
            let native = line.done_reason.unwrap_or_default().0.into_owned();
            let reason = match native.as_str() {
                "length" => Stop::Length,
                _ if self.calls > 0 => Stop::ToolCalls,
                _ => Stop::Stop,
            };
            if reason == Stop::Stop {
                self.tags.finish(out);
            }
            out.push(Delta::Stop { reason, native });
        }
        if !line.rest.is_empty() {
            let rest = kept(line.rest);
            out.push(Delta::Opaque { format: None, value: json!({"line": rest}) });
        }
        Ok(())
    }

    /// `line`: what it was said in.
    fn spoken(&mut self, spoken: Spoken<'_>, line: &[u8], out: &mut Vec<Delta>) {
        if let Some(text) = spoken.thinking.filter(|text| !text.is_empty()) {
            self.tags.apart(out);
            let piece = Reasoning { text: text.0.into_owned(), ..Reasoning::default() };
            out.push(Delta::Reasoning { index: 0, piece });
        }
        if let Some(text) = spoken.content.filter(|text| !text.is_empty()) {
            self.tags.hear(text.0.into_owned(), out);
        }
        if spoken.tool_calls.as_ref().is_some_and(|calls| !calls.is_empty()) {
            self.tags.flush(out);
        }
        for call in spoken.tool_calls.into_iter().flatten() {
            let index = self.calls;
            self.calls += 1;
            out.push(Delta::ToolCall {
                index,
                id: Some(call.id.as_ref().and_then(Str::some).unwrap_or_else(|| own_id(line, index))),
                name: Some(call.function.name.0.into_owned()),
                arguments: call.function.arguments.map_or_else(|| "{}".to_owned(), |json| json.0),
                signature: None,
            });
        }
        for image in spoken.images.into_iter().flatten() {
            out.push(Delta::Image(format!("data:image/png;base64,{}", image.0)));
        }
        if !spoken.rest.is_empty() {
            let value = json!({"message": kept(spoken.rest)});
            out.push(Delta::Opaque { format: Some(NAME.to_owned()), value });
        }
    }
}

/// An id for a call that came without one; the time the line was made keeps it apart from those of other replies.
fn own_id(line: &[u8], index: u32) -> String {
    let said: Value = parse(line);
    let at = said.get("created_at").and_then(Value::as_str).unwrap_or_default();
    format!("call-{}-{index}", nine(at))
}

fn kept(rest: Vec<(std::borrow::Cow<'_, str>, &RawValue)>) -> Map<String, Value> {
    rest.into_iter().map(|(key, raw)| (key.into_owned(), value(raw))).collect()
}
