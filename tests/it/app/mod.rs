//! Tests of `fareway::app`: events in, effects out, compared by value.

mod keys;
mod session;
mod tree;
