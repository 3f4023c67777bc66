//! Tests of `fareway::store`.
