//! How each endpoint has been doing lately: speed, failures, load, rests. Changed only by what attempts report.

mod breaker;
mod quantiles;
mod rate;

pub use breaker::{Admission, Breaker};
pub use quantiles::Quantiles;
pub use rate::Rate;

use crate::catalog::fingerprint;
use crate::routing::hash::{Set, Table};
use crate::words::{At, Attempt, Endpoint, EndpointId, Failure, FailureKind, Outcome};
use std::time::Duration;

/// Speed fades slowly: one person makes few measurements.
pub const SPEED_HALF_LIFE: Duration = Duration::from_secs(30 * 60);
/// Failures fade fast: outages end.
pub const FAILURE_HALF_LIFE: Duration = Duration::from_secs(10 * 60);
/// OpenRouter's window for "a significant outage just now".
pub const RECENT: Duration = Duration::from_secs(30);
/// Shares of failures mean nothing below so many requests (OpenRouter asks for 100; one person has fewer).
const ENOUGH: f64 = 5.0;
/// Shares of failures that are noticed, and that are too many.
const SOME: f64 = 0.05;
const MANY: f64 = 0.20;

/// How well an endpoint stands; better ones come first whatever they cost. OpenRouter's uptime tiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// At least 95 % of requests answered, no outage in the last 30 seconds.
    Well,
    /// An outage just now, or 80 to 94 %.
    Shaky,
    /// Below 80 %: a last resort.
    Failing,
    /// Must not be asked now: its breaker rests, its keys cool down, or it is at its limit.
    Resting,
}

/// What is known of one endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    /// Seconds to the first token.
    pub ttft: Quantiles,
    /// Tokens per second after the first token.
    pub throughput: Quantiles,
    /// Answered against outages (`FailureKind::is_outage`).
    pub uptime: Rate,
    /// Answered against refused with 429.
    pub limits: Rate,
    /// Well-formed against malformed tool calls.
    pub tools: Rate,
    pub breaker: Breaker,
    pub in_flight: u32,
    /// How many at once it has been seen to take, learned from 429s; `None`: no limit met.
    pub cap: Option<f64>,
    pub last_outage: Option<At>,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            ttft: Quantiles::seconds(),
            throughput: Quantiles::per_second(),
            uptime: Rate::default(),
            limits: Rate::default(),
            tools: Rate::default(),
            breaker: Breaker::default(),
            in_flight: 0,
            cap: None,
            last_outage: None,
        }
    }
}

impl Health {
    pub fn standing(&self, now: At) -> Standing {
        if self.resting(now).is_some() {
            return Standing::Resting;
        }
        let bad = match self.uptime.bad_share() {
            Some(bad) if bad > SOME && self.uptime.count(now, FAILURE_HALF_LIFE) >= ENOUGH => bad,
            _ => 0.0,
        };
        if bad > MANY {
            Standing::Failing
        } else if bad > SOME || self.last_outage.is_some_and(|at| now.since(at) < RECENT) {
            Standing::Shaky
        } else {
            Standing::Well
        }
    }

    /// Why it must not be asked now; `None`: it may.
    pub fn resting(&self, now: At) -> Option<String> {
        match self.breaker.admission(now) {
            Admission::Rest(until) => {
                let left = until.since(now).as_secs_f64().ceil();
                return Some(format!("rests {left:.0} s after failures in a row"));
            }
            Admission::Busy => return Some("a probe is finding out whether it is back".to_owned()),
            Admission::Go | Admission::Probe => {}
        }
        match self.cap {
            Some(cap) if f64::from(self.in_flight) + 1.0 > cap => {
                Some(format!("is at its learned limit of {cap:.0} at once"))
            }
            _ => None,
        }
    }

    /// The share of requests that ended in an outage, once there are enough of them.
    pub fn failure_share(&self, now: At) -> Option<f64> {
        self.uptime.bad_share().filter(|_| self.uptime.count(now, FAILURE_HALF_LIFE) >= ENOUGH)
    }

    /// The share of malformed tool calls, once there are enough of them.
    pub fn malformed_share(&self, now: At) -> Option<f64> {
        self.tools.bad_share().filter(|_| self.tools.count(now, SPEED_HALF_LIFE) >= ENOUGH)
    }
}

/// An attempt under way. Not `Clone`: what [`HealthBook::started`] counted up, one `finished` counts down.
#[derive(Debug, PartialEq)]
#[must_use = "an attempt that is never finished stays in flight for ever"]
pub struct Ticket {
    endpoint: EndpointId,
    /// Which of all attempts, so that a late probe is not taken for the one now on its way.
    attempt: u64,
    longest_rest: Duration,
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

    /// How it stands; well if it was never asked.
    pub fn standing(&self, fingerprint: u64, endpoint: &Endpoint, now: At) -> Standing {
        if self.troubled.is_empty() || !self.troubled.contains(&fingerprint) {
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

    /// The person says it is back (a key was changed, a server restarted): rests end, speed is kept.
    pub fn forgive(&mut self, endpoint: &EndpointId) {
        if let Some(health) = self.of.get_mut(endpoint.as_str()) {
            health.breaker = Breaker::default();
            health.cap = None;
            health.last_outage = None;
            health.uptime = Rate::default();
        }
        self.look_over(endpoint);
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

impl Health {
    /// Stands well now and at any later time, as long as nothing more is heard of it.
    fn is_spotless(&self) -> bool {
        matches!(self.breaker, Breaker::Closed { .. })
            && self.cap.is_none()
            && self.last_outage.is_none()
            && self.uptime.bad_share().is_none_or(|bad| bad <= SOME)
    }

    fn answered(&mut self, now: At) {
        self.last_outage = self.last_outage.filter(|at| now.since(*at) < RECENT);
        self.uptime.add(true, now, FAILURE_HALF_LIFE);
        self.limits.add(true, now, FAILURE_HALF_LIFE);
        self.breaker.succeeded();
        // the learned limit rises again while it is made use of, and is forgotten when it is far away
        self.cap = self.cap.map(|cap| cap + 0.25).filter(|cap| *cap < 64.0);
    }

    #[allow(clippy::cast_precision_loss, reason = "token counts are far below 2^52")]
    fn streamed(&mut self, tokens: u64, took: Duration, now: At) {
        // a handful of tokens measures the network's buffers, not the model
        if tokens >= 8 && took >= Duration::from_millis(1) {
            self.throughput.add(tokens as f64 / took.as_secs_f64(), now, SPEED_HALF_LIFE);
        }
    }

    fn failed(&mut self, ticket: &Ticket, failure: &Failure, now: At) {
        let kind = failure.kind;
        if kind == FailureKind::RateLimited {
            self.limits.add(false, now, FAILURE_HALF_LIFE);
            self.cap = Some((f64::from(self.in_flight) * 0.7).max(1.0));
        }
        if !speaks_against(kind) {
            self.breaker.undecided(ticket.attempt, now);
            return;
        }
        self.uptime.add(false, now, FAILURE_HALF_LIFE);
        self.last_outage = Some(now);
        self.breaker.failed(ticket.attempt, ticket.longest_rest, failure.retry_after, now);
    }
}

/// OpenRouter's rule, except that 401 and 402 are our own key's trouble here: the key rests, see `KeyBook`.
fn speaks_against(kind: FailureKind) -> bool {
    kind.is_outage() && !matches!(kind, FailureKind::Auth | FailureKind::Quota)
}
