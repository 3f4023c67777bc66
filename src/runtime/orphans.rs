//! Requests that a killed process left open: booked with what they had used, so that no paid token is missing.

use crate::store::{Store, Write};
use crate::words::{
    Attempt, AttemptRow, Entry, Failure, FailureKind, GenerationRow, OpenRow, Outcome, Receipt, Usage, Usd,
};

/// Writes a generation for each; the store takes the open rows away by that.
pub fn settle(store: &Store, orphans: &[OpenRow]) {
    if !orphans.is_empty() {
        let rows = orphans.iter().flat_map(close);
        drop(store.write(rows.map(Write::Ledger).collect()));
    }
}

/// The rows that close an open one.
pub fn close(open: &OpenRow) -> [Entry; 2] {
    let failure = Box::new(Failure {
        provider: Some(open.provider.clone()),
        endpoint: Some(open.endpoint.clone()),
        ..Failure::new(
            FailureKind::Internal,
            "the program ended while this was under way; what had been heard is booked",
        )
    });
    let last = Attempt {
        endpoint: open.endpoint.clone(),
        model: open.model.clone(),
        provider: open.provider.clone(),
        key: None,
        started: open.at,
        ttft: None,

        // nobody knows when it ended
        total: std::time::Duration::ZERO,
        status: None,
        usage: open.usage,
        cost: open.cost.clone(),
        outcome: Outcome::Failed(failure.clone()),
        hedge: false,
        rescue: false,
    };
    let mut attempts = open.attempts.clone();
    let number = u32::try_from(attempts.len()).unwrap_or(u32::MAX);
    attempts.push(last.clone());
    let usage = attempts.iter().fold(Usage::default(), |sum, attempt| sum + attempt.usage);
    let mut cost = open.cost.clone();
    let booked: Vec<Usd> = attempts.iter().filter_map(|attempt| attempt.cost.booked).collect();
    cost.booked = (!booked.is_empty()).then(|| booked.into_iter().sum());
    let receipt = Receipt {
        generation: open.generation,
        requested: open.requested.clone(),
        model: open.model.clone(),
        provider: open.provider.clone(),
        endpoint: open.endpoint.clone(),
        attempts,
        usage,
        cost,
        ttft: None,
        total: std::time::Duration::ZERO,
        stop: None,
        native_stop: None,
        upstream_id: None,
        demo: open.demo,
        decision: None,
    };
    [
        Entry::Attempt(Box::new(AttemptRow {
            generation: open.generation,
            number,
            session: open.session,
            demo: open.demo,
            attempt: last,
        })),
        Entry::Generation(Box::new(GenerationRow {
            at: open.at,
            day: open.day,
            session: open.session,
            message: open.message,
            purpose: open.purpose,
            tags: open.tags.clone(),
            key_label: open.key_label.clone(),
            outcome: Outcome::Failed(failure),
            receipt,
        })),
    ]
}
