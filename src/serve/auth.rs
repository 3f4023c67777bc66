//! Who may ask: bearer keys with labels, compared without telling by time how much of one was right.

use axum::http::{HeaderMap, header};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// A key a client must show, and the label its spending goes under.
#[derive(Clone, Debug)]
pub struct Key {
    pub label: String,
    pub secret: SecretString,
}

/// What a client that shows no valid key is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    Missing,
    Wrong,
}

/// The label of the key that was shown; `Ok(None)` when no keys are set and everybody may ask.
/// `Authorization: Bearer`, `x-api-key` and `api-key` are understood.
pub fn check(keys: &[Key], headers: &HeaderMap) -> Result<Option<String>, Refused> {
    if keys.is_empty() {
        return Ok(None);
    }
    let shown = shown(headers).ok_or(Refused::Missing)?;
    // both sides are hashed, so that equal lengths are compared whatever was sent
    let shown = Sha256::digest(shown.as_bytes());
    let mut label = None;
    for key in keys {
        let right = Sha256::digest(key.secret.expose_secret().as_bytes());
        let difference = shown.iter().zip(right.iter()).fold(0, |acc, (a, b)| acc | (a ^ b));
        if difference == 0 {
            label = Some(key.label.clone());
        }
    }
    label.map(Some).ok_or(Refused::Wrong)
}

fn shown(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    bearer.or_else(|| ["x-api-key", "api-key"].iter().find_map(|name| headers.get(*name)?.to_str().ok()))
}
