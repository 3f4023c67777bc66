//! Tests of `fareway::gateway`.
