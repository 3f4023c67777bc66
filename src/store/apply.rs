//! What each write changes: the record itself and everything that is kept beside it to find it again.

use super::txn::Txn;
use super::writer::Writer;
use super::{Changed, Patch, StoreError, Write, keys, ledger, record, search};
use crate::words::{At, Message, MessageId, MessageState, ModelRef, Session, SessionId, Unsent};
use serde_json::{Map, Value};
use sled::IVec;
use std::sync::Arc;

pub(super) fn apply(txn: &mut Txn<'_>, write: &Write, by: Writer) -> Result<(), StoreError> {
    match write {
        Write::PutSession(session) => put_session(txn, session),
        Write::DeleteSession(id) => delete_session(txn, *id),
        Write::PutMessage { session, message } => put_message(txn, *session, message),
        Write::Partial { session, message, number, .. } => put_piece(txn, write, *session, *message, *number),
        Write::DeleteMessages { session, messages } => delete_messages(txn, *session, messages),
        Write::PutDraft { session, draft } => put_draft(txn, write, *session, draft),
        Write::PutSetting { key, value } => put_setting(txn, write, key, value.is_some()),
        Write::PatchSetting { key, patch } => patch_setting(txn, key, patch),
        Write::Ledger(entry) => ledger::append(txn, entry, by),
        Write::RebuildRollups => ledger::rebuild(txn),
    }
}

/// Where a message is: its session, its place there, and its number in the text index.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) session: SessionId,
    pub(super) place: u32,
    pub(super) text: Option<u32>,
}

/// In [`Place`]'s bytes: the message has no words.
const NO_TEXT: u32 = u32::MAX;

impl Place {
    pub(super) fn encode(self) -> Vec<u8> {
        let text = self.text.unwrap_or(NO_TEXT);
        [&self.session.0.as_bytes()[..], &self.place.to_be_bytes(), &text.to_be_bytes()].concat()
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (session, numbers) = bytes.split_at_checked(16)?;
        let (place, text) = numbers.split_at_checked(4)?;
        let text = keys::number_of(text)?;
        Some(Self {
            session: SessionId(uuid::Uuid::from_slice(session).ok()?),
            place: keys::number_of(place)?,
            text: (text != NO_TEXT).then_some(text),
        })
    }
}

fn session_in(bytes: Option<IVec>) -> Option<Session> {
    // a session that does not read is written anew: its messages say more than its name
    match record::decode(&bytes?) {
        Ok(Write::PutSession(session)) => Some(*session),
        _ => None,
    }
}

fn put_session(txn: &mut Txn<'_>, session: &Session) -> Result<(), StoreError> {
    let key = keys::session(keys::SESSION, session.id);
    let old = session_in(txn.get(&key)?);
    let mut session = session.clone();
    session.messages = old.as_ref().map_or(0, |old| old.messages);
    txn.remove(keys::session(keys::SESSION_GONE, session.id));
    store_session(txn, old.as_ref(), session)
}

fn store_session(txn: &mut Txn<'_>, old: Option<&Session>, session: Session) -> Result<(), StoreError> {
    if let Some(old) = old.filter(|old| old.updated != session.updated) {
        txn.remove(keys::session_by_time(old.updated, old.id));
    }
    let id = session.id;
    txn.put(keys::session_by_time(session.updated, id), Vec::new());
    txn.put(keys::session(keys::SESSION, id), record::encode(&Write::PutSession(Box::new(session)))?);
    txn.changed.insert(Changed::Session(id));
    Ok(())
}

fn delete_session(txn: &mut Txn<'_>, id: SessionId) -> Result<(), StoreError> {
    let key = keys::session(keys::SESSION, id);
    if let Some(session) = session_in(txn.get(&key)?) {
        txn.remove(keys::session_by_time(session.updated, id));
    }
    txn.remove(key);
    txn.remove(keys::session(keys::DRAFT, id));
    for (key, value) in txn.rows(&keys::session(keys::MESSAGE, id))? {
        if let Ok(Write::PutMessage { message, .. }) = record::decode(&value) {
            forget_message(txn, message.id)?;
        }
        txn.remove(key);
    }
    txn.put(keys::session(keys::SESSION_GONE, id), Vec::new());
    txn.changed.insert(Changed::Session(id));
    Ok(())
}

fn place_of(txn: &Txn<'_>, id: MessageId) -> Result<Option<Place>, StoreError> {
    Ok(txn.get(&keys::message_place(id))?.as_deref().and_then(Place::decode))
}

fn put_message(txn: &mut Txn<'_>, session: SessionId, message: &Arc<Message>) -> Result<(), StoreError> {
    if txn.has(&keys::session(keys::SESSION_GONE, session))? {
        return Ok(());
    }
    let known = place_of(txn, message.id)?.filter(|place| place.session == session);
    let new = known.is_none();
    let mut place = match known {
        Some(place) => place,
        None => Place { session, place: next_place(txn, session)?, text: None },
    };
    let key = keys::message(session, place.place);
    let words = message.plain();
    let old_words = match txn.get(&key)?.as_deref().map(record::decode) {
        Some(Ok(Write::PutMessage { message, .. })) => Some(message.plain()),
        _ => None,
    };
    if old_words.as_deref() != Some(words.as_str()) || place.text.is_none() {
        if let Some(old) = place.text {
            search::forget(txn, old);
        }
        place.text = search::index(txn, &words, session, place.place)?;
    }
    if message.state != MessageState::Partial {
        for (piece, _) in txn.rows(&keys::pieces(message.id))? {
            txn.remove(piece);
        }
    }
    txn.put(keys::message_place(message.id), place.encode());
    let write = Write::PutMessage { session, message: message.clone() };
    txn.put(key, record::encode(&write)?);
    txn.changed.insert(Changed::Messages(session));
    if new { count(txn, session, 1, message) } else { Ok(()) }
}

