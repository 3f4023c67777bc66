//! Tests of `fareway::tui`.

mod composer;
mod find;
mod images;
mod keyboard;
mod long;
mod markdown;
mod overlays;
mod pace;
mod paint;
mod panes;
mod terminal;
mod terminals_doc;
mod text;
mod theme;
mod vi;
