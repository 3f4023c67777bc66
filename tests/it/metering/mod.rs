mod advice;
mod budget;
mod cost;
mod count;
mod ledger;
mod live;
mod report;
mod whatif;