/// Places are given in the order of arrival, beginning with 0, and never twice.
fn next_place(txn: &Txn<'_>, session: SessionId) -> Result<u32, StoreError> {
    let last = txn.last(&keys::session(keys::MESSAGE, session))?;
    Ok(last.and_then(|key| keys::number_of(key.get(18..)?)).map_or(0, |place| place.saturating_add(1)))
}

/// Keeps the session's number of messages and the time of its last change.
fn count(txn: &mut Txn<'_>, id: SessionId, added: i64, last: &Message) -> Result<(), StoreError> {
    let old = session_in(txn.get(&keys::session(keys::SESSION, id))?);
    let mut session = old.clone().unwrap_or_else(|| {
        let model = last.by.as_ref().map_or_else(ModelRef::default, ModelRef::from);
        Session { head: Some(last.id), ..Session::new(id, model, last.at) }
    });
    session.messages = u32::try_from((i64::from(session.messages) + added).max(0)).unwrap_or(u32::MAX);
    session.updated = session.updated.max(last.at);
    store_session(txn, old.as_ref(), session)
}

fn put_piece(
    txn: &mut Txn<'_>,
    write: &Write,
    session: SessionId,
    message: MessageId,
    number: u32,
) -> Result<(), StoreError> {
    if txn.has(&keys::session(keys::SESSION_GONE, session))? {
        return Ok(());
    }
    if let Some(place) = place_of(txn, message)?
        && let Some(Ok(Write::PutMessage { message, .. })) =
            txn.get(&keys::message(place.session, place.place))?.as_deref().map(record::decode)
        && message.state != MessageState::Partial
    {
        // it came late: the whole message is here already
        return Ok(());
    }
    txn.put(keys::piece(message, number), record::encode(write)?);
    txn.changed.insert(Changed::Messages(session));
    Ok(())
}

fn delete_messages(txn: &mut Txn<'_>, session: SessionId, ids: &[MessageId]) -> Result<(), StoreError> {
    let mut gone = 0;
    for id in ids {
        if let Some(place) = place_of(txn, *id)?.filter(|place| place.session == session) {
            txn.remove(keys::message(session, place.place));
            forget_message(txn, *id)?;
            gone += 1;
        }
    }
    if gone > 0 {
        let nobody = Message::text(MessageId::nil(), None, crate::words::Role::User, "", At(i64::MIN));
        count(txn, session, -gone, &nobody)?;
        txn.changed.insert(Changed::Messages(session));
    }
    Ok(())
}

/// Everything about a message but the message.
fn forget_message(txn: &mut Txn<'_>, id: MessageId) -> Result<(), StoreError> {
    if let Some(text) = place_of(txn, id)?.and_then(|place| place.text) {
        search::forget(txn, text);
    }
    txn.remove(keys::message_place(id));
    for (piece, _) in txn.rows(&keys::pieces(id))? {
        txn.remove(piece);
    }
    Ok(())
}

fn put_draft(txn: &mut Txn<'_>, write: &Write, session: SessionId, draft: &Unsent) -> Result<(), StoreError> {
    let key = keys::session(keys::DRAFT, session);
    if draft.is_empty() {
        txn.remove(key);
    } else {
        txn.put(key, record::encode(write)?);
    }
    txn.changed.insert(Changed::Draft(session));
    Ok(())
}

fn put_setting(txn: &mut Txn<'_>, write: &Write, key: &str, is_there: bool) -> Result<(), StoreError> {
    if is_there {
        txn.put(keys::setting(key), record::encode(write)?);
    } else {
        txn.remove(keys::setting(key));
    }
    txn.changed.insert(Changed::Setting(key.to_owned()));
    Ok(())
}

fn patch_setting(txn: &mut Txn<'_>, key: &str, patch: &Patch) -> Result<(), StoreError> {
    if patch.is_empty() {
        return Ok(());
    }
    // a setting that does not read is begun anew: nobody could use it
    let mut whole = match txn.get(&keys::setting(key))?.as_deref().map(record::decode) {
        Some(Ok(Write::PutSetting { value: Some(Value::Object(whole)), .. })) => whole,
        _ => Map::new(),
    };
    for (object, fields) in patch {
        match whole.entry(object.as_str()).or_insert_with(|| Map::new().into()) {
            Value::Object(held) => held.extend(fields.clone()),
            other => *other = fields.clone().into(),
        }
    }
    let write = Write::PutSetting { key: key.to_owned(), value: Some(whole.into()) };
    put_setting(txn, &write, key, true)
}
