//! How an endpoint has been doing lately: speed, failures, load, rests. Changed only by what attempts report.

mod book;
mod breaker;
mod quantiles;
mod rate;

pub use book::{End, HealthBook, Ticket};
pub use breaker::{Admission, Breaker};
pub use quantiles::Quantiles;
pub use rate::Rate;

use crate::words::{At, Failure, FailureKind};
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
