//! Tests of `fareway::tui`.

mod markdown;
mod pace;
mod paint;
mod text;
mod composer;
mod paint;
mod panes;
mod theme;
