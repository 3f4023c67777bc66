//! Sessions, messages, ledger, settings, drafts, search: the only room that knows sled.
//!
//! [`Store`] is a handle to one thread. In the process that came first, that thread owns the files; in others it
//! asks the owner over a socket. Callers do not notice, not even when the owner goes away.
//!
//! In the data directory: `lock` (who owns), `owner.sock` (how to reach it), `store/` (sled, and `files/` for large
//! values), `journal/` (what was written since the last copy), `exports/` (a copy a day, for a week),
//! `store.broken-<time>/` (what was damaged).
//!
//! **Invariant:** acknowledged means on disk: flushed and synced, in the journal and in sled.
//! **Invariant:** nothing is lost without a word: what sled does not hold as it was written is found at opening.
//! **Invariant:** nothing is deleted because it does not read: damaged files are set aside.

mod apply;
mod carve;
mod disk;
mod error;
mod export;
mod files;
mod frame;
mod guard;
mod guest;
mod guests;
mod handle;
mod job;
mod journal;
mod keys;
mod ledger;
mod link;
mod op;
mod orphans;
mod owner;
mod patience;
mod pending;
mod place;
mod record;
mod replay;
mod rescue;
mod search;
mod sessions;
mod socket;
mod till;
mod txn;
mod write;
mod writer;

pub use error::StoreError;
pub use export::{ExportHeader, read_export};
pub use guard::panic_is_caught;
pub use handle::{Opened, Options, Store};
pub use op::{By, Changed, Dump, Found, Hit, Info, LedgerMark, LedgerRange, Op, Search, SessionMark, Slice};
pub use patience::patiently;
pub use pending::{Ack, Pending};
pub use record::{FORMAT, decode};
pub use search::{Token, tokens};
pub use write::{Patch, Write};
