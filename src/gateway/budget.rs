//! Money set aside before a request is sent, and given back when it is settled.

use super::books::Books;
use crate::words::{Cost, Endpoint, Failure};

/// All budgets, behind one lock.
#[derive(Default)]
pub(super) struct Purse;

/// What was set aside for one attempt.
#[derive(Default)]
pub(super) struct Reserved;

impl Purse {
    pub fn reserve(&self, _: &Books, _: &Endpoint, _: u64) -> Result<Reserved, Failure> {
        Ok(Reserved)
    }

    pub fn settle(&self, _: Reserved, _: &Cost, _: &Books) {}
}
