//! Tests of `fareway::runtime`.
