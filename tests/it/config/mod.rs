//! Tests of `config`.

mod example;
mod keys;
mod mistakes;
mod origin;
