//! How a picture reaches the terminal: our own flush under ratatui's buffers, the pace of painting, enter and leave.

mod caps;
mod grid;
mod images;
mod ink;
mod osc;
mod output;
mod pace;
mod painter;
mod pen;
mod picture;
mod plain;
mod scroll;
mod terminal;

pub use caps::{Caps, Environment};
pub use images::{MOST as MOST_CELLS, PLACEHOLDER};
pub use osc::{CLIPBOARD_LIMIT, Clipboard, Notify, QUESTION, Wrap, clipboard, notify, progress, title};
pub use output::Output;
pub use pace::{Due, LineStats, Pace, Rates};
pub use painter::{Painted, Painter};
pub use picture::{Link, Picture};
pub use plain::Plain;
pub use terminal::{Modes, Terminal, restore};
