//! An attempt that speaks: its deltas one after the other until the reply is whole or breaks off.

use super::Attempt;
use super::deadline::{Alarm, Deadline};
use crate::gateway::transport::Body;
use crate::wire::Decoder;
use crate::words::{Delta, Endpoint, Failure, FailureKind, Outcome, Stop};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// After the stop reason only usage and an end mark can come: nobody waits the whole idle clock for them.
const GRACE: Duration = Duration::from_secs(2);

/// An attempt that has begun to speak.
pub struct Hearing {
    attempt: Attempt,
    body: Body,
    decoder: Box<dyn Decoder + Send>,
    first: Option<Vec<Delta>>,
    /// It broke off in the very piece that held its first token.
    broken: Option<Failure>,
    stop: Option<Stop>,
    over: bool,
    alarm: Alarm,
}

impl Hearing {
    pub(super) fn new(
        attempt: Attempt,
        body: Body,
        decoder: Box<dyn Decoder + Send>,
        first: Vec<Delta>,
        broken: Option<Failure>,
    ) -> Self {
        // let through without a token, it has ended already
        let over = attempt.ttft.is_none();
        let alarm = Alarm::at(attempt.books.deadline());
        Self { attempt, body, decoder, first: Some(first), broken, stop: None, over, alarm }
    }

    pub fn endpoint(&self) -> &Arc<Endpoint> {
        self.attempt.endpoint()
    }

    /// The next deltas; `None` when the reply is whole. After an error there is nothing more.
    pub async fn next(&mut self) -> Result<Option<Vec<Delta>>, Failure> {
        let mut deltas = Vec::new();
        let heard = match self.first.take() {
            Some(first) => {
                deltas = first;
                self.broken.take().map_or(Ok(()), Err)
            }
            None if self.over => return Ok(None),
            None => match self.broken.take() {
                Some(failure) => return Err(failure),
                None => self.read(&mut deltas).await,
            },
        };
        self.attempt.note(&deltas);
        self.stop = deltas.iter().find_map(stop_of).or(self.stop);
        match heard {
            Ok(()) if deltas.is_empty() && self.over => Ok(None),
            Ok(()) => Ok(Some(deltas)),
            // what came before the break is told first
            Err(failure) if !deltas.is_empty() => {
                self.broken = Some(failure);
                Ok(Some(deltas))
            }
            Err(failure) => Err(failure),
        }
    }

    async fn read(&mut self, deltas: &mut Vec<Delta>) -> Result<(), Failure> {
        let idle = self.attempt.books.core.options.clocks.idle;
        let wait = if self.stop.is_some() { idle.min(GRACE) } else { idle };
        let endpoint = Arc::clone(self.attempt.endpoint());
        let clock = Deadline::new(Instant::now() + wait, self.attempt.books.deadline(), || {
            Failure::new(
                FailureKind::IdleTimeout,
                format!(
                    "{} fell silent for {} s in the middle of its reply",
                    endpoint.provider_name,
                    idle.as_secs_f32()
                ),
            )
        });
        match clock.wait_by(&mut self.alarm, self.body.chunk()).await {
            Ok(Some(bytes)) => self.decoder.feed(&bytes, deltas),
            Ok(None) => {
                self.over = true;
                self.decoder.finish(deltas).map(|()| self.attempt.whole = true)
            }
            // everything was said; only the end mark is missing
            Err(_) if self.stop.is_some() => {
                self.over = true;
                self.decoder.finish(deltas).or(Ok(()))
            }
            Err(failure) => Err(failure),
        }
    }

    /// The reply is whole.
    pub fn done(mut self) {
        self.attempt.outcome = Outcome::Answered;
    }

    /// It broke off.
    pub fn broke(self, failure: Failure) -> Failure {
        self.attempt.fail(failure)
    }

    pub fn key(&self) -> u32 {
        self.attempt.key()
    }

    /// The reason it gave for stopping.
    pub fn stop(&self) -> Option<Stop> {
        self.stop
    }

    /// Tokens it has said so far, by our count.
    pub fn said(&self) -> u64 {
        self.attempt.counted().output()
    }
}

fn stop_of(delta: &Delta) -> Option<Stop> {
    match delta {
        Delta::Stop { reason, .. } => Some(*reason),
        _ => None,
    }
}
