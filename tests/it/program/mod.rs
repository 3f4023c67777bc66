//! Tests of the real binary: in a pty, headless, killed.

mod ask;
mod bad_input;
mod decode;
mod discover;
mod keys;
mod money;
mod panic;
mod plain;
mod proxy;
mod resize;
mod serve;
mod terminal;
