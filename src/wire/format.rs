//! What a wire format is: a request goes out, bytes come in, and an error body has a meaning.

use crate::words::{At, Delta, Endpoint, Failure, Request};

/// One wire format. Stateless; a row of [`super::FORMATS`].
pub trait Format: Send + Sync {
    /// The name `Endpoint::format` holds.
    fn name(&self) -> &'static str;

    /// The request as this endpoint wants it, always asking for a stream.
    ///
    /// A parameter that was not given is not sent. `Err` (`Unsupported`) when a part of the request cannot be said here.
    fn encode(&self, endpoint: &Endpoint, request: &Request) -> Result<Outgoing, Failure>;

    /// Hears one answer of that endpoint.
    fn decoder(&self, endpoint: &Endpoint) -> Box<dyn Decoder + Send>;

    /// What an answer that is no success means. `now` turns dates in headers into durations.
    fn failure(&self, status: u16, headers: &[(String, String)], body: &[u8], now: At) -> Failure;
}

/// Hears one answer: bytes in any cutting, streamed or whole, become deltas.
pub trait Decoder {
    /// Hears more bytes; what was understood is appended to `out`, also before an `Err`.
    ///
    /// `Err` is the end: a failure the provider reported in the stream, or bytes that are not the format's.
    fn feed(&mut self, bytes: &[u8], out: &mut Vec<Delta>) -> Result<(), Failure>;

    /// The bytes have ended. `Err` with `FailureKind::Cut` when the answer had not.
    fn finish(&mut self, out: &mut Vec<Delta>) -> Result<(), Failure>;
}

/// A request ready to be sent; the key is still missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Asked with POST.
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub auth: Auth,
}

/// Where the key goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    None,
    /// `Authorization: Bearer <key>`
    Bearer,
    /// `<name>: <key>`
    Header(&'static str),
}
