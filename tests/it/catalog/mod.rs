//! Tests of `fareway::catalog`.
