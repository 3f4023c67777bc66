//! Chunks and completions to deltas.

use super::calls::Calls;
use super::chunk::{Choice, Chunk, Spoken, ToolCall};
use super::content::{self, say, thought};
use super::custom::CustomCalls;
use super::reasoning::Blocks;
use super::{NAME, usage};
use crate::wire::framed::{Voice, cut, malformed};
use crate::wire::lenient::{Str, utf8};
use crate::wire::numbers::{parse, value};
use crate::wire::place::{First, read};
use crate::wire::think_tags::ThinkTags;
use crate::wire::{Refusal, classify};
use crate::words::{At, Delta, Endpoint, Failure, FailureKind, Stop};
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// One answer, as far as it was heard.
#[derive(Default)]
pub struct Chat {
    /// The tag of its opaque parts.
    own: String,
    head: bool,
    /// The answer's own id, which our ids of calls without one are made of.
    id: String,
    provider: bool,
    /// The service tier said last.
    tier: String,
    choices: bool,
    /// `[DONE]` was heard: nothing counts after it.
    done: bool,
    stop: Option<String>,
    calls: Calls,
    custom: CustomCalls,
    blocks: Blocks,
    tags: ThinkTags,
    cited: usize,
}

impl Voice for Chat {
    fn hear(&mut self, name: &[u8], data: &[u8], out: &mut Vec<Delta>) -> Result<(), Failure> {
        if self.done {
            return Ok(());
        }
        let trimmed = data.trim_ascii();
        if trimmed == b"[DONE]" {
            self.done = true;
            return Ok(());
        }
        if trimmed.is_empty() {
            return Ok(());
        }
        let text = utf8(trimmed);
        match read::<Chunk<'_>>(&text) {
            Ok(chunk) => self.chunk(chunk, name, trimmed, out),
            Err(_) if name == b"error" => Err(self.refused(&Value::String(text.into_owned()))),
            Err(error) => Err(malformed(&format!("bad JSON in a chunk ({error})"), trimmed)),
        }
    }

    fn close(&mut self, whole: bool, out: &mut Vec<Delta>) -> Result<(), Failure> {
        self.tags.flush(out);
        self.custom.end(&self.own, out);
        self.calls.name(&self.id, out);
        if self.stop.is_some() || self.done {
            return Ok(());
        }
        match (whole, self.choices) {
            (true, true) => Ok(()),
            (true, false) => {
                Err(Failure::new(FailureKind::Malformed, "the provider's answer has no choices"))
            }
            (false, _) => Err(cut()),
        }
    }
}

impl Chat {
    pub fn of(endpoint: &Endpoint) -> Self {
        Self { own: crate::wire::own(endpoint), tags: ThinkTags::of(endpoint), ..Self::default() }
    }

