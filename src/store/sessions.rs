//! Reading sessions and their messages.

use super::apply::Place;
use super::disk::Disk;
use super::{SessionMark, Slice, StoreError, Write, keys, record};
use crate::words::{
    At, CacheMark, Message, MessageId, MessageState, ModelRef, Part, Session, SessionId, Titled, Unsent,
};
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;

/// Last changed first.
pub(super) fn sessions(
    disk: &Disk,
    before: Option<SessionMark>,
    limit: usize,
) -> Result<Vec<Session>, StoreError> {
    let to = match before {
        Some(mark) => keys::session_by_time(mark.updated, mark.id),
        None => keys::after(keys::SESSION_BY_TIME),
    };
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for row in disk.range(keys::SESSION_BY_TIME, &to).rev() {
        if found.len() == limit {
            break;
        }
        let key = row?.0;
        let Some(id) = keys::id_at_end(&key) else { continue };
        // one that was written anew after it did not read may stand here twice: the later time is its own
        if seen.insert(id) {
            found.extend(session(disk, SessionId(id))?);
        }
    }
    Ok(found)
}

/// A session whose own data do not read still has its messages: it goes by another name until it is written again.
pub(super) fn session(disk: &Disk, id: SessionId) -> Result<Option<Session>, StoreError> {
    let Some(bytes) = disk.get(&keys::session(keys::SESSION, id))? else { return Ok(None) };
    match record::decode(&bytes) {
        Ok(Write::PutSession(session)) => Ok(Some(*session)),
        Ok(_) => Ok(None),
        Err(StoreError::Record(_)) => Ok(Some(nameless(id))),
        Err(error) => Err(error),
    }
}

fn nameless(id: SessionId) -> Session {
    let made = id.0.get_timestamp().map(|made| made.to_unix()).unwrap_or_default();
    let at = At::from_secs(i64::try_from(made.0).unwrap_or(0));
    let mut session = Session::new(id, ModelRef::default(), at);
    session.title = "its title and settings cannot be read".to_owned();
    session.titled = Titled::ByPerson;
    session
}

/// The last `limit` messages before a place, oldest first: the end of a long conversation costs as little as a short one.
pub(super) fn messages(
    disk: &Disk,
    session: SessionId,
    before: Option<u32>,
    limit: usize,
) -> Result<Slice, StoreError> {
    let prefix = keys::session(keys::MESSAGE, session);
    let to = match before {
        Some(place) => keys::message(session, place),
        None => keys::after(&prefix),
    };
    let mut slice = Slice::default();
    let mut rows = disk.range(&prefix, &to).rev();
    let mut first = None;
    while slice.messages.len() < limit {
        let Some(row) = rows.next() else {
            first = None;
            break;
        };
        let (key, value) = row?;
        first = keys::number_of(&key[18..]);
        // one that does not read takes no other with it
        match record::decode(&value) {
            Ok(Write::PutMessage { message, .. }) => slice.messages.push(whole(disk, message)?),
            _ => slice.unread += 1,
        }
    }
    if first.is_some() && rows.next().transpose()?.is_some() {
        slice.before = first;
    }
    slice.messages.reverse();
    Ok(slice)
}

pub(super) fn message(disk: &Disk, id: MessageId) -> Result<Option<(SessionId, Arc<Message>)>, StoreError> {
    let found = without_pieces(disk, id)?;
    found.map(|(session, message)| Ok((session, whole(disk, message)?))).transpose()
}

/// A message as its record has it: of a partial one, what was kept since stands beside it.
pub(super) fn without_pieces(
    disk: &Disk,
    id: MessageId,
) -> Result<Option<(SessionId, Arc<Message>)>, StoreError> {
    let Some(place) = disk.get(&keys::message_place(id))?.as_deref().and_then(Place::decode) else {
        return Ok(None);
    };
    let bytes = disk.get(&keys::message(place.session, place.place))?;
    match bytes.as_deref().map(record::decode).transpose()? {
        Some(Write::PutMessage { session, message }) => Ok(Some((session, message))),
        _ => Ok(None),
    }
}

/// A partial message with the pieces that were stored beside it joined in.
fn whole(disk: &Disk, message: Arc<Message>) -> Result<Arc<Message>, StoreError> {
    if message.state != MessageState::Partial {
        return Ok(message);
    }
    let mut joined = (*message).clone();
    for row in disk.with_prefix(&keys::pieces(message.id)) {
        if let Ok(Write::Partial { parts, .. }) = record::decode(&row?.1) {
            for part in parts {
                join(&mut joined.parts, part);
            }
        }
    }
    Ok(Arc::new(joined))
}

/// Appends a piece: text goes on with text, thinking with the same kind of thinking.
fn join(parts: &mut Vec<Part>, piece: Part) {
    match (parts.last_mut(), piece) {
        (
            Some(Part::Text { text, cache: CacheMark::None }),
            Part::Text { text: more, cache: CacheMark::None },
        ) => {
            text.push_str(&more);
        }
        (Some(Part::Reasoning(block)), Part::Reasoning(more))
            if block.kind == more.kind && block.signature.is_none() && block.data.is_none() =>
        {
            block.text.push_str(&more.text);
            block.signature = more.signature;
            block.data = more.data;
            block.id = more.id.or(block.id.take());
            block.format = more.format.or(block.format.take());
        }
        (_, piece) => parts.push(piece),
    }
}

pub(super) fn draft(disk: &Disk, session: SessionId) -> Result<Option<Unsent>, StoreError> {
    match disk.get(&keys::session(keys::DRAFT, session))?.as_deref().map(record::decode).transpose()? {
        Some(Write::PutDraft { draft, .. }) => Ok(Some(draft)),
        _ => Ok(None),
    }
}

pub(super) fn setting(disk: &Disk, key: &str) -> Result<Option<Value>, StoreError> {
    match disk.get(&keys::setting(key))?.as_deref().map(record::decode).transpose()? {
        Some(Write::PutSetting { value, .. }) => Ok(value),
        _ => Ok(None),
    }
}

pub(super) fn settings(disk: &Disk, prefix: &str) -> Result<Vec<(String, Value)>, StoreError> {
    let mut found = Vec::new();
    for row in disk.with_prefix(&keys::setting(prefix)) {
        if let Ok(Write::PutSetting { key, value: Some(value) }) = record::decode(&row?.1) {
            found.push((key, value));
        }
    }
    Ok(found)
}
