//! Where each conversation's prompt is cached, so that it goes on there while that is worth more than a lower price.

use super::hash::{Quick, Table};
use crate::words::{At, Endpoint, EndpointId, Message, ModelId, Part, ProviderId, Request, Role, Usage};
use std::hash::{Hash, Hasher};
use std::time::Duration;

/// Prompts below this are cached by nobody.
const SMALLEST: u64 = 1_024;
/// Conversations remembered; the longest unused is forgotten first.
const CONVERSATIONS: usize = 512;
/// Who answered last is remembered for so long: a tool loop that takes longer was left.
const LOOP: Duration = Duration::from_secs(60 * 60);

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
    ("zai", 10, true),
    ("openrouter", 10, false),
];
const USUAL_MINUTES: u64 = 10;

/// A conversation as the book knows it: by its session's name, else by how it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Conversation {
    key: u64,
    /// It has a name; whoever has none may only look like an earlier one.
    named: bool,
}

impl Conversation {
    /// Without a session: the first word of the system and the first of anybody else, as OpenRouter tells them apart.
    pub fn of(request: &Request) -> Self {
        let mut hasher = Quick::default();
        if let Some(session) = request.session {
            session.hash(&mut hasher);
        } else {
            let first = |system: bool| {
                request.messages.iter().find(move |message| (message.role == Role::System) == system)
            };
            for message in [first(true), first(false)].into_iter().flatten() {
                told(message, &mut hasher);
            }
        }
        Self { key: hasher.finish(), named: request.session.is_some() }
    }
}

fn told(message: &Message, hasher: &mut Quick) {
    hasher.write_u8(u8::from(message.role == Role::System));
    for part in &message.parts {
        match part {
            Part::Text { text, .. } => hasher.write(text.as_bytes()),
            _ => hasher.write_u8(2),
        }
    }
}

/// What is cached for a conversation at an endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Stick {
    pub model: ModelId,
    pub endpoint: EndpointId,
    /// Tokens of the prompt that the next request can read there.
    pub cached: u64,
    pub until: At,
}

/// What is known of one conversation.
#[derive(Clone, Debug, Default, PartialEq)]
struct Known {
    sticks: Vec<Stick>,
    /// Who answered last, and when.
    last: Option<(ProviderId, At)>,
}

/// The sticks of all conversations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StickyBook(Table<Conversation, Known>);

impl StickyBook {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where the conversation's prompt for this model is cached, while it is.
    pub fn get(&self, conversation: Conversation, model: &ModelId, now: At) -> Option<&Stick> {
        let known = self.0.get(&conversation)?;
        known.sticks.iter().find(|stick| stick.model == *model && stick.until > now)
    }

    /// The provider that answered last in this conversation.
    pub fn last(&self, conversation: Conversation, now: At) -> Option<&ProviderId> {
        let (provider, at) = self.0.get(&conversation)?.last.as_ref()?;
        (now.since(*at) < LOOP).then_some(provider)
    }

    /// An answer came: what it read, wrote and said is what the next request can read.
    pub fn answered(&mut self, conversation: Conversation, endpoint: &Endpoint, usage: &Usage, now: At) {
        let (_, minutes, by_itself) = HABITS
            .iter()
            .find(|(slug, ..)| *slug == endpoint.provider.as_str())
            .copied()
            .unwrap_or(("", USUAL_MINUTES, endpoint.local));
        let written = usage.cache_write_5m + usage.cache_write_1h;
        // whoever has no name is known to go on only when a cache was read
        let seen = usage.cached_read > 0 || conversation.named && (by_itself || written > 0);
        let cached = if seen { usage.input() } else { 0 };
        let Known { sticks, last } = self.0.entry(conversation).or_default();
        *last = Some((endpoint.provider.clone(), now));
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
        if self.0.len() > CONVERSATIONS {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let last = |known: &Known| known.last.as_ref().map(|(_, at)| *at);
        if let Some(oldest) = self.0.iter().min_by_key(|(_, known)| last(known)).map(|(id, _)| *id) {
            self.0.remove(&oldest);
        }
    }
}
