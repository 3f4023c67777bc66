//! Text in columns: widths, tabs, wrapping, and rows that are laid out and ready to draw.
//!
//! **Invariant:** a row never holds a control character, and never takes more columns than it was wrapped to
//! (one cluster that is wider than a whole row stands alone, and is left out when the row is drawn).

mod put;
mod row;
mod width;
mod wrap;

pub use put::put;
pub use row::{Face, Joint, Row, RowKind};
pub use width::{expand_tabs, fit, graphemes, width};
pub use wrap::{Line, Piece, Prefix, chop, wrap};

pub(crate) use row::RowBuilder;
