//! OpenAI Responses.

mod decode;
mod encode;
mod event;
mod thoughts;

use super::framed::Framed;
use super::{Decoder, Format, Outgoing, Refusal, classify};
use crate::words::{At, Endpoint, Failure, Request};

pub const NAME: &str = "openai-responses";

pub struct OpenAiResponses;

impl Format for OpenAiResponses {
    fn name(&self) -> &'static str {
        NAME
    }

    fn encode(&self, endpoint: &Endpoint, request: &Request) -> Result<Outgoing, Failure> {
        encode::encode(endpoint, request)
    }

    fn decoder(&self, endpoint: &Endpoint) -> Box<dyn Decoder + Send> {
        Box::new(Framed::new(decode::Response::new(thinking(endpoint), super::own(endpoint))))
    }

    fn failure(&self, status: u16, headers: &[(String, String)], body: &[u8], now: At) -> Failure {
        classify(NAME, &Refusal::read(status, body), headers, now)
    }
}

/// Who may be sent the thinking back: only the vendor that encrypted it.
fn thinking(endpoint: &Endpoint) -> String {
    match endpoint.provider.as_str() {
        "openai" => "openai-responses-v1".to_owned(),
        "azure" => "azure-openai-responses-v1".to_owned(),
        provider => format!("{provider}-responses-v1"),
    }
}
