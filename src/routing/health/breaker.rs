//! A circuit breaker: after failures in a row an endpoint rests, then one probe decides; each rest is longer.

use crate::words::{At, Endpoint};
use std::time::Duration;

/// Failures in a row before the first rest.
const STRIKES: u32 = 3;
const FIRST_REST: Duration = Duration::from_secs(1);
/// Rests grow up to here: whoever has nobody else to ask can wait that out.
const LONGEST_GUESS: Duration = Duration::from_secs(20);
/// An endpoint may ask for longer.
const LONGEST_REST: Duration = Duration::from_secs(60);
/// A server on this machine is tried again soon: nobody is burdened, and the person has probably just restarted it.
const LONGEST_LOCAL_REST: Duration = Duration::from_secs(2);

/// How long this endpoint is left alone at most. The demonstration fails in order to be seen failing: it never rests.
pub(super) fn longest_rest(endpoint: &Endpoint) -> Duration {
    match endpoint {
        Endpoint { demo: true, .. } => Duration::ZERO,
        Endpoint { local: true, .. } => LONGEST_LOCAL_REST,
        _ => LONGEST_REST,
    }
}

/// The state in which an endpoint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaker {
    /// In service.
    Closed { strikes: u32 },
    /// Out of service until then; `rests` rests in a row, this one included.
    Resting { until: At, rests: u32 },
    /// The rest is over and one probe, the attempt of that number, is on its way; nobody else goes.
    Probing { probe: u64, rests: u32 },
}

/// What the breaker says to somebody who wants in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    Go,
    /// Go, as the one probe.
    Probe,
    /// Not before then.
    Rest(At),
    /// A probe is on its way.
    Busy,
}

impl Default for Breaker {
    fn default() -> Self {
        Self::Closed { strikes: 0 }
    }
}

impl Breaker {
    pub fn admission(&self, now: At) -> Admission {
        match *self {
            Self::Closed { .. } => Admission::Go,
            Self::Resting { until, .. } if now >= until => Admission::Probe,
            Self::Resting { until, .. } => Admission::Rest(until),
            Self::Probing { .. } => Admission::Busy,
        }
    }

    /// Somebody goes in, as the probe if one is due. Whoever comes uninvited is no probe and changes nothing.
    pub(super) fn enter(&mut self, attempt: u64, now: At) {
        match *self {
            Self::Resting { until, rests } if now >= until => *self = Self::Probing { probe: attempt, rests },
            _ => {}
        }
    }

    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// An outage; `asked` is how long the endpoint itself wants to be left alone, `longest` what it gets at most.
    pub(super) fn failed(&mut self, attempt: u64, longest: Duration, asked: Option<Duration>, now: At) {
        if longest.is_zero() {
            return;
        }
        let rests = match *self {
            Self::Closed { strikes } if strikes + 1 < STRIKES && asked.is_none() => {
                *self = Self::Closed { strikes: strikes + 1 };
                return;
            }
            Self::Closed { .. } => 1,
            Self::Probing { probe, rests } if probe == attempt => rests + 1,
            // a straggler from before the rest, or the probe of an earlier one, says nothing new
            Self::Probing { .. } | Self::Resting { .. } => return,
        };
        let grown = FIRST_REST.saturating_mul(1 << (rests - 1).min(16));
        let rest = grown.min(LONGEST_GUESS).max(asked.unwrap_or_default()).min(longest);
        *self = Self::Resting { until: now + rest, rests };
    }

    /// The attempt came back without an answer either way: if it was the probe, the next one may go.
    pub(super) fn undecided(&mut self, attempt: u64, now: At) {
        match *self {
            Self::Probing { probe, rests } if probe == attempt => *self = Self::Resting { until: now, rests },
            _ => {}
        }
    }
}
