//! `content`, which is a text nearly everywhere and a list of parts at Mistral.

use super::chunk::{Content, ContentPart};
use crate::wire::lenient::Str;
use crate::wire::think_tags::ThinkTags;
use crate::words::{Delta, Reasoning};
use serde_json::value::RawValue;

/// `own`: the tag of parts that we do not know.
pub fn hear(content: Content<'_>, own: &str, tags: &mut ThinkTags, out: &mut Vec<Delta>) {
    match content {
        Content::Text(text) if text.is_empty() => {}
        Content::Text(text) => tags.hear(text.0.into_owned(), out),
        Content::Parts(parts) => parts.into_iter().for_each(|raw| part(raw, own, out)),
    }
}

fn part(raw: &RawValue, own: &str, out: &mut Vec<Delta>) {
    let Ok(part) = serde_json::from_str::<ContentPart<'_>>(raw.get()) else { return };
    match &*part.kind.0 {
        "thinking" => {
            let mut text = String::new();
            match part.thinking.map(|thinking| *thinking) {
                Some(Content::Text(piece)) => text.push_str(&piece.0),
                Some(Content::Parts(pieces)) => {
                    for raw in pieces {
                        let piece: ContentPart<'_> = serde_json::from_str(raw.get()).unwrap_or_default();
                        text.push_str(&piece.text.unwrap_or_default().0);
                    }
                }
                None => {}
            }
            let mut piece = thought(text);
            if let Delta::Reasoning { piece, .. } = &mut piece {
                piece.signature = part.signature.as_ref().and_then(Str::some);
            }
            out.push(piece);
        }
        "image_url" => {
            if let Some(url) = part.image_url.and_then(|image| image.url.some()) {
                out.push(Delta::Image(url));
            }
        }
        _ => match part.text {
            Some(text) => say(text, out),
            None => out.push(Delta::Opaque {
                format: Some(own.to_owned()),
                value: serde_json::from_str(raw.get()).unwrap_or_default(),
            }),
        },
    }
}

pub fn say(text: Str<'_>, out: &mut Vec<Delta>) {
    if !text.is_empty() {
        out.push(Delta::Text(text.0.into_owned()));
    }
}

pub fn thought(text: String) -> Delta {
    Delta::Reasoning { index: 0, piece: Reasoning { text, ..Reasoning::default() } }
}
