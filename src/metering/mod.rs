//! Usage to money: what a request cost, what it will cost, what it may cost; pure and exact.

mod bill;
mod cost;
mod price;

pub use bill::{Bill, Ended, Mismatch, bill, mismatch};
pub use cost::{cost, estimate};
pub use price::{InForce, in_force};
