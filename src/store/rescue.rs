//! When the files are damaged: set them aside, start anew, bring back what can be found.

use super::apply::apply;
use super::disk::Disk;
use super::guard::{caught, limited, pause};
use super::place::Place;
use super::txn::Txn;
use super::writer::Writer;
use super::{StoreError, Write, carve, export, ledger, record, sessions};
use crate::words::{Entry, MessageState};
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Opens the store, or a new one with what could be saved of it; the notices say so.
pub(super) fn open(place: &Place, limit: Duration) -> Result<(Disk, Vec<String>), StoreError> {
    match place.prepare().and_then(|()| whole(&place.store(), limit)) {
        Ok(disk) => Ok((disk, Vec::new())),
        Err(StoreError::Damaged(why)) => anew(place, &why, limit),
        Err(error) => Err(error),
    }
}

/// Opens files and looks at both ends of every kind of record, which finds most damage.
fn whole(path: &Path, limit: Duration) -> Result<Disk, StoreError> {
    let path = path.to_owned();
    limited(limit, move || {
        let disk = unlocked(&path)?;
        for kind in super::keys::RECORDS {
            disk.with_prefix(kind).next().transpose()?;
            disk.with_prefix(kind).next_back().transpose()?;
        }
        Ok(disk)
    })
}

/// A dropped database keeps its lock until its threads end: ask again for some seconds.
fn unlocked(path: &Path) -> Result<Disk, StoreError> {
    for _ in 0..100 {
        match Disk::open(path) {
            Err(StoreError::Io(why)) if why.contains("could not acquire lock") => {
                pause();
            }
            other => return other,
        }
    }
    Disk::open(path)
}

/// Sets the files aside (they are never deleted) and begins a new store from the last copy and what still reads.
pub(super) fn anew(place: &Place, why: &str, limit: Duration) -> Result<(Disk, Vec<String>), StoreError> {
    let aside = set_aside(place)?;
    place.prepare()?;
    let mut disk = whole(&place.store(), limit)?;
    let copy = export::copies(&place.exports()).into_iter().next();
    let mut saved = 0;
    if let Some(copy) = &copy
        && let Ok(file) = File::open(copy)
    {
        let writes = export::read_export(BufReader::new(file)).map_while(Result::ok);
        saved += refill(&mut disk, writes)?;
    }
    saved += refill(&mut disk, carve::records(&aside))?;
    saved += refill(&mut disk, readable(&aside, limit.min(Duration::from_secs(10))))?;
    let mut notice = format!(
        "The history was damaged ({why}). It was set aside as {}; {saved} records were brought back",
        aside.display()
    );
    if copy.is_some() {
        notice.push_str(", some of them from the last daily copy");
    }
    notice.push('.');
    Ok((disk, vec![notice]))
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
fn readable(aside: &Path, limit: Duration) -> impl Iterator<Item = Write> {
    let (found, writes) = mpsc::sync_channel(1024);
    let path = aside.to_owned();
    let thread = std::thread::Builder::new().name(format!("{}-salvage", super::guard::THREAD));
    // without a thread nothing is found here; the copy and the carved records are there still
    let _ = thread.spawn(move || {
        caught(|| {
            let disk = Disk::open_damaged(&path)?;
            for kind in super::keys::RECORDS {
                let give = |bytes: &[u8]| {
                    let write = match kind == super::keys::OPEN {
                        true => ledger::open_in(bytes).map(|row| Write::Ledger(Entry::Open(Box::new(row)))),
                        false => record::decode(bytes),
                    };
                    write.is_ok_and(|write| found.send(write).is_err())
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

/// Writes what was found, unless something newer is there.
fn refill(disk: &mut Disk, writes: impl Iterator<Item = Write>) -> Result<u64, StoreError> {
    let mut saved = 0;
    let mut writes = writes.peekable();
    while writes.peek().is_some() {
        let mut txn = Txn::new(disk);
        for write in writes.by_ref().take(256) {
            if !outdated(disk, &write)? {
                apply(&mut txn, &write, Writer::default())?;
                saved += 1;
            }
        }
        let (changes, _) = txn.finish()?;
        disk.commit(changes)?;
        while super::search::pending(disk)? {
            let changes = super::search::seal(disk)?;
            disk.commit(changes)?;
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
