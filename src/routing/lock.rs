//! Conversations that cannot change hands: signed reasoning or a tool loop that is still open.

use crate::words::{Endpoint, Message, ModelId, Part, ProviderId, Role};
use std::sync::Arc;

/// Who must go on: models of that author, at the account that sealed what opens only there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    pub author: String,
    /// It opens only for the account that sealed it.
    pub account: bool,
    /// That account, once it is known.
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
        if !ends_in_tools {
            return None;
        }
        let assistant = || open.iter().rev().filter(|m| m.role == Role::Assistant);
        assistant().find_map(|message| Self::sealed(message)).or_else(|| {
            let by = assistant().find_map(|message| message.by.as_ref())?;
            Some(Self {
                author: by.author().to_owned(),
                account: false,
                provider: None,
                reason: "a tool loop that another model began is open",
            })
        })
    }

    /// Whether this endpoint can go on.
    pub fn lets(&self, endpoint: &Endpoint) -> bool {
        endpoint.model.author() == self.author
            && self.provider.as_ref().is_none_or(|provider| *provider == endpoint.provider)
    }

    fn sealed(message: &Message) -> Option<Self> {
        // who sealed it by its own account, and whether it can be read at all
        let (format, encrypted) = message.parts.iter().find_map(|part| match part {
            Part::Reasoning(block) if block.signature.is_some() || block.data.is_some() => {
                Some((block.format.as_deref().unwrap_or_default(), block.data.is_some()))
            }
            Part::ToolCall { signature: Some(_), .. } => Some(("google", false)),
            _ => None,
        })?;
        let sealer = FORMATS.iter().find(|(start, _)| format.starts_with(start)).map(|(_, who)| *who);
        let author = message.by.as_ref().map(ModelId::author).or(sealer)?.to_owned();
        // a signature of Anthropic's holds at every host of the model; Google's only where it was given
        let account = author == "google" || (encrypted && author != "anthropic");
        let provider = message.receipt.as_ref().map(|receipt| receipt.provider.clone());
        Some(Self {
            author,
            account,
            provider: provider.filter(|_| account),
            reason: "signed reasoning of an open tool loop is another's",
        })
    }
}

/// Some formats say tool results in the person's name.
fn is_result(message: &Message) -> bool {
    !message.parts.is_empty() && message.parts.iter().all(|part| matches!(part, Part::ToolResult { .. }))
}
