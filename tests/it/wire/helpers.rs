//! Builders and shorthands for the wire tests.

use fareway::catalog::Catalog;
use fareway::wire::{Outgoing, format};
use fareway::words::{
    Delta, Endpoint, Failure, Message, ModelId, Part, ProviderId, Reasoning, Request, Role,
};
use serde_json::{Value, json};
use std::sync::Arc;

pub fn endpoint(format: &str, quirks: &[&str]) -> Endpoint {
    serde_json::from_value(json!({
        "id": "p:a/m", "model": "a/m", "provider": "p", "provider_name": "P", "tag": "p",
        "upstream_model": "m", "format": format, "base_url": "https://api.example/v1", "quirks": quirks,
        "prices": null, "context": null, "max_output": null,
    }))
    .expect("an endpoint")
}

/// The endpoint of this model at a provider of the table.
pub fn at(provider: &str, model: &str, upstream: &str) -> Endpoint {
    let catalog = Catalog::bundled();
    let row = catalog.provider(provider).expect("a provider of the table");
    Endpoint {
        upstream_model: upstream.to_owned(),
        base_url: row.base_url.clone(),
        quirks: row.quirks.clone(),
        ..Endpoint::new(ProviderId::new(provider), ModelId::new(model), &row.format)
    }
}

pub fn request(messages: Vec<Message>) -> Request {
    Request { messages: messages.into_iter().map(Arc::new).collect(), ..Request::default() }
}

pub fn say(role: Role, text: &str) -> Message {
    Message::loose(role, vec![Part::text(text)])
}

pub fn encode(name: &str, quirks: &[&str], request: &Request) -> Outgoing {
    format(name).expect("a format").encode(&endpoint(name, quirks), request).expect("encodes")
}

/// The body that is sent.
pub fn body(name: &str, quirks: &[&str], request: &Request) -> Value {
    serde_json::from_slice(&encode(name, quirks, request).body).expect("JSON")
}

/// What is heard in `bytes`, and how it ended.
pub fn heard(name: &str, bytes: &[u8]) -> (Vec<Delta>, Result<(), Failure>) {
    pieces(name, &[bytes])
}

pub fn pieces(name: &str, pieces: &[&[u8]]) -> (Vec<Delta>, Result<(), Failure>) {
    let mut decoder = format(name).expect("a format").decoder(&endpoint(name, &[]));
    let mut out = Vec::new();
    for piece in pieces {
        if let Err(failure) = decoder.feed(piece, &mut out) {
            return (out, Err(failure));
        }
    }
    let end = decoder.finish(&mut out);
    (out, end)
}

/// What is heard in a good answer.
pub fn deltas(name: &str, bytes: &str) -> Vec<Delta> {
    let (out, end) = heard(name, bytes.as_bytes());
    end.expect("a good end");
    out
}

pub fn opaque(format: &str, value: Value) -> Delta {
    Delta::Opaque { format: Some(format.to_owned()), value }
}

pub fn text(text: &str) -> Delta {
    Delta::Text(text.to_owned())
}

pub fn thought(index: u32, text: &str) -> Delta {
    Delta::Reasoning { index, piece: Reasoning { text: text.to_owned(), ..Reasoning::default() } }
}

pub fn call(index: u32, id: Option<&str>, name: Option<&str>, arguments: &str) -> Delta {
    Delta::ToolCall {
        index,
        id: id.map(str::to_owned),
        name: name.map(str::to_owned),
        arguments: arguments.to_owned(),
        signature: None,
    }
}

/// Without heads, and without what rides along.
pub fn spoken(deltas: Vec<Delta>) -> Vec<Delta> {
    deltas.into_iter().filter(|d| !matches!(d, Delta::Head { .. } | Delta::Opaque { .. })).collect()
}
