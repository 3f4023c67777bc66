//! Where each conversation's prompt is cached, so that it goes on there while that is worth more than a lower price.

use super::hash::Table;
use crate::words::{At, Endpoint, EndpointId, ModelId, SessionId, Usage};
use std::time::Duration;

/// Prompts below this are cached by nobody.
const SMALLEST: u64 = 1_024;
/// Sessions remembered; the longest unused is forgotten first.
const SESSIONS: usize = 512;

/// How long a provider keeps a prompt cache that is not used, and whether it caches without being told.
const HABITS: &[(&str, u64, bool)] = &[
    // slug, minutes, by itself
    ("anthropic", 5, false),
    ("amazon-bedrock", 5, false),
    ("google-vertex", 5, true),
    ("google", 5, true),
    ("openai", 10, true),
    ("azure", 10, true),
    ("deepseek", 120, true),
    ("xai", 10, true),
    ("groq", 120, true),
    ("moonshotai", 10, true),
    ("alibaba", 5, true),
    ("z-ai", 10, true),
    ("openrouter", 10, false),
];
const USUAL_MINUTES: u64 = 10;

/// What is cached for a conversation at an endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Stick {
    pub model: ModelId,
    pub endpoint: EndpointId,
    /// Tokens of the prompt that the next request can read there.
    pub cached: u64,
    pub until: At,
}

/// The sticks of all conversations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StickyBook(Table<SessionId, Vec<Stick>>);

impl StickyBook {
    /// Where the session's prompt for this model is cached, while it is.
    pub fn get(&self, session: &SessionId, model: &ModelId, now: At) -> Option<&Stick> {
        self.0.get(session)?.iter().find(|stick| stick.model == *model && stick.until > now)
    }

    /// An answer came: what it read, wrote and said is what the next request can read.
    pub fn answered(&mut self, session: SessionId, endpoint: &Endpoint, usage: &Usage, now: At) {
        let (_, minutes, by_itself) = HABITS
            .iter()
            .find(|(slug, ..)| *slug == endpoint.provider.as_str())
            .copied()
            .unwrap_or(("", USUAL_MINUTES, endpoint.local));
        let seen = usage.cached_read + usage.cache_write_5m + usage.cache_write_1h;
        let cached = if seen > 0 || by_itself { usage.input() } else { 0 };
        let sticks = self.0.entry(session).or_default();
        sticks.retain(|stick| stick.model != endpoint.model && stick.until > now);
        if cached >= SMALLEST {
            let minutes = if usage.cache_write_1h > 0 { 60 } else { minutes };
            sticks.push(Stick {
                model: endpoint.model.clone(),
                endpoint: endpoint.id.clone(),
                cached,
                until: now + Duration::from_secs(minutes * 60),
            });
        }
        if self.0.len() > SESSIONS {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let last = |sticks: &[Stick]| sticks.iter().map(|stick| stick.until).max();
        if let Some(session) = self.0.iter().min_by_key(|(_, sticks)| last(sticks)).map(|(id, _)| *id) {
            self.0.remove(&session);
        }
    }
}
