//! Tests of the real binary: in a pty, headless, killed.

mod ask;
mod bad_input;
mod money;
mod serve;
mod terminal;
