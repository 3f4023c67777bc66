//! Where the gateway writes what was spent, and where money is set aside: a trait, so that it need not know the store.

use crate::metering::Counter;
use crate::words::{Cap, Entry, GenerationId, Hold, Over, Usd, Used};
use futures_util::future::BoxFuture;

/// An answer of the ledger; the error is a sentence.
pub type Told<T> = BoxFuture<'static, Result<T, String>>;

/// Takes the rows of the ledger. Whatever returns at once is called from `Drop`, so it must not wait: hand it on to
/// whoever does it, in the order of the calls.
pub trait Ledger: Send + Sync {
    fn write(&self, rows: Vec<Entry>);

    /// What was learned of the models' tokens has changed enough to be worth keeping.
    fn learned(&self, _: &Counter) {}

    /// Sets money aside if every cap allows it, in one step with the check, whoever else asks; how the caps stand then.
    fn reserve(&self, hold: Hold, caps: Vec<Cap>) -> Told<Result<Vec<Used>, Over>>;

    /// The attempt has ended and cost this much, which stays set aside until its generation's row is written. Nothing
    /// happens if nothing was set aside.
    fn settle(&self, generation: GenerationId, ticket: u64, actual: Usd);

    /// How caps stand on that day.
    fn used(&self, day: i32, caps: Vec<Cap>) -> Told<Vec<Used>>;
}

/// Forgets everything: for benchmarks and for requests that nobody accounts for. No budget can be kept over it.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLedger;

impl Ledger for NoLedger {
    fn write(&self, _: Vec<Entry>) {}

    fn reserve(&self, _: Hold, caps: Vec<Cap>) -> Told<Result<Vec<Used>, Over>> {
        Box::pin(async move { Ok(Ok(vec![Used::default(); caps.len()])) })
    }

    fn settle(&self, _: GenerationId, _: u64, _: Usd) {}

    fn used(&self, _: i32, caps: Vec<Cap>) -> Told<Vec<Used>> {
        Box::pin(async move { Ok(vec![Used::default(); caps.len()]) })
    }
}
