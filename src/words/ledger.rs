//! Rows of the ledger: one per attempt, one per generation, append-only.

use super::{
    At, Attempt, Cost, EndpointId, GenerationId, MessageId, ModelId, Outcome, ProviderId, Purpose, Receipt,
    SessionId, Usage,
};
use serde::{Deserialize, Serialize};

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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_label: Option<String>,
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
