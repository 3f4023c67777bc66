//! A conversation as a file: Markdown to read, or a line a message to bring in again.

use super::{find, messages, rfc3339, title};
use crate::cli::{Exit, Fail, out};
use crate::store::Store;
use crate::words::{Message, MessageState, Part, Role, Session};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum As {
    Md,
    Jsonl,
}

pub fn export(store: &Store, name: &str, format: As, output: Option<&Path>) -> Result<(), Fail> {
    let session = find(store, name)?;
    let text = match format {
        As::Md => markdown(&session, &messages(store, &session, false)?),
        As::Jsonl => {
            let lines = messages(store, &session, true)?;
            let system = session.system.iter().map(|text| json!({"role": Role::System, "text": text}));
            let lines = system.chain(lines.iter().map(|m| line(m)));
            lines.map(|line| line.to_string() + "\n").collect()
        }
    };
    match output {
        None => Ok(out::bytes(text.as_bytes())?),
        Some(path) => std::fs::write(path, text)
            .map_err(|e| Fail::new(Exit::Failed, format!("cannot write {}: {e}", path.display()))),
    }
}

/// A message as a line; `import` reads it back.
pub fn line(message: &Message) -> Value {
    let mut line = json!({
        "role": message.role,
        "text": message.plain(),
        "id": message.id.to_string(),
        "parent": message.parent.map(|id| id.to_string()),
        "at": rfc3339(message.at),
    });
    if let Some(model) = &message.by {
        line["model"] = json!(model);
    }
    if let Some(receipt) = &message.receipt {
        line["generation"] = json!(receipt.generation.to_string());
        line["cost_usd"] = json!(receipt.cost.booked.map(|usd| usd.to_string()));
        line["usage"] = receipt.usage.in_full();
        line["demo"] = json!(receipt.demo);
    }
    line["state"] = match &message.state {
        MessageState::Done => json!("done"),
        MessageState::Partial => json!("partial"),
        MessageState::Stopped => json!("stopped"),
        MessageState::Failed(failure) => json!({"failed": failure.message}),
    };
    line
}

pub fn markdown(session: &Session, messages: &[Arc<Message>]) -> String {
    let mut text = format!("# {}\n", title(session));
    if let Some(system) = &session.system {
        text.push_str(&format!("\n## System\n\n{}\n", system.trim_end()));
    }
    for message in messages {
        let who = match (message.role, &message.by) {
            (Role::User, _) => "You".to_owned(),
            (Role::System, _) => "System".to_owned(),
            (Role::Tool, _) => "Tool".to_owned(),
            (Role::Assistant, Some(model)) => model.to_string(),
            (Role::Assistant, None) => "Assistant".to_owned(),
        };
        text.push_str(&format!("\n## {who}\n\n{}\n", message.plain().trim_end()));
        for part in &message.parts {
            match part {
                Part::Image { .. } => text.push_str("\n*(an image)*\n"),
                Part::File { name, .. } => text.push_str(&format!("\n*(the file {name})*\n")),
                _ => {}
            }
        }
        match &message.state {
            MessageState::Failed(failure) => text.push_str(&format!("\n*(failed: {})*\n", failure.message)),
            MessageState::Stopped => text.push_str("\n*(stopped)*\n"),
            MessageState::Partial => text.push_str("\n*(broken off)*\n"),
            MessageState::Done => {}
        }
    }
    text
}
