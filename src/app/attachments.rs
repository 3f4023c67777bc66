//! Attachments of earlier prompts that a request would be refused for: one bad image must not end a conversation.

use super::Model;
use crate::words::{FailureKind, Message, MessageId, MessageState, ModelRef, Part, Role};
use std::sync::Arc;

/// A prompt without what this model does not take, and without what its own request was refused with; and why, in a
/// phrase. `None`: it goes along as it is.
pub fn refused(model: &Model, message: &Arc<Message>, who: &ModelRef) -> Option<(Arc<Message>, String)> {
    let named: Vec<(&str, &str)> = message.parts.iter().filter_map(attached).collect();
    if named.is_empty() {
        return None;
    }
    let card = model.card(who.as_str());
    let takes =
        |kind: &str| card.is_none_or(|card| card.offer_of(card.usable(), |e| e.takes(kind)).is_some());
    let failed = failed(model, message.id);
    let itself = failed.is_some_and(|kind| match kind {
        FailureKind::InvalidRequest | FailureKind::TooLarge | FailureKind::Moderation => true,
        // of a model with a card it is known what it takes
        FailureKind::NoEndpoint | FailureKind::Unsupported => card.is_none(),
        _ => false,
    });
    let goes = |part: &Part| attached(part).is_none_or(|(kind, _)| !itself && takes(kind));
    let gone: Vec<&str> =
        message.parts.iter().filter(|part| !goes(part)).filter_map(attached).map(called).collect();
    if gone.is_empty() {
        return None;
    }
    let said = if itself { "it was refused with it".to_owned() } else { format!("{who} does not take it") };
    let why = format!("{} ({said})", gone.join(", "));
    let mut message = (**message).clone();
    for part in &mut message.parts {
        if let Some((kind, name)) = attached(part).filter(|_| !goes(part)) {
            let label = format!("{kind} {name}");
            *part = Part::text(format!("({}: not sent)", label.trim_end()));
        }
    }
    Some((Arc::new(message), why))
}

/// An attachment's name, or what it is when nobody named it: a model's own picture.
fn called<'a>((kind, name): (&'static str, &'a str)) -> &'a str {
    match kind {
        _ if !name.is_empty() => name,
        "image" => "an image",
        "audio" => "a clip",
        _ => "a file",
    }
}

/// What an attachment is, as a modality, and what it is called.
fn attached(part: &Part) -> Option<(&'static str, &str)> {
    match part {
        Part::Image { name, .. } => Some(("image", name)),
        Part::File { name, .. } => Some(("file", name)),
        Part::Audio { .. } => Some(("audio", "")),
        _ => None,
    }
}

/// How the request that a prompt was sent with failed: the newest answer to it, if none has a word.
fn failed(model: &Model, prompt: MessageId) -> Option<FailureKind> {
    let thread = model.thread();
    let answers = thread.children(Some(prompt)).iter().filter_map(|id| thread.message(*id));
    let answers: Vec<_> = answers.filter(|m| m.role == Role::Assistant).collect();
    if answers.iter().any(|answer| !answer.parts.is_empty()) {
        return None;
    }
    match &answers.last()?.state {
        MessageState::Failed(failure) => Some(failure.kind),
        _ => None,
    }
}
