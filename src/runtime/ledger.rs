//! The gateway's ledger over the store.

use crate::gateway::Ledger;
use crate::metering::Counter;
use crate::store::{Store, Write};
use crate::words::Entry;

/// Where the store keeps what was learned of the models' tokens.
pub const TOKENS: &str = "tokens";

/// Hands rows to the store's thread without waiting.
pub struct StoreLedger(pub Store);

impl Ledger for StoreLedger {
    fn write(&self, rows: Vec<Entry>) {
        if !rows.is_empty() {
            // called from `Drop`: a failed write is told by the store's own notices
            drop(self.0.write(rows.into_iter().map(Write::Ledger).collect()));
        }
    }

    fn learned(&self, counter: &Counter) {
        if let Ok(value) = serde_json::to_value(counter) {
            drop(self.0.write(vec![Write::PutSetting { key: TOKENS.into(), value: Some(value) }]));
        }
    }
}