    fn chunk(
        &mut self,
        mut chunk: Chunk<'_>,
        name: &[u8],
        data: &[u8],
        out: &mut Vec<Delta>,
    ) -> Result<(), Failure> {
        if !self.head || (!self.provider && chunk.provider.as_ref().is_some_and(|p| !p.is_empty())) {
            let text = |text: &Option<Str<'_>>| text.as_ref().and_then(Str::some);
            let (id, model, provider) = (text(&chunk.id), text(&chunk.model), text(&chunk.provider));
            if id.is_some() || model.is_some() || provider.is_some() {
                self.head = true;
                self.provider = provider.is_some();
                self.id = id.clone().unwrap_or_default();
                out.push(Delta::Head { id, model, provider });
            }
        }
        if let Some(Str(tier)) = chunk.service_tier.filter(|tier| !tier.is_empty())
            && *tier != self.tier
        {
            self.tier = tier.into_owned();
            out.push(Delta::Tier(self.tier.clone()));
        }
        let mut refused = None;
        // one answer is heard, the first
        if let Some(First(Some(choice))) = &mut chunk.choices
            && choice.index.unwrap_or(0) == 0
        {
            self.choices = true;
            refused = self.choice(choice, out).err();
        }
        if let Some(citations) = chunk.citations {
            self.citations(&citations, chunk.search_results, out);
        }
        let groq = chunk.x_groq.and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok());
        let said = chunk.usage.and_then(|raw| usage(raw.get())).or_else(|| {
            let usage_of_groq = groq.as_ref()?.get("usage")?.to_string();
            usage(&usage_of_groq)
        });
        if let Some((usage, cost)) = said {
            out.push(Delta::Usage { usage, cost });
        }
        if !chunk.rest.is_empty() {
            out.push(aside(json!({"chunk": rest(chunk.rest)})));
        }
        if let Some(error) =
            chunk.error.or(None).filter(|raw| !matches!(raw.get(), "null" | "{}" | "\"\"" | "false"))
        {
            let error = serde_json::from_str(error.get()).unwrap_or_default();
            // the whole chunk goes to the reader: some vendors write the code beside `error`
            let mut envelope: Value = parse(data);
            if let Some(map) = envelope.as_object_mut() {
                map.retain(|key, _| {
                    matches!(key.as_str(), "error" | "code" | "type" | "message" | "status_code")
                });
            } else {
                envelope = error;
            }
            return Err(self.refused(&envelope));
        }
        if let Some(groq_error) = groq.as_ref().and_then(|g| g.get("error")).filter(|e| !e.is_null()) {
            return Err(self.refused(groq_error));
        }
        if let Some(failure) = refused {
            return Err(failure);
        }
        if !self.choices && is_error_envelope(name, data) {
            return Err(self.refused(&parse(data)));
        }
        Ok(())
    }

    fn choice(&mut self, choice: &mut Choice<'_>, out: &mut Vec<Delta>) -> Result<(), Failure> {
        if let Some(spoken) = choice.delta.as_mut().or(choice.message.as_mut()) {
            self.spoken(spoken, out);
        }
        if let Some(logprobs) = choice.logprobs.filter(|raw| raw.get() != "null") {
            out.push(aside(json!({"choice": {"logprobs": value(logprobs)}})));
        }
        if let Some(error) = choice.error.filter(|raw| raw.get() != "null") {
            return Err(self.refused(&value(error)));
        }
        let Some(reason) = choice.finish_reason.take().filter(|reason| !reason.is_empty()) else {
            return Ok(());
        };
        if matches!(&*reason.0, "error" | "abort" | "network_error" | "insufficient_system_resource") {
            let mut failure = Failure::new(
                FailureKind::Server,
                format!("the provider ended the reply with `{}`", crate::words::clean_line(&reason.0)),
            );
            failure.code = Some(reason.0.into_owned());
            return Err(failure);
        }
        let native =
            choice.native_finish_reason.take().filter(|n| !n.is_empty()).unwrap_or_else(|| reason.clone());
        if self.stop.as_deref() != Some(&*native.0) {
            self.tags.flush(out);
            self.stop = Some(native.0.clone().into_owned());
            self.calls.name(&self.id, out);
            let reason = stop(&reason.0, !self.calls.is_empty());
            if reason == Stop::Stop {
                self.tags.finish(out);
            }
            out.push(Delta::Stop { reason, native: native.0.into_owned() });
        }
        Ok(())
    }

    fn spoken(&mut self, spoken: &mut Spoken<'_>, out: &mut Vec<Delta>) {
        let detailed = spoken
            .reasoning_details
            .is_some_and(|details| details.get() != "[]" && self.blocks.hear(details.get(), &self.own, out));
        if detailed {
            self.tags.apart(out);
        } else {
            let plain = [&mut spoken.reasoning, &mut spoken.reasoning_content];
            if let Some(text) = plain.into_iter().flatten().find(|text| !text.is_empty()) {
                self.tags.apart(out);
                out.push(thought(std::mem::take(text).0.into_owned()));
            }
        }
        if let Some(said) = spoken.content.take() {
            content::hear(said, &self.own, &mut self.tags, out);
        }
        // a model's own refusal is what it has to say
        if let Some(refusal) = spoken.refusal.take() {
            say(refusal, out);
        }
        if spoken.tool_calls.as_ref().is_some_and(|calls| !calls.is_empty()) {
            self.tags.flush(out);
        }
        for call in spoken.tool_calls.take().into_iter().flatten() {
            match &call.custom {
                Some(custom) => self.custom.hear(call.index, call.id.as_ref(), custom),
                None => self.calls.hear(call, out),
            }
        }
        if let Some(function) = spoken.function_call.take() {
            self.calls
                .hear(ToolCall { index: Some(0), function: Some(function), ..ToolCall::default() }, out);
        }
        for image in spoken.images.take().into_iter().flatten() {
            if let Some(url) = image.image_url.and_then(|image| image.url.some()) {
                out.push(Delta::Image(url));
            }
        }
        for annotation in spoken.annotations.take().into_iter().flatten() {
            out.push(Delta::Annotation(value(annotation)));
        }
        if !spoken.rest.is_empty() {
            let rest = rest(std::mem::take(&mut spoken.rest));
            if !rest.is_empty() {
                out.push(aside(json!({"delta": rest})));
            }
        }
    }

    /// Perplexity: plain URLs, growing with each chunk, titles beside them.
    fn citations(&mut self, citations: &[Str<'_>], results: Option<&RawValue>, out: &mut Vec<Delta>) {
        if citations.len() <= self.cited {
            return;
        }
        let results: Vec<Value> =
            results.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
        for url in &citations[self.cited..] {
            let title = results
                .iter()
                .find(|r| r.get("url").and_then(Value::as_str) == Some(&url.0))
                .and_then(|r| r.get("title").and_then(Value::as_str))
                .unwrap_or_default();
            out.push(Delta::Annotation(
                json!({"type": "url_citation", "url_citation": {"url": url.0, "title": title}}),
            ));
        }
        self.cited = citations.len();
    }

    /// An error inside an answer that had begun with success.
    fn refused(&self, error: &Value) -> Failure {
        classify(NAME, &Refusal::of(200, error), &[], At::default())
    }
}

