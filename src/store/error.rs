//! What can go wrong with the store, each with one sentence for a person.

use serde::{Deserialize, Serialize};
use std::io;

/// Why the store could not do what was asked. Clonable, because one broken flush fails a whole batch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreError {
    /// Written by a later program; nothing was touched.
    #[error(
        "the store at {path} was written by a newer fareway (store format {found}, this program knows up to {known}); use fareway {needs} or later, or another --data-dir"
    )]
    Newer { path: String, found: u32, known: u32, needs: String },
    /// The directory cannot be created, read or written.
    #[error(
        "cannot use the data directory {path}: {why}; check its permissions or choose another with --data-dir"
    )]
    Unusable { path: String, why: String },
    /// Another process holds the store and does not answer.
    #[error("the store at {path} is held by another fareway{} that does not answer; end it or choose another --data-dir",
        .pid.map(|pid| format!(" (process {pid})")).unwrap_or_default())]
    Busy { path: String, pid: Option<u32> },
    /// Nothing was written.
    #[error("the disk is full: this was not saved; free some space under {path}")]
    Full { path: String },
    /// The disk failed.
    #[error("the store could not read or write its files: {0}")]
    Io(String),
    /// The files are damaged. The store sets them aside and starts anew by itself; callers see this at most once.
    #[error("the store's files are damaged: {0}")]
    Damaged(String),
    /// One record does not read; the others are fine.
    #[error("a record of the store does not read: {0}")]
    Record(String),
    /// An import file that is not one, by line.
    #[error("line {line} of the import is not understood: {why}")]
    Import { line: u64, why: String },
    /// The store was closed, or its thread ended.
    #[error("the store is closed")]
    Closed,
    /// No answer within the time a caller waits.
    #[error("the store did not answer within {0} s")]
    Stuck(u64),
}

impl StoreError {
    /// Maps what sled says to what to do about it.
    pub(super) fn of_sled(error: &sled::Error, path: &std::path::Path) -> Self {
        match error {
            sled::Error::Io(error) => Self::of_io(error, path),
            other => Self::Damaged(other.to_string()),
        }
    }

    pub(super) fn of_io(error: &io::Error, path: &std::path::Path) -> Self {
        let path = path.display().to_string();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::AlreadyExists => Self::Unusable { path, why: error.to_string() },
            // what sled makes of files that end too early or hold nonsense
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::NotFound => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Io(error.to_string()),
        }
    }
}
