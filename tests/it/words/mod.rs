//! Tests of `fareway::words`.

mod clean;
mod needle;
mod printed;
mod rollup;
mod terms;
mod took;
mod usd;
