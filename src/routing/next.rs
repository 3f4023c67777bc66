//! What follows a failure: the same again, the next key, the next endpoint, the next model, or giving up.

use super::health::HealthBook;
use super::held::wait;
use super::keys::{KeyBook, Pick};
use super::last_word::{last_word, later};
use crate::catalog::Catalog;
use crate::words::{At, Decision, Endpoint, EndpointId, Failure, FailureKind, Preferences, Remedy, Usd};
use std::sync::Arc;
use std::time::Duration;

/// An attempt that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    pub endpoint: EndpointId,
    /// Which of the provider's keys.
    pub key: u32,
    pub failure: FailureKind,
    /// How long it asked to be left alone.
    pub retry_after: Option<Duration>,
}

impl Tried {
    pub fn new(endpoint: EndpointId, key: u32, failure: &Failure) -> Self {
        Self { endpoint, key, failure: failure.kind, retry_after: failure.retry_after }
    }
}

/// Everything the next step depends on.
#[derive(Clone, Copy, Debug)]
pub struct NextInput<'a> {
    pub decision: &'a Decision,
    pub catalog: &'a Catalog,
    pub health: &'a HealthBook,
    pub keys: &'a KeyBook,
    /// All attempts so far, the one that just failed last.
    pub tried: &'a [Tried],
    pub now: At,
}

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum NextStep {
    /// The same endpoint again, with whatever key is fit, after a pause.
    RetrySame { wait: Duration },
    /// The same endpoint with this key.
    NextKey { key: u32 },
    /// Another endpoint of the same model, after a pause that is almost always none.
    NextEndpoint { endpoint: EndpointId, wait: Duration },
    /// An endpoint of another model that the person listed.
    NextModel { endpoint: EndpointId, wait: Duration },
    /// The last word: the failure, its sentence completed by what was not done and why.
    GiveUp { failure: Failure },
}

/// Nobody waits longer than this for a retry; the failure is shown instead, with the time to come back.
pub const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// Attempts for one request, whatever the list holds.
pub const MOST_ATTEMPTS: usize = 12;
/// The same endpoint is asked so often.
const SAME: usize = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// What to do after `failure`. The health and key books have already been told of it.
pub fn next(input: &NextInput<'_>, failure: &Failure) -> NextStep {
    let give_up = |why: Option<String>| NextStep::GiveUp { failure: last_word(input, failure, why) };
    let Some(last) = input.tried.last() else { return give_up(None) };
    if input.tried.len() >= MOST_ATTEMPTS {
        return give_up(Some(format!("{MOST_ATTEMPTS} attempts were made")));
    }
    // who was left out since the plan was made is not asked again either
    let still = input.decision.attempts.contains(&last.endpoint);
    let here = input.catalog.endpoint(&last.endpoint).filter(|_| still);
    let remedy = failure.remedy();
    if remedy == Remedy::GiveUp {
        return give_up(None);
    }
    if let (Remedy::NextKey, Some(here)) = (remedy, here)
        && let Pick::Key(key) = input.keys.pick(here, input.now)
        && !input.tried.iter().any(|tried| tried.endpoint == here.id && tried.key == key)
    {
        return NextStep::NextKey { key };
    }
    let mut soonest: Option<(Duration, &Arc<Endpoint>)> = None;
    for endpoint in others(input) {
        match wait(input, endpoint) {
            Some(Duration::ZERO) => return go(last, endpoint, Duration::ZERO),
            Some(pause) if soonest.is_none_or(|(best, _)| pause < best) => soonest = Some((pause, endpoint)),
            _ => {}
        }
    }
    // nobody can be asked now: wait for whoever is back first, the one that just failed among them
    let again = here.filter(|here| may_again(input, failure, here)).map(|here| {
        let asked = failure.retry_after.unwrap_or_default();
        let rest = wait(input, here).unwrap_or(Duration::MAX);
        (rest.max(asked).max(pause(input, here)), here)
    });
    let same = again.is_some_and(|(pause, _)| soonest.is_none_or(|(other, _)| pause <= other));
    match if same { again } else { soonest } {
        None => give_up(None),
        Some((pause, endpoint)) if pause > LONGEST_WAIT => {
            give_up((pause < Duration::MAX).then(|| later(endpoint, pause)))
        }
        Some((wait, _)) if same => NextStep::RetrySame { wait },
        Some((wait, endpoint)) => go(last, endpoint, wait),
    }
}

