//! Usage to money: what a request cost, what it will cost, what it may cost; pure and exact.

mod advice;
mod bill;
mod budget;
mod cost;
mod count;
mod live;
mod price;
mod quote;
mod report;
mod tally;
mod whatif;

pub use advice::{Advice, advise};
pub use bill::{Bill, Ended, Mismatch, bill, mismatch};
pub use budget::{
    Ask, Basis, Budgets, Limit, Refusal, Reservation, Scope, Standing, Unpriced, Warning, Window,
};
pub use cost::{amount, cost, estimate};
pub use count::{Counter, exact, has_tokenizer};
pub use live::{Live, Reading};
pub use price::{InForce, in_force};
pub use quote::{Quote, Turn, beside, quote};
pub use report::{Figures, RateSpread, Split, Spread, ranking, report};
pub use tally::Tally;
pub use whatif::{Elsewhere, Target, WhatIf, what_if};
