//! Tests of `runtime`.

mod clipboard;
mod inbox;
mod settings;
