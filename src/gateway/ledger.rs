//! Where the gateway writes what was spent: a trait, so that it need not know the store.

use crate::metering::Counter;
use crate::words::Entry;

/// Takes the rows of the ledger. Called from `Drop`, so it must not wait: hand the rows to whoever writes them.
pub trait Ledger: Send + Sync {
    fn write(&self, rows: Vec<Entry>);

    /// What was learned of the models' tokens has changed enough to be worth keeping.
    fn learned(&self, _: &Counter) {}
}

/// Forgets everything: for benchmarks and for requests that nobody accounts for.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLedger;

impl Ledger for NoLedger {
    fn write(&self, _: Vec<Entry>) {}
}
