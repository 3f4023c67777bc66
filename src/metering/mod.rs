//! Usage to money: what a request cost, what it will cost, what it may cost; pure and exact.

mod advice;
mod bill;
mod budget;
mod cost;
mod count;
mod limit;
mod live;
mod price;
mod quote;
mod report;
mod reservation;
mod tally;
mod tokenizer;
mod whatif;

pub use advice::{Advice, advise};
pub use bill::{Bill, Ended, Mismatch, bill, mismatch};
pub use budget::{Applied, Budgets, standing};
pub use cost::{amount, cost, estimate};
pub use count::Counter;
pub use limit::{Limit, Scope, Window};
pub use live::{Live, Reading};
pub use price::{InForce, in_force};
pub use quote::{Quote, Turn, beside, quote};
pub use report::{Figures, RateSpread, Split, Spread, percent, ranking, report, spent};
pub use reservation::{Ask, Basis, Refusal, Standing, Unpriced, Warning};
pub use tally::Tally;
pub use tokenizer::Tokenizer;
pub use whatif::{Elsewhere, Past, Target, WhatIf, what_if};
