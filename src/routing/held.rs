//! Who should be left alone at this moment, for how long, and who can be asked instead.

use super::health::{Admission, Standing};
use super::keys::Pick;
use super::next::NextInput;
use crate::words::{Endpoint, EndpointId, Failure, FailureKind};
use std::sync::Arc;
use std::time::Duration;

/// How long until the endpoint may be asked; `None`: not for lack of time.
pub(super) fn wait(input: &NextInput<'_>, endpoint: &Endpoint) -> Option<Duration> {
    let key = match input.keys.pick(endpoint, input.now) {
        Pick::Key(_) => Duration::ZERO,
        Pick::Cooling(until) => until.since(input.now),
        Pick::Missing => return None,
    };
    let rest = match input.health.admission(&endpoint.id, input.now) {
        Admission::Go | Admission::Probe => Duration::ZERO,
        Admission::Rest(until) => until.since(input.now),
        // a probe is answered or not within seconds
        Admission::Busy => Duration::from_secs(1),
    };
    let full = match input.health.get(&endpoint.id) {
        Some(health) if rest.is_zero() && health.standing(input.now) == Standing::Resting => {
            Duration::from_secs(1)
        }
        _ => Duration::ZERO,
    };
    Some(key.max(rest).max(full))
}

/// Somebody who should be left alone at this moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    pub wait: Duration,
    /// Its breaker rests: it is not asked whoever else is left. The rest is a matter of manners: full just now, a key
    /// that cools down.
    pub rests: bool,
    /// Why, as the failure that it would be.
    pub failure: Failure,
}

/// Whether this endpoint should be left alone; `None`: it may be asked. A plan may be seconds old, and somebody else
/// may have been there in between.
pub fn held(input: &NextInput<'_>, endpoint: &Endpoint) -> Option<Held> {
    let wait = wait(input, endpoint).filter(|wait| !wait.is_zero())?;
    let (kind, why) = match input.health.get(&endpoint.id).and_then(|health| health.resting(input.now)) {
        Some(why) => (FailureKind::Overloaded, why),
        None => (FailureKind::RateLimited, "asked to be left alone with this key".to_owned()),
    };
    let failure = Failure::new(kind, format!("{} {why}", endpoint.provider_name));
    Some(Held {
        wait,
        rests: matches!(input.health.admission(&endpoint.id, input.now), Admission::Rest(_)),
        failure: Failure { retry_after: Some(wait), ..failure },
    })
}

/// Those that stand behind `endpoint` in the decision and can be asked at this moment, the best of them.
pub fn free_behind<'a>(input: &'a NextInput<'_>, endpoint: &EndpointId) -> Option<&'a Arc<Endpoint>> {
    let behind = input.decision.attempts.iter().skip_while(|id| *id != endpoint).skip(1);
    let untried = behind.filter(|id| !input.tried.iter().any(|tried| tried.endpoint == **id));
    untried
        .filter_map(|id| input.catalog.endpoint(id))
        .find(|other| wait(input, other) == Some(Duration::ZERO))
}
