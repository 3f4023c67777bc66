//! The shapes of a chunk and of a whole completion, read in one pass with text borrowed from the bytes.

use crate::wire::lenient::{JsonText, Str};
use crate::wire::place::{First, open_struct};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

open_struct! {
    /// A chunk, or a whole completion: they differ in `delta` and `message` only.
    Chunk {
        id: Str<'a> = "id",
        model: Str<'a> = "model",
        provider: Str<'a> = "provider",
        service_tier: Str<'a> = "service_tier",
        choices: First<Choice<'a>> = "choices",
        usage: &'a RawValue = "usage",
        error: &'a RawValue = "error",
        x_groq: &'a RawValue = "x_groq",
        citations: Vec<Str<'a>> = "citations",
        search_results: &'a RawValue = "search_results",
    } skip ["object", "created", "system_fingerprint", "obfuscation", "p", "request_id"]
}

open_struct! {
    Choice {
        index: i64 = "index",
        delta: Spoken<'a> = "delta",
        message: Spoken<'a> = "message",
        finish_reason: Str<'a> = "finish_reason",
        native_finish_reason: Str<'a> = "native_finish_reason",
        error: &'a RawValue = "error",
        logprobs: &'a RawValue = "logprobs",
    } skip ["text", "seed", "content_filter_results", "stop_reason", "token_ids", "matched_stop"]
}

open_struct! {
    /// What the assistant says in a chunk.
    Spoken {
        content: Content<'a> = "content",
        reasoning: Str<'a> = "reasoning",
        reasoning_content: Str<'a> = "reasoning_content",
        reasoning_details: &'a RawValue = "reasoning_details",
        tool_calls: Vec<ToolCall<'a>> = "tool_calls",
        function_call: Function<'a> = "function_call",
        refusal: Str<'a> = "refusal",
        annotations: Vec<&'a RawValue> = "annotations",
        images: Vec<Image<'a>> = "images",
    } skip ["role", "token_id", "name"]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct ToolCall<'a> {
    pub index: Option<i64>,
    pub id: Option<Str<'a>>,
    pub function: Option<Function<'a>>,
    pub custom: Option<Custom<'a>>,
    pub extra_content: Option<Extra<'a>>,
}

/// A call of a tool that takes text instead of JSON.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Custom<'a> {
    pub name: Option<Str<'a>>,
    pub input: Option<Str<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Function<'a> {
    pub name: Option<Str<'a>>,
    pub arguments: Option<JsonText>,
}

/// Gemini's compatible endpoint: `extra_content.google.thought_signature`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Extra<'a> {
    pub google: Option<Google<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Google<'a> {
    pub thought_signature: Option<Str<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Image<'a> {
    pub image_url: Option<ImageUrl<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct ImageUrl<'a> {
    pub url: Str<'a>,
}

/// `content`: text, or a list of parts (Mistral).
#[derive(Debug)]
pub enum Content<'a> {
    Text(Str<'a>),
    Parts(Vec<&'a RawValue>),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct ContentPart<'a> {
    #[serde(rename = "type")]
    pub kind: Str<'a>,
    pub text: Option<Str<'a>>,
    /// Mistral's thinking: a list of text parts, or text.
    pub thinking: Option<Box<Content<'a>>>,
    pub signature: Option<Str<'a>>,
    pub image_url: Option<ImageUrl<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Content<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Content<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or a list of parts")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Content<'de>, E> {
                Ok(Content::Text(Str(text.into())))
            }

            fn visit_str<E>(self, text: &str) -> Result<Content<'de>, E> {
                Ok(Content::Text(Str(text.to_owned().into())))
            }

            fn visit_unit<E>(self) -> Result<Content<'de>, E> {
                Ok(Content::Text(Str::default()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Content<'de>, A::Error> {
                let mut parts = Vec::new();
                while let Some(part) = list.next_element()? {
                    parts.push(part);
                }
                Ok(Content::Parts(parts))
            }

            // structured output that a server forgot to make a string of
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Content<'de>, A::Error> {
                let object = serde_json::Value::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Content::Text(Str(object.to_string().into())))
            }

            fn visit_u64<E>(self, n: u64) -> Result<Content<'de>, E> {
                Ok(Content::Text(Str(n.to_string().into())))
            }

            fn visit_i64<E>(self, n: i64) -> Result<Content<'de>, E> {
                Ok(Content::Text(Str(n.to_string().into())))
            }

            fn visit_f64<E>(self, n: f64) -> Result<Content<'de>, E> {
                Ok(Content::Text(Str(n.to_string().into())))
            }

            fn visit_bool<E>(self, b: bool) -> Result<Content<'de>, E> {
                Ok(Content::Text(Str(b.to_string().into())))
            }
        }
        deserializer.deserialize_any(Either)
    }
}
