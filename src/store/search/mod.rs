//! Full-text search: every message's words, written with the message, found while somebody types.
//!
//! Each text gets the next number. Its words lie beside it (`n2`) until some thousand texts are there; then they
//! become one segment (`t2`): sorted words with the numbers of their texts, in blocks of a few KB. Everything is
//! written once, nothing grows, and newer segments are asked first, because newer hits come first.

mod excerpt;
mod find;
mod query;
mod renew;
mod segment;
mod tokens;

pub(super) use find::find;
pub(super) use renew::{outdated, renew};
pub(super) use segment::{pending, seal};
pub use tokens::tokens;

pub use tokens::Token;

use super::StoreError;
use super::txn::Txn;
use super::{apply::Place, keys};
use crate::words::SessionId;
use std::collections::BTreeSet;

/// Adds a text; `None`: it has no words.
pub(super) fn index(
    txn: &mut Txn<'_>,
    text: &str,
    session: SessionId,
    place: u32,
) -> Result<Option<u32>, StoreError> {
    let words: BTreeSet<String> = tokens(text).map(|token| token.word).collect();
    if words.is_empty() {
        return Ok(None);
    }
    let number = txn.get(keys::NEXT_TEXT)?.as_deref().and_then(keys::number_of).unwrap_or(0);
    txn.put(keys::NEXT_TEXT.to_vec(), number.saturating_add(1).to_be_bytes().to_vec());
    let place = Place { session, place, text: Some(number) };
    txn.put(keys::numbered(keys::TEXT, number), place.encode());
    txn.put(keys::numbered(keys::WORDS, number), value_of(number, &words));
    Ok(Some(number))
}

/// The number first, so that no two texts share a value (see `files`).
fn value_of(number: u32, words: &BTreeSet<String>) -> Vec<u8> {
    let mut value = number.to_be_bytes().to_vec();
    for word in words {
        value.extend_from_slice(word.as_bytes());
        value.push(0);
    }
    value
}

/// The text is gone: what a segment still says of it leads nowhere.
pub(super) fn forget(txn: &mut Txn<'_>, number: u32) {
    txn.remove(keys::numbered(keys::TEXT, number));
    txn.remove(keys::numbered(keys::WORDS, number));
    txn.remove(keys::numbered(keys::OLD_WORDS, number));
}

/// The words of a text as they lie beside its number.
fn words_in(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.get(4..).unwrap_or_default().split(|b| *b == 0).filter(|word| !word.is_empty())
}
