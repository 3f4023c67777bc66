//! A reply as one JSON body, for clients that did not ask for a stream.

use super::error::error;
use super::stream::detail;
use super::usage::{UsageBody, metadata};
use crate::words::{At, Delta, GenerationId, Reasoning, Reply, Stop};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Gathers the replies of one request until it ends.
#[derive(Debug)]
pub struct Whole {
    id: String,
    created: i64,
    model: String,
    provider: Option<String>,
    text: String,
    reasoning: BTreeMap<u32, Reasoning>,
    calls: BTreeMap<u32, Call>,
    images: Vec<Value>,
    annotations: Vec<Value>,
    stop: Option<(Stop, String)>,
}

#[derive(Debug, Default)]
struct Call {
    id: String,
    name: String,
    arguments: String,
}

impl Whole {
    pub fn new(generation: GenerationId, requested: &str, at: At) -> Self {
        Self {
            id: generation.to_string(),
            created: at.secs(),
            model: requested.to_owned(),
            provider: None,
            text: String::new(),
            reasoning: BTreeMap::new(),
            calls: BTreeMap::new(),
            images: Vec::new(),
            annotations: Vec::new(),
            stop: None,
        }
    }

    /// Hears one reply; `Some((status, body))` when it was the last.
    pub fn reply(&mut self, reply: Reply) -> Option<(u16, Vec<u8>)> {
        match reply {
            Reply::Chosen(chosen) => {
                chosen.model.as_str().clone_into(&mut self.model);
                self.provider = Some(chosen.provider_name);
            }
            Reply::Resumed { model, .. } => model.as_str().clone_into(&mut self.model),
            Reply::Delta(delta) => self.delta(delta),
            Reply::Done(receipt) => {
                return Some((200, self.body(UsageBody::of(&receipt), metadata(&receipt))));
            }
            Reply::Failed { failure, receipt } => {
                let (status, body) = error(&failure, Some(&receipt));
                return Some((status, body.to_string().into_bytes()));
            }
            Reply::Waiting { .. } | Reply::FellBack { .. } => {}
        }
        None
    }

    fn delta(&mut self, delta: Delta) {
        match delta {
            Delta::Text(text) => self.text.push_str(&text),
            Delta::Reasoning { index, piece } => {
                let block = self.reasoning.entry(index).or_default();
                block.kind = piece.kind;
                block.text.push_str(&piece.text);
                block.signature = piece.signature.or(block.signature.take());
                block.data = piece.data.or(block.data.take());
                block.id = piece.id.or(block.id.take());
                block.format = piece.format.or(block.format.take());
            }
            Delta::ToolCall { index, id, name, arguments, .. } => {
                let call = self.calls.entry(index).or_default();
                call.id.push_str(&id.unwrap_or_default());
                call.name.push_str(&name.unwrap_or_default());
                call.arguments.push_str(&arguments);
            }
            Delta::Image(url) => {
                self.images.push(json!({ "type": "image_url", "image_url": { "url": url } }));
            }
            Delta::Annotation(value) => self.annotations.push(value),
            Delta::Stop { reason, native } => self.stop = Some((reason, native)),
            Delta::Usage { .. } | Delta::Head { .. } | Delta::Opaque(_) => {}
        }
    }

    fn body(&self, usage: UsageBody, fareway: Value) -> Vec<u8> {
        #[derive(Serialize)]
        struct Body<'a> {
            id: &'a str,
            object: &'static str,
            created: i64,
            model: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            provider: Option<&'a str>,
            choices: [Value; 1],
            usage: UsageBody,
            fareway: Value,
        }
        let (reason, native) = self.stop.clone().unwrap_or((Stop::Stop, "stop".into()));
        let choice = json!({
            "index": 0,
            "message": self.message(),
            "logprobs": null,
            "finish_reason": reason.name(),
            "native_finish_reason": native,
        });
        let body = Body {
            id: &self.id,
            object: "chat.completion",
            created: self.created,
            model: &self.model,
            provider: self.provider.as_deref(),
            choices: [choice],
            usage,
            fareway,
        };
        serde_json::to_vec(&body).expect("plain data becomes JSON")
    }

    fn message(&self) -> Map<String, Value> {
        let mut message = Map::new();
        message.insert("role".into(), "assistant".into());
        let silent = self.text.is_empty() && !self.calls.is_empty();
        message.insert("content".into(), if silent { Value::Null } else { self.text.clone().into() });
        message.insert("refusal".into(), Value::Null);
        if !self.reasoning.is_empty() {
            let text: String = self.reasoning.values().map(|block| block.text.as_str()).collect();
            let details: Vec<Value> =
                self.reasoning.iter().map(|(index, block)| detail(*index, block)).collect();
            message.insert("reasoning".into(), text.into());
            message.insert("reasoning_details".into(), details.into());
        }
        if !self.calls.is_empty() {
            let calls: Vec<Value> = self
                .calls
                .iter()
                .map(|(index, call)| {
                    json!({
                        "id": call.id,
                        "type": "function",
                        "index": index,
                        "function": { "name": call.name, "arguments": call.arguments },
                    })
                })
                .collect();
            message.insert("tool_calls".into(), calls.into());
        }
        for (name, list) in [("images", &self.images), ("annotations", &self.annotations)] {
            if !list.is_empty() {
                message.insert(name.into(), list.clone().into());
            }
        }
        message
    }
}
