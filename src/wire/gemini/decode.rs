//! `GenerateContentResponse`s to deltas.

use super::{NAME, OWN_ID, THINKING, usage};
use crate::wire::framed::{Voice, cut, malformed};
use crate::wire::lenient::{JsonText, Str, utf8};
use crate::wire::numbers::value;
use crate::wire::place::{First, List, open_struct, read};
use crate::wire::{Refusal, classify};
use crate::words::{At, Delta, Failure, FailureKind, Reasoning, ReasoningKind, Stop, clean_line};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// One answer, as far as it was heard.
#[derive(Default)]
pub struct Generation {
    id: Option<String>,
    heard: bool,
    stop: Option<String>,
    calls: u32,
    /// The block of thinking that is open, or the next one's place.
    thought: u32,
    thinking: bool,
    cited: usize,
    searches: u64,
}

open_struct! {
    Response {
        candidates: First<Candidate<'a>> = "candidates",
        usage: &'a RawValue = "usageMetadata" | "usage_metadata",
        feedback: &'a RawValue = "promptFeedback" | "prompt_feedback",
        error: &'a RawValue = "error",
        model: Str<'a> = "modelVersion" | "model_version",
        id: Str<'a> = "responseId" | "response_id",
        response: &'a RawValue = "response",
    } skip ["createTime", "create_time"]
}

open_struct! {
    Candidate {
        content: Content<'a> = "content",
        finish_reason: Str<'a> = "finishReason" | "finish_reason",
        grounding: &'a RawValue = "groundingMetadata" | "grounding_metadata",
        index: u32 = "index",
    } skip ["avgLogprobs", "avg_logprobs", "safetyRatings", "safety_ratings", "tokenCount", "token_count"]
}

open_struct! {
    Content {
        parts: List<Part<'a>> = "parts",
    } skip ["role"]
}

open_struct! {
    Part {
        text: Str<'a> = "text",
        thought: bool = "thought",
        signature: Str<'a> = "thoughtSignature" | "thought_signature",
        call: Call<'a> = "functionCall" | "function_call",
        data: Blob<'a> = "inlineData" | "inline_data",
    } skip ["videoMetadata"]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Call<'a> {
    id: Option<Str<'a>>,
    name: Option<Str<'a>>,
    args: Option<JsonText>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Blob<'a> {
    #[serde(alias = "mime_type", rename = "mimeType")]
    mime_type: Str<'a>,
    data: Str<'a>,
}

impl Voice for Generation {
    fn hear(&mut self, _: &[u8], data: &[u8], out: &mut Vec<Delta>) -> Result<(), Failure> {
        let data = data.trim_ascii();
        if data.is_empty() || data == b"[DONE]" {
            return Ok(());
        }
        match read::<Response<'_>>(&utf8(data)) {
            Ok(response) => self.response(response, data, out),
            Err(error) => Err(malformed(&format!("bad JSON in a response ({error})"), data)),
        }
    }

    fn close(&mut self, whole: bool, _: &mut Vec<Delta>) -> Result<(), Failure> {
        if self.stop.is_some() || (whole && self.heard) { Ok(()) } else { Err(cut()) }
    }
}

