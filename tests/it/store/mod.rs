//! The store with real sled files, real sockets, and children that are killed.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod books;
mod crash;
mod damage;
mod export;
mod finding;
mod journal;
mod patience;
mod reading;
mod sharing;
mod support;
