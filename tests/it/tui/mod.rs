//! Tests of `fareway::tui`.

mod composer;
mod keyboard;
mod markdown;
mod pace;
mod paint;
mod panes;
mod terminal;
mod text;
mod theme;
