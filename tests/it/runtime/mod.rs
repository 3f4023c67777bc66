//! Tests of `runtime`.

mod gather;
mod inbox;
mod settings;
