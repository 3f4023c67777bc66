//! The built-in upstream: models that answer without a key or a network, in real openai-chat bytes, so that a first
//! start, a fallback, a broken stream and a rescue can be seen through the very code that talks to everybody else.

mod answers;
mod voices;

use super::transport::{Answer, Body as AnyBody};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;
use voices::{Fate, VOICES, Voice};

/// Answers requests as an OpenAI-compatible server would.
#[derive(Clone, Debug)]
pub(super) struct Upstream {
    /// 1: as fast as a real model; 0: without a pause.
    pace: f64,
}

/// The body of one answer: chunks, each with the pause before it.
pub(super) struct Body {
    chunks: VecDeque<(Duration, Bytes)>,
    /// When the last chunk was due. The next is due a pause later, however late anybody asks for it: a server does not
    /// wait for its reader either.
    last: Option<Instant>,
}

impl Body {
    fn whole(value: &Value) -> Self {
        Self { chunks: VecDeque::from([(Duration::ZERO, Bytes::from(value.to_string()))]), last: None }
    }

    pub async fn chunk(&mut self) -> Option<Bytes> {
        let pause = self.chunks.front()?.0;
        if !pause.is_zero() {
            let due = *self.last.get_or_insert_with(Instant::now) + pause;
            tokio::time::sleep_until(due).await;
            self.last = Some(due);
        }
        self.chunks.pop_front().map(|(_, bytes)| bytes)
    }
}

/// What we read of a request.
#[derive(Deserialize)]
struct Asked {
    model: String,
    messages: Vec<Said>,
    #[serde(default)]
    stream: bool,
    #[serde(alias = "max_completion_tokens")]
    max_tokens: Option<usize>,
    #[serde(default)]
    tools: Vec<Value>,
    response_format: Option<Value>,
}

#[derive(Deserialize)]
struct Said {
    role: String,
    #[serde(default)]
    content: Value,
}

impl Said {
    fn text(&self) -> String {
        match &self.content {
            Value::String(text) => text.clone(),
            Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
            _ => String::new(),
        }
    }
}

impl Upstream {
    pub fn new(pace: f64) -> Self {
        Self { pace: if pace.is_finite() { pace.clamp(0.0, 100.0) } else { 1.0 } }
    }

    pub fn answer(&self, body: &[u8]) -> Answer {
        let asked: Asked = match serde_json::from_slice(body) {
            Ok(asked) => asked,
            Err(error) => {
                return refuse(400, "invalid_request_error", &format!("not a chat request: {error}"));
            }
        };
        let Some(voice) = VOICES.iter().find(|voice| voice.name == asked.model) else {
            return refuse(404, "model_not_found", &format!("The model `{}` does not exist", asked.model));
        };
        if voice.fate == Fate::Refuses {
            return refuse(503, "overloaded", "This endpoint of the demonstration is always overloaded");
        }
        let reply = Spoken::new(voice, &asked);
        let (kind, body) = if asked.stream {
            ("text/event-stream", self.stream(voice, &reply))
        } else {
            ("application/json", Body::whole(&reply.whole()))
        };
        Answer {
            status: 200,
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: AnyBody::Demo(body),
        }
    }

    fn stream(&self, voice: &Voice, reply: &Spoken) -> Body {
        let mut dice = fastrand::Rng::with_seed(reply.seed);
        let mut pause =
            |millis: f64| Duration::from_secs_f64(millis / 1000.0 * self.pace * (0.6 + 0.8 * dice.f64()));
        let mut chunks = VecDeque::new();
        chunks.push_back((Duration::ZERO, Bytes::from_static(b": DEMO PROCESSING\n\n")));
        chunks.push_back((
            pause(voice.first_ms),
            reply.event(&json!({"role": "assistant", "content": ""}), None),
        ));
        let gap = 1000.0 / voice.per_second;
        for token in answers::tokens(&reply.thoughts) {
            chunks.push_back((pause(gap), reply.event(&json!({"reasoning_content": token}), None)));
        }
        if let Some(call) = &reply.call {
            chunks.push_back((pause(gap), reply.event(&json!({"tool_calls": [call]}), None)));
        }
        let tokens = answers::tokens(&reply.text);
        let breaks = match voice.fate {
            Fate::Breaks => Some(tokens.len() / 2),
            _ => None,
        };
        for (number, token) in tokens.iter().enumerate() {
            let bytes = reply.event(&json!({"content": token}), None);
            if breaks == Some(number) {
                // torn in the middle of an event, as a dying server leaves it
                chunks.push_back((pause(gap), bytes.slice(..bytes.len() / 2)));
                return Body { chunks, last: None };
            }
            chunks.push_back((pause(gap), bytes));
        }
        chunks.push_back((Duration::ZERO, reply.event(&json!({}), Some(reply.finish))));
        chunks.push_back((Duration::ZERO, reply.usage_event()));
        chunks.push_back((Duration::ZERO, Bytes::from_static(b"data: [DONE]\n\n")));
        Body { chunks, last: None }
    }
}

