//! The gateway over HTTP, OpenAI-compatible: the only room that knows axum.
//!
//! **Invariant:** no routing, no money and no wire format here. A request becomes `words::Request` in `wire::face`,
//! goes through the very same `Gateway::ask` as the terminal's, and the replies are written back by `wire::face`.

mod auth;
mod chat;
mod models;
mod router;
mod visitor;

pub use auth::Key;
pub use router::{Options, serve};
