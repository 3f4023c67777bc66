//! Finding a session by what a person calls it, and the branch it shows.

use crate::store::{Store, StoreError};
use crate::words::{Message, MessageId, Session, SessionId};
use std::collections::HashMap;
use std::sync::Arc;

/// The session used last.
pub fn last_session(store: &Store) -> Result<Option<Session>, StoreError> {
    Ok(store.sessions(None, 1).wait()?.pop())
}

/// By id, the beginning of an id, or a part of the title; the last used of several.
pub fn find_session(store: &Store, name: &str) -> Result<Option<Session>, StoreError> {
    if let Ok(id) = name.parse::<SessionId>() {
        return Ok(store.session(id).wait()?.map(|session| *session));
    }
    let wanted = name.to_lowercase();
    let all = store.sessions(None, usize::MAX).wait()?;
    let begins = |s: &&Session| s.id.to_string().starts_with(&wanted);
    let found = all.iter().find(begins).or_else(|| all.iter().find(|s| s.title.to_lowercase() == wanted));
    Ok(found.or_else(|| all.iter().find(|s| s.title.to_lowercase().contains(&wanted))).cloned())
}

/// The messages of the branch that the session shows, oldest first.
pub fn shown_branch(store: &Store, session: &Session) -> Result<Vec<Arc<Message>>, StoreError> {
    let all = store.messages(session.id, None, usize::MAX).wait()?.messages;
    Ok(branch(&all, session.head))
}

/// The way from the root to `head`; without a head, to the newest message.
pub fn branch(all: &[Arc<Message>], head: Option<MessageId>) -> Vec<Arc<Message>> {
    let by_id: HashMap<MessageId, &Arc<Message>> = all.iter().map(|message| (message.id, message)).collect();
    let mut next = head.and_then(|id| by_id.get(&id).copied()).or_else(|| all.last());
    let mut way = Vec::new();
    while let Some(message) = next.filter(|_| way.len() < all.len()) {
        way.push(message.clone());
        next = message.parent.and_then(|id| by_id.get(&id).copied());
    }
    way.reverse();
    way
}
