//! Tests of `fareway::words`.

mod clean;
mod rollup;
mod usd;
