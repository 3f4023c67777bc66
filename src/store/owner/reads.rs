//! What the owner is asked: each question answered from the files, healed once if they turn out to be damaged.

use super::{Owner, SHARE};
use crate::store::disk::Disk;
use crate::store::export::{self, Copying};
use crate::store::guard::caught;
use crate::store::op::{Answer, Found, Info, Op};
use crate::store::{StoreError, ledger, record, search, sessions};

impl Owner {
    pub(super) fn read(&mut self, op: &Op) -> Answer {
        match self.try_read(op) {
            Err(StoreError::Damaged(why)) => {
                self.heal(&why)?;
                self.try_read(op)
            }
            other => other,
        }
    }

    fn try_read(&mut self, op: &Op) -> Answer {
        match op {
            Op::Info => return Ok(Found::Info(Box::new(self.info()))),
            Op::Export => return self.export().map(Found::Path),
            Op::Reserve { .. } | Op::Settle { .. } | Op::Used { .. } => return self.budget(op),
            _ => {}
        }
        let disk = self.disk()?;
        caught(|| {
            Ok(match op {
                Op::Sessions { before, limit } => Found::Sessions(sessions::sessions(disk, *before, *limit)?),
                Op::Session(id) => Found::Session(sessions::session(disk, *id)?.map(Box::new)),
                Op::Messages { session, before, limit } => {
                    Found::Messages(sessions::messages(disk, *session, *before, *limit)?)
                }
                Op::Message(id) => Found::Message(sessions::message(disk, *id)?),
                Op::Draft(session) => Found::Draft(sessions::draft(disk, *session)?),
                Op::Setting(key) => Found::Setting(sessions::setting(disk, key)?),
                Op::Settings { prefix } => Found::Settings(sessions::settings(disk, prefix)?),
                Op::Generations { wanted, before, limit } => {
                    Found::Generations(ledger::generations(disk, wanted, *before, *limit)?)
                }
                Op::Generation(id) => Found::Generation(ledger::generation(disk, *id)?.map(Box::new)),
                Op::Attempts(id) => Found::Attempts(ledger::attempts(disk, *id)?),
                Op::Rollups { days, demo, by } => Found::Rollups(ledger::rollups(disk, days, *demo, *by)?),
                Op::Totals { days, demo, of } => {
                    Found::Totals(Box::new(ledger::totals(disk, days, *demo, of)?))
                }
                Op::Search(search) => Found::Hits(search::find(disk, search)?),
                Op::Dump { after, limit } => Found::Dump(export::dump(disk, after.as_deref(), *limit)?),
                Op::Export | Op::Info | Op::Reserve { .. } | Op::Settle { .. } | Op::Used { .. } => {
                    Found::Done
                }
            })
        })
    }

    fn budget(&mut self, op: &Op) -> Answer {
        self.disk()?;
        let (Some(disk), till) = (&self.disk, &mut self.till) else { return Err(StoreError::Closed) };
        caught(|| {
            Ok(match op {
                Op::Reserve { hold, caps, by } => {
                    Found::Reserved(till.reserve(disk, hold.clone(), caps, *by)?)
                }
                Op::Used { day, caps } => Found::Used(till.used(disk, *day, caps)?),
                Op::Settle { generation, ticket, actual } => {
                    till.settle(*generation, *ticket, *actual);
                    Found::Done
                }
                _ => Found::Done,
            })
        })
    }

    fn export(&mut self) -> Result<std::path::PathBuf, StoreError> {
        let place = self.place.clone().ok_or_else(|| {
            StoreError::Io("this history is only in memory: there is nowhere to copy it to".to_owned())
        })?;
        self.copying = None;
        let disk = self.disk()?;
        let (path, bytes) = caught(|| {
            let mut copying = Copying::begin(disk, &place)?;
            loop {
                if let Some(path) = copying.step(disk, &place)? {
                    return Ok((path, copying.bytes()));
                }
            }
        })?;
        self.room = self.options.journal.max(bytes / SHARE);
        Ok(path)
    }

    fn info(&self) -> Info {
        Info {
            path: self.place.as_ref().map(|place| place.root().to_owned()).unwrap_or_default(),
            owner: std::process::id(),
            guests: self.guests.count(),
            format: record::FORMAT,
            bytes: self.disk.as_ref().map_or(0, Disk::bytes),
            memory: self.place.is_none(),
            last_export: self
                .place
                .as_ref()
                .and_then(|place| export::copies(&place.exports()).into_iter().next()),
        }
    }
}
