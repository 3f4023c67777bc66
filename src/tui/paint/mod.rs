//! How a picture reaches the terminal: our own flush under ratatui's buffers, the pace of painting, enter and leave.

mod caps;
mod grid;
mod painter;
mod pen;
mod picture;
mod scroll;

pub use caps::{Caps, Environment};
pub use painter::{Painted, Painter};
pub use picture::{Link, Picture};
pub use scroll::ScrollHint;
