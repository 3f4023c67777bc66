//! The shapes of events and of a whole message, with text borrowed from the bytes.

use crate::wire::lenient::Str;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Every event, and the whole message: they share their names.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Event<'a> {
    #[serde(rename = "type")]
    pub kind: Str<'a>,
    pub index: Option<u64>,
    pub delta: Option<Piece<'a>>,
    #[serde(borrow)]
    pub content_block: Option<&'a RawValue>,
    #[serde(borrow)]
    pub message: Option<&'a RawValue>,
    #[serde(borrow)]
    pub usage: Option<&'a RawValue>,
    #[serde(borrow)]
    pub error: Option<&'a RawValue>,
    pub id: Option<Str<'a>>,
    pub model: Option<Str<'a>>,
    #[serde(borrow)]
    pub content: Option<&'a RawValue>,
    pub stop_reason: Option<Str<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Piece<'a> {
    pub text: Option<Str<'a>>,
    pub thinking: Option<Str<'a>>,
    pub signature: Option<Str<'a>>,
    pub partial_json: Option<Str<'a>>,
    #[serde(borrow)]
    pub citation: Option<&'a RawValue>,
    pub stop_reason: Option<Str<'a>>,
}

/// The event that comes once a token, with nothing but what it holds.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Step<'a> {
    pub index: u64,
    pub delta: Piece<'a>,
}
