//! The ledger: rows that are only ever added, found by time, session and id, with totals kept in the same batch.

use super::disk::{Disk, Row};
use super::txn::{Booked, Txn};
use super::writer::Writer;
use super::{By, Changed, LedgerMark, LedgerRange, StoreError, Write, keys, record};
use crate::words::{
    At, AttemptRow, Dimension, Entry, GenerationId, GenerationRow, Of, OpenRow, RollupKey, Totals, Usd,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;

/// The process that has a request open, as it stands before the record.
#[derive(Serialize, Deserialize)]
struct Opened {
    by: Writer,
    row: OpenRow,
}

pub(super) fn append(txn: &mut Txn<'_>, entry: &Entry, by: Writer) -> Result<(), StoreError> {
    match entry {
        Entry::Open(row) => {
            // the generation's row may have come before a late open one
            if !txn.has(&keys::generation_time(row.generation))? {
                let key = keys::open(row.generation);
                txn.put(key, record::encode(&Opened { by, row: (**row).clone() })?);
            }
            // it changes several times a second, and nobody draws it
            return Ok(());
        }
        Entry::Attempt(row) => {
            let key = keys::attempt(row.generation, row.number);
            if !txn.has(&key)? {
                txn.put(key, record::encode(&Write::Ledger(entry.clone()))?);
            }
        }
        Entry::Generation(row) => {
            let id = row.id();
            txn.remove(keys::open(id));
            if !txn.has(&keys::generation_time(id))? {
                txn.put(keys::generation_time(id), keys::time(row.at).to_vec());
                txn.put(keys::generation(row.at, id), record::encode(&Write::Ledger(entry.clone()))?);
                if let Some(session) = row.session {
                    txn.put(keys::generation_by_session(session, row.at, id), Vec::new());
                }
                let parts = Totals::of(row);
                for (key, totals) in &parts {
                    txn.add(key.clone(), totals)?;
                }
                let parts = parts.into_iter().map(|(key, totals)| (key, totals.booked)).collect();
                txn.booked.push(Booked { generation: id, parts });
            }
        }
    }
    txn.changed.insert(Changed::Ledger);
    Ok(())
}

fn generation_in(bytes: &[u8]) -> Result<GenerationRow, StoreError> {
    match record::decode(bytes)? {
        Write::Ledger(Entry::Generation(row)) => Ok(*row),
        _ => Err(StoreError::Record("it is no generation".to_owned())),
    }
}

/// Newest first.
pub(super) fn generations(
    disk: &Disk,
    wanted: &LedgerRange,
    before: Option<LedgerMark>,
    limit: usize,
) -> Result<Vec<GenerationRow>, StoreError> {
    let prefix = match wanted.session {
        Some(session) => keys::session(keys::GENERATION_BY_SESSION, session),
        None => keys::GENERATION.to_vec(),
    };
    let from = [&prefix[..], &keys::time(wanted.from)].concat();
    let mut to = match wanted.to {
        At(i64::MAX) => keys::after(&prefix),
        to => [&prefix[..], &keys::time(to)].concat(),
    };
    if let Some(mark) = before {
        to = to.min([&prefix[..], &keys::time(mark.at), mark.id.0.as_bytes()].concat());
    }
    let mut rows = Vec::new();
    for row in disk.range(&from, &to).rev() {
        if rows.len() == limit {
            break;
        }
        let (key, value) = row?;
        let read = match wanted.session {
            None => generation_in(&value),
            Some(_) => {
                let at_and_id = &key[prefix.len()..];
                match disk.get(&keys::of(keys::GENERATION, &[at_and_id]))? {
                    Some(value) => generation_in(&value),
                    None => continue,
                }
            }
        };
        // one row that does not read takes no other with it
        rows.extend(read.ok());
    }
    Ok(rows)
}

pub(super) fn generation(disk: &Disk, id: GenerationId) -> Result<Option<GenerationRow>, StoreError> {
    let Some(at) = disk.get(&keys::generation_time(id))?.as_deref().and_then(keys::time_of) else {
        return Ok(None);
    };
    disk.get(&keys::generation(at, id))?.as_deref().map(generation_in).transpose()
}

pub(super) fn attempts(disk: &Disk, id: GenerationId) -> Result<Vec<AttemptRow>, StoreError> {
    let mut rows = Vec::new();
    for row in disk.with_prefix(&keys::of(keys::ATTEMPT, &[id.0.as_bytes()])) {
        if let Ok(Write::Ledger(Entry::Attempt(row))) = record::decode(&row?.1) {
            rows.push(*row);
        }
    }
    Ok(rows)
}

/// Requests under way, with the process that has each.
pub(super) fn open(disk: &Disk) -> Result<Vec<(Writer, OpenRow)>, StoreError> {
    let mut rows = Vec::new();
    for row in disk.with_prefix(keys::OPEN) {
        if let Ok(opened) = record::decode_derived::<Opened>(&row?.1) {
            rows.push((opened.by, opened.row));
        }
    }
    Ok(rows)
}

pub(super) fn open_in(bytes: &[u8]) -> Result<OpenRow, StoreError> {
    record::decode_derived::<Opened>(bytes).map(|opened| opened.row)
}

/// The totals of one kind, by day.
pub(super) fn rollups(
    disk: &Disk,
    days: &Range<i32>,
    demo: bool,
    by: By,
) -> Result<Vec<(RollupKey, Totals)>, StoreError> {
    let mut found = Vec::new();
    for row in disk.range(&keys::rollups(demo, by, days.start), &keys::rollups(demo, by, days.end)) {
        let (key, totals) = row?;
        found.extend(total(&key, &totals)?);
    }
    Ok(found)
}

fn total(key: &[u8], bytes: &[u8]) -> Result<Option<(RollupKey, Totals)>, StoreError> {
    let Some(key) = keys::rollup_of(key) else {
        return Ok(None);
    };
    Ok(Some((key, record::decode_derived(bytes)?)))
}

/// One sum over some days, from totals alone: it costs days, not rows.
pub(super) fn totals(disk: &Disk, days: &Range<i32>, demo: bool, of: &Of) -> Result<Totals, StoreError> {
    let mut sum = Totals::default();
    each_day(disk, days, demo, of, |_, totals| sum += totals)?;
    Ok(sum)
}

/// Money booked by day, for as long as there has been a ledger.
pub(super) fn spent(disk: &Disk, of: &Of) -> Result<BTreeMap<i32, Usd>, StoreError> {
    let mut days: BTreeMap<i32, Usd> = BTreeMap::new();
    let all = i32::MIN..i32::MAX;
    each_day(disk, &all, false, of, |day, totals| *days.entry(day).or_default() += totals.booked)?;
    Ok(days)
}

fn each_day(
    disk: &Disk,
    days: &Range<i32>,
    demo: bool,
    of: &Of,
    mut add: impl FnMut(i32, &Totals),
) -> Result<(), StoreError> {
    let between = |by| disk.range(&keys::rollups(demo, by, days.start), &keys::rollups(demo, by, days.end));
    let named = match of {
        Of::All => Dimension::All,
        Of::Session(id) => Dimension::Session(*id),
        Of::Tag(tag) => Dimension::Tag(tag.clone()),
        Of::Key(key) => Dimension::Key(key.clone()),
        Of::Model(_) | Of::Provider(_) => {
            for row in between(By::Model) {
                let (key, bytes) = row?;
                if let Some(key) = keys::rollup_of(&key).filter(|key| of.counts(&key.of)) {
                    add(key.day, &record::decode_derived::<Totals>(&bytes)?);
                }
            }
            return Ok(());
        }
    };
    // only days on which anything happened at all
    for row in between(By::All) {
        let Some(RollupKey { day, .. }) = keys::rollup_of(&row?.0) else {
            continue;
        };
        let key = keys::rollup(&RollupKey { day, demo, of: named.clone() });
        if let Some(bytes) = disk.get(&key)? {
            add(day, &record::decode_derived::<Totals>(&bytes)?);
        }
    }
    Ok(())
}

fn counted(rows: impl Iterator<Item = Row>) -> Result<BTreeMap<RollupKey, Totals>, StoreError> {
    let mut totals: BTreeMap<RollupKey, Totals> = BTreeMap::new();
    for row in rows {
        if let Ok(row) = generation_in(&row?.1) {
            for (key, part) in Totals::of(&row) {
                *totals.entry(key).or_default() += &part;
            }
        }
    }
    Ok(totals)
}

/// Replaces every total by the sum of its rows.
pub(super) fn rebuild(txn: &mut Txn<'_>) -> Result<(), StoreError> {
    txn.clear_totals()?;
    for (key, totals) in counted(txn.stream(keys::GENERATION))? {
        txn.add(key, &totals)?;
    }
    txn.changed.insert(Changed::Ledger);
    Ok(())
}