impl Generation {
    fn response(
        &mut self,
        mut response: Response<'_>,
        data: &[u8],
        out: &mut Vec<Delta>,
    ) -> Result<(), Failure> {
        // Code Assist puts the response into an envelope; one in the other would have no bottom
        if let Some(inner) = response.response {
            return match read::<Response<'_>>(inner.get()) {
                Ok(inner) if inner.response.is_none() => self.response(inner, data, out),
                Ok(_) => Err(malformed("a response in a response in a response", data)),
                Err(error) => Err(malformed(&format!("bad JSON in a response ({error})"), data)),
            };
        }
        if self.id.is_none() {
            let text = |text: &Option<Str<'_>>| text.as_ref().and_then(Str::some);
            let (id, model) = (text(&response.id), text(&response.model));
            if id.is_some() || model.is_some() {
                self.id = Some(id.clone().unwrap_or_default());
                out.push(Delta::Head { id, model, provider: None });
            }
        }
        if let Some(First(Some(candidate))) = &mut response.candidates
            && candidate.index.unwrap_or(0) == 0
        {
            self.candidate(candidate, out);
        }
        if let Some(usage) = response.usage
            && let Ok(usage) = usage::read(usage, self.searches)
            && !usage.is_empty()
        {
            out.push(Delta::Usage { usage, cost: None });
        }
        if let Some(error) = response.error {
            return Err(classify(NAME, &Refusal::of(200, &value(error)), &[], At::default()));
        }
        if let Some(feedback) = response.feedback {
            self.heard = true;
            let feedback = value(feedback);
            if let Some(reason) = feedback.get("blockReason").and_then(Value::as_str) {
                let said = feedback.get("blockReasonMessage").and_then(Value::as_str).unwrap_or(reason);
                let mut failure = Failure::new(
                    FailureKind::Moderation,
                    format!("a content filter refused the prompt: {}", clean_line(said)),
                );
                failure.code = Some(clean_line(reason));
                return Err(failure);
            }
        }
        if !response.rest.is_empty() {
            let rest: Map<String, Value> =
                response.rest.into_iter().map(|(key, raw)| (key.into_owned(), value(raw))).collect();
            out.push(Delta::Opaque { format: None, value: json!({"response": rest}) });
        }
        Ok(())
    }

    fn candidate(&mut self, candidate: &mut Candidate<'_>, out: &mut Vec<Delta>) {
        self.heard = true;
        if let Some(List(parts)) = candidate.content.as_mut().and_then(|content| content.parts.as_mut()) {
            for part in parts {
                self.part(part, out);
            }
        }
        if let Some(grounding) = candidate.grounding {
            self.ground(&value(grounding), out);
        }
        if let Some(native) =
            candidate.finish_reason.take().filter(|r| !r.is_empty() && r.0 != "FINISH_REASON_UNSPECIFIED")
            && self.stop.as_deref() != Some(&*native.0)
        {
            self.stop = Some(native.0.clone().into_owned());
            out.push(Delta::Stop { reason: stop(&native.0, self.calls > 0), native: native.0.into_owned() });
        }
        if !candidate.rest.is_empty() {
            let rest: Map<String, Value> = std::mem::take(&mut candidate.rest)
                .into_iter()
                .map(|(key, raw)| (key.into_owned(), value(raw)))
                .collect();
            out.push(Delta::Opaque { format: None, value: json!({"candidate": rest}) });
        }
    }

    fn part(&mut self, part: &mut Part<'_>, out: &mut Vec<Delta>) {
        let mut signature = part.signature.as_ref().and_then(Str::some);
        let alone = part.text.is_none() && part.data.is_none();
        if part.thought == Some(true) {
            let piece = Reasoning {
                text: part.text.take().unwrap_or_default().0.into_owned(),
                signature,
                format: (!self.thinking).then(|| THINKING.to_owned()),
                ..Reasoning::default()
            };
            self.thinking = true;
            out.push(Delta::Reasoning { index: self.thought, piece });
            return;
        }
        if self.thinking {
            self.thinking = false;
            self.thought += 1;
        }
        if let Some(call) = part.call.take() {
            let index = self.calls;
            self.calls += 1;
            let id = call.id.as_ref().and_then(Str::some);
            out.push(Delta::ToolCall {
                index,
                id: Some(id.unwrap_or_else(|| {
                    format!("{OWN_ID}{}-{index}", self.id.as_deref().unwrap_or_default())
                })),
                name: Some(call.name.unwrap_or_default().0.into_owned()),
                arguments: call.args.map_or_else(|| "{}".to_owned(), |args| args.0),
                signature,
            });
            return;
        }
        if let Some(text) = part.text.take()
            && !text.is_empty()
        {
            out.push(Delta::Text(text.0.into_owned()));
        }
        if let Some(blob) = part.data.take() {
            out.push(Delta::Image(format!("data:{};base64,{}", blob.mime_type.0, blob.data.0)));
        }
        if !part.rest.is_empty() {
            let mut rest: Map<String, Value> = std::mem::take(&mut part.rest)
                .into_iter()
                .map(|(key, raw)| (key.into_owned(), value(raw)))
                .collect();
            // a part of which we know nothing else is kept whole
            if let Some(signature) = signature.take_if(|_| alone) {
                rest.insert("thoughtSignature".to_owned(), signature.into());
            }
            out.push(Delta::Opaque { format: Some(NAME.to_owned()), value: json!({"part": rest}) });
        }
        // a signature beside plain text: kept as a block of its own, sent back with an empty text
        if let Some(signature) = signature {
            let piece = Reasoning {
                kind: ReasoningKind::Encrypted,
                data: Some(signature),
                format: Some(THINKING.to_owned()),
                ..Reasoning::default()
            };
            out.push(Delta::Reasoning { index: self.thought, piece });
            self.thought += 1;
        }
    }

    fn ground(&mut self, grounding: &Value, out: &mut Vec<Delta>) {
        let list = |key: &str| grounding.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        self.searches = self.searches.max(list("webSearchQueries").len() as u64);
        let chunks = list("groundingChunks");
        for chunk in chunks.iter().skip(self.cited) {
            if let Some(web) = chunk.get("web") {
                out.push(Delta::Annotation(json!({
                    "type": "url_citation",
                    "url_citation": {"url": web.get("uri"), "title": web.get("title")},
                })));
            }
        }
        self.cited = self.cited.max(chunks.len());
    }
}

fn stop(native: &str, called: bool) -> Stop {
    match native {
        "MAX_TOKENS" | "2" => Stop::Length,
        "SAFETY"
        | "RECITATION"
        | "LANGUAGE"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION"
        | "MODEL_ARMOR"
        | "3"
        | "4" => Stop::ContentFilter,
        "STOP" | "1" if called => Stop::ToolCalls,
        "STOP" | "1" => Stop::Stop,
        // MALFORMED_FUNCTION_CALL, UNEXPECTED_TOOL_CALL, OTHER and what may come
        _ => Stop::Error,
    }
}
