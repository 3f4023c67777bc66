//! The one place that touches sled: rows in key order, read until the first error, written in durable batches.

use super::files::Files;
use super::{StoreError, keys};
use sled::IVec;
use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
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
    commits: Commits,
}

/// How many batches were acknowledged, once in sled and once beside it: a file that was cut short opens without
/// a word in sled, and then the two differ.
struct Commits {
    count: u64,
    beside: File,
}

impl Commits {
    fn open(path: &Path, db: &sled::Db) -> Result<Self, StoreError> {
        let fault = |e: std::io::Error| StoreError::of_io(&e, path);
        let number = |bytes: &[u8]| bytes.try_into().map_or(0, u64::from_be_bytes);
        let count = db.get(keys::COMMITS).map_err(|e| StoreError::of_sled(&e, path))?;
        let count = count.map_or(0, |bytes| number(&bytes));
        let beside = path.join("commits");
        let promised = match std::fs::read(&beside) {
            Ok(bytes) => number(&bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
            Err(error) => return Err(fault(error)),
        };
        if promised > count {
            return Err(StoreError::Damaged(format!("the last {} changes are gone", promised - count)));
        }
        let beside = File::options().create(true).truncate(false).write(true).open(beside).map_err(fault)?;
        Ok(Self { count, beside })
    }

    fn ignore(path: &Path, _: &sled::Db) -> Result<Self, StoreError> {
        let beside = File::open(path.join("db")).map_err(|e| StoreError::of_io(&e, path))?;
        Ok(Self { count: 0, beside })
    }
}

impl Disk {
    /// Opens or creates the files under `path`. sled panics on some damage: call it where that is caught.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        Self::with(path, Commits::open)
    }

    /// Opens damaged files to read what still reads.
    pub(super) fn open_damaged(path: &Path) -> Result<Self, StoreError> {
        Self::with(path, Commits::ignore)
    }

    fn with(
        path: &Path,
        commits: fn(&Path, &sled::Db) -> Result<Commits, StoreError>,
    ) -> Result<Self, StoreError> {
        let db = sled::Config::default()
            .path(path)
            .cache_capacity(32 << 20)
            .flush_every_ms(Some(500))
            .mode(sled::Mode::LowSpace)
            .open()
            .map_err(|e| StoreError::of_sled(&e, path))?;
        let file = File::open(path.join("db")).map_err(|e| StoreError::of_io(&e, path))?;
        let commits = commits(path, &db)?;
        let files = Files::under(path);
        Ok(Self::Sled(Box::new(Sled { path: path.to_owned(), db, file, files, commits })))
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

    /// All or nothing, and on disk when it returns.
    pub(super) fn commit(&mut self, changes: Changes) -> Result<(), StoreError> {
        match self {
            Self::Sled(sled) => sled.commit(changes),
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

    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Sled(sled) => sled.db.size_on_disk().unwrap_or(0) + sled.files.bytes(),
            Self::Memory(rows) => rows.iter().map(|(k, v)| (k.len() + v.len()) as u64).sum(),
        }
    }
}

impl Sled {
    fn commit(&mut self, changes: Changes) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        let fault = |e: sled::Error| StoreError::of_sled(&e, &self.path);
        let mut batch = sled::Batch::default();
        let mut replaced = Vec::new();
        for (key, value) in changes {
            if Files::may_be_large(&key)
                && let Some(old) = self.db.get(&key).map_err(fault)?
            {
                replaced.extend(Files::name(&old));
            }
            match value {
                Some(value) => batch.insert(key, self.files.place(value)?),
                None => batch.remove(key),
            }
        }
        let count = (self.commits.count + 1).to_be_bytes();
        batch.insert(keys::COMMITS, &count);
        self.files.sync()?;
        self.db.apply_batch(batch).map_err(fault)?;
        self.db.flush().map_err(fault)?;
        self.file.sync_data().map_err(|e| StoreError::of_io(&e, &self.path))?;
        self.commits.count += 1;
        // not synced: it may lag behind after a power cut, never run ahead
        let beside = self.commits.beside.write_all_at(&count, 0);
        beside.map_err(|e| StoreError::of_io(&e, &self.path))?;
        for name in replaced {
            self.files.forget(&name);
        }
        Ok(())
    }
}
