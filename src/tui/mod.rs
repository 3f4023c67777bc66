//! The picture and the keys: the only room that knows ratatui, crossterm and the text area.

mod composer;
pub mod image;
mod input;
mod keyboard;
mod modal;
mod panes;
mod vi;
mod view;

pub mod markdown;
pub mod paint;
pub mod text;
pub mod theme;

pub use composer::Composer;
pub use input::{join, key};
pub use keyboard::{Input, Keyboard};
pub use panes::Conversation;
pub use vi::Mode;
pub use view::{LEAST, Tui};
