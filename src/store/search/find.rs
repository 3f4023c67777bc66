//! Answers a query: texts with all its words, newest first, and the piece of each text around the first match.

use super::excerpt::excerpt;
use super::query::{Wanted, marks, parse};
use super::{segment, words_in};
use crate::store::apply::Place;
use crate::store::disk::Disk;
use crate::store::{Hit, Search, StoreError, Write, keys, record};
use std::collections::BTreeSet;

/// After so many messages that have every word of a phrase and not the phrase, the search ends: it has to be read for,
/// and the store waits for it.
const MISSED: usize = 4_000;

pub(in crate::store) fn find(disk: &Disk, search: &Search) -> Result<Vec<Hit>, StoreError> {
    let wanted = parse(&search.query);
    let mut hits = Vec::new();
    if wanted.is_empty() {
        return Ok(hits);
    }
    let before = search.before.unwrap_or(u32::MAX);
    let mut missed = 0;
    let mut add = |number: u32| -> Result<bool, StoreError> {
        hits.extend(hit(disk, search, &wanted, number, &mut missed)?);
        Ok(hits.len() < search.limit && missed < MISSED)
    };
    // what is not in a segment yet is newest
    for prefix in [keys::WORDS, keys::OLD_WORDS] {
        for row in disk.range(prefix, &keys::numbered(prefix, before)).rev() {
            let (key, value) = row?;
            let has = |wanted: &Wanted| words_in(&value).any(|word| wanted.matches(word));
            if wanted.iter().all(has)
                && let Some(number) = keys::number_of(&key[2..])
                && !add(number)?
            {
                return Ok(hits);
            }
        }
    }
    for prefix in [keys::SEGMENT, keys::OLD_SEGMENT] {
        let mut behind = keys::numbered(prefix, before);
        while let Some(row) = disk.range(prefix, &behind).next_back() {
            let (key, _) = row?;
            let Some(base) = key.get(2..6).and_then(keys::number_of) else {
                break;
            };
            behind = keys::numbered(prefix, base);
            for number in in_segment(disk, &behind, base, &wanted)?.into_iter().rev().filter(|n| *n < before)
            {
                if !add(number)? {
                    return Ok(hits);
                }
            }
        }
    }
    Ok(hits)
}

/// The numbers of a segment's texts that have every word.
fn in_segment(disk: &Disk, prefix: &[u8], base: u32, wanted: &[Wanted]) -> Result<BTreeSet<u32>, StoreError> {
    let mut found: Option<BTreeSet<u32>> = None;
    for one in wanted {
        let mut with = BTreeSet::new();
        let here = [prefix, one.word.as_bytes()].concat();
        // the block that begins before the word may hold it; later ones hold what it may go on to
        let from = match disk.range(prefix, &[&here[..], &[0]].concat()).next_back() {
            Some(row) => row?.0,
            None => here.into(),
        };
        for row in disk.range(&from, &keys::after(prefix)) {
            let (_, block) = row?;
            let mut past = false;
            segment::each(&block, base, |word, numbers| {
                if one.matches(word) {
                    with.extend(numbers.iter().filter(|n| found.as_ref().is_none_or(|f| f.contains(n))));
                }
                past = word > one.word.as_bytes() && !word.starts_with(one.word.as_bytes());
                !past
            });
            if past {
                break;
            }
        }
        if with.is_empty() {
            return Ok(with);
        }
        found = Some(with);
    }
    Ok(found.unwrap_or_default())
}

fn hit(
    disk: &Disk,
    search: &Search,
    wanted: &[Wanted],
    number: u32,
    missed: &mut usize,
) -> Result<Option<Hit>, StoreError> {
    let Some(place) = disk.get(&keys::numbered(keys::TEXT, number))?.as_deref().and_then(Place::decode)
    else {
        return Ok(None);
    };
    if search.session.is_some_and(|session| session != place.session) {
        return Ok(None);
    }
    let bytes = disk.get(&keys::message(place.session, place.place))?;
    let Some(Ok(Write::PutMessage { message, .. })) = bytes.as_deref().map(record::decode) else {
        return Ok(None);
    };
    let text = message.plain();
    let Some(found) = marks(&text, wanted) else {
        *missed += 1;
        return Ok(None);
    };
    let (snippet, marks) = excerpt(&text, &found);
    Ok(Some(Hit {
        session: place.session,
        message: message.id,
        at: message.at,
        snippet,
        marks,
        offset: found.first().map_or(0, |mark| mark.start),
        place: number,
    }))
}
