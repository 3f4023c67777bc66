//! An index that was written when words kept their accents becomes one of words without them, a segment at a time.

use super::{segment, tokens, value_of, words_in};
use crate::store::StoreError;
use crate::store::disk::{Changes, Disk};
use crate::store::keys;
use crate::words::folded;
use std::collections::{BTreeMap, BTreeSet};

/// Whether something of the old index is left.
pub(in crate::store) fn outdated(disk: &Disk) -> bool {
    [keys::OLD_WORDS, keys::OLD_SEGMENT].iter().any(|prefix| disk.with_prefix(*prefix).next().is_some())
}

/// What to write to renew the newest piece that is still old: newest first, so that whatever is new is newer than
/// whatever is old. Nothing is read but the index.
pub(in crate::store) fn renew(disk: &Disk) -> Result<Changes, StoreError> {
    let mut changes = Changes::new();
    for row in disk.with_prefix(keys::OLD_WORDS) {
        let (key, value) = row?;
        if let Some(number) = keys::number_of(&key[2..]) {
            let words: BTreeSet<String> = words_in(&value).map(now).collect();
            changes.insert(keys::numbered(keys::WORDS, number), Some(value_of(number, &words)));
        }
        changes.insert(key.to_vec(), None);
    }
    if !changes.is_empty() {
        return Ok(changes);
    }
    let Some(row) = disk.with_prefix(keys::OLD_SEGMENT).next_back() else { return Ok(changes) };
    let (last, _) = row?;
    let Some(base) = last.get(2..6).and_then(keys::number_of) else {
        // no segment begins like this: it can say nothing
        changes.insert(last.to_vec(), None);
        return Ok(changes);
    };
    let mut postings: BTreeMap<Vec<u8>, Vec<u32>> = BTreeMap::new();
    for row in disk.with_prefix(&keys::numbered(keys::OLD_SEGMENT, base)) {
        let (key, block) = row?;
        segment::each(&block, base, |word, numbers| {
            postings.entry(now(word).into_bytes()).or_default().extend_from_slice(numbers);
            true
        });
        changes.insert(key.to_vec(), None);
    }
    for numbers in postings.values_mut() {
        numbers.sort_unstable();
        numbers.dedup();
    }
    segment::write(postings, base, &mut changes);
    Ok(changes)
}

/// A word as it is indexed now.
fn now(word: &[u8]) -> String {
    tokens::short(folded(&String::from_utf8_lossy(word)))
}