fn go(last: &Tried, endpoint: &Endpoint, wait: Duration) -> NextStep {
    let model = last.endpoint.as_str().split_once(':').map_or("", |(_, model)| model);
    let endpoint_id = endpoint.id.clone();
    if endpoint.model.as_str() == model {
        NextStep::NextEndpoint { endpoint: endpoint_id, wait }
    } else {
        NextStep::NextModel { endpoint: endpoint_id, wait }
    }
}

/// The endpoints of the decision that may help against everything that failed so far, in its order.
fn others<'a>(input: &'a NextInput<'_>) -> impl Iterator<Item = &'a Arc<Endpoint>> {
    let ended: Vec<Ended<'_>> = input
        .tried
        .iter()
        .enumerate()
        // another key, or another form of the question, was another chance there: the last word counts
        .filter(|(n, tried)| !input.tried[n + 1..].iter().any(|later| later.endpoint == tried.endpoint))
        .map(|(_, tried)| Ended::of(input, tried))
        .collect();
    let untried = input.decision.attempts.iter().filter(|id| !input.tried.iter().any(|t| t.endpoint == **id));
    untried
        .filter_map(|id| input.catalog.endpoint(id))
        .filter(move |endpoint| ended.iter().all(|ended| ended.leaves(input.decision, endpoint)))
}

/// How it ended at one endpoint.
struct Ended<'a> {
    failure: FailureKind,
    at: Option<&'a Endpoint>,
    cost: Option<Usd>,
}

impl<'a> Ended<'a> {
    fn of(input: &'a NextInput<'_>, tried: &Tried) -> Self {
        Self {
            failure: tried.failure,
            at: input.catalog.endpoint(&tried.endpoint).map(Arc::as_ref),
            cost: cost(input.decision, &tried.endpoint),
        }
    }

    /// Whether it speaks for nothing against asking this endpoint.
    fn leaves(&self, decision: &Decision, endpoint: &Endpoint) -> bool {
        let Some(at) = self.at else { return true };
        match self.failure {
            // more room, whoever has it; another model may have it where nobody says how much it has
            FailureKind::ContextLength => match (endpoint.context, at.context) {
                (Some(room), Some(small)) => room > small,
                (_, _) => at.model != endpoint.model,
            },
            // the limit is the provider's, not the model's
            FailureKind::TooLarge => at.provider != endpoint.provider,
            FailureKind::Moderation | FailureKind::InvalidRequest => at.model != endpoint.model,
            // a key that does not work is a thing to be told of, not to be paid for
            FailureKind::Auth | FailureKind::Quota | FailureKind::Permission => {
                matches!((cost(decision, &endpoint.id), self.cost), (Some(here), Some(there)) if here <= there)
            }
            _ => true,
        }
    }
}

fn cost(decision: &Decision, id: &EndpointId) -> Option<Usd> {
    let considered = decision.considered.iter().find(|considered| considered.endpoint == *id)?;
    considered.estimate.as_ref()?.cost
}

/// Whether asking the very same endpoint once more can help: passing troubles, and not too often.
fn may_again(input: &NextInput<'_>, failure: &Failure, here: &Endpoint) -> bool {
    use FailureKind::*;
    let passing = matches!(
        failure.kind,
        Unreachable
            | ConnectTimeout
            | FirstTokenTimeout
            | IdleTimeout
            | Cut
            | RateLimited
            | Overloaded
            | Server
            | Malformed
            | Empty
    );
    passing && input.tried.iter().filter(|tried| tried.endpoint == here.id).count() < SAME
}

/// Doubles with every attempt at the same endpoint.
fn pause(input: &NextInput<'_>, here: &Endpoint) -> Duration {
    let times = input.tried.iter().filter(|tried| tried.endpoint == here.id).count();
    FIRST_PAUSE.saturating_mul(1 << times.saturating_sub(1).min(8))
}

/// Whom to ask as well when the first token of `asked` is late, and after how long; `None`: nobody.
/// The cheapest next endpoint of the same model that can be asked now.
pub fn hedge(
    input: &NextInput<'_>,
    asked: &EndpointId,
    wishes: &Preferences,
) -> Option<(Duration, EndpointId)> {
    let after = Duration::from_millis(wishes.hedge_after_ms?);
    let model = &input.catalog.endpoint(asked)?.model;
    let next = input.decision.attempts.iter().filter(|id| *id != asked).find(|id| {
        !input.tried.iter().any(|tried| tried.endpoint == **id)
            && input.catalog.endpoint(id).is_some_and(|endpoint| {
                endpoint.model == *model && wait(input, endpoint) == Some(Duration::ZERO)
            })
    })?;
    Some((after, next.clone()))
}
