//! Keys: a kind byte, a key version byte, then big-endian fields, so that a range of keys is a question's answer.

use crate::words::{
    At, Dimension, EndpointId, GenerationId, MessageId, ModelId, ProviderId, RollupKey, SessionId,
};
use uuid::Uuid;

pub(super) type Key = Vec<u8>;
pub(super) type Prefix = &'static [u8; 2];

// what a person wrote, paid for or chose: values are records
pub(super) const SESSION: Prefix = b"s1"; // session
pub(super) const MESSAGE: Prefix = b"m1"; // session, place u32
pub(super) const PIECE: Prefix = b"p1"; // message, number u32
pub(super) const DRAFT: Prefix = b"d1"; // session
pub(super) const SETTING: Prefix = b"c1"; // key text
pub(super) const GENERATION: Prefix = b"g1"; // ended i64, generation
pub(super) const ATTEMPT: Prefix = b"a1"; // generation, number u32
pub(super) const OPEN: Prefix = b"o1"; // generation

// indexes and totals, made from the above
pub(super) const SESSION_BY_TIME: Prefix = b"u1"; // updated i64, session
pub(super) const SESSION_GONE: Prefix = b"z1"; // session
pub(super) const MESSAGE_PLACE: Prefix = b"i1"; // message -> session, place u32, text number u32
pub(super) const GENERATION_TIME: Prefix = b"h1"; // generation -> ended i64
pub(super) const GENERATION_BY_SESSION: Prefix = b"e1"; // session, ended i64, generation
pub(super) const ROLLUP: Prefix = b"r1"; // demo u8, dimension u8, day i32, name
pub(super) const TEXT: Prefix = b"x1"; // text number u32 -> session, place u32
pub(super) const WORDS: Prefix = b"n2"; // text number u32 -> its words, until they are in a segment
pub(super) const SEGMENT: Prefix = b"t2"; // first text number u32, first word of the block
// the same, of words that still have their accents
pub(super) const OLD_WORDS: Prefix = b"n1";
pub(super) const OLD_SEGMENT: Prefix = b"t1";
pub(super) const NEXT_TEXT: &[u8] = b"k1text"; // -> u32
pub(super) const COMMITS: &[u8] = b"k1commits"; // -> u64

/// The kinds whose values are records, in an order in which they can be written again.
pub(super) const RECORDS: [Prefix; 8] = [SESSION, MESSAGE, PIECE, DRAFT, SETTING, ATTEMPT, GENERATION, OPEN];

pub(super) fn of(prefix: Prefix, fields: &[&[u8]]) -> Key {
    let mut key = prefix.to_vec();
    for field in fields {
        key.extend_from_slice(field);
    }
    key
}

/// The first key behind every key with this prefix.
pub(super) fn after(prefix: &[u8]) -> Key {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return end;
        }
    }
    vec![u8::MAX; prefix.len() + 1]
}

/// Signed times sort as bytes once the sign bit is flipped.
pub(super) fn time(at: At) -> [u8; 8] {
    (at.0 ^ i64::MIN).to_be_bytes()
}

pub(super) fn time_of(bytes: &[u8]) -> Option<At> {
    Some(At(i64::from_be_bytes(bytes.try_into().ok()?) ^ i64::MIN))
}

fn day(day: i32) -> [u8; 4] {
    (day ^ i32::MIN).to_be_bytes()
}

