//! Everything the store holds as JSON Lines, a write a line: the daily copy on disk, and what a person takes away.

use super::disk::Disk;
use super::op::Dump;
use super::place::Place;
use super::{StoreError, Write, keys, ledger, record};
use crate::words::Entry;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportHeader {
    /// What the file is: always `export`.
    pub fareway: String,
    pub format: u32,
    /// In a daily copy: the store's commits up to this one are all in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commits: Option<u64>,
}

impl Default for ExportHeader {
    fn default() -> Self {
        Self { fareway: "export".to_owned(), format: record::FORMAT, commits: None }
    }
}

/// One page of everything, in an order in which it can be written again.
pub(super) fn dump(disk: &Disk, after: Option<&[u8]>, limit: usize) -> Result<Dump, StoreError> {
    let mut page = Dump::default();
    let begun = after.and_then(|key| keys::RECORDS.iter().position(|kind| key.starts_with(&kind[..])));
    for (number, kind) in keys::RECORDS.iter().enumerate().skip(begun.unwrap_or(0)) {
        let from = match after {
            Some(key) if begun == Some(number) => [key, &[0]].concat(),
            _ => kind.to_vec(),
        };
        for row in disk.range(&from, &keys::after(&kind[..])) {
            let (key, value) = row?;
            page.next = Some(key.to_vec());
            let write = if *kind == keys::OPEN {
                ledger::open_in(&value).map(|row| Write::Ledger(Entry::Open(Box::new(row))))
            } else {
                record::decode(&value)
            };
            // one that does not read takes no other with it
            page.writes.extend(write.ok());
            if page.writes.len() == limit {
                return Ok(page);
            }
        }
    }
    page.next = None;
    Ok(page)
}

/// A copy in the making, a page at a time.
pub(super) struct Copying {
    file: BufWriter<File>,
    draft: PathBuf,
    path: PathBuf,
    after: Option<Vec<u8>>,
    /// Bytes so far.
    bytes: u64,
    /// The first commit that may not be in it.
    next: u64,
}

/// Days of which the last copy is kept, as long as together they are not larger than this.
const KEPT: usize = 7;
const KEPT_BYTES: u64 = 1 << 30;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Copying {
    pub(super) fn begin(disk: &mut Disk, place: &Place) -> Result<Self, StoreError> {
        let fault = |e: io::Error| StoreError::of_io(&e, place.root());
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let path = place.exports().join(format!("export-{}.jsonl", since.as_secs()));
        let draft = place.exports().join("export.new");
        let mut file = BufWriter::new(File::create(&draft).map_err(fault)?);
        let header = ExportHeader { commits: Some(disk.count()), ..ExportHeader::default() };
        line(&mut file, &header).map_err(fault)?;
        let next = disk.count() + 1;
        if let Some(journal) = disk.journal() {
            journal.rotate(next)?;
        }
        Ok(Self { file, draft, path, after: None, bytes: 0, next })
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Copies a page; the path once all is there.
    pub(super) fn step(&mut self, disk: &mut Disk, place: &Place) -> Result<Option<PathBuf>, StoreError> {
        let fault = |e: io::Error| StoreError::of_io(&e, place.root());
        let page = dump(disk, self.after.as_deref(), 200)?;
        for write in &page.writes {
            self.bytes += line(&mut self.file, write).map_err(fault)?;
        }
        self.after = page.next;
        if self.after.is_some() {
            return Ok(None);
        }
        self.file.flush().and_then(|()| self.file.get_ref().sync_all()).map_err(fault)?;
        fs::rename(&self.draft, &self.path).map_err(fault)?;
        // the copy must be found before what it stands for may go
        File::open(place.exports()).and_then(|dir| dir.sync_all()).map_err(fault)?;
        if let Some(journal) = disk.journal() {
            journal.forget_before(self.next)?;
        }
        let (mut days, mut bytes) = (BTreeSet::new(), 0);
        for (made, old) in dated(&place.exports()) {
            bytes += size(&old);
            let another_day = days.insert(made / DAY.as_secs());
            let kept = days.len() == 1 || days.len() <= KEPT && bytes <= KEPT_BYTES;
            if !(another_day && kept) {
                fs::remove_file(old).map_err(fault)?;
            }
        }
        Ok(Some(self.path.clone()))
    }
}

/// The copies there are, newest first.
pub(super) fn copies(dir: &Path) -> Vec<PathBuf> {
    dated(dir).into_iter().map(|(_, path)| path).collect()
}

/// Bytes of the newest copy.
pub(super) fn newest(place: &Place) -> u64 {
    copies(&place.exports()).first().map_or(0, |path| size(path))
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |m| m.len())
}

/// The copies with the second each was begun at, newest first.
fn dated(dir: &Path) -> Vec<(u64, PathBuf)> {
    let mut found: Vec<(u64, PathBuf)> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_str()?;
            let number = name.strip_prefix("export-")?.strip_suffix(".jsonl")?.parse().ok()?;
            Some((number, path))
        })
        .collect();
    found.sort();
    found.reverse();
    found
}

/// The first line of a copy, if it is one.
pub(super) fn header(path: &Path) -> Option<ExportHeader> {
    let mut first = String::new();
    io::BufReader::new(File::open(path).ok()?).read_line(&mut first).ok()?;
    serde_json::from_str(&first).ok()
}

/// Whether a day has passed since the last copy.
pub(super) fn due(place: &Place) -> bool {
    copies(&place.exports())
        .first()
        .and_then(|path| fs::metadata(path).ok()?.modified().ok()?.elapsed().ok())
        .is_none_or(|age| age >= DAY)
}

/// Writes a line; its bytes.
pub(super) fn line<T: Serialize>(file: &mut impl io::Write, value: &T) -> io::Result<u64> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    file.write_all(&line)?;
    Ok(line.len() as u64)
}

/// The writes of an export, in order; the error names the line.
pub fn read_export(file: impl BufRead) -> impl Iterator<Item = Result<Write, StoreError>> {
    let mut lines = file.lines().zip(1..);
    let mut begun = false;
    std::iter::from_fn(move || {
        loop {
            let (text, line) = lines.next()?;
            let bad = |why: String| Some(Err(StoreError::Import { line, why }));
            let text = match text {
                Ok(text) => text,
                Err(error) => return bad(error.to_string()),
            };
            if !begun {
                begun = true;
                match serde_json::from_str::<ExportHeader>(&text) {
                    Ok(header) if header.fareway != "export" => {
                        return bad("it is not a fareway export".to_owned());
                    }
                    Ok(header) if header.format > record::FORMAT => {
                        return bad(format!(
                            "it has format {}, this program knows up to {}",
                            header.format,
                            record::FORMAT
                        ));
                    }
                    Ok(_) => continue,
                    Err(error) => return bad(format!("it is no export's first line: {error}")),
                }
            }
            if text.trim().is_empty() {
                continue;
            }
            return match serde_json::from_str(&text) {
                Ok(write) => Some(Ok(write)),
                Err(error) => bad(error.to_string()),
            };
        }
    })
}
