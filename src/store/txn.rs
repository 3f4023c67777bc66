//! A batch in the making: changes over what is on disk, seen by whoever reads through it, written all at once.

use super::disk::{Changes, Disk, Row};
use super::{Changed, StoreError, keys, record};
use crate::words::{GenerationId, RollupKey, Totals, Usd};
use sled::IVec;
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Txn<'a> {
    disk: &'a Disk,
    changes: Changes,
    /// Totals are kept as values until the end: a batch of rows adds to the same few.
    totals: BTreeMap<RollupKey, Totals>,
    pub(super) changed: BTreeSet<Changed>,
    /// Generations that were added.
    pub(super) booked: Vec<Booked>,
}

/// A generation and what it adds to each total.
pub(super) struct Booked {
    pub(super) generation: GenerationId,
    pub(super) parts: Vec<(RollupKey, Usd)>,
}

impl<'a> Txn<'a> {
    pub(super) fn new(disk: &'a Disk) -> Self {
        Self {
            disk,
            changes: Changes::new(),
            totals: BTreeMap::new(),
            changed: BTreeSet::new(),
            booked: Vec::new(),
        }
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<IVec>, StoreError> {
        match self.changes.get(key) {
            Some(value) => Ok(value.as_deref().map(IVec::from)),
            None => self.disk.get(key),
        }
    }

    pub(super) fn has(&self, key: &[u8]) -> Result<bool, StoreError> {
        match self.changes.get(key) {
            Some(value) => Ok(value.is_some()),
            None => self.disk.has(key),
        }
    }

    pub(super) fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.changes.insert(key, Some(value));
    }

    pub(super) fn remove(&mut self, key: Vec<u8>) {
        self.changes.insert(key, None);
    }

    /// Every row with this prefix. For small families: pieces of a message, messages of a session.
    pub(super) fn rows(&self, prefix: &[u8]) -> Result<Vec<(Vec<u8>, IVec)>, StoreError> {
        let mut rows = BTreeMap::new();
        for row in self.disk.with_prefix(prefix) {
            let (key, value) = row?;
            rows.insert(key.to_vec(), value);
        }
        for (key, value) in self.changes.range(prefix.to_vec()..keys::after(prefix)) {
            match value {
                Some(value) => rows.insert(key.clone(), IVec::from(value.as_slice())),
                None => rows.remove(key),
            };
        }
        Ok(rows.into_iter().collect())
    }

    /// Every row with this prefix, in no order, one at a time.
    pub(super) fn stream(&self, prefix: &[u8]) -> impl Iterator<Item = Row> {
        let unchanged = self.disk.with_prefix(prefix).filter(|row| match row {
            Ok((key, _)) => !self.changes.contains_key(key.as_ref()),
            Err(_) => true,
        });
        let changed = self.changes.range(prefix.to_vec()..keys::after(prefix));
        let changed = changed
            .filter_map(|(key, value)| Some(Ok((IVec::from(key.as_slice()), IVec::from(value.as_deref()?)))));
        unchanged.chain(changed)
    }

    /// The last key with this prefix.
    pub(super) fn last(&self, prefix: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let mut on_disk = None;
        for row in self.disk.with_prefix(prefix).rev() {
            let (key, _) = row?;
            if !matches!(self.changes.get(key.as_ref()), Some(None)) {
                on_disk = Some(key.to_vec());
                break;
            }
        }
        let range = self.changes.range(prefix.to_vec()..keys::after(prefix));
        let here = range.rev().find(|(_, value)| value.is_some()).map(|(key, _)| key.clone());
        Ok(on_disk.max(here))
    }

    /// Adds to a total.
    pub(super) fn add(&mut self, key: RollupKey, more: &Totals) -> Result<(), StoreError> {
        if let Some(totals) = self.totals.get_mut(&key) {
            *totals += more;
            return Ok(());
        }
        let mut totals = match self.get(&keys::rollup(&key))? {
            Some(bytes) => record::decode_derived(&bytes).map_err(|e| StoreError::Damaged(e.to_string()))?,
            None => Totals::default(),
        };
        totals += more;
        self.totals.insert(key, totals);
        Ok(())
    }

    /// Forgets every total, on disk and here.
    pub(super) fn clear_totals(&mut self) -> Result<(), StoreError> {
        self.totals.clear();
        for (key, _) in self.rows(keys::ROLLUP)? {
            self.remove(key);
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(Changes, BTreeSet<Changed>, Vec<Booked>), StoreError> {
        for (key, totals) in std::mem::take(&mut self.totals) {
            let bytes = record::encode(&totals)?;
            self.put(keys::rollup(&key), bytes);
        }
        Ok((self.changes, self.changed, self.booked))
    }
}
