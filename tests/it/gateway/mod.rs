//! The gateway over real sockets against a scripted upstream.

mod begun;
pub mod bench;
mod budgets;
mod clocks;
mod dearer;
mod demo;
mod faults;
mod grammar;
mod hedge;
mod kept;
mod keys;
mod learning;
mod lists;
mod preview;
mod rescue;
mod rests;
mod seam;
mod stop;
mod tiers;
mod tls;
