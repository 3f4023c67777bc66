//! Answers a query: texts with all its words, newest first, and the piece of each text around the first match.

use super::{Token, segment, tokens, words_in};
use crate::store::apply::Place;
use crate::store::disk::Disk;
use crate::store::{Hit, Search, StoreError, Write, keys, record};
use crate::words::Message;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// A word of the query.
struct Wanted {
    word: String,
    /// It may go on: it is still being typed.
    open: bool,
}

impl Wanted {
    fn matches(&self, word: &[u8]) -> bool {
        if self.open { word.starts_with(self.word.as_bytes()) } else { word == self.word.as_bytes() }
    }
}

pub(in crate::store) fn find(disk: &Disk, search: &Search) -> Result<Vec<Hit>, StoreError> {
    let wanted = parse(&search.query);
    let mut hits = Vec::new();
    if wanted.is_empty() {
        return Ok(hits);
    }
    let before = search.before.unwrap_or(u32::MAX);
    // what is not in a segment yet is newest
    for row in disk.range(keys::WORDS, &keys::numbered(keys::WORDS, before)).rev() {
        let (key, value) = row?;
        if hits.len() >= search.limit {
            return Ok(hits);
        }
        let has = |wanted: &Wanted| words_in(&value).any(|word| wanted.matches(word));
        if wanted.iter().all(has)
            && let Some(number) = keys::number_of(&key[2..])
        {
            hits.extend(hit(disk, search, &wanted, number)?);
        }
    }
    let mut behind = keys::numbered(keys::SEGMENT, before);
    while let Some(row) = disk.range(keys::SEGMENT, &behind).next_back() {
        let (key, _) = row?;
        let Some(base) = key.get(2..6).and_then(keys::number_of) else {
            break;
        };
        behind = keys::numbered(keys::SEGMENT, base);
        for number in in_segment(disk, base, &wanted)?.into_iter().rev().filter(|n| *n < before) {
            if hits.len() >= search.limit {
                return Ok(hits);
            }
            hits.extend(hit(disk, search, &wanted, number)?);
        }
    }
    Ok(hits)
}

fn parse(query: &str) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::new();
    let open = !query.ends_with(char::is_whitespace);
    let mut whole = 0;
    let mut last_end = 0;
    for Token { word, at } in tokens(query) {
        // a compound's parts come behind it and say nothing new
        if at.end <= whole {
            continue;
        }
        // the last of a run without spaces is one character: the pair before it has it already
        let single = word.len() == at.len() && at.start == last_end && !wanted.is_empty() && !word.is_ascii();
        whole = at.end;
        last_end = at.end;
        if !single {
            wanted.push(Wanted { word, open: false });
        }
    }
    if let Some(last) = wanted.last_mut() {
        last.open = open;
    }
    wanted
}

/// The numbers of a segment's texts that have every word.
fn in_segment(disk: &Disk, base: u32, wanted: &[Wanted]) -> Result<BTreeSet<u32>, StoreError> {
    let mut found: Option<BTreeSet<u32>> = None;
    for one in wanted {
        let mut with = BTreeSet::new();
        let prefix = keys::numbered(keys::SEGMENT, base);
        let here = [&prefix[..], one.word.as_bytes()].concat();
        // the block that begins before the word may hold it; later ones hold what it may go on to
        let from = match disk.range(&prefix, &[&here[..], &[0]].concat()).next_back() {
            Some(row) => row?.0,
            None => here.into(),
        };
        for row in disk.range(&from, &keys::after(&prefix)) {
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

fn hit(disk: &Disk, search: &Search, wanted: &[Wanted], number: u32) -> Result<Option<Hit>, StoreError> {
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
    Ok(Some(snippet(&message, wanted, place, number)))
}

/// Bytes of text before and behind the first match.
const BEFORE: usize = 40;
const BEHIND: usize = 120;

fn snippet(message: &Arc<Message>, wanted: &[Wanted], place: Place, number: u32) -> Hit {
    let text = message.plain();
    let mut marks: Vec<Range<usize>> = Vec::new();
    for Token { word, at } in tokens(&text) {
        if marks.first().is_some_and(|first| at.start > first.start + BEHIND) {
            break;
        }
        if let Some(wanted) = wanted.iter().find(|wanted| wanted.matches(word.as_bytes())) {
            // of a word still being typed, only what was typed
            let typed = text.floor_char_boundary(at.start + wanted.word.len());
            let to = if wanted.open {
                typed.clamp(at.start, at.end.max(typed))
            } else {
                at.end.max(typed.min(text.len()))
            };
            marks.push(at.start..to.min(text.len()));
        }
    }
    let first = marks.first().map_or(0, |mark| mark.start);
    let mut from = text.ceil_char_boundary(first.saturating_sub(BEFORE));
    if from > 0 {
        // begin with a whole word
        from = text[from..first].find(char::is_whitespace).map_or(from, |space| from + space + 1);
    }
    let to = text.floor_char_boundary((first + BEHIND).min(text.len()));
    let marks = marks.into_iter().filter(|mark| mark.end <= to);
    Hit {
        session: place.session,
        message: message.id,
        at: message.at,
        marks: marks.map(|mark| mark.start - from..mark.end - from).collect(),
        // the same number of bytes, so that the marks stay right
        snippet: text[from..to].replace(['\n', '\r', '\t'], " "),
        place: number,
    }
}
