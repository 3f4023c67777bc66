//! Tests of `fareway::cli`.
