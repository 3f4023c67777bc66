//! What is said of a reply in words: how it ended, what happened on the way, how long it took.

use super::{Model, Reading};
use crate::metering::Tally;
use crate::words::{
    Dearer, EndpointId, Failure, Filter, Message, MessageState, Outcome, Part, Stop, Verdict, seconds,
};

/// How a finished or failed message ended, in a phrase for its foot; `None` when it simply ended.
pub fn ending(message: &Message) -> Option<String> {
    match &message.state {
        MessageState::Done => match message.receipt.as_ref().and_then(|r| r.stop) {
            Some(Stop::Length) => Some("cut at the length limit".into()),
            Some(Stop::ContentFilter) => Some("ended by the provider's filter".into()),
            _ => None,
        },
        MessageState::Partial => Some("not finished".into()),
        MessageState::Stopped => Some("stopped".into()),
        MessageState::Failed(failure) => Some(sentence(failure)),
    }
}

pub fn sentence(failure: &Failure) -> String {
    crate::words::clean_line(&failure.message)
}

/// What the header of a message says of tokens and money.
pub fn reading(model: &Model, message: &Message) -> Option<Reading> {
    match model.writing(message.id) {
        // what stands there already was heard before: it is gone on with
        Some((_, live)) => Some(match &message.receipt {
            Some(before) => live.shown().after(before),
            None => live.shown(),
        }),
        None => message.receipt.as_deref().map(Reading::of),
    }
}

/// What happened on the way to a message: live while it is heard, from the receipt later.
pub fn notes(model: &Model, message: &Message) -> Vec<String> {
    match model.writing(message.id) {
        Some((_, live)) => noted(message).into_iter().chain(live.notes.iter().cloned()).collect(),
        None => noted(message),
    }
}

/// Notes of a finished reply, from its receipt: what failed on the way and who went on.
fn noted(message: &Message) -> Vec<String> {
    let Some(receipt) = &message.receipt else { return Vec::new() };
    let considered = receipt.decision.iter().flat_map(|decision| &decision.considered);
    let by_budget =
        considered.filter(|one| matches!(one.verdict, Verdict::Dropped { filter: Filter::Budget, .. }));
    let mut notes: Vec<String> = match receipt.attempts.is_empty() {
        // the question has said so
        true => Vec::new(),
        false => by_budget.map(|one| forbidden(one.endpoint.as_str())).collect(),
    };
    if let Some(cheaper) = receipt.decision.as_ref().and_then(|decision| decision.refused.as_ref())
        && let Some(first) = receipt.attempts.first()
    {
        notes.push(format!("{} → {}", refused(cheaper.as_str()), named(&first.endpoint, first.dearer)));
    }
    let mut said = 0;
    for (at, attempt) in receipt.attempts.iter().enumerate() {
        let next = receipt.attempts.get(at + 1);
        said += attempt.usage.output();
        let Outcome::Failed(failure) = &attempt.outcome else {
            // the rest was asked for later; a hedge is no rest
            if next.is_some_and(|next| !attempt.hedge && !next.hedge) {
                let cut = if attempt.outcome == Outcome::Cancelled { "stopped" } else { "cut short" };
                notes.push(format!("{} {cut} after {said} tokens → continued", attempt.endpoint));
            }
            continue;
        };
        let took = seconds(attempt.total);
        let to = match next {
            Some(next) if next.rescue && attempt.ttft.is_some() => {
                let next = named(&next.endpoint, next.dearer);
                notes.push(continued(attempt.endpoint.as_str(), failure, said, &next));
                continue;
            }
            Some(next) if next.endpoint == attempt.endpoint => " → asked again".to_owned(),
            Some(next) => format!(" → {}", named(&next.endpoint, next.dearer)),
            None => String::new(),
        };
        if next.is_some() || !matches!(message.state, MessageState::Failed(_)) {
            notes.push(format!("{} {}, {took}{to}", attempt.endpoint, short(failure)));
        }
    }
    notes
}

/// Who stands in, and what that costs where it costs more.
pub(super) fn named(endpoint: &EndpointId, dearer: Option<Dearer>) -> String {
    match dearer {
        Some(price) => format!("{endpoint} ({price})"),
        None => endpoint.to_string(),
    }
}

/// Whose key was refused a while ago, so that somebody dearer is asked.
pub(super) fn refused(endpoint: &str) -> String {
    format!("{endpoint} not asked, its key was refused")
}

/// Whom a budget forbade, so that somebody else was asked.
pub(super) fn forbidden(endpoint: &str) -> String {
    format!("{endpoint} over budget, not asked")
}

/// A reply that went on elsewhere: who broke off, how, after how many tokens in all, and who went on.
pub(super) fn continued(from: &str, failure: &Failure, said: u64, next: &str) -> String {
    format!("{from} {} after {said} tokens → continued by {next}", short(failure))
}

/// Tokens of a reply's thinking, and whether somebody said so: most providers do, what the others sent is estimated.
pub fn thought(message: &Message) -> (u64, bool) {
    if let Some(said) = message.receipt.as_ref().map(|r| r.usage.reasoning).filter(|n| *n > 0) {
        return (said, true);
    }
    let texts = message.parts.iter().map(|part| match part {
        Part::Reasoning(reasoning) => Tally::of(&reasoning.text).milli(),
        _ => 0,
    });
    (texts.sum::<u64>().div_ceil(1000), false)
}

/// A failure in a word or two: `503`, `refused`, `rate limited`.
pub fn short(failure: &Failure) -> String {
    use crate::words::FailureKind::*;
    let word = match failure.kind {
        Unreachable => "unreachable",
        Tls => "TLS failed",
        ConnectTimeout => "no connection in time",
        FirstTokenTimeout => "no first token in time",
        IdleTimeout => "fell silent",
        TotalTimeout => "took too long",
        Cut => "cut off",
        RateLimited => "rate limited",
        Quota => "out of quota",
        Overloaded => "overloaded",
        Server => "server error",
        Auth if !failure.excluded_by.is_empty() => "no key",
        Auth => "key refused",
        Permission => "not permitted",
        ModelNotFound => "model not found",
        ContextLength => "context too long",
        TooLarge => "too large",
        InvalidRequest => "request refused",
        Unsupported => "unsupported",
        Moderation => "moderated",
        Malformed => "malformed answer",
        Empty => "empty answer",
        NoEndpoint => "no endpoint left",
        UnknownModel => "unknown model",
        Budget => "over budget",
        Cancelled => "stopped",
        Internal => "fault of ours",
    };
    match failure.status {
        Some(status) => format!("{status} {word}"),
        None => word.to_owned(),
    }
}
