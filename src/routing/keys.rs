//! Which keys a provider has and which of them must rest: positions only, never a secret.

use super::hash::Table;
use crate::catalog::Catalog;
use crate::words::{At, Endpoint, EndpointId, Failure, FailureKind, ProviderId};
use std::time::Duration;

const FIRST_COOL_DOWN: Duration = Duration::from_secs(2);
const LONGEST_GUESS: Duration = Duration::from_secs(60);
/// A provider may ask for longer, but not for ever: a limit that resets at midnight is looked at again hourly.
const LONGEST_ASKED: Duration = Duration::from_secs(60 * 60);
/// An empty account or a rejected key does not mend by itself.
const BROKEN_KEY: Duration = Duration::from_secs(10 * 60);

/// The keys of every provider, in order of preference.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeyBook {
    of: Table<ProviderId, Keys>,
}

/// One provider's keys.
#[derive(Clone, Debug, Default, PartialEq)]
struct Keys {
    list: Vec<Key>,
    /// No key has been refused since it was last answered: the first may be used without looking further.
    calm: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Key {
    /// The whole key rests (rejected, out of money).
    rest: Rest,
    /// Only at these endpoints (rate limits count per model).
    at: Vec<(EndpointId, Rest)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Rest {
    until: At,
    times: u32,
    /// Not for a rate: the key was rejected, or has no money.
    refused: bool,
}

/// What the book says to somebody who wants to ask an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// The key at this position.
    Key(u32),
    /// Every key rests; the first is back then.
    Cooling(At),
    /// There is no key.
    Missing,
}

impl KeyBook {
    /// How many keys each of the catalog's providers has; one that needs none has the empty one.
    pub fn of(catalog: &Catalog, keys: impl Fn(&ProviderId) -> usize) -> Self {
        let mut book = Self::default();
        for provider in catalog.providers() {
            let least = usize::from(!provider.needs_key());
            book.set(&provider.slug, keys(&provider.slug).max(least));
        }
        book
    }

    /// The provider has so many keys; their rests are forgotten. A provider that needs no key has one: the empty one.
    pub fn set(&mut self, provider: &ProviderId, keys: usize) {
        self.of.insert(provider.clone(), Keys { list: vec![Key::default(); keys], calm: keys > 0 });
    }

    #[must_use]
    pub fn with(mut self, provider: &str, keys: usize) -> Self {
        self.set(&ProviderId::new(provider), keys);
        self
    }

    pub fn has(&self, provider: &ProviderId) -> bool {
        self.of.get(provider.as_str()).is_some_and(|keys| !keys.list.is_empty())
    }

    /// The first key that may ask this endpoint now.
    pub fn pick(&self, endpoint: &Endpoint, now: At) -> Pick {
        self.at(&endpoint.provider).pick(endpoint, now)
    }

    /// Until when nobody may ask this endpoint because every key of it was refused.
    pub fn refused(&self, endpoint: &Endpoint, now: At) -> Option<At> {
        let keys = self.of.get(endpoint.provider.as_str()).filter(|keys| !keys.calm)?;
        let until = |key: &Key| {
            let here = key.at.iter().find(|(at, _)| *at == endpoint.id).map(|(_, rest)| rest);
            let rests = here.into_iter().chain([&key.rest]).filter(|rest| rest.refused && rest.until > now);
            rests.map(|rest| rest.until).max()
        };
        keys.list.iter().map(until).try_fold(None, |first: Option<At>, until| {
            until.map(|until| Some(first.map_or(until, |first| first.min(until))))
        })?
    }

    /// The provider's keys, for whoever asks about many of its endpoints.
    pub(super) fn at(&self, provider: &ProviderId) -> KeysOf<'_> {
        KeysOf(self.of.get(provider.as_str()))
    }

