//! OpenRouter's `reasoning_details`, both ways: blocks that must go back unmodified and in order.

use super::NAME;
use crate::words::{Delta, Part, Reasoning, ReasoningKind};
use serde_json::{Map, Value, json};

/// Which block is which: several may share an `index`, they differ in type then.
#[derive(Debug, Default)]
pub struct Blocks(Vec<(u64, ReasoningKind, Option<String>)>);

impl Blocks {
    /// Hears `details`; `false` when there was nothing in them.
    pub fn hear(&mut self, details: &str, own: &str, out: &mut Vec<Delta>) -> bool {
        let Ok(details) = serde_json::from_str::<Vec<Value>>(details) else { return false };
        let mut any = false;
        for (place, detail) in details.into_iter().enumerate() {
            let text = |key: &str| detail.get(key).and_then(Value::as_str).map(str::to_owned);
            let kind = match detail.get("type").and_then(Value::as_str) {
                Some("reasoning.text") => ReasoningKind::Text,
                Some("reasoning.summary") => ReasoningKind::Summary,
                Some("reasoning.encrypted") => ReasoningKind::Encrypted,
                _ => {
                    let value = json!({"reasoning_detail": detail});
                    out.push(Delta::Opaque { format: Some(own.to_owned()), value });
                    continue;
                }
            };
            any = true;
            let index = detail.get("index").and_then(Value::as_u64).unwrap_or(place as u64);
            let id = text("id");
            let index = self.index(index, kind, id.as_ref());
            let piece = Reasoning {
                kind,
                text: text(if kind == ReasoningKind::Summary { "summary" } else { "text" })
                    .unwrap_or_default(),
                signature: text("signature"),
                data: text("data"),
                id,
                format: text("format"),
            };
            out.push(Delta::Reasoning { index, piece });
        }
        any
    }

    fn index(&mut self, index: u64, kind: ReasoningKind, id: Option<&String>) -> u32 {
        let known = self.0.iter_mut().position(|(i, k, known)| {
            let same = *i == index && *k == kind && (id.is_none() || known.is_none() || known.as_ref() == id);
            if same && known.is_none() {
                *known = id.cloned();
            }
            same
        });
        let place = known.unwrap_or_else(|| {
            self.0.push((index, kind, id.cloned()));
            self.0.len() - 1
        });
        u32::try_from(place).unwrap_or(u32::MAX)
    }
}

/// The parts as OpenRouter wants them back; empty when there are none. `own`: the tag of its opaque parts.
pub fn details(parts: &[Part], own: &str) -> Vec<Value> {
    let mut index = 0usize;
    parts.iter().filter_map(|part| detail(part, own, &mut index)).collect()
}

fn detail(part: &Part, own: &str, index: &mut usize) -> Option<Value> {
    let reasoning = match part {
        Part::Reasoning(reasoning) => reasoning,
        Part::Opaque { format, value } if format == own || format == NAME => {
            return value.get("reasoning_detail").cloned();
        }
        _ => return None,
    };
    let place = *index;
    *index += 1;
    if reasoning.format.is_none() && reasoning.signature.is_none() && reasoning.data.is_none() {
        return None;
    }
    let mut detail = Map::new();
    let mut set = |key: &str, value: Option<&str>| {
        if let Some(value) = value {
            detail.insert(key.to_owned(), value.into());
        }
    };
    match reasoning.kind {
        ReasoningKind::Text => {
            set("type", Some("reasoning.text"));
            set("text", Some(&reasoning.text));
        }
        ReasoningKind::Summary => {
            set("type", Some("reasoning.summary"));
            set("summary", Some(&reasoning.text));
        }
        ReasoningKind::Encrypted => set("type", Some("reasoning.encrypted")),
    }
    set("data", reasoning.data.as_deref());
    set("signature", reasoning.signature.as_deref());
    set("id", reasoning.id.as_deref());
    set("format", reasoning.format.as_deref());
    detail.insert("index".to_owned(), place.into());
    Some(Value::Object(detail))
}
