//! Conversations that cannot change hands: signed reasoning or a tool loop that is still open.

use crate::words::{Endpoint, Message, ModelId, Part, ProviderId, Reasoning, Role};
use std::sync::Arc;

/// Who must go on: models of that author, at that provider where what is sealed opens only there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    pub author: String,
    pub provider: Option<ProviderId>,
    /// For a person.
    pub reason: &'static str,
}

/// What a reasoning block's format says about who sealed it.
const FORMATS: &[(&str, &str)] = &[
    ("anthropic", "anthropic"),
    ("google", "google"),
    ("openai", "openai"),
    ("xai", "x-ai"),
    ("azure", "openai"),
];

impl Lock {
    /// Looks at what follows the last thing the person said: only that must be replayed unmodified.
    pub fn of(messages: &[Arc<Message>]) -> Option<Self> {
        let said = messages.iter().rposition(|m| m.role == Role::User && !is_result(m));
        let open = messages.get(said.map_or(0, |at| at + 1)..)?;
        let ends_in_tools = open.last().is_some_and(|last| last.role == Role::Tool || is_result(last));
        let assistant = || open.iter().rev().filter(|m| m.role == Role::Assistant);
        let sealed = assistant().find_map(|message| {
            let block = message.parts.iter().find_map(|part| match part {
                Part::Reasoning(block) if block.signature.is_some() || block.data.is_some() => Some(block),
                _ => None,
            })?;
            Self::sealed(message, block)
        });
        if ends_in_tools && sealed.is_some() {
            return sealed;
        }
        if !ends_in_tools {
            return None;
        }
        let by = assistant().find_map(|message| message.by.as_ref())?;
        Some(Self {
            author: author(by),
            provider: None,
            reason: "a tool loop that another model began is open",
        })
    }

    /// Whether this endpoint can go on.
    pub fn lets(&self, endpoint: &Endpoint) -> bool {
        endpoint.model.author() == self.author
            && self.provider.as_ref().is_none_or(|provider| *provider == endpoint.provider)
    }

    fn sealed(message: &Message, block: &Reasoning) -> Option<Self> {
        let by = message.by.as_ref().map(author);
        let format = block.format.as_deref().unwrap_or_default();
        let sealer = FORMATS.iter().find(|(start, _)| format.starts_with(start)).map(|(_, who)| *who);
        let author = by.or_else(|| sealer.map(str::to_owned))?;
        // an encrypted block opens only for the account that sealed it; a signature holds at every host of the model
        let account = block.data.is_some() && author != "anthropic";
        let provider = message.receipt.as_ref().map(|receipt| receipt.provider.clone());
        Some(Self {
            author,
            provider: provider.filter(|_| account),
            reason: "signed reasoning of another model's tool loop is open",
        })
    }
}

fn author(model: &ModelId) -> String {
    model.author().to_owned()
}

/// Some formats say tool results in the person's name.
fn is_result(message: &Message) -> bool {
    !message.parts.is_empty() && message.parts.iter().all(|part| matches!(part, Part::ToolResult { .. }))
}
