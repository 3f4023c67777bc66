//! When the files are damaged: make a new store of the last copy and the journal, and set the old one aside.

use super::apply::apply;
use super::disk::{Changes, Disk};
use super::frame::Frame;
use super::guard::{caught, limited, pause};
use super::journal::{self, Checked, Journal};
use super::place::{Place, WHOLE};
use super::txn::Txn;
use super::writer::Writer;
use super::{StoreError, Write, carve, export, keys, ledger, record, replay, search, sessions};
use crate::words::{Entry, MessageState};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A write with the process that it came from.
type Sent = (Writer, Write);

/// Opens the store, or a new one with what could be saved of it; the notices say so.
pub(super) fn open(place: &Place, limit: Duration) -> Result<(Disk, Vec<String>), StoreError> {
    match place.prepare().and_then(|()| whole(place, limit)) {
        Ok(disk) => Ok((disk, Vec::new())),
        Err(StoreError::Damaged(why)) => anew(place, &why, limit),
        Err(error) => Err(error),
    }
}

fn whole(place: &Place, limit: Duration) -> Result<Disk, StoreError> {
    let place = place.clone();
    limited(limit, move || unlocked(|| replay::open(&place)))
}

/// A dropped database keeps its lock until its threads end: ask again for some seconds.
fn unlocked(open: impl Fn() -> Result<Disk, StoreError>) -> Result<Disk, StoreError> {
    for _ in 0..100 {
        match open() {
            Err(StoreError::Io(why)) if why.contains("could not acquire lock") => {
                pause();
            }
            other => return other,
        }
    }
    open()
}

/// Begins a new store from the last copy, the journal and, where those have gaps, what still reads of the old one.
/// The old one is set aside, never deleted. Killed at any moment, it is done again or done.
pub(super) fn anew(place: &Place, why: &str, limit: Duration) -> Result<(Disk, Vec<String>), StoreError> {
    let fault = |e: io::Error| StoreError::of_io(&e, place.root());
    match fs::remove_dir_all(place.draft()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fault(error)),
        _ => {}
    }
    let mut disk = limited(limit, {
        let path = place.draft();
        move || unlocked(|| Disk::open(&path))
    })?;
    let found = fill(&mut disk, place, limit)?;
    let count = found.count.max(disk.count());
    disk.put(Changes::new(), count)?;
    drop(disk);
    let mut journal = Journal::open(&place.journal(), count + 1)?;
    journal.anew(count)?;
    place.declare(&place.draft()).and_then(|()| fs::write(place.draft().join(WHOLE), b"")).map_err(fault)?;
    let aside = set_aside(place)?;
    fs::rename(place.draft(), place.store()).map_err(fault)?;
    File::open(place.root()).and_then(|root| root.sync_all()).map_err(fault)?;
    let disk = whole(place, limit)?;
    let notice = match found.complete {
        true => format!(
            "The history was damaged ({why}). All of it was brought back; the damaged files are kept as {}.",
            aside.display()
        ),
        false => format!(
            "The history was damaged ({why}). It was set aside as {}; {} records were brought back{}.",
            aside.display(),
            found.records,
            if found.copied { ", some of them from the last daily copy" } else { "" }
        ),
    };
    Ok((disk, vec![notice]))
}

struct Restored {
    records: u64,
    /// Copy and journal had every commit.
    complete: bool,
    copied: bool,
    /// The last commit that is known of.
    count: u64,
}

