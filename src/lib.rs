//! fareway: chat with every language model from one terminal, with the meter always running.
//!
//! The rooms, who may use whom and why: ARCHITECTURE.md; `tests/it/rooms.rs` holds the sources to it.

pub mod app;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod gateway;
pub mod metering;
pub mod routing;
pub mod runtime;
pub mod serve;
pub mod store;
pub mod tui;
pub mod wire;
pub mod words;
