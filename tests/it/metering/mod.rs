//! Tests of `fareway::metering`.
