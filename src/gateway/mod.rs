//! One request in, one stream of replies out: attempts, fallback, rescue, settlement.
//!
//! **Invariant:** a reply is a stream, and whoever drops it has closed the socket, settled the attempt and written its
//! row. No task runs behind it. `reqwest` is named in `transport/` only, and so are keys in clear.

mod ask;
mod attempt;
mod books;
mod budget;
mod clock;
mod collections;
mod count;
mod demo;
#[allow(clippy::module_inception, reason = "the room's main thing has the room's name")]
mod gateway;
mod hosts;
mod keys;
mod ledger;
mod lists;
mod options;
mod preview;
mod stream;
mod transport;

pub use ask::{Continuation, Seam};
pub use collections::Sources;
pub use gateway::Gateway;
pub use keys::{Key, Keys};
pub use ledger::{Ledger, NoLedger, Told};
pub use lists::Found;
pub use options::{Clocks, Options};
pub use preview::Preview;
pub use stream::ReplyStream;
