//! Ollama's own `/api/chat`: a JSON object a line.

mod decode;
mod encode;

use super::framed::Framed;
use super::{Decoder, Format, Outgoing, Refusal, classify};
use crate::words::{At, Endpoint, Failure, Request};

pub const NAME: &str = "ollama";

pub struct Ollama;

impl Format for Ollama {
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