fn fill(disk: &mut Disk, place: &Place, limit: Duration) -> Result<Restored, StoreError> {
    let copy = export::copies(&place.exports()).into_iter().find_map(|path| {
        let header = export::header(&path)?;
        Some((path, header.commits.unwrap_or(0)))
    });
    let begun = copy.as_ref().map_or(0, |(_, commits)| *commits);
    let mut count = journal::checked(&place.journal()).number;
    let mut next = begun + 1;
    let mut complete = true;
    for frame in journal::frames(&place.journal(), Checked::default()) {
        complete &= frame.number <= next;
        next = next.max(frame.number + 1);
        count = count.max(frame.number);
    }
    complete &= count < next;
    let mut records = 0;
    if let Some((path, _)) = &copy
        && let Ok(file) = File::open(path)
    {
        let writes = export::read_export(io::BufReader::new(file)).map_while(|line| {
            complete &= line.is_ok();
            line.ok().map(|write| (Writer::default(), write))
        });
        records += refill(disk, writes)?;
    }
    if !complete {
        records += refill(disk, carve::records(&place.store()).map(|write| (Writer::default(), write)))?;
    }
    let frames = journal::frames(&place.journal(), Checked::default());
    let said = frames.filter(|frame| frame.number > begun).flat_map(Frame::said);
    records += refill(disk, said)?;
    if !complete {
        records += refill(disk, readable(&place.store(), limit.min(Duration::from_secs(10))))?;
    }
    Ok(Restored { records, complete, copied: copy.is_some(), count })
}

fn set_aside(place: &Place) -> Result<PathBuf, StoreError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let store = place.store();
    let mut aside = store.with_extension(format!("broken-{since}"));
    let mut again = 1;
    while aside.exists() {
        again += 1;
        aside = store.with_extension(format!("broken-{since}-{again}"));
    }
    fs::rename(&store, &aside).map_err(|e| StoreError::of_io(&e, place.root()))?;
    Ok(aside)
}

/// Whatever sled still reads of damaged files: each kind from its beginning to the first error, and from its end.
fn readable(path: &Path, limit: Duration) -> impl Iterator<Item = Sent> + use<> {
    let (found, writes) = mpsc::sync_channel(1024);
    let path = path.to_owned();
    let thread = std::thread::Builder::new().name(format!("{}-salvage", super::guard::THREAD));
    // without a thread nothing is found here; the copy and the carved records are there still
    let _ = thread.spawn(move || {
        caught(|| {
            let disk = unlocked(|| Disk::open(&path))?;
            for kind in keys::RECORDS {
                let give = |bytes: &[u8]| {
                    let write = match kind == keys::OPEN {
                        true => ledger::open_in(bytes).map(|row| Write::Ledger(Entry::Open(Box::new(row)))),
                        false => record::decode(bytes),
                    };
                    write.is_ok_and(|write| found.send((Writer::default(), write)).is_err())
                };
                let mut broken = false;
                for row in disk.with_prefix(kind) {
                    let Ok((_, value)) = row else {
                        broken = true;
                        break;
                    };
                    if give(&value) {
                        return Ok(());
                    }
                }
                if broken {
                    for (_, value) in disk.with_prefix(kind).rev().map_while(Result::ok) {
                        if give(&value) {
                            return Ok(());
                        }
                    }
                }
            }
            Ok(())
        })
    });
    std::iter::from_fn(move || writes.recv_timeout(limit).ok())
}

/// Writes what was found, a few hundred at a time, unless something newer is there.
fn refill(disk: &mut Disk, writes: impl Iterator<Item = Sent>) -> Result<u64, StoreError> {
    let mut saved = 0;
    let mut writes = writes.peekable();
    while writes.peek().is_some() {
        let mut txn = Txn::new(disk);
        for (by, write) in writes.by_ref().take(256) {
            if !outdated(disk, &write)? {
                apply(&mut txn, &write, by)?;
                saved += 1;
            }
        }
        let (changes, ..) = txn.finish()?;
        disk.commit(changes, &[])?;
        while search::pending(disk)? {
            let changes = search::seal(disk)?;
            disk.commit(changes, &[])?;
        }
    }
    Ok(saved)
}

fn outdated(disk: &Disk, write: &Write) -> Result<bool, StoreError> {
    Ok(match write {
        Write::PutSession(session) => {
            sessions::session(disk, session.id)?.is_some_and(|there| there.updated > session.updated)
        }
        Write::PutMessage { message, .. } if message.state == MessageState::Partial => {
            sessions::message(disk, message.id)?
                .is_some_and(|(_, there)| there.state != MessageState::Partial)
        }
        _ => false,
    })
}
