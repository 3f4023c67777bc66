//! Tests of `fareway::routing`.

mod plan;
mod support;