    /// A request with this key failed: whatever is the key's trouble lets it rest.
    pub fn failed(&mut self, endpoint: &Endpoint, key: u32, failure: &Failure, now: At) {
        let keys = self.of.entry(endpoint.provider.clone()).or_insert_with(Keys::one);
        let Some(key) = usize::try_from(key).ok().and_then(|place| keys.list.get_mut(place)) else { return };
        let refused =
            [FailureKind::RateLimited, FailureKind::Permission, FailureKind::Quota, FailureKind::Auth];
        if refused.contains(&failure.kind) {
            keys.calm = false;
        }
        let asked = failure.retry_after.map(|asked| asked.min(LONGEST_ASKED));
        match failure.kind {
            FailureKind::RateLimited => {
                let rest = key.rest_at(&endpoint.id);
                // concurrent refusals of one storm count once
                let before = if rest.until > now { rest.times.saturating_sub(1) } else { rest.times };
                let guess = FIRST_COOL_DOWN.saturating_mul(1 << before.min(16)).min(LONGEST_GUESS);
                rest.extend(asked.unwrap_or(guess), false, now);
            }
            FailureKind::Permission => {
                key.rest_at(&endpoint.id).extend(asked.unwrap_or(BROKEN_KEY), true, now)
            }
            FailureKind::Quota | FailureKind::Auth => key.rest.extend(asked.unwrap_or(BROKEN_KEY), true, now),
            _ => {}
        }
    }

    /// A request with this key was answered: it is as good as new there.
    pub fn answered(&mut self, endpoint: &Endpoint, key: u32) {
        let Some(keys) = self.of.get_mut(endpoint.provider.as_str()) else { return };
        if keys.calm {
            return;
        }
        if let Some(key) = usize::try_from(key).ok().and_then(|place| keys.list.get_mut(place)) {
            key.rest = Rest::default();
            key.at.retain(|(at, _)| *at != endpoint.id);
        }
        keys.calm = keys.list.iter().all(|key| *key == Key::default()) && !keys.list.is_empty();
    }
}

/// The keys of one provider; `None`: nobody set any.
#[derive(Clone, Copy)]
pub(super) struct KeysOf<'a>(Option<&'a Keys>);

impl KeysOf<'_> {
    /// The first key may be used anywhere.
    #[inline]
    pub fn is_calm(self) -> bool {
        self.0.is_some_and(|keys| keys.calm)
    }

    pub fn pick(self, endpoint: &Endpoint, now: At) -> Pick {
        // the endpoint itself is looked at last: planning over a thousand reads only what it must
        if self.is_calm() {
            return Pick::Key(0);
        }
        let none = if endpoint.local || endpoint.demo { Pick::Key(0) } else { Pick::Missing };
        let Some(keys) = self.0 else { return none };
        let mut first: Option<At> = None;
        for (place, key) in (0..).zip(&keys.list) {
            let until = key.until(&endpoint.id);
            if until <= now {
                return Pick::Key(place);
            }
            first = Some(first.map_or(until, |at| at.min(until)));
        }
        first.map_or(none, Pick::Cooling)
    }
}

impl Keys {
    fn one() -> Self {
        Self { list: vec![Key::default()], calm: true }
    }
}

impl Key {
    fn until(&self, endpoint: &EndpointId) -> At {
        let here = self.at.iter().find(|(at, _)| at == endpoint).map(|(_, rest)| rest.until);
        here.map_or(self.rest.until, |until| until.max(self.rest.until))
    }

    fn rest_at(&mut self, endpoint: &EndpointId) -> &mut Rest {
        let place = self.at.iter().position(|(at, _)| at == endpoint).unwrap_or_else(|| {
            self.at.push((endpoint.clone(), Rest::default()));
            self.at.len() - 1
        });
        &mut self.at[place].1
    }
}

impl Rest {
    /// A later end stands.
    fn extend(&mut self, rest: Duration, refused: bool, now: At) {
        if self.until <= now {
            self.times += 1;
        }
        self.until = self.until.max(now + rest);
        self.refused = refused;
    }
}
