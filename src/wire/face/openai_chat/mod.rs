//! OpenAI's chat completions as a server speaks them, with OpenRouter's fields on top.

mod aside;
mod error;
mod messages;
mod reply;
mod request;
mod stream;
mod usage;

pub use error::{error, whole_seconds};
pub use reply::Whole;
pub use request::{Incoming, parse};
pub use stream::{KEEP_ALIVE, Streamed};
