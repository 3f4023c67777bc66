//! Tests of `fareway::wire`.
