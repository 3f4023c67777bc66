//! OpenAI chat completions, and every dialect of it (`quirks.rs` holds the differences).

mod calls;
mod chunk;
mod content;
mod custom;
mod decode;
mod encode;
mod messages;
mod reasoning;
mod thinking;
mod usage;

use super::framed::Framed;
use super::{Decoder, Format, Outgoing, Refusal, classify};
use crate::words::{At, Endpoint, Failure, Request};

pub use messages::address;
pub use thinking::effort_name;
pub use usage::usage;

pub const NAME: &str = "openai-chat";

pub struct OpenAiChat;

impl Format for OpenAiChat {
    fn name(&self) -> &'static str {
        NAME
    }

    fn encode(&self, endpoint: &Endpoint, request: &Request) -> Result<Outgoing, Failure> {
        encode::encode(endpoint, request)
    }

    fn decoder(&self, endpoint: &Endpoint) -> Box<dyn Decoder + Send> {
        Box::new(Framed::new(decode::Chat::of(endpoint)))
    }

    fn failure(&self, status: u16, headers: &[(String, String)], body: &[u8], now: At) -> Failure {
        classify(NAME, &Refusal::read(status, body), headers, now)
    }
}
