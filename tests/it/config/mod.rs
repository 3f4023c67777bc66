//! Tests of `fareway::config`.
