//! Tests of `fareway::app`.
