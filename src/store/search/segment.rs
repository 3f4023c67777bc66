//! Segments: the words of some thousand texts, sorted, each with the numbers of its texts, in blocks of a few KB.

use super::words_in;
use crate::store::StoreError;
use crate::store::disk::{Changes, Disk};
use crate::store::keys;
use std::collections::BTreeMap;

/// Texts that make a segment. Fewer are looked through word by word, which costs less than a millisecond.
const TEXTS: usize = 1024;
const BLOCK: usize = 4096;

/// Whether enough texts wait to become a segment.
pub(in crate::store) fn pending(disk: &Disk) -> Result<bool, StoreError> {
    let mut first_and_last = (None, None);
    if let Some(row) = disk.with_prefix(keys::WORDS).next() {
        first_and_last.0 = keys::number_of(&row?.0[2..]);
    }
    if let Some(row) = disk.with_prefix(keys::WORDS).next_back() {
        first_and_last.1 = keys::number_of(&row?.0[2..]);
    }
    Ok(match first_and_last {
        (Some(first), Some(last)) => (last - first) as usize >= TEXTS,
        _ => false,
    })
}

/// What to write to turn the oldest waiting texts into a segment.
pub(in crate::store) fn seal(disk: &Disk) -> Result<Changes, StoreError> {
    let mut changes = Changes::new();
    let mut first = None;
    let mut postings: BTreeMap<Vec<u8>, Vec<u32>> = BTreeMap::new();
    for row in disk.with_prefix(keys::WORDS).take(TEXTS) {
        let (key, value) = row?;
        let Some(number) = keys::number_of(&key[2..]) else {
            continue;
        };
        first.get_or_insert(number);
        for word in words_in(&value) {
            match postings.get_mut(word) {
                Some(numbers) => numbers.push(number),
                None => {
                    postings.insert(word.to_vec(), vec![number]);
                }
            }
        }
        changes.insert(key.to_vec(), None);
    }
    if let Some(first) = first {
        write(postings, first, &mut changes);
    }
    Ok(changes)
}

/// A segment of these words with the numbers of their texts, in blocks.
pub(super) fn write(postings: BTreeMap<Vec<u8>, Vec<u32>>, first: u32, changes: &mut Changes) {
    let mut block = Block::default();
    for (word, numbers) in postings {
        if block.bytes.len() >= BLOCK {
            let (word, bytes) = std::mem::take(&mut block).finish();
            changes.insert(keys::of(keys::SEGMENT, &[&first.to_be_bytes(), &word]), Some(bytes));
        }
        block.push(&word, &numbers, first);
    }
    let (word, bytes) = block.finish();
    changes.insert(keys::of(keys::SEGMENT, &[&first.to_be_bytes(), &word]), Some(bytes));
}

/// A block: for each word the bytes it shares with the one before, the rest of it, how many texts, and the distances
/// between their numbers.
#[derive(Default)]
struct Block {
    first: Option<Vec<u8>>,
    last: Vec<u8>,
    bytes: Vec<u8>,
}

impl Block {
    fn push(&mut self, word: &[u8], numbers: &[u32], base: u32) {
        self.first.get_or_insert_with(|| word.to_vec());
        let shared = word.iter().zip(&self.last).take_while(|(a, b)| a == b).count();
        put(&mut self.bytes, shared as u64);
        put(&mut self.bytes, (word.len() - shared) as u64);
        self.bytes.extend_from_slice(&word[shared..]);
        put(&mut self.bytes, numbers.len() as u64);
        let mut last = base;
        for number in numbers {
            put(&mut self.bytes, u64::from(number - last));
            last = *number;
        }
        self.last = word.to_vec();
    }

    fn finish(self) -> (Vec<u8>, Vec<u8>) {
        (self.first.unwrap_or_default(), self.bytes)
    }
}

/// Calls back with every word of a block and its texts until told to stop (`false`). A block that does not read ends.
pub(super) fn each(block: &[u8], base: u32, mut word: impl FnMut(&[u8], &[u32]) -> bool) {
    let mut rest = block;
    let mut name = Vec::new();
    let mut numbers = Vec::new();
    while !rest.is_empty() {
        let read = (|| {
            let shared = usize::try_from(take(&mut rest)?).ok()?;
            let own = usize::try_from(take(&mut rest)?).ok()?;
            let (suffix, behind) = rest.split_at_checked(own)?;
            rest = behind;
            name.truncate(shared);
            name.extend_from_slice(suffix);
            numbers.clear();
            let mut last = base;
            for _ in 0..take(&mut rest)? {
                last = last.checked_add(u32::try_from(take(&mut rest)?).ok()?)?;
                numbers.push(last);
            }
            Some(())
        })();
        if read.is_none() || !word(&name, &numbers) {
            return;
        }
    }
}

/// A number in as few bytes as it needs, seven bits each.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
