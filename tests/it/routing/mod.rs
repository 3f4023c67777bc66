//! Tests of `fareway::routing`.
