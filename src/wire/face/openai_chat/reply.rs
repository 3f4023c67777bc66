//! A reply as one JSON body, for clients that did not ask for a stream.

use super::aside::{Aside, join};
use super::error::error;
use super::stream::{call, detail};
use super::usage::{UsageBody, metadata};
use crate::wire::openai_chat::address;
use crate::words::{At, GenerationId, Part, Receipt, Reply, Said, Stop};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Gathers the replies of one request until it ends.
#[derive(Debug)]
pub struct Whole {
    id: String,
    created: i64,
    model: String,
    provider: Option<String>,
    said: Said,
}

impl Whole {
    pub fn new(generation: GenerationId, requested: &str, at: At) -> Self {
        Self {
            id: generation.to_string(),
            created: at.secs(),
            model: requested.to_owned(),
            provider: None,
            said: Said::default(),
        }
    }

    /// Hears one reply; `Some((status, body))` when it was the last.
    pub fn reply(&mut self, reply: Reply) -> Option<(u16, Vec<u8>)> {
        match reply {
            Reply::Chosen(chosen) | Reply::Resumed { chosen, .. } => {
                chosen.model.as_str().clone_into(&mut self.model);
                self.provider = Some(chosen.provider_name);
            }
            Reply::Delta(delta) => self.said.add(delta),
            Reply::Done(receipt) => return Some((200, self.body(&receipt))),
            Reply::Failed { failure, receipt } => {
                let (status, body) = error(&failure, Some(&receipt));
                return Some((status, body.to_string().into_bytes()));
            }
            Reply::Waiting { .. } | Reply::FellBack { .. } => {}
        }
        None
    }

    fn body(&self, receipt: &Receipt) -> Vec<u8> {
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
            #[serde(flatten)]
            more: Map<String, Value>,
        }
        let (reason, native) = self.said.stop.clone().unwrap_or((Stop::Stop, "stop".into()));
        let mut choice = Map::new();
        choice.insert("index".into(), 0.into());
        choice.insert("message".into(), self.message().into());
        choice.insert("logprobs".into(), Value::Null);
        choice.insert("finish_reason".into(), reason.name().into());
        choice.insert("native_finish_reason".into(), native.into());
        let mut more = Map::new();
        for aside in self.said.aside.iter().filter_map(Aside::of) {
            match aside {
                // said with every chunk, not piece by piece
                Aside::Body(fields) => more.extend(fields.clone()),
                Aside::Choice(fields) => join(&mut choice, fields),
                Aside::Message(_) | Aside::Detail(_) | Aside::Call(_) => {}
            }
        }
        let body = Body {
            id: &self.id,
            object: "chat.completion",
            created: self.created,
            model: &self.model,
            provider: self.provider.as_deref(),
            choices: [choice.into()],
            usage: UsageBody::of(receipt),
            fareway: metadata(receipt),
            more,
        };
        serde_json::to_vec(&body).expect("plain data becomes JSON")
    }

    fn message(&self) -> Map<String, Value> {
        let text = self.said.text();
        let (mut details, mut calls) = (Vec::new(), Vec::new());
        let (mut images, mut annotations) = (Vec::new(), Vec::new());
        for part in &self.said.parts {
            match part {
                Part::Reasoning(block) => {
                    details.push(detail(u32::try_from(details.len()).unwrap_or(u32::MAX), block));
                }
                Part::Opaque { value, .. } => match Aside::of(value) {
                    Some(Aside::Detail(detail)) => details.push(detail.clone()),
                    Some(Aside::Call(call)) => calls.push(call.clone()),
                    _ => {}
                },
                Part::ToolCall { id, name, arguments, signature } => calls.push(call(
                    u32::try_from(calls.len()).unwrap_or(u32::MAX),
                    Some(id),
                    Some(name),
                    arguments,
                    signature.as_deref(),
                )),
                Part::Image { source, .. } => {
                    images.push(json!({ "type": "image_url", "image_url": { "url": address(source) } }));
                }
                Part::Annotation { value } => annotations.push(value.clone()),
                _ => {}
            }
        }
        let mut message = Map::new();
        message.insert("role".into(), "assistant".into());
        let silent = text.is_empty() && !calls.is_empty();
        message.insert("content".into(), if silent { Value::Null } else { text.into() });
        message.insert("refusal".into(), Value::Null);
        if self.said.reasoning().next().is_some() {
            message.insert("reasoning".into(), self.said.thoughts().into());
        }
        for (name, list) in [
            ("reasoning_details", details),
            ("tool_calls", calls),
            ("images", images),
            ("annotations", annotations),
        ] {
            if !list.is_empty() {
                message.insert(name.into(), list.into());
            }
        }
        for aside in self.said.aside.iter().filter_map(Aside::of) {
            if let Aside::Message(fields) = aside {
                join(&mut message, fields);
            }
        }
        message
    }
}
