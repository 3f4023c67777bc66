//! The till: what all processes spent and have set aside, kept by the store's owner, so that two of them cannot
//! spend the same money.

use super::disk::Disk;
use super::txn::Booked;
use super::writer::Writer;
use super::{StoreError, ledger};
use crate::words::{Cap, GenerationId, Hold, Of, Over, Purse, Usd, Used};
use std::collections::BTreeMap;

/// Empty until a budget asks for it.
#[derive(Default)]
pub(super) struct Till {
    purse: Purse,
    /// Who set the money aside.
    by: BTreeMap<GenerationId, Writer>,
    begun: bool,
}

impl Till {
    pub(super) fn reserve(
        &mut self,
        disk: &Disk,
        hold: Hold,
        caps: &[Cap],
        by: Writer,
    ) -> Result<Result<Vec<Used>, Over>, StoreError> {
        self.look(disk, caps)?;
        let generation = hold.generation;
        let standing = self.purse.reserve(hold, caps);
        if standing.is_ok() {
            self.by.insert(generation, by);
        }
        Ok(standing)
    }

    pub(super) fn settle(&mut self, generation: GenerationId, ticket: u64, actual: Usd) {
        self.purse.settle(generation, ticket, actual);
        if !self.purse.holds(generation) {
            self.by.remove(&generation);
        }
    }

    pub(super) fn used(&mut self, disk: &Disk, day: i32, caps: &[Cap]) -> Result<Vec<Used>, StoreError> {
        self.look(disk, caps)?;
        Ok(self.purse.used(day, caps))
    }

    /// These are on disk now.
    pub(super) fn booked(&mut self, rows: &[Booked]) {
        if self.begun {
            for row in rows {
                self.purse.booked(row.generation, &row.parts);
                self.by.remove(&row.generation);
            }
        }
    }

    /// The totals on disk are others now.
    pub(super) fn recount(&mut self) {
        self.purse.forget_spent();
    }

    /// Frees what processes had set aside that are gone.
    pub(super) fn sweep(&mut self) {
        let purse = &mut self.purse;
        self.by.retain(|generation, by| {
            let lives = by.lives();
            if !lives {
                purse.forget(*generation);
            }
            lives
        });
    }

    /// Learns what these caps are about. What was set aside under an owner before this one stands in the open rows.
    fn look(&mut self, disk: &Disk, caps: &[Cap]) -> Result<(), StoreError> {
        if !self.begun {
            for (by, row) in ledger::open(disk)?.into_iter().filter(|(_, row)| !row.demo) {
                self.by.insert(row.generation, by);
                let hold = Hold {
                    generation: row.generation,
                    ticket: Purse::INHERITED,
                    day: row.day,
                    session: row.session,
                    key_label: row.key_label.clone(),
                    model: row.model.clone(),
                    provider: row.provider.clone(),
                    amount: row.held,
                };
                for attempt in &row.attempts {
                    self.purse.inherit(Hold {
                        ticket: Purse::ENDED,
                        model: attempt.model.clone(),
                        provider: attempt.provider.clone(),
                        amount: attempt.cost.booked.unwrap_or_default(),
                        ..hold.clone()
                    });
                }
                self.purse.inherit(hold);
            }
            self.begun = true;
        }
        let unknown: Vec<&Of> = caps.iter().map(|cap| &cap.of).filter(|of| !self.purse.knows(of)).collect();
        for of in unknown {
            self.purse.learn(of.clone(), ledger::spent(disk, of)?);
        }
        Ok(())
    }
}
