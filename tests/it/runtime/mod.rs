//! Tests of `runtime`.

mod clipboard;
mod inbox;
