//! Tests of `fareway::words`.

mod clean;
mod needle;
mod rollup;
mod terms;
mod took;
mod usd;
