//! Asking an endpoint and waiting for its first token: everything that can go wrong before it is a failure.

use super::deadline::Deadline;
use super::{Attempt, Hearing};
use crate::gateway::transport::{Answer, Body, Call};
use crate::wire::{self, Auth, Decoder, Outgoing};
use crate::words::{Delta, Endpoint, Failure, FailureKind, Request, Stop};
use std::sync::Arc;
use std::time::Duration;

/// How much of an error body is read.
const ERROR_BODY: usize = 256 * 1024;

/// How much of a web page is read.
const PAGE: usize = 2048;

/// An answer that has begun: its body, who reads it, what it said so far, and the fault that came right behind.
type Opened = (Body, Box<dyn Decoder + Send>, Vec<Delta>, Option<Failure>);

impl Attempt {
    /// Asks, and waits for the first token. A failure ends the attempt.
    pub async fn first_token(mut self, request: &Request) -> Result<Hearing, Failure> {
        match self.open(request).await {
            Ok((body, decoder, deltas, broken)) => Ok(Hearing::new(self, body, decoder, deltas, broken)),
            Err(failure) => Err(self.fail(failure)),
        }
    }

    async fn open(&mut self, request: &Request) -> Result<Opened, Failure> {
        let endpoint = Arc::clone(&self.aim.endpoint);
        let format = wire::format(&endpoint.format).ok_or_else(|| {
            Failure::new(
                FailureKind::Unsupported,
                format!(
                    "`{}` of {} is no wire format that fareway speaks",
                    endpoint.format, endpoint.provider_name
                ),
            )
        })?;
        let call = self.call(format.encode(&endpoint, &super::tier::tiered(&endpoint, request))?)?;
        let clocks = &self.books.core.options.clocks;
        let patience = if endpoint.local { clocks.first_token_local } else { clocks.first_token };
        let clock =
            Deadline::new(self.t0 + patience, self.books.deadline(), || first_late(&endpoint, patience));
        let books = Arc::clone(&self.books);
        let Answer { status, headers, mut body } = clock.wait(books.core.transport.send(call)).await?;
        self.status = Some(status);
        if !(200..300).contains(&status) {
            let text = clock.wait(async { Ok(body.gather(ERROR_BODY).await) }).await?;
            let mut failure = format.failure(status, &headers, &text, self.books.now());
            failure.status = Some(status);
            return Err(failure);
        }
        let says_page = headers
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case("content-type") && value.starts_with("text/html"));
        let mut head = Vec::new();
        if says_page {
            // some servers label whatever they send so: how it begins tells what it is
            while head.len() < PAGE && begins_as_reply(&head).is_none() {
                let Some(bytes) = clock.wait(body.chunk()).await? else { break };
                head.extend_from_slice(&bytes);
            }
            if begins_as_reply(&head) != Some(true) {
                let rest = PAGE.saturating_sub(head.len());
                if rest > 0 {
                    head.extend(clock.wait(async { Ok(body.gather(rest).await) }).await?);
                }
                return Err(a_page(&endpoint, &head));
            }
        }
        let mut decoder = format.decoder(&endpoint);
        let mut deltas = Vec::new();
        loop {
            let chunk = match std::mem::take(&mut head) {
                none if none.is_empty() => clock.wait(body.chunk()).await,
                head => Ok(Some(head.into())),
            };
            let heard = match chunk {
                Ok(Some(bytes)) => decoder.feed(&bytes, &mut deltas).map(|()| false),
                Ok(None) => decoder.finish(&mut deltas).map(|()| true),
                Err(failure) => Err(failure),
            };
            let token = deltas.iter().any(is_token);
            match heard {
                // what was said before it broke off was said
                Err(failure) if token => {
                    self.started_to_speak();
                    return Ok((body, decoder, deltas, Some(failure)));
                }
                Err(failure) => {
                    self.note(&deltas);
                    return Err(failure);
                }
                Ok(_) if token => {
                    self.started_to_speak();
                    return Ok((body, decoder, deltas, None));
                }
                Ok(true) => {
                    self.note(&deltas);
                    return self.silent(&deltas).map(|()| (body, decoder, deltas, None));
                }
                Ok(false) => {}
            }
        }
    }

    fn call(&self, outgoing: Outgoing) -> Result<Call, Failure> {
        let endpoint = &self.aim.endpoint;
        let keys = self.books.core.keys();
        let key = usize::try_from(self.aim.key).ok().and_then(|place| keys.of(&endpoint.provider).get(place));
        let key = match (outgoing.auth, key) {
            (Auth::Bearer, Some(key)) => Some(("authorization".to_owned(), "Bearer ", key.secret.clone())),
            (Auth::Header(name), Some(key)) => Some((name.to_owned(), "", key.secret.clone())),
            (Auth::None, _) | (_, None) => None,
        };
        let needs = !(endpoint.local || endpoint.demo) && outgoing.auth != Auth::None;
        if needs
            && key.is_none()
            && self.books.core.catalog().provider(endpoint.provider.as_str()).is_some_and(|p| p.needs_key())
        {
            return Err(self.books.core.no_key(endpoint));
        }
        Ok(Call { url: outgoing.url, headers: outgoing.headers, body: Some(outgoing.body), key })
    }

    /// A success without a single token: fine if thinking or a limit took them all, else a failure.
    fn silent(&mut self, deltas: &[Delta]) -> Result<(), Failure> {
        let name = &self.aim.endpoint.provider_name;
        let stop = deltas.iter().find_map(|delta| match delta {
            Delta::Stop { reason, .. } => Some(*reason),
            _ => None,
        });
        match stop {
            Some(Stop::Length) => Ok(()),
            // whoever goes on with a reply may have nothing to add to it: that is judged where the text is known
            Some(Stop::Stop) if self.aim.rescue => Ok(()),
            Some(Stop::ContentFilter) => Err(Failure::new(
                FailureKind::Moderation,
                format!("{name} answered nothing: its filter refused the prompt or the reply"),
            )),
            _ => Err(Failure::new(FailureKind::Empty, format!("{name} answered without a single token"))),
        }
    }
}

