//! Tests of the real binary: in a pty, headless, killed.

mod terminal;
