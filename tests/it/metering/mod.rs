mod advice;
mod budget;
mod cost;
mod count;
pub mod ledger;
mod live;
mod report;
mod whatif;
