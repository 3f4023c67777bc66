//! The health of every endpoint that has been asked, and the attempts under way: what begins is counted, what ends counted off.

use super::{Admission, FAILURE_HALF_LIFE, Health, SPEED_HALF_LIFE, Standing, breaker, speaks_against};
use crate::catalog::fingerprint;
use crate::routing::hash::{Set, Table};
use crate::words::{At, Attempt, Endpoint, EndpointId, Failure, Outcome};
use std::time::Duration;

/// An attempt under way. Not `Clone`: what [`HealthBook::started`] counted up, one `finished` counts down.
#[derive(Debug, PartialEq)]
#[must_use = "an attempt that is never finished stays in flight for ever"]
pub struct Ticket {
    endpoint: EndpointId,
    /// Which of all attempts, so that a late probe is not taken for the one now on its way.
    pub(super) attempt: u64,
    pub(super) longest_rest: Duration,
    started: At,
    first: Option<At>,
}

impl Ticket {
    pub fn endpoint(&self) -> &EndpointId {
        &self.endpoint
    }

    pub fn started(&self) -> At {
        self.started
    }

    /// Time to the first token, once it has come.
    pub fn ttft(&self) -> Option<Duration> {
        self.first.map(|at| at.since(self.started))
    }
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End<'a> {
    /// With so many output tokens.
    Answered {
        tokens: u64,
    },
    Cancelled,
    Failed(&'a Failure),
}

/// The health of every endpoint that has been asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HealthBook {
    of: Table<EndpointId, Health>,
    /// Attempts begun since the start.
    begun: u64,
    /// The fingerprints of those with any blemish. Whoever is not here stands well, so that planning over a thousand
    /// endpoints need not open a thousand records.
    troubled: Set<u64>,
}

impl HealthBook {
    pub fn get(&self, endpoint: &EndpointId) -> Option<&Health> {
        self.of.get(endpoint.as_str())
    }

    /// Whether nothing speaks against it: most are told by their fingerprint, and their records stay closed.
    #[inline]
    pub(in crate::routing) fn is_well(&self, fingerprint: u64) -> bool {
        self.troubled.is_empty() || !self.troubled.contains(&fingerprint)
    }

    /// How it stands; well if it was never asked.
    pub fn standing(&self, fingerprint: u64, endpoint: &Endpoint, now: At) -> Standing {
        if self.is_well(fingerprint) {
            return Standing::Well;
        }
        self.get(&endpoint.id).map_or(Standing::Well, |health| health.standing(now))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&EndpointId, &Health)> {
        self.of.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Attempts under way at all endpoints.
    pub fn in_flight(&self) -> u64 {
        self.of.values().map(|health| u64::from(health.in_flight)).sum()
    }

    /// Whether the endpoint may be asked now. Ask right before [`HealthBook::started`]: a plan may be seconds old.
    pub fn admission(&self, endpoint: &EndpointId, now: At) -> Admission {
        self.get(endpoint).map_or(Admission::Go, |health| health.breaker.admission(now))
    }

    /// An attempt begins.
    pub fn started(&mut self, endpoint: &Endpoint, now: At) -> Ticket {
        self.begun += 1;
        let attempt = self.begun;
        let health = self.entry(&endpoint.id);
        health.in_flight += 1;
        health.breaker.enter(attempt, now);
        let longest_rest = breaker::longest_rest(endpoint);
        Ticket { endpoint: endpoint.id.clone(), attempt, longest_rest, started: now, first: None }
    }

    /// Its first token came.
    pub fn first_token(&mut self, ticket: &mut Ticket, now: At) {
        if ticket.first.is_some() {
            return;
        }
        ticket.first = Some(now);
        let waited = now.since(ticket.started).as_secs_f64();
        self.entry(&ticket.endpoint).ttft.add(waited, now, SPEED_HALF_LIFE);
    }

    /// It ended, in whatever way.
    pub fn finished(&mut self, ticket: Ticket, end: End<'_>, now: At) {
        let health = self.entry(&ticket.endpoint);
        health.in_flight = health.in_flight.saturating_sub(1);
        match end {
            End::Answered { tokens } => {
                health.answered(now);
                if let Some(first) = ticket.first {
                    health.streamed(tokens, now.since(first), now);
                }
            }
            End::Cancelled => {
                health.breaker.undecided(ticket.attempt, now);
                // whoever gave up waiting has seen how slow it is, if not how slow exactly
                let waited = now.since(ticket.started).as_secs_f64();
                if ticket.first.is_none() && health.ttft.median().is_some_and(|median| waited > median) {
                    health.ttft.add(waited, now, SPEED_HALF_LIFE);
                }
            }
            End::Failed(failure) => health.failed(&ticket, failure, now),
        }
        self.look_over(&ticket.endpoint);
    }

    /// A tool call was heard to its end: could its arguments be read, and was the tool known?
    pub fn tool_call(&mut self, endpoint: &EndpointId, well_formed: bool, now: At) {
        self.entry(endpoint).tools.add(well_formed, now, SPEED_HALF_LIFE);
    }

    /// What an attempt of an earlier run tells: called for recent rows of the ledger, oldest first.
    pub fn remember(&mut self, attempt: &Attempt) {
        let ended = attempt.started + attempt.total;
        let health = self.entry(&attempt.endpoint);
        if let Some(ttft) = attempt.ttft {
            health.ttft.add(ttft.as_secs_f64(), ended, SPEED_HALF_LIFE);
        }
        match &attempt.outcome {
            Outcome::Answered => {
                health.uptime.add(true, ended, FAILURE_HALF_LIFE);
                if let Some(ttft) = attempt.ttft {
                    health.streamed(attempt.usage.output(), attempt.total.saturating_sub(ttft), ended);
                }
            }
            Outcome::Failed(failure) if speaks_against(failure.kind) => {
                health.uptime.add(false, ended, FAILURE_HALF_LIFE);
            }
            Outcome::Failed(_) | Outcome::Cancelled => {}
        }
        self.look_over(&attempt.endpoint);
    }

    fn look_over(&mut self, endpoint: &EndpointId) {
        if self.get(endpoint).is_none_or(Health::is_spotless) {
            self.troubled.remove(&fingerprint(endpoint));
        } else {
            self.troubled.insert(fingerprint(endpoint));
        }
    }

    fn entry(&mut self, endpoint: &EndpointId) -> &mut Health {
        self.of.entry(endpoint.clone()).or_default()
    }
}
