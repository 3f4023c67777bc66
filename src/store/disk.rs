//! The one place that touches sled: rows in key order, read until the first error, written in durable batches.

use super::files::Files;
use super::frame::Said;
use super::journal::Journal;
use super::patience::patiently;
use super::{StoreError, keys};
use sled::IVec;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

/// What becomes of a key: its new value, or nothing.
pub(super) type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;
pub(super) type Row = Result<(IVec, IVec), StoreError>;

/// Where the rows are.
pub(super) enum Disk {
    Sled(Box<Sled>),
    /// For a program whose data directory cannot be used: gone at its end.
    Memory(BTreeMap<Vec<u8>, IVec>),
}

pub(super) struct Sled {
    path: PathBuf,
    db: sled::Db,
    /// For `sync_data`: sled's own flush on Linux is `sync_file_range`, which a power cut does not respect.
    file: File,
    files: Files,
    /// How many commits there ever were.
    count: u64,
    /// `None`: this is a store in the making, or a damaged one.
    journal: Option<Journal>,
}

impl Disk {
    /// Opens or creates the files of a store, as they are: no journal is kept until [`Disk::keep_journal`].
    /// sled panics on some damage: call it where that is caught.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let fault = |e: sled::Error| StoreError::of_sled(&e, path);
        let config = sled::Config::default()
            .path(path)
            .cache_capacity(32 << 20)
            // every commit is flushed by itself: this only gathers what became free, and wakes the processor for it
            .flush_every_ms(Some(5_000))
            .mode(sled::Mode::LowSpace);
        let db = patiently(|| config.open()).map_err(fault)?;
        let file = File::open(path.join("db")).map_err(|e| StoreError::of_io(&e, path))?;
        let count = db.get(keys::COMMITS).map_err(fault)?;
        let count = count.and_then(|bytes| bytes.as_ref().try_into().ok()).map_or(0, u64::from_be_bytes);
        let files = Files::under(path);
        Ok(Self::Sled(Box::new(Sled { path: path.to_owned(), db, file, files, count, journal: None })))
    }

    /// From now on, every commit is in the journal first.
    pub(super) fn keep_journal(&mut self, journal: Journal) {
        if let Self::Sled(sled) = self {
            sled.journal = Some(journal);
        }
    }

    pub(super) fn journal(&mut self) -> Option<&mut Journal> {
        match self {
            Self::Sled(sled) => sled.journal.as_mut(),
            Self::Memory(_) => None,
        }
    }

    /// How many commits there ever were.
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Sled(sled) => sled.count,
            Self::Memory(_) => 0,
        }
    }

    pub(super) fn memory() -> Self {
        Self::Memory(BTreeMap::new())
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<IVec>, StoreError> {
        match self {
            Self::Sled(sled) => match sled.db.get(key).map_err(|e| StoreError::of_sled(&e, &sled.path))? {
                Some(value) => sled.files.resolve(value).map(Some),
                None => Ok(None),
            },
            Self::Memory(rows) => Ok(rows.get(key).cloned()),
        }
    }

    pub(super) fn has(&self, key: &[u8]) -> Result<bool, StoreError> {
        match self {
            Self::Sled(sled) => sled.db.contains_key(key).map_err(|e| StoreError::of_sled(&e, &sled.path)),
            Self::Memory(rows) => Ok(rows.contains_key(key)),
        }
    }

    /// Rows from `from` up to but not including `to`. Stop at the first `Err`: after damage, sled says it for ever.
    pub(super) fn range<'a>(
        &'a self,
        from: &[u8],
        to: &[u8],
    ) -> Box<dyn DoubleEndedIterator<Item = Row> + 'a> {
        if from >= to {
            return Box::new(std::iter::empty());
        }
        match self {
            Self::Sled(sled) => Box::new(sled.db.range(from.to_vec()..to.to_vec()).map(|row| {
                let (key, value) = row.map_err(|e| StoreError::of_sled(&e, &sled.path))?;
                Ok((key, sled.files.resolve(value)?))
            })),
            Self::Memory(rows) => Box::new(
                rows.range(from.to_vec()..to.to_vec())
                    .map(|(key, value)| Ok((IVec::from(key.as_slice()), value.clone()))),
            ),
        }
    }

    pub(super) fn with_prefix<'a>(&'a self, prefix: &[u8]) -> Box<dyn DoubleEndedIterator<Item = Row> + 'a> {
        self.range(prefix, &keys::after(prefix))
    }

    /// All or nothing, and on disk when it returns. `said`: what was asked for.
    pub(super) fn commit(&mut self, changes: Changes, said: &[Said<'_>]) -> Result<(), StoreError> {
        match self {
            Self::Sled(sled) => sled.commit(changes, said),
            Self::Memory(rows) => {
                for (key, value) in changes {
                    match value {
                        Some(value) => rows.insert(key, value.into()),
                        None => rows.remove(&key),
                    };
                }
                Ok(())
            }
        }
    }

    /// As [`Disk::commit`], for what stands in the journal already.
    pub(super) fn put(&mut self, changes: Changes, count: u64) -> Result<(), StoreError> {
        match self {
            Self::Sled(sled) => sled.put(changes, count),
            Self::Memory(_) => self.commit(changes, &[]),
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Sled(sled) => sled.db.size_on_disk().unwrap_or(0) + sled.files.bytes(),
            Self::Memory(rows) => rows.iter().map(|(k, v)| (k.len() + v.len()) as u64).sum(),
        }
    }
}

impl Sled {
    fn commit(&mut self, changes: Changes, said: &[Said<'_>]) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        let count = self.count + 1;
        if let Some(journal) = &mut self.journal {
            journal.append(count, &changes, said)?;
        }
        let result = self.put(changes, count);
        if result.is_err()
            && let Some(journal) = &mut self.journal
        {
            journal.take_back();
        }
        result
    }

    fn put(&mut self, changes: Changes, count: u64) -> Result<(), StoreError> {
        let fault = |e: sled::Error| StoreError::of_sled(&e, &self.path);
        let mut batch = sled::Batch::default();
        let (mut replaced, mut placed) = (Vec::new(), Vec::new());
        for (key, value) in changes {
            if Files::may_be_large(&key)
                && let Some(old) = self.db.get(&key).map_err(fault)?
            {
                replaced.extend(Files::name(&old));
            }
            match value {
                Some(value) => {
                    let value = self.files.place(value)?;
                    placed.extend(Files::name(&value));
                    batch.insert(key, value);
                }
                None => batch.remove(key),
            }
        }
        batch.insert(keys::COMMITS, &count.to_be_bytes());
        self.files.sync()?;
        self.db.apply_batch(batch).map_err(fault)?;
        self.db.flush().map_err(fault)?;
        self.file.sync_data().map_err(|e| StoreError::of_io(&e, &self.path))?;
        self.count = count;
        // what is written again as it was has the same file
        for name in replaced.iter().filter(|name| !placed.contains(name)) {
            self.files.forget(name);
        }
        Ok(())
    }
}
