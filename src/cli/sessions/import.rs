//! A conversation from a file, a line a message.

use super::first_words;
use crate::cli::{Fail, out};
use crate::runtime::now;
use crate::store::{Store, Write};
use crate::words::{At, Message, MessageId, ModelId, ModelRef, Role, Session, SessionId, Titled};
use serde::Deserialize;
use serde_json::error::Category;
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

/// One line of an import. Fields that an export adds are welcome, others are not an error.
#[derive(Deserialize)]
struct Line {
    role: Role,
    text: String,
    #[serde(default)]
    model: Option<ModelId>,
    #[serde(default)]
    at: Option<jiff::Timestamp>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    parent: Option<String>,
}

pub fn import(
    store: &Store,
    file: &Path,
    title: Option<String>,
    model: ModelRef,
    as_json: bool,
) -> Result<(), Fail> {
    let shown = file.display();
    let reader: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        let file = std::fs::File::open(file).map_err(|e| Fail::usage(format!("cannot read {shown}: {e}")))?;
        Box::new(BufReader::new(file))
    };
    let mut dice = crate::runtime::dice();
    let at = now();
    let mut session = Session::new(SessionId::new(at, &mut dice), model, at);
    let mut messages: Vec<Arc<Message>> = Vec::new();
    // a file may name its messages, so that branches come back as they were
    let mut names = std::collections::HashMap::<String, MessageId>::new();
    for (n, text) in reader.lines().enumerate() {
        let wrong = |why: &dyn std::fmt::Display| {
            Fail::usage(format!(
                "{shown}:{}: {why}; a line is {{\"role\": \"user\", \"text\": \"...\"}}, with role user, assistant or system",
                n + 1
            ))
        };
        let text = text.map_err(|e| wrong(&e))?;
        if text.trim().is_empty() {
            continue;
        }
        let line: Line = serde_json::from_str(&text).map_err(|e| wrong(&misread(&e)))?;
        if line.role == Role::Tool {
            return Err(wrong(&"role tool cannot be imported"));
        }
        if line.role == Role::System && messages.is_empty() && session.system.is_none() {
            session.system = Some(line.text);
            continue;
        }
        let parent = match line.parent.as_ref().and_then(|name| names.get(name)) {
            Some(parent) => Some(*parent),
            None => messages.last().map(|m| m.id),
        };
        let at = line.at.map_or(at, |at| At(at.as_microsecond()));
        let id = MessageId::new(now(), &mut dice);
        names.extend(line.id.map(|name| (name, id)));
        let message = Message { by: line.model, ..Message::text(id, parent, line.role, line.text, at) };
        messages.push(Arc::new(message));
    }
    if messages.is_empty() {
        return Err(Fail::usage(format!("{shown} holds no message")));
    }
    session.head = messages.last().map(|m| m.id);
    session.titled = if title.is_some() { Titled::ByPerson } else { Titled::Locally };
    session.title = title.unwrap_or_else(|| first_words(&messages));
    let id = session.id;
    store.write(vec![Write::PutSession(Box::new(session.clone()))]).wait()?;
    for some in messages.chunks(256) {
        let writes = some.iter().map(|message| Write::PutMessage { session: id, message: message.clone() });
        store.write(writes.collect()).wait()?;
    }
    if as_json {
        return Ok(out::json(&json!({"session": id.to_string(), "messages": messages.len()}))?);
    }
    out::note(&format!("{} messages imported as \"{}\"", messages.len(), session.title));
    Ok(out::text(&id.to_string())?)
}

/// Why a line of an import is none, without the line number of a text that is one line long.
fn misread(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let why = said.split_once(" at line ").map_or(said.as_str(), |(why, _)| why);
    match error.classify() {
        Category::Data => why.to_owned(),
        _ => format!("not JSON: {why}, column {}", error.column()),
    }
}
