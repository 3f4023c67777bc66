//! Tests of `fareway::words`.

mod clean;
mod needle;
mod rollup;
mod took;
mod usd;
