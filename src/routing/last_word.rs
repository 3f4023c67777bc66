//! The last word of a request that failed: what was tried, what was not and why, when to come back.

use super::next::NextInput;
use crate::words::{Considered, Decision, Endpoint, Failure, FailureKind, Filter, Remedy, Verdict};
use std::time::Duration;

/// The failure with what a person needs to know beside it: what was tried, what was not, when to come back.
pub fn last_word(input: &NextInput<'_>, failure: &Failure, why: Option<String>) -> Failure {
    let mut notes: Vec<String> = why.into_iter().collect();
    let others = input.tried.len().saturating_sub(1);
    if others > 0 {
        notes.push(format!(
            "{others} earlier {} failed too",
            if others == 1 { "attempt" } else { "attempts" }
        ));
    }
    if failure.remedy() != Remedy::GiveUp {
        notes.extend(too_dear(input.decision));
    }
    let paid = matches!(failure.kind, FailureKind::Auth | FailureKind::Quota | FailureKind::Permission);
    let untried = input.decision.attempts.len().saturating_sub(
        input.decision.attempts.iter().filter(|id| input.tried.iter().any(|t| t.endpoint == **id)).count(),
    );
    if paid && untried > 0 {
        notes.push(format!("{untried} dearer not asked, because a key that fails is no reason to pay more"));
    }
    let mut failure = failure.clone();
    // everybody said when to come back: the first of them is the time to come back
    let hints: Option<Vec<Duration>> = input.tried.iter().map(|tried| tried.retry_after).collect();
    failure.retry_after = hints.and_then(|hints| hints.into_iter().min()).or(failure.retry_after);
    if !notes.is_empty() {
        failure.message = format!("{} ({})", failure.message.trim_end_matches('.'), notes.join("; "));
    }
    failure
}

/// Who was left out for the price, by name if it is one.
fn too_dear(decision: &Decision) -> Option<String> {
    let reason = |considered: &Considered| match &considered.verdict {
        Verdict::Dropped { filter: Filter::Dearer, reason } => {
            Some(format!("{} was not asked: it {reason}", considered.endpoint))
        }
        _ => None,
    };
    let mut reasons = decision.considered.iter().filter_map(reason);
    let one = reasons.next()?;
    match reasons.count() {
        0 => Some(one),
        more => Some(format!("{} others were not asked: each costs more than `max_dearer` allows", more + 1)),
    }
}

/// When to come back.
pub fn later(endpoint: &Endpoint, wait: Duration) -> String {
    format!("{} can be asked again in {:.0} s", endpoint.provider_name, wait.as_secs_f64().ceil())
}
