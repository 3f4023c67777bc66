//! What is drawn where: one file a pane; each draws a part of the model and changes nothing.

pub mod bands;
mod block;
mod chart;
pub mod compare;
mod conversation;
mod dialogs;
mod endpoints;
pub mod figures;
mod find;
mod header;
mod help;
mod images;
mod lists;
pub mod message;
pub mod meter;
pub mod overlay;
mod picker;
mod preferences;
mod scroll;
pub mod status;
mod usage;
mod welcome;
mod whatif;
mod why;

pub use conversation::Conversation;
