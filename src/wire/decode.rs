//! What is heard in a recorded answer, as one JSON value: the core of `fareway decode`.

use super::Format;
use crate::words::{At, Dice, Endpoint, Failure, ModelId, Part, ProviderId, Said, Usage};
use serde_json::{Value, json};

/// An answer as it came in.
#[derive(Clone, Copy)]
pub struct Recording<'a> {
    pub format: &'a dyn Format,
    /// Dialect: names of the quirk table.
    pub quirks: &'a [String],
    pub status: u16,
    pub headers: &'a [(String, String)],
    pub body: &'a [u8],
    /// What dates in the headers are read against.
    pub now: At,
}

impl Recording<'_> {
    /// Text, reasoning, tool calls, usage by category, stop, and the failure with its class. `cuts` seeds a cutting of
    /// the body into pieces of random length; without it the body comes whole. The cutting makes no difference.
    pub fn report(&self, cuts: Option<u64>) -> Value {
        let mut said = Said::default();
        let failure = if (200..300).contains(&self.status) {
            self.hear(cuts, &mut said).err()
        } else {
            Some(self.format.failure(self.status, self.headers, self.body, self.now))
        };
        let of = |pick: fn(&Part) -> Option<Value>| said.parts.iter().filter_map(pick).collect::<Value>();
        json!({
            "format": self.format.name(),
            "status": self.status,
            "id": said.id,
            "model": said.model,
            "provider": said.provider,
            "text": said.text(),
            "reasoning": said.thoughts(),
            "reasoning_blocks": said.reasoning().collect::<Vec<_>>(),
            "tool_calls": of(|part| match part {
                Part::ToolCall { id, name, arguments, signature } => Some(json!({
                    "id": id, "name": name, "arguments": arguments, "signature": signature,
                })),
                _ => None,
            }),
            "images": of(|part| match part {
                Part::Image { source, .. } => Some(json!(source)),
                _ => None,
            }),
            "annotations": of(|part| match part {
                Part::Annotation { value } => Some(value.clone()),
                _ => None,
            }),
            "opaque": of(|part| match part {
                Part::Opaque { format, value } => Some(json!({ "format": format, "value": value })),
                _ => None,
            }),
            "aside": said.aside,
            "usage": said.usage.as_ref().map(Usage::in_full),
            "cost_usd": said.cost.map(|usd| usd.to_string()),
            "stop": said.stop.as_ref().map(|(reason, _)| reason.name()),
            "native_stop": said.stop.as_ref().map(|(_, native)| native),
            "failure": failure.as_ref().map(describe),
        })
    }

    fn hear(&self, cuts: Option<u64>, said: &mut Said) -> Result<(), Failure> {
        let mut decoder = self.format.decoder(&self.somewhere());
        let mut deltas = Vec::new();
        let end = pieces(self.body, cuts)
            .try_for_each(|piece| {
                let heard = decoder.feed(piece, &mut deltas);
                deltas.drain(..).for_each(|delta| said.add(delta));
                heard
            })
            .and_then(|()| decoder.finish(&mut deltas));
        deltas.drain(..).for_each(|delta| said.add(delta));
        end
    }

    /// An endpoint of which nothing but the format and the dialect is known.
    fn somewhere(&self) -> Endpoint {
        let (provider, model) = (ProviderId::new("recorded"), ModelId::new("recorded/model"));
        Endpoint {
            quirks: self.quirks.iter().collect(),
            ..Endpoint::new(provider, model, self.format.name())
        }
    }
}

/// The body whole, or cut at random places: mostly short pieces, because that is where decoders fail.
fn pieces(body: &[u8], cuts: Option<u64>) -> impl Iterator<Item = &[u8]> {
    let mut dice = cuts.map(Dice::new);
    let mut rest = body;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let length = match &mut dice {
            None => rest.len(),
            Some(dice) => {
                let longest = if dice.below(4) == 0 { 400 } else { 12 };
                (1 + dice.below(longest)).min(rest.len())
            }
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        Some(piece)
    })
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
