//! Tests of `fareway::tui`.
