//! Images that come with messages: what they are, how large they stand in cells, and the bytes that show them.

mod decode;
mod head;
mod sixel;
mod slice;
mod wire;

pub use head::{Kind, look};
pub use slice::{Extent, Image, Slice, fit};
pub use wire::{Graphics, forget_kitty, send};
