//! The journal: every commit in full, written and synced before sled hears of it.
//!
//! sled 0.34 skips what it cannot read when it replays its log, without a word. So each commit is also a frame here:
//! what was asked for, and every row as it must stand afterwards. Opening compares sled's rows with these. The last
//! copy and what was asked for since are the whole history, whatever becomes of sled's files.

use super::StoreError;
use super::disk::Changes;
use super::frame::{Frame, HEAD, MAGIC, Said, decode, encode};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// The open end of the journal.
pub(super) struct Journal {
    dir: PathBuf,
    file: File,
    /// First commit of the file that is written to: its name.
    first: u64,
    length: u64,
    /// Bytes in the files before it.
    older: u64,
    /// Where the last frame begins, to take it back.
    before: u64,
}

/// Up to where sled no longer replays: what stands before was compared with the rows.
#[derive(Clone, Copy, Default)]
pub(super) struct Checked {
    file: u64,
    offset: u64,
    pub(super) number: u64,
}

impl Journal {
    /// Opens the last file for appending; `next`: the number of the next commit, if there is no file yet.
    pub(super) fn open(dir: &Path, next: u64) -> Result<Self, StoreError> {
        match files(dir).last() {
            Some((first, _)) => Self::at(dir, *first),
            None => Self::at(dir, next),
        }
    }

    fn at(dir: &Path, first: u64) -> Result<Self, StoreError> {
        let fault = |e: io::Error| StoreError::of_io(&e, dir);
        let path = dir.join(name(first));
        let new = !path.exists();
        let mut file = File::options().create(true).truncate(false).write(true).open(path).map_err(fault)?;
        let length = file.seek(SeekFrom::End(0)).map_err(fault)?;
        if new {
            File::open(dir).and_then(|dir| dir.sync_all()).map_err(fault)?;
        }
        let older = files(dir).into_iter().filter(|(earlier, _)| *earlier < first);
        let older = older.filter_map(|(_, path)| Some(fs::metadata(path).ok()?.len())).sum();
        Ok(Self { dir: dir.to_owned(), file, first, length, older, before: length })
    }

    /// Bytes in all of its files.
    pub(super) fn bytes(&self) -> u64 {
        self.older + self.length
    }

    /// Bytes since [`Journal::rotate`].
    pub(super) fn since(&self) -> u64 {
        self.length
    }

    /// Writes a commit's frame; on disk when it returns.
    pub(super) fn append(
        &mut self,
        number: u64,
        changes: &Changes,
        said: &[Said<'_>],
    ) -> Result<(), StoreError> {
        self.put(&encode(number, false, changes, said)?)
    }

    /// From here on the rows are others, though they say the same.
    pub(super) fn anew(&mut self, number: u64) -> Result<(), StoreError> {
        self.put(&encode(number, true, &Changes::new(), &[])?)
    }

    fn put(&mut self, frame: &[u8]) -> Result<(), StoreError> {
        self.before = self.length;
        let written = self.file.write_all_at(frame, self.length).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            self.take_back();
            return Err(StoreError::of_io(&error, &self.dir));
        }
        self.length += frame.len() as u64;
        Ok(())
    }

    /// The last frame's commit failed.
    pub(super) fn take_back(&mut self) {
        // a frame that stays is asked for again at the next opening: later than its caller thinks, but no harm
        let _ = self.file.set_len(self.before).and_then(|()| self.file.sync_data());
        self.length = self.before;
    }

    /// Goes on in a new file; the first commit that will be in it.
    pub(super) fn rotate(&mut self, next: u64) -> Result<(), StoreError> {
        if next != self.first {
            *self = Self::at(&self.dir, next)?;
        }
        Ok(())
    }

    /// Removes the files whose commits are all in a copy that was begun before commit `next`.
    pub(super) fn forget_before(&mut self, next: u64) -> Result<(), StoreError> {
        // that there were so many commits must be known without those files
        self.note(0, next - 1)?;
        for (first, path) in files(&self.dir) {
            if first < next && first != self.first {
                // what stays behind costs space and nothing else
                let _ = fs::remove_file(path);
            }
        }
        self.older = 0;
        Ok(())
    }

    /// Everything up to here stands in sled and is not replayed any more.
    pub(super) fn mark(&self, number: u64) -> Result<(), StoreError> {
        self.note(self.length, number)
    }

    fn note(&self, offset: u64, number: u64) -> Result<(), StoreError> {
        let numbers = [self.first, offset, number].map(u64::to_be_bytes).concat();
        let bytes = [&numbers[..], &crc32fast::hash(&numbers).to_be_bytes()].concat();
        let path = self.dir.join("checked");
        let file = File::options().create(true).truncate(false).write(true).open(path);
        // without it, more is compared the next time
        file.and_then(|file| file.write_all_at(&bytes, 0)).map_err(|e| StoreError::of_io(&e, &self.dir))
    }
}

/// What [`Journal::mark`] said last, if it still fits the files.
pub(super) fn checked(dir: &Path) -> Checked {
    let read = || {
        let bytes: [u8; 28] = fs::read(dir.join("checked")).ok()?.try_into().ok()?;
        let (numbers, crc) = bytes.split_at(24);
        let number = |n: usize| numbers.get(n * 8..n * 8 + 8)?.try_into().ok().map(u64::from_be_bytes);
        let checked = Checked { file: number(0)?, offset: number(1)?, number: number(2)? };
        let length = fs::metadata(dir.join(name(checked.file))).ok()?.len();
        (crc == crc32fast::hash(numbers).to_be_bytes() && checked.offset <= length).then_some(checked)
    };
    read().unwrap_or_default()
}

/// The frames from a place on, in order; what does not read is passed over.
pub(super) fn frames(dir: &Path, from: Checked) -> impl Iterator<Item = Frame> + use<> {
    files(dir).into_iter().filter(move |(first, _)| *first >= from.file).flat_map(move |(first, path)| {
        let skip = if first == from.file { from.offset } else { 0 };
        let mut bytes = Vec::new();
        if let Ok(mut file) = File::open(path) {
            // a file that fails in the middle gives what was read
            let _ = file.seek(SeekFrom::Start(skip)).and_then(|_| file.read_to_end(&mut bytes));
        }
        let mut at = 0;
        std::iter::from_fn(move || {
            loop {
                let rest = bytes.get(at..).filter(|rest| rest.len() >= HEAD)?;
                match decode(rest) {
                    Some((frame, length)) => {
                        at += length;
                        return Some(frame);
                    }
                    None => {
                        let next = rest[1..].windows(MAGIC.len()).position(|bytes| bytes == MAGIC)?;
                        at += 1 + next;
                    }
                }
            }
        })
    })
}

fn name(first: u64) -> String {
    format!("{first:020}.log")
}

fn files(dir: &Path) -> Vec<(u64, PathBuf)> {
    let entries = fs::read_dir(dir).into_iter().flatten();
    let mut found: Vec<_> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let first = path.file_name()?.to_str()?.strip_suffix(".log")?.parse().ok()?;
            Some((first, path))
        })
        .collect();
    found.sort();
    found
}
