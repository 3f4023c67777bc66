//! The imperative shell: feeds events in, carries effects out.

mod clipboard;
mod history;
mod inbox;
mod orphans;
mod signals;
mod terminal;

pub use clipboard::{Between, osc52};
pub use history::{branch, find_session, last_session, shown_branch};
pub use inbox::{Heard, Inbox, inbox, join};
pub use orphans::{close, settle};
pub use signals::{Caught, Signals};
pub use terminal::{Terminal, guard_panics, leave};

use crate::words::{At, Dice};

/// The clock. Everything below the shell is handed the time.
pub fn now() -> At {
    At(jiff::Timestamp::now().as_microsecond())
}

/// Dice seeded by the system.
pub fn dice() -> Dice {
    Dice::new(fastrand::u64(..))
}
