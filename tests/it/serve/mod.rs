//! Tests of `fareway::serve`.
