//! Tests of `runtime`.

mod inbox;
mod settings;