/// `{"message": ..., "code": ...}` without `error` and without choices: Mistral, Cohere and others.
fn is_error_envelope(name: &[u8], data: &[u8]) -> bool {
    let Ok(Value::Object(map)) = serde_json::from_slice::<Value>(data) else { return false };
    name == b"error"
        || map.get("object").and_then(Value::as_str) == Some("error")
        || map.get("type").and_then(Value::as_str) == Some("error")
        || (map.contains_key("message") && !map.contains_key("choices"))
        || map.contains_key("detail")
        || map.contains_key("errors")
        // MiniMax, whose success is the code 0
        || map.get("base_resp").is_some_and(|said| said["status_code"].as_i64().is_some_and(|code| code != 0))
}

/// Said beside the message.
fn aside(value: Value) -> Delta {
    Delta::Opaque { format: None, value }
}

fn rest(rest: Vec<(std::borrow::Cow<'_, str>, &RawValue)>) -> serde_json::Map<String, Value> {
    rest.into_iter()
        .filter(|(_, raw)| raw.get() != "null")
        .map(|(key, raw)| (key.into_owned(), value(raw)))
        .collect()
}

/// `finish_reason` in OpenRouter's words. A stop with tool calls before it means the calls.
fn stop(reason: &str, called: bool) -> Stop {
    match reason {
        "length" | "max_tokens" | "model_length" | "MAX_TOKENS" => Stop::Length,
        "tool_calls" | "tool_call" | "tool_use" | "function_call" => Stop::ToolCalls,
        "content_filter" | "sensitive" | "safety" | "SAFETY" | "refusal" => Stop::ContentFilter,
        _ if called => Stop::ToolCalls,
        _ => Stop::Stop,
    }
}