fn refuse(status: u16, code: &str, message: &str) -> Answer {
    let body = json!({"error": {"message": message, "type": code, "code": code}});
    Answer {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: AnyBody::Demo(Body::whole(&body)),
    }
}

/// One reply, worked out before it is spoken. The same request gives the same words.
struct Spoken {
    seed: u64,
    model: &'static str,
    thoughts: String,
    text: String,
    call: Option<Value>,
    finish: &'static str,
    prompt: usize,
    cached: usize,
}

impl Spoken {
    fn new(voice: &Voice, asked: &Asked) -> Self {
        let mut messages = asked.messages.as_slice();
        // a last message of the assistant is a beginning to go on from
        let mut begun = String::new();
        if let [before @ .., last] = messages
            && last.role == "assistant"
        {
            begun = last.text();
            messages = before;
        }
        let question = messages.iter().rev().find(|m| m.role == "user").map(Said::text).unwrap_or_default();
        let turns = messages.iter().filter(|m| m.role == "user").count();
        let seed = seed_of(&question, turns);
        let answered_tool = messages.last().is_some_and(|m| m.role == "tool");
        let call = if answered_tool { None } else { answers::call(&asked.tools, &question, seed) };
        let is_json = asked.response_format.as_ref().is_some_and(|f| f["type"] != "text");
        let full = match (&call, is_json) {
            (Some(_), _) => String::new(),
            (None, true) => answers::object(&question).to_string(),
            (None, false) => answers::compose(voice.style, &question, seed),
        };
        let mut text = full.strip_prefix(begun.as_str()).map_or_else(|| full.clone(), str::to_owned);
        let thoughts =
            if begun.is_empty() { answers::thoughts(voice.style, &question) } else { String::new() };
        let mut finish = if call.is_some() { "tool_calls" } else { "stop" };
        if let Some(max) = asked.max_tokens {
            let tokens = answers::tokens(&text);
            if tokens.len() > max {
                text = tokens[..max].concat();
                finish = "length";
            }
        }
        let tokens =
            |messages: &[Said]| messages.iter().map(|m| 4 + m.text().len().div_ceil(4)).sum::<usize>();
        // what a provider's prompt cache would know from the turn before, in its blocks of 64 tokens
        let known = messages.len().saturating_sub(2);
        Self {
            seed,
            model: voice.name,
            thoughts,
            text,
            call,
            finish,
            prompt: tokens(&asked.messages),
            cached: tokens(&messages[..known]) / 64 * 64,
        }
    }

    fn event(&self, delta: &Value, finish: Option<&str>) -> Bytes {
        let chunk = json!({
            "id": self.id(), "object": "chat.completion.chunk", "created": 1_700_000_000, "model": self.model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        });
        Bytes::from(format!("data: {chunk}\n\n"))
    }

    fn usage_event(&self) -> Bytes {
        let chunk = json!({
            "id": self.id(), "object": "chat.completion.chunk", "created": 1_700_000_000, "model": self.model,
            "choices": [], "usage": self.usage(),
        });
        Bytes::from(format!("data: {chunk}\n\n"))
    }

    fn whole(&self) -> Value {
        let mut message = json!({"role": "assistant", "content": self.text});
        if !self.thoughts.is_empty() {
            message["reasoning_content"] = json!(self.thoughts);
        }
        if let Some(call) = &self.call {
            message["tool_calls"] = json!([call]);
        }
        json!({
            "id": self.id(), "object": "chat.completion", "created": 1_700_000_000, "model": self.model,
            "choices": [{"index": 0, "message": message, "finish_reason": self.finish}],
            "usage": self.usage(),
        })
    }

    fn id(&self) -> String {
        format!("chatcmpl-demo{:012x}", self.seed & 0xffff_ffff_ffff)
    }

    /// As OpenAI counts: cached tokens are part of the prompt's, reasoning tokens part of the completion's.
    fn usage(&self) -> Value {
        let thoughts = answers::tokens(&self.thoughts).len();
        let called = self.call.as_ref().map_or(0, |call| call.to_string().len().div_ceil(4));
        let completion = answers::tokens(&self.text).len() + thoughts + called;
        json!({
            "prompt_tokens": self.prompt,
            "completion_tokens": completion,
            "total_tokens": self.prompt + completion,
            "prompt_tokens_details": {"cached_tokens": self.cached},
            "completion_tokens_details": {"reasoning_tokens": thoughts},
        })
    }
}

/// FNV-1a: the same question in the same turn is answered in the same words.
fn seed_of(question: &str, turns: usize) -> u64 {
    question
        .bytes()
        .chain([u8::try_from(turns % 256).unwrap_or(0)])
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
