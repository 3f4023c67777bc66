//! The imperative shell: feeds events in, carries effects out.

pub mod attach;
mod begin;
mod cards;
mod chat;
pub mod command;
mod copies;
mod core;
pub mod crash;
mod desk;
mod editor;
mod effects;
mod fresh;
mod gather;
mod health;
mod history;
mod inbox;
mod keys;
mod ledger;
mod news;
pub mod paths;
mod plain;
mod quotes;
mod reader;
pub mod reckon;
mod screen;
pub mod settings;
mod signals;
mod streams;
mod themes;

pub use self::core::{Core, counter, limits, names, options};
pub use self::keys::{Which, keys};
pub use begin::{Launch, catalog, first_model, formats};
pub use chat::chat;
pub use fresh::{find, hosts, keep, look, recalled};
pub use gather::Gather;
pub use history::{branch, find_session, last_session, shown_branch};
pub use inbox::{Heard, Inbox, inbox, join};
pub use signals::{Caught, Signals};
pub use streams::{Rest, Streams};
pub use themes::read as read_themes;

use crate::words::{At, Dice};

/// The clock. Everything below the shell is handed the time.
pub fn now() -> At {
    At(jiff::Timestamp::now().as_microsecond())
}

/// Dice seeded by the system.
pub fn dice() -> Dice {
    Dice::new(fastrand::u64(..))
}
