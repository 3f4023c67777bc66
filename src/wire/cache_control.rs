//! `cache_control`, as Anthropic wrote it first and OpenRouter and others took it over.

use crate::words::CacheMark;
use serde_json::{Value, json};

/// What a client's `cache_control` asks for; the time it names when nobody keeps anything for so long.
pub fn read(value: &Value) -> Result<CacheMark, &Value> {
    if !value.is_object() {
        return Ok(CacheMark::None);
    }
    match &value["ttl"] {
        Value::Null => Ok(CacheMark::Plain),
        ttl if ttl == "5m" => Ok(CacheMark::FiveMinutes),
        ttl if ttl == "1h" => Ok(CacheMark::OneHour),
        ttl => Err(ttl),
    }
}

/// Puts the mark on a block or a tool.
pub fn mark(block: &mut Value, mark: CacheMark) {
    if mark.is_set() {
        block["cache_control"] = json!({"type": "ephemeral"});
        if let Some(ttl) = mark.ttl() {
            block["cache_control"]["ttl"] = ttl.into();
        }
    }
}
