//! What a provider of OpenAI's kind said and we do not know, on its way to a client of the same kind.

use crate::words::Delta;
use serde_json::{Map, Value};

/// Where in a chunk, or in the whole body, something unknown belongs.
pub(super) enum Aside<'a> {
    /// Fields beside `choices`.
    Body(&'a Map<String, Value>),
    /// Fields of the choice: `logprobs`.
    Choice(&'a Map<String, Value>),
    /// Fields of the message.
    Message(&'a Map<String, Value>),
    /// An entry of `reasoning_details`.
    Detail(&'a Value),
    /// An entry of `tool_calls` that is no function's.
    Call(&'a Value),
}

impl<'a> Aside<'a> {
    /// `None`: other APIs' blocks mean nothing to such a client.
    pub(super) fn of(value: &'a Value) -> Option<Self> {
        let (name, inner) = value.as_object().filter(|map| map.len() == 1)?.iter().next()?;
        match name.as_str() {
            "chunk" => inner.as_object().map(Self::Body),
            "choice" => inner.as_object().map(Self::Choice),
            "delta" => inner.as_object().map(Self::Message),
            "reasoning_detail" => Some(Self::Detail(inner)),
            "tool_call" => Some(Self::Call(inner)),
            _ => None,
        }
    }

    pub(super) fn of_delta(delta: &'a Delta) -> Option<Self> {
        if let Delta::Opaque { value, .. } = delta { Self::of(value) } else { None }
    }
}

/// Joins the pieces of an unknown field: lists and texts grow, what is said again is said once.
pub(super) fn join(into: &mut Map<String, Value>, piece: &Map<String, Value>) {
    for (key, value) in piece {
        match (into.get_mut(key), value) {
            (Some(Value::Array(list)), Value::Array(more)) => list.extend(more.iter().cloned()),
            (Some(Value::Object(inner)), Value::Object(more)) => join(inner, more),
            (Some(Value::String(text)), Value::String(more)) if text != more => text.push_str(more),
            (Some(_), Value::Null) => {}
            (Some(known), value) => *known = value.clone(),
            (None, value) => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}
