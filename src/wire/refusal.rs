//! What an error body says, whatever envelope its vendor chose.

use super::framed::{html_title, looks_like_html, raw_text};
use crate::words::clean_line;
use serde_json::Value;

/// An error as a provider said it: the input of [`super::classify`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Refusal {
    pub status: u16,
    /// `insufficient_quota`, `RESOURCE_EXHAUSTED`, `1113`; numbers that repeat the status are left out.
    pub code: String,
    /// `invalid_request_error`, `overloaded_error`, OpenRouter's `error_type`.
    pub kind: String,
    /// On one line, cleaned.
    pub message: String,
    /// The error object, for what is hidden in it (`RetryInfo`, `metadata.headers`).
    pub details: Option<Value>,
    /// The body was an HTML page.
    pub html: bool,
    /// At most 2 KB of the body, cleaned.
    pub raw: String,
}

impl Refusal {
    /// Reads a body that came with a status that is no success.
    pub fn read(status: u16, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let mut refusal = match serde_json::from_str::<Value>(text.trim()) {
            Ok(value) => Self::of(status, &value),
            Err(_) if looks_like_html(&text) => Self {
                status,
                html: true,
                message: html_title(&text).unwrap_or_else(|| "an HTML page".to_owned()),
                ..Self::default()
            },
            Err(_) => {
                // an event stream that holds the error, else plain text
                let event = text.lines().filter_map(|line| line.strip_prefix("data:")).find_map(|data| {
                    serde_json::from_str::<Value>(data.trim()).ok().filter(|v| v.get("error").is_some())
                });
                match event {
                    Some(value) => Self::of(status, &value),
                    None => Self { status, message: short(&text), ..Self::default() },
                }
            }
        };
        refusal.raw = raw_text(body);
        refusal
    }

    /// Reads an error object, or the envelope around it.
    pub fn of(status: u16, value: &Value) -> Self {
        let mut refusal = Self { status, raw: raw_text(value.to_string().as_bytes()), ..Self::default() };
        refusal.take(value, 0);
        refusal.message = short(&refusal.message);
        refusal
    }

    fn take(&mut self, value: &Value, depth: u8) {
        if depth > 4 {
            return;
        }
        match value {
            Value::String(text) => self.say(text, depth),
            Value::Array(list) => {
                if let Some(first) = list.first() {
                    self.take(first, depth + 1);
                }
            }
            Value::Object(map) => {
                for key in ["code", "status", "__type", "error_code"] {
                    match map.get(key) {
                        Some(Value::String(text)) => self.name(text),
                        Some(Value::Number(n)) => {
                            match n.as_u64().and_then(|n| u16::try_from(n).ok()) {
                                // in a stream the only status there is
                                Some(n @ 400..600) if self.status < 400 => self.status = n,
                                Some(n @ 400..600) if n == self.status => {}
                                _ => self.name(&n.to_string()),
                            }
                        }
                        _ => {}
                    }
                }
                if let Some(Value::String(reason)) = map.get("reason")
                    && !reason.contains(' ')
                {
                    self.name(reason);
                }
                if let Some(Value::Number(n)) = map.get("status_code") {
                    match n.as_u64().and_then(|n| u16::try_from(n).ok()) {
                        Some(n @ 400..600) if self.status < 400 => self.status = n,
                        Some(0 | 400..600) | None => {}
                        Some(n) => self.name(&n.to_string()),
                    }
                }
                if let Some(Value::String(text)) = map.get("type")
                    && text != "error"
                    && self.kind.is_empty()
                {
                    self.kind.clone_from(text);
                }
                for key in ["error", "errors", "detail", "response", "base_resp"] {
                    if let Some(inner) = map.get(key) {
                        self.take(inner, depth + 1);
                    }
                }
                for key in ["message", "Message", "msg", "error_message", "status_msg", "reason"] {
                    if let Some(Value::String(text)) = map.get(key) {
                        self.say(text, depth);
                        break;
                    }
                }
                if let Some(reason) = map.get("details").and_then(|d| find(d, "reason", 0)) {
                    // Google says INVALID_ARGUMENT and means API_KEY_INVALID
                    self.kind = reason;
                }
                if let Some(inner) = map.get("innererror").or_else(|| map.get("inner_error"))
                    && let Some(Value::String(code)) = inner.get("code")
                {
                    self.kind.clone_from(code);
                }
                if let Some(metadata) = map.get("metadata") {
                    self.take_openrouter(metadata, depth);
                }
                if depth == 0 || self.details.is_none() {
                    self.details = Some(map.get("error").unwrap_or(value).clone());
                }
            }
            _ => {}
        }
    }

    /// OpenRouter: the true words of the provider stand in `metadata.raw`.
    fn take_openrouter(&mut self, metadata: &Value, depth: u8) {
        if let Some(Value::String(kind)) = metadata.get("error_type") {
            self.kind.clone_from(kind);
        }
        if let Some(Value::String(code)) = metadata.get("provider_code") {
            self.name(code);
        }
        match metadata.get("raw") {
            Some(Value::String(raw)) => {
                let inner = serde_json::from_str::<Value>(raw).unwrap_or_else(|_| Value::String(raw.clone()));
                let mut said = Self { status: self.status, ..Self::default() };
                said.take(&inner, depth + 1);
                self.merge(said);
            }
            Some(raw @ Value::Object(_)) => {
                let mut said = Self { status: self.status, ..Self::default() };
                said.take(raw, depth + 1);
                self.merge(said);
            }
            _ => {}
        }
    }

    fn merge(&mut self, said: Self) {
        if !said.message.is_empty() && !self.message.contains(&said.message) {
            self.message = format!("{}: {}", self.message, said.message);
        }
        if !said.code.is_empty() && self.code.is_empty() {
            self.code = said.code;
        }
        if self.kind.is_empty() {
            self.kind = said.kind;
        }
    }

    fn name(&mut self, code: &str) {
        if self.code.is_empty() || (self.code.bytes().all(|b| b.is_ascii_digit())) {
            code.clone_into(&mut self.code);
        }
    }

    fn say(&mut self, text: &str, depth: u8) {
        // some vendors put their JSON into a string
        if text.trim_start().starts_with('{')
            && let Ok(inner) = serde_json::from_str::<Value>(text)
        {
            self.take(&inner, depth + 1);
            return;
        }
        if self.message.is_empty() {
            text.clone_into(&mut self.message);
        } else if self.code.is_empty() && !text.contains(' ') {
            text.clone_into(&mut self.code);
        } else if self.message != text && self.message.len() < 40 {
            // xAI: `code` holds a sentence, `error` another
            self.message = format!("{}: {text}", self.message);
        }
    }
}

fn find(value: &Value, key: &str, depth: u8) -> Option<String> {
    match value {
        Value::Array(list) if depth < 3 => list.iter().find_map(|v| find(v, key, depth + 1)),
        Value::Object(map) => match map.get(key) {
            Some(Value::String(text)) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn short(text: &str) -> String {
    let line = clean_line(text.trim());
    if line.chars().count() <= 400 { line } else { line.chars().take(399).chain(['…']).collect() }
}
