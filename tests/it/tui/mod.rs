//! Tests of `fareway::tui`.

mod paint;
mod theme;
