//! The gateway's ledger over the store.

use crate::gateway::Ledger;
use crate::store::{Store, Write};
use crate::words::Entry;

/// Hands rows to the store's thread without waiting.
pub struct StoreLedger(pub Store);

impl Ledger for StoreLedger {
    fn write(&self, rows: Vec<Entry>) {
        if !rows.is_empty() {
            // called from `Drop`: a failed write is told by the store's own notices
            drop(self.0.write(rows.into_iter().map(Write::Ledger).collect()));
        }
    }
}
