//! What is heard in a recorded answer, as one JSON value: the core of `fareway decode`.

use super::{Format, format};
use crate::words::{At, Delta, Dice, Endpoint, Failure, ModelId, ProviderId, Reasoning};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Hears `body` as `format` and reports text, reasoning, tool calls, usage by category, stop, and the failure with its
/// class. `cuts` seeds a cutting of the body into pieces of 1 to 64 bytes; without it the body comes whole.
///
/// Chance and time are no part of the result: dates in `headers` are read against 1970. `None`: no such format.
pub fn report(
    name: &str,
    status: u16,
    headers: &[(String, String)],
    body: &[u8],
    cuts: Option<u64>,
) -> Option<Value> {
    let format = format(name)?;
    let mut heard = Heard::default();
    let failure = if (200..300).contains(&status) {
        hear(format, body, cuts, &mut heard)
    } else {
        Some(format.failure(status, headers, body, At::default()))
    };
    let mut report = heard.report();
    report.insert("failure".to_owned(), failure.map_or(Value::Null, |failure| describe(&failure)));
    let mut whole = Map::new();
    whole.insert("format".to_owned(), name.into());
    whole.insert("status".to_owned(), status.into());
    whole.extend(report);
    Some(Value::Object(whole))
}

fn hear(format: &dyn Format, body: &[u8], cuts: Option<u64>, heard: &mut Heard) -> Option<Failure> {
    let mut decoder = format.decoder(&somewhere(format.name()));
    let mut deltas = Vec::new();
    let mut dice = cuts.map(Dice::new);
    let mut rest = body;
    let mut end = Ok(());
    while !rest.is_empty() && end.is_ok() {
        let size = dice.as_mut().map_or(rest.len(), |dice| 1 + dice.below(64)).min(rest.len());
        end = decoder.feed(&rest[..size], &mut deltas);
        rest = &rest[size..];
        deltas.drain(..).for_each(|delta| heard.take(delta));
    }
    let end = end.and_then(|()| decoder.finish(&mut deltas));
    deltas.drain(..).for_each(|delta| heard.take(delta));
    end.err()
}

/// An endpoint for a body of which nothing but the format is known.
fn somewhere(format: &str) -> Endpoint {
    Endpoint::new(ProviderId::new("recorded"), ModelId::new("recorded/model"), format)
}

/// Deltas, joined.
#[derive(Default)]
struct Heard {
    text: String,
    reasoning: BTreeMap<u32, Reasoning>,
    calls: BTreeMap<u32, (String, String, String)>,
    images: Vec<String>,
    annotations: Vec<Value>,
    opaque: Vec<Value>,
    usage: Value,
    cost: Value,
    stop: Value,
    native: Value,
    head: Map<String, Value>,
}

impl Heard {
    fn take(&mut self, delta: Delta) {
        match delta {
            Delta::Text(text) => self.text.push_str(&text),
            Delta::Reasoning { index, piece } => {
                let block = self
                    .reasoning
                    .entry(index)
                    .or_insert_with(|| Reasoning { kind: piece.kind, ..Reasoning::default() });
                block.text.push_str(&piece.text);
                block.signature = piece.signature.or(block.signature.take());
                block.data = piece.data.or(block.data.take());
                block.id = piece.id.or(block.id.take());
                block.format = piece.format.or(block.format.take());
            }
            Delta::ToolCall { index, id, name, arguments, .. } => {
                let call = self.calls.entry(index).or_default();
                call.0.push_str(&id.unwrap_or_default());
                call.1.push_str(&name.unwrap_or_default());
                call.2.push_str(&arguments);
            }
            Delta::Image(url) => self.images.push(url),
            Delta::Annotation(value) => self.annotations.push(value),
            Delta::Usage { usage, cost } => {
                self.usage = serde_json::to_value(usage).unwrap_or_default();
                if let Some(cost) = cost {
                    self.cost = cost.to_string().into();
                }
            }
            Delta::Stop { reason, native } => {
                self.stop = reason.name().into();
                self.native = native.into();
            }
            Delta::Head { id, model, provider } => {
                for (key, value) in [("id", id), ("model", model), ("provider", provider)] {
                    if let Some(value) = value {
                        self.head.insert(key.to_owned(), value.into());
                    }
                }
            }
            Delta::Opaque(value) => self.opaque.push(value),
        }
    }

    fn report(self) -> Map<String, Value> {
        let mut report = self.head;
        let mut set = |key: &str, value: Value| {
            report.insert(key.to_owned(), value);
        };
        set("text", self.text.into());
        set("reasoning", self.reasoning.values().map(|block| block.text.as_str()).collect::<String>().into());
        set("reasoning_blocks", json!(self.reasoning.into_values().collect::<Vec<_>>()));
        let call = |(id, name, arguments)| json!({"id": id, "name": name, "arguments": arguments});
        set("tool_calls", self.calls.into_values().map(call).collect());
        set("images", self.images.into());
        set("annotations", self.annotations.into());
        set("opaque", self.opaque.into());
        set("usage", self.usage);
        set("cost_usd", self.cost);
        set("stop", self.stop);
        set("native_stop", self.native);
        report
    }
}

fn describe(failure: &Failure) -> Value {
    json!({
        "kind": failure.kind,
        "remedy": failure.remedy(),
        "error_type": failure.kind.error_type(),
        "message": failure.message,
        "status": failure.status,
        "code": failure.code,
        "retry_after_ms": failure.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
        "raw": failure.raw,
    })
}
