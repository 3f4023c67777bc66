//! Anthropic Messages.

mod blocks;
mod claude;
mod decode;
mod encode;
mod event;
mod params;
mod usage;

pub(super) use claude::Claude;

use super::framed::Framed;
use super::{Decoder, Format, Outgoing, Refusal, classify};
use crate::words::{At, Endpoint, Failure, Request};

pub const NAME: &str = "anthropic-messages";
/// Who may be sent the thinking back.
pub const THINKING: &str = "anthropic-claude-v1";

pub struct Anthropic;

impl Format for Anthropic {
    fn name(&self) -> &'static str {
        NAME
    }

    fn encode(&self, endpoint: &Endpoint, request: &Request) -> Result<Outgoing, Failure> {
        encode::encode(endpoint, request)
    }

    fn decoder(&self, _: &Endpoint) -> Box<dyn Decoder + Send> {
        Box::new(Framed::new(decode::Messages::default()))
    }

    fn failure(&self, status: u16, headers: &[(String, String)], body: &[u8], now: At) -> Failure {
        classify(NAME, &Refusal::read(status, body), headers, now)
    }
}
