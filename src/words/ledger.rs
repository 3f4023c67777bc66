//! Rows of the ledger: one per attempt, one per generation, append-only.

use super::{
    At, Attempt, Cost, EndpointId, Failure, FailureKind, GenerationId, MessageId, ModelId, Outcome,
    ProviderId, Purpose, Receipt, SessionId, Usage, Usd,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One thing written to the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "row", rename_all = "snake_case")]
pub enum Entry {
    /// Replaces the one before it; taken away by the generation's row. What is left at the next start was killed.
    Open(Box<OpenRow>),
    Attempt(Box<AttemptRow>),
    Generation(Box<GenerationRow>),
}

/// A request under way: written before it is sent and at most every 500 ms while it streams,
/// so that tokens which were paid for are known even after `kill -9`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenRow {
    pub generation: GenerationId,
    pub at: At,
    /// See [`GenerationRow::day`].
    pub day: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageId>,
    pub purpose: Purpose,
    pub requested: String,
    pub model: ModelId,
    pub provider: ProviderId,
    pub endpoint: EndpointId,
    pub demo: bool,
    /// Attempts that ended before the one under way.
    pub attempts: Vec<Attempt>,
    /// Counted by us so far, in the attempt under way.
    pub usage: Usage,
    pub cost: Cost,
    /// What is set aside for it under the budgets.
    #[serde(default, skip_serializing_if = "nothing")]
    pub held: Usd,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_label: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands it so")]
fn nothing(amount: &Usd) -> bool {
    amount.is_zero()
}

impl OpenRow {
    /// The rows that close it when its process was killed: what had been heard is booked, so that no paid token is
    /// missing. `ended`: its attempts that are in the ledger already, of which the row may not have heard.
    pub fn close(&self, ended: &[AttemptRow]) -> Vec<Entry> {
        let failure = Box::new(Failure {
            provider: Some(self.provider.clone()),
            endpoint: Some(self.endpoint.clone()),
            ..Failure::new(
                FailureKind::Internal,
                "the program ended while this was under way; what had been heard is booked",
            )
        });
        let mut rows = Vec::new();
        let mut attempts = match ended.len() < self.attempts.len() {
            true => self.attempts.clone(),
            false => ended.iter().map(|row| row.attempt.clone()).collect(),
        };
        if ended.len() <= self.attempts.len() {
            let last = Attempt {
                endpoint: self.endpoint.clone(),
                model: self.model.clone(),
                provider: self.provider.clone(),
                key: None,
                started: self.at,
                ttft: None,
                // nobody knows when it ended
                total: Duration::ZERO,
                status: None,
                usage: self.usage,
                cost: self.cost.clone(),
                outcome: Outcome::Failed(failure.clone()),
                hedge: false,
                rescue: false,
                dearer: None,
            };
            rows.push(Entry::Attempt(Box::new(AttemptRow {
                generation: self.generation,
                number: (0..).find(|n| ended.iter().all(|row| row.number != *n)).unwrap_or(u32::MAX),
                session: self.session,
                demo: self.demo,
                attempt: last.clone(),
            })));
            attempts.push(last);
        }
        let receipt = Receipt {
            generation: self.generation,
            requested: self.requested.clone(),
            model: self.model.clone(),
            provider: self.provider.clone(),
            endpoint: self.endpoint.clone(),
            usage: attempts.iter().fold(Usage::default(), |sum, attempt| sum + attempt.usage),
            cost: Cost::sum(attempts.iter().map(|attempt| &attempt.cost)),
            attempts,
            ttft: None,
            total: Duration::ZERO,
            stop: None,
            native_stop: None,
            upstream_id: None,
            demo: self.demo,
            decision: None,
        };
        rows.push(Entry::Generation(Box::new(GenerationRow {
            at: self.at,
            day: self.day,
            session: self.session,
            message: self.message,
            purpose: self.purpose,
            tags: self.tags.clone(),
            key_label: self.key_label.clone(),
            outcome: Outcome::Failed(failure),
            receipt,
        })));
        rows
    }
}

/// One attempt at one endpoint, written when it ends, however it ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptRow {
    pub generation: GenerationId,
    /// 0 for the first attempt of its generation.
    pub number: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    pub demo: bool,
    pub attempt: Attempt,
}

/// One request with its outcome (OpenRouter's generation record where it makes sense). Its money is the sum of its
/// attempts' money: totals are taken over generations *or* over attempts, never over both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GenerationRow {
    /// When it ended.
    pub at: At,
    /// The civil day in the person's time zone it began on, in days since 1970-01-01: what "today" means to a budget.
    pub day: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// The message it wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageId>,
    pub purpose: Purpose,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_label: Option<String>,
    pub outcome: Outcome,
    pub receipt: Receipt,
}

impl GenerationRow {
    pub fn id(&self) -> GenerationId {
        self.receipt.generation
    }

    /// Whether anybody was asked. A request that was refused before is kept for its decision and counts in no total.
    pub fn was_asked(&self) -> bool {
        !self.receipt.attempts.is_empty()
    }
}
