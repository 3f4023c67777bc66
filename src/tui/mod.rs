//! The picture and the keys: the only room that knows ratatui, crossterm and the text area.
