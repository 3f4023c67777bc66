//! What kind of failure a refusal is: tables of codes and phrases, most telling first.

mod codes;
mod phrases;
mod rule;
mod statuses;
mod vendors;

use super::Refusal;
use super::retry_after::retry_after;
use crate::words::{At, Failure, FailureKind, FailureKind::*, clean_line};
use codes::CODES;
use phrases::PHRASES;
use statuses::STATUSES;
use vendors::BY_FORMAT;

/// The failure that `refusal` is, said by an endpoint that speaks `format`.
pub fn classify(format: &str, refusal: &Refusal, headers: &[(String, String)], now: At) -> Failure {
    let kind = kind(format, refusal);
    let mut failure = Failure::new(kind, sentence(kind, refusal));
    failure.status = (refusal.status >= 300).then_some(refusal.status);
    failure.code = [&refusal.code, &refusal.kind].into_iter().find(|c| !c.is_empty()).map(|c| clean_line(c));
    failure.raw = (!refusal.raw.is_empty()).then(|| refusal.raw.clone());
    if matches!(kind, RateLimited | Quota | Overloaded | Server | FirstTokenTimeout) {
        let limited = matches!(kind, RateLimited | Quota);
        failure.retry_after = retry_after(headers, refusal.details.as_ref(), &refusal.message, limited, now);
    }
    failure
}

fn kind(format: &str, refusal: &Refusal) -> FailureKind {
    if refusal.html && !matches!(refusal.status, 401..=403 | 429 | 500..) {
        return Malformed;
    }
    // details too: Google names the quota there (`GenerateRequestsPerDayPerProjectPerModel`)
    let mut message = refusal.message.to_lowercase();
    if format == "gemini"
        && let Some(details) = &refusal.details
    {
        message.push_str(&details.to_string().to_lowercase());
    }
    let own = BY_FORMAT.iter().filter(|(name, _)| *name == format).flat_map(|(_, rules)| rules.iter());
    match own.chain(CODES).chain(PHRASES).chain(STATUSES).find(|rule| rule.holds(refusal, &message)) {
        Some(rule) => rule.kind,
        None if (300..400).contains(&refusal.status) => Malformed,
        None if (400..500).contains(&refusal.status) => InvalidRequest,
        None => Server,
    }
}

/// One sentence for a person; who said it is added by the gateway.
fn sentence(kind: FailureKind, refusal: &Refusal) -> String {
    let what = match kind {
        RateLimited => "too many requests just now",
        Quota => "the account is out of credit or quota",
        Overloaded => "the provider is overloaded",
        Auth => "the key was rejected",
        Permission => "the key may not do this",
        ModelNotFound => "the provider does not know this model, or this address",
        FirstTokenTimeout => "the provider ran out of time",
        ContextLength => "the conversation does not fit the model's context",
        TooLarge => "the request is larger than the provider takes",
        InvalidRequest => "the provider refuses the request as wrong",
        Unsupported => "this endpoint cannot do what was asked",
        Moderation => "a content filter refused",
        Malformed if refusal.html => "an HTML page came instead of an answer; is the base URL right?",
        Malformed => "the provider's answer is not readable",
        _ => "the provider failed",
    };
    let mut text = what.to_owned();
    if refusal.status >= 300 {
        text = format!("{text} ({})", refusal.status);
    }
    if !refusal.message.is_empty() {
        text = format!("{text}: {}", refusal.message);
    }
    text
}
