//! The providers' keys: several each, in order. Which of them rest is `routing::KeyBook`'s, by position.

use crate::words::ProviderId;
use secrecy::SecretString;
use std::collections::BTreeMap;

/// One key and where it came from. `Debug` does not show it.
#[derive(Clone, Debug)]
pub struct Key {
    pub secret: SecretString,
    /// For people: `OPENAI_API_KEY`, `config.toml`.
    pub origin: String,
}

/// All keys by provider, first choice first.
#[derive(Clone, Debug, Default)]
pub struct Keys(BTreeMap<ProviderId, Vec<Key>>);

impl Keys {
    /// Adds a key behind those the provider has; blank ones are passed over.
    pub fn add(&mut self, provider: &ProviderId, secret: &str, origin: &str) {
        let secret = secret.trim();
        if !secret.is_empty() {
            let key = Key { secret: SecretString::from(secret.to_owned()), origin: origin.to_owned() };
            self.0.entry(provider.clone()).or_default().push(key);
        }
    }

    pub fn of(&self, provider: &ProviderId) -> &[Key] {
        self.0.get(provider).map_or(&[], Vec::as_slice)
    }

    pub fn has(&self, provider: &ProviderId) -> bool {
        self.0.contains_key(provider)
    }

    /// Every provider that has a key, and how many.
    pub fn counts(&self) -> impl Iterator<Item = (&ProviderId, usize)> {
        self.0.iter().map(|(provider, keys)| (provider, keys.len()))
    }
}
