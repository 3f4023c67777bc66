//! The picture and the keys: the only room that knows ratatui, crossterm and the text area.

pub mod markdown;
pub mod paint;
pub mod text;
pub mod theme;
