//! The gateway's ledger over the store.

use crate::gateway::{Ledger, Told};
use crate::metering::Counter;
use crate::store::{Store, StoreError, Write};
use crate::words::{Cap, Entry, GenerationId, Hold, Over, Usd, Used};
use futures_util::TryFutureExt;

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

    fn reserve(&self, hold: Hold, caps: Vec<Cap>) -> Told<Result<Vec<Used>, Over>> {
        Box::pin(self.0.reserve(hold, caps).map_err(said))
    }

    fn settle(&self, generation: GenerationId, ticket: u64, actual: Usd) {
        self.0.settle(generation, ticket, actual);
    }

    fn used(&self, day: i32, caps: Vec<Cap>) -> Told<Vec<Used>> {
        Box::pin(self.0.used(day, caps).map_err(said))
    }
}

#[allow(clippy::needless_pass_by_value, reason = "as `map_err` hands it")]
fn said(error: StoreError) -> String {
    error.to_string()
}