/// Whether a body that is labelled a web page begins as an event stream or JSON does; `None`: too little of it is here.
fn begins_as_reply(body: &[u8]) -> Option<bool> {
    const BEGINNINGS: [&str; 7] = ["data:", "event:", "id:", "retry:", ":", "{", "["];
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body).trim_ascii_start();
    if BEGINNINGS.iter().any(|b| body.starts_with(b.as_bytes())) {
        Some(true)
    } else if BEGINNINGS.iter().any(|b| b.as_bytes().starts_with(body)) {
        None
    } else {
        Some(false)
    }
}

fn a_page(endpoint: &Endpoint, text: &[u8]) -> Failure {
    let mut failure = Failure::new(
        FailureKind::Malformed,
        format!(
            "{} answered with a web page instead of a reply: is {} the address of an API?",
            endpoint.provider_name, endpoint.base_url
        ),
    );
    failure.raw =
        Some(crate::words::clean(&String::from_utf8_lossy(&text[..text.len().min(PAGE)])).into_owned());
    failure
}

fn first_late(endpoint: &Endpoint, patience: Duration) -> Failure {
    Failure::new(
        FailureKind::FirstTokenTimeout,
        format!("{} said nothing within {} s", endpoint.provider_name, patience.as_secs_f32()),
    )
}

/// Something a reader would see: what the first-token clock waits for.
pub(super) fn is_token(delta: &Delta) -> bool {
    match delta {
        Delta::Text(text) => !text.is_empty(),
        Delta::Reasoning { piece, .. } => !piece.text.is_empty() || piece.data.is_some(),
        Delta::ToolCall { .. } | Delta::Image(_) => true,
        // a call of another tool than a function
        Delta::Opaque { value, .. } => value.get("tool_call").is_some(),
        _ => false,
    }
}
