//! The one test binary: a module for each room, and the tests of the real program in `program`.

mod app;
mod catalog;
mod cli;
mod config;
mod gateway;
mod metering;
mod program;
mod rooms;
mod routing;
mod runtime;
mod serve;
mod store;
mod support;
mod tui;
mod wire;
mod words;
