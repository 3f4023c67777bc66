//! Google Gemini, `streamGenerateContent` with an AI Studio key.

mod decode;
mod encode;
mod usage;

use super::framed::Framed;
use super::{Decoder, Format, Outgoing, Refusal, classify};
use crate::words::{At, Endpoint, Failure, Request};

pub const NAME: &str = "gemini";
/// Who may be sent the thought signatures back.
pub const THINKING: &str = "google-gemini-v1";
/// Ids we gave to calls that Google gave none begin so; they are not sent to it.
pub const OWN_ID: &str = "call-";

pub struct Gemini;

impl Format for Gemini {
    fn name(&self) -> &'static str {
        NAME
    }

    fn encode(&self, endpoint: &Endpoint, request: &Request) -> Result<Outgoing, Failure> {
        encode::encode(endpoint, request)
    }

    fn decoder(&self, _: &Endpoint) -> Box<dyn Decoder + Send> {
        Box::new(Framed::new(decode::Generation::default()))
    }

    fn failure(&self, status: u16, headers: &[(String, String)], body: &[u8], now: At) -> Failure {
        classify(NAME, &Refusal::read(status, body), headers, now)
    }
}
