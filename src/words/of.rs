//! What a sum of the ledger is over: everything, or what went to a model, a provider, a session, a tag, a key.

use super::{Dimension, GenerationRow, ModelId, ProviderId, SessionId};
use serde::{Deserialize, Serialize};

/// Part of what was spent; what a budget may be on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    All,
    Model(ModelId),
    Provider(ProviderId),
    Session(SessionId),
    Tag(String),
    Key(String),
}

impl Of {
    /// Whether the totals of that dimension are part of it.
    pub fn counts(&self, dimension: &Dimension) -> bool {
        match (self, dimension) {
            (Self::All, Dimension::All) => true,
            (Self::Model(id), Dimension::Model(model, ..)) => id == model,
            (Self::Provider(slug), Dimension::Model(_, provider, _)) => slug == provider,
            (Self::Session(id), Dimension::Session(session)) => id == session,
            (Self::Tag(name), Dimension::Tag(tag)) => name == tag,
            (Self::Key(label), Dimension::Key(key)) => label == key,
            _ => false,
        }
    }

    /// Whether the row, or one of its attempts, counts in it.
    pub fn holds(&self, row: &GenerationRow) -> bool {
        let receipt = &row.receipt;
        match self {
            Self::All => true,
            Self::Model(id) => receipt.model == *id || receipt.attempts.iter().any(|a| a.model == *id),
            Self::Provider(slug) => {
                receipt.provider == *slug || receipt.attempts.iter().any(|a| a.provider == *slug)
            }
            Self::Session(id) => row.session == Some(*id),
            Self::Tag(tag) => row.tags.contains(tag),
            Self::Key(label) => row.key_label.as_ref() == Some(label),
        }
    }
}
