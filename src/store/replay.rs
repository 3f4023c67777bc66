//! Opening a store: its rows are compared with the journal, and a commit that sled did not hear of is made up for.

use super::disk::Disk;
use super::journal::{self, Journal};
use super::place::Place;
use super::{StoreError, keys};
use sled::IVec;
use std::collections::{BTreeMap, BTreeSet};

/// Opens a store in which every row that sled had to replay reads as it was written.
pub(super) fn open(place: &Place) -> Result<Disk, StoreError> {
    let dir = place.journal();
    let mut disk = Disk::open(&place.store())?;
    let checked = journal::checked(&dir);
    let (mut last, mut rows, mut missing) = (checked.number, Expected::new(), None);
    for frame in journal::frames(&dir, checked) {
        last = last.max(frame.number);
        if frame.anew {
            rows.clear();
        }
        if frame.number > disk.count() {
            missing = Some((frame.number, frame.rows));
        } else {
            rows.extend(frame.rows.into_iter().map(|(key, value)| (key, value.as_deref().map(digest))));
        }
    }
    // a process that is killed may have written a frame that sled never heard of, and no more than one
    let missing = match (last.saturating_sub(disk.count()), missing) {
        (0, _) => None,
        (1, Some(frame)) => Some(frame),
        (lost, _) => return Err(StoreError::Damaged(format!("the last {lost} changes are gone"))),
    };
    if let Some((number, changes)) = missing {
        rows.retain(|key, _| !changes.contains_key(key));
        disk.put(changes, number)?;
    }
    compare(&disk, &rows)?;
    look_at_ends(&disk)?;
    let journal = Journal::open(&dir, disk.count() + 1)?;
    if last > checked.number {
        journal.mark(disk.count())?;
    }
    disk.keep_journal(journal);
    Ok(disk)
}

/// How the rows must read: their length and checksum, since those of a long journal are as large as the store.
type Expected = BTreeMap<Vec<u8>, Option<(usize, u32)>>;

fn digest(value: &[u8]) -> (usize, u32) {
    (value.len(), crc32fast::hash(value))
}

/// More rows than two of sled's leaves hold: a leaf is split when it has more than 16.
const REACH: usize = 40;

/// Finds each row by its key, and in a walk through its neighbours: a part of the log that sled passed over may
/// have held the split of a leaf, and then both halves read, but the way from one to the other is another.
fn compare(disk: &Disk, rows: &Expected) -> Result<(), StoreError> {
    let mut wrong = 0;
    for (key, expected) in rows {
        wrong += u64::from(disk.get(key)?.as_deref().map(digest) != *expected);
    }
    let mut walked: Option<IVec> = None;
    for key in rows.keys() {
        if walked.as_ref().is_none_or(|end| end.as_ref() < key.as_slice()) {
            let (strange, end) = walk(disk, rows, key)?;
            wrong += strange;
            walked = end;
        }
    }
    match wrong {
        0 => Ok(()),
        _ => Err(StoreError::Damaged(format!("{wrong} of the last rows do not read as they were written"))),
    }
}

/// Walks from before a key to behind the last of these rows that is in reach; how many were not met as they must be
/// on the way there and back, and where the walk ended.
fn walk(disk: &Disk, rows: &Expected, key: &[u8]) -> Result<(u64, Option<IVec>), StoreError> {
    let all = [u8::MAX; 8];
    let start = disk.range(&[], key).rev().take(REACH).last().transpose()?;
    let start = start.map_or_else(|| key.to_vec(), |(key, _)| key.to_vec());
    let (mut met, mut since) = (BTreeMap::new(), 0);
    for row in disk.range(&start, &all) {
        let (key, value) = row?;
        since = if rows.contains_key(key.as_ref()) { 0 } else { since + 1 };
        met.insert(key, digest(&value));
        if since > REACH {
            break;
        }
    }
    let end = met.last_key_value().map(|(key, _)| key.clone());
    let back = match &end {
        Some(end) => disk.range(&start, &[end.as_ref(), &[0]].concat()).rev().map(|row| Ok(row?.0)).collect(),
        None => Ok(BTreeSet::new()),
    };
    let mut wrong = u64::from(!met.keys().eq(&back?));
    let last = end.as_ref().map_or_else(|| all.to_vec(), |end| end.to_vec());
    for (key, expected) in rows.range(start..=last.max(key.to_vec())) {
        wrong += u64::from(met.get(key.as_slice()) != expected.as_ref());
    }
    Ok((wrong, end))
}

/// Both ends of every kind of record: that finds most of what happened to older rows.
fn look_at_ends(disk: &Disk) -> Result<(), StoreError> {
    for kind in keys::RECORDS {
        disk.with_prefix(kind).next().transpose()?;
        disk.with_prefix(kind).next_back().transpose()?;
    }
    Ok(())
}
