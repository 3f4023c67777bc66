//! Tests of `fareway::words`.