pub(super) fn number_of(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

pub(super) fn session(prefix: Prefix, id: SessionId) -> Key {
    of(prefix, &[id.0.as_bytes()])
}

pub(super) fn session_by_time(at: At, id: SessionId) -> Key {
    of(SESSION_BY_TIME, &[&time(at), id.0.as_bytes()])
}

pub(super) fn message(session: SessionId, place: u32) -> Key {
    of(MESSAGE, &[session.0.as_bytes(), &place.to_be_bytes()])
}

pub(super) fn message_place(id: MessageId) -> Key {
    of(MESSAGE_PLACE, &[id.0.as_bytes()])
}

pub(super) fn piece(id: MessageId, number: u32) -> Key {
    of(PIECE, &[id.0.as_bytes(), &number.to_be_bytes()])
}

pub(super) fn pieces(id: MessageId) -> Key {
    of(PIECE, &[id.0.as_bytes()])
}

pub(super) fn setting(key: &str) -> Key {
    of(SETTING, &[key.as_bytes()])
}

pub(super) fn generation(at: At, id: GenerationId) -> Key {
    of(GENERATION, &[&time(at), id.0.as_bytes()])
}

pub(super) fn generation_time(id: GenerationId) -> Key {
    of(GENERATION_TIME, &[id.0.as_bytes()])
}

pub(super) fn generation_by_session(session: SessionId, at: At, id: GenerationId) -> Key {
    of(GENERATION_BY_SESSION, &[session.0.as_bytes(), &time(at), id.0.as_bytes()])
}

pub(super) fn attempt(id: GenerationId, number: u32) -> Key {
    of(ATTEMPT, &[id.0.as_bytes(), &number.to_be_bytes()])
}

pub(super) fn open(id: GenerationId) -> Key {
    of(OPEN, &[id.0.as_bytes()])
}

pub(super) fn numbered(prefix: Prefix, number: u32) -> Key {
    of(prefix, &[&number.to_be_bytes()])
}

/// The last sixteen bytes of a key, where an id stands in every index.
pub(super) fn id_at_end(key: &[u8]) -> Option<Uuid> {
    Uuid::from_slice(key.get(key.len().checked_sub(16)?..)?).ok()
}

const ALL: u8 = 0;
const MODEL: u8 = 1;
const BY_SESSION: u8 = 2;
const TAG: u8 = 3;
const KEY: u8 = 4;

/// All totals of one kind on some days: from the first day's first to the last day's last.
pub(super) fn rollups(demo: bool, by: super::By, on: i32) -> Key {
    let kind = match by {
        super::By::All => ALL,
        super::By::Model => MODEL,
        super::By::Session => BY_SESSION,
        super::By::Tag => TAG,
        super::By::Key => KEY,
    };
    of(ROLLUP, &[&[u8::from(demo), kind], &day(on)])
}

pub(super) fn rollup(key: &RollupKey) -> Key {
    let mut bytes = rollups(key.demo, super::By::of(&key.of), key.day);
    match &key.of {
        Dimension::All => {}
        Dimension::Model(model, provider, endpoint) => {
            bytes.extend_from_slice(provider.as_str().as_bytes());
            bytes.push(0);
            bytes.extend_from_slice(model.as_str().as_bytes());
            // the provider's ordinary endpoint goes without saying
            if *endpoint != EndpointId::of(provider.as_str(), model) {
                bytes.push(0);
                bytes.extend_from_slice(endpoint.as_str().as_bytes());
            }
        }
        Dimension::Session(id) => bytes.extend_from_slice(id.0.as_bytes()),
        Dimension::Tag(text) | Dimension::Key(text) => bytes.extend_from_slice(text.as_bytes()),
    }
    bytes
}

pub(super) fn rollup_of(key: &[u8]) -> Option<RollupKey> {
    let (head, name) = key.split_at_checked(8)?;
    let text = || std::str::from_utf8(name).ok();
    let of = match head[3] {
        ALL => Dimension::All,
        MODEL => {
            let mut names = text()?.splitn(3, '\0');
            let (provider, model) = (ProviderId::new(names.next()?), ModelId::new(names.next()?));
            match names.next() {
                Some(endpoint) => Dimension::Model(model, provider, EndpointId::new(endpoint)),
                None => Dimension::at(model, provider),
            }
        }
        BY_SESSION => Dimension::Session(SessionId(Uuid::from_slice(name).ok()?)),
        TAG => Dimension::Tag(text()?.to_owned()),
        KEY => Dimension::Key(text()?.to_owned()),
        _ => return None,
    };
    let day = i32::from_be_bytes(head[4..8].try_into().ok()?) ^ i32::MIN;
    Some(RollupKey { day, demo: head[2] == 1, of })
}
