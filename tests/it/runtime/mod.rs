//! Tests of `runtime`.

mod gather;
mod inbox;
mod outside;
mod settings;
