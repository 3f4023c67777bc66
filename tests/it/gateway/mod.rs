//! The gateway over real sockets against a scripted upstream.

mod bench;
mod demo;
mod faults;
mod grammar;
mod keys;
mod stop;
