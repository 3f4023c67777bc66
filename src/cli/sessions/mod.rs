//! `fareway sessions`: list, show, take out, bring in, delete and search conversations.

mod export;
mod import;

use super::shell::Shell;
use super::{Exit, Fail, out};
use crate::runtime::{branch, find_session};
use crate::store::{Search, Store, Write};
use crate::words::{At, Message, ModelRef, Role, Session};
use export::{As, export, line, markdown};
use import::import;
use serde_json::{Value, json};
use std::io::{IsTerminal, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

/// List, show, export, import, delete and search conversations
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  fareway sessions                              the last used first
  fareway sessions show sky                     by id or a part of the title
  fareway sessions export sky -o sky.md
  fareway sessions import talk.jsonl            a line a message: {\"role\": \"user\", \"text\": \"...\"}
  fareway sessions search rayleigh scattering
  fareway sessions search '\"rayleigh scattering\" sky'        words in quotes follow each other")]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// All conversations, last used first
    List {
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
        #[arg(long)]
        json: bool,
    },
    /// The messages of one conversation
    Show {
        /// Id, or a part of the title
        session: String,
        /// Every branch, not only the one shown
        #[arg(long)]
        all: bool,
        #[arg(long)]
        json: bool,
    },
    /// One conversation as Markdown or JSON Lines
    Export {
        session: String,
        #[arg(long, value_enum, default_value_t = As::Md)]
        format: As,
        /// Write here instead of to stdout
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// A new conversation from JSON Lines: {"role": "user"|"assistant"|"system", "text": "..."} (`-`: stdin)
    Import {
        file: PathBuf,
        /// Its title; by default the first words
        #[arg(long)]
        title: Option<String>,
        /// The model it goes on with
        #[arg(short, long)]
        model: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Delete a conversation with its messages; its costs stay in the ledger
    Delete {
        session: String,
        /// Do not ask
        #[arg(short, long)]
        yes: bool,
    },
    /// Find messages that have all these words
    Search {
        #[arg(required = true)]
        words: Vec<String>,
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: usize,
        #[arg(long)]
        json: bool,
    },
}

pub fn run(args: Args, shell: Shell) -> Result<Exit, Fail> {
    let store = shell.store()?;
    match args.what.unwrap_or(What::List { limit: 50, json: false }) {
        What::List { limit, json } => list(&store, limit, json)?,
        What::Show { session, all, json } => show(&store, &session, all, json)?,
        What::Export { session, format, output } => export(&store, &session, format, output.as_deref())?,
        What::Import { file, title, model, json } => {
            let model = model.map_or_else(|| shell.default_model(&store), |name| Ok(ModelRef::new(name)))?;
            import(&store, &file, title, model, json)?;
        }
        What::Delete { session, yes } => return delete(&store, &session, yes),
        What::Search { words, limit, json } => search(&store, &words.join(" "), limit, json)?,
    }
    Ok(Exit::Ok)
}

/// The session of that name, or a usage error.
pub fn find(store: &Store, name: &str) -> Result<Session, Fail> {
    find_session(store, name)?
        .ok_or_else(|| Fail::usage(format!("no session `{name}`; `fareway sessions` lists them")))
}

fn list(store: &Store, limit: usize, as_json: bool) -> Result<(), Fail> {
    let sessions = store.sessions(None, limit).wait()?;
    if as_json {
        return Ok(out::json(&sessions.iter().map(summary).collect::<Vec<_>>())?);
    }
    if sessions.is_empty() {
        out::note("no session yet; `fareway` opens one");
        return Ok(());
    }
    let rows: Vec<Vec<String>> = sessions
        .iter()
        .map(|s| {
            vec![
                // enough of the id to name it by
                s.id.to_string().chars().take(17).collect(),
                when(s.updated),
                s.messages.to_string(),
                s.model.to_string(),
                title(s),
            ]
        })
        .collect();
    Ok(out::table(&["SESSION", "LAST USED", "MESSAGES", "MODEL", "TITLE"], &rows)?)
}

fn summary(session: &Session) -> Value {
    json!({
        "id": session.id.to_string(),
        "title": session.title,
        "created": rfc3339(session.created),
        "updated": rfc3339(session.updated),
        "model": session.model,
        "messages": session.messages,
        "tags": session.tags,
        "pinned": session.pinned,
        "archived": session.archived,
    })
}

fn title(session: &Session) -> String {
    if session.title.is_empty() { "(no title)".into() } else { session.title.clone() }
}

fn messages(store: &Store, session: &Session, all: bool) -> Result<Vec<Arc<Message>>, Fail> {
    let every = store.messages(session.id, None, usize::MAX).wait()?.messages;
    Ok(if all { every } else { branch(&every, session.head) })
}

fn show(store: &Store, name: &str, all: bool, as_json: bool) -> Result<(), Fail> {
    let session = find(store, name)?;
    let messages = messages(store, &session, all)?;
    if as_json {
        let mut object = summary(&session);
        object["system"] = json!(session.system);
        object["messages"] = messages.iter().map(|m| line(m)).collect();
        return Ok(out::json(&object)?);
    }
    Ok(out::text(&markdown(&session, &messages))?)
}

/// A title from the first thing that was asked.
pub fn first_words(messages: &[Arc<Message>]) -> String {
    let asked = messages.iter().find(|m| m.role == Role::User).or(messages.first());
    let text = asked.map(|m| m.plain()).unwrap_or_default();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= 60 { words } else { words.chars().take(59).chain(['…']).collect() }
}

fn delete(store: &Store, name: &str, yes: bool) -> Result<Exit, Fail> {
    let session = find(store, name)?;
    if !yes {
        if !std::io::stdin().is_terminal() {
            return Err(Fail::usage("deleting asks first; without a terminal say --yes"));
        }
        let _ = write!(
            std::io::stderr(),
            "Delete \"{}\" with {} messages? [y/N] ",
            title(&session),
            session.messages
        );
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer)?;
        if !answer.trim().eq_ignore_ascii_case("y") {
            out::note("nothing deleted");
            return Ok(Exit::Ok);
        }
    }
    store.write(vec![Write::DeleteSession(session.id)]).wait()?;
    out::note(&format!("deleted \"{}\"; its costs stay in the ledger", title(&session)));
    Ok(Exit::Ok)
}

fn search(store: &Store, query: &str, limit: usize, as_json: bool) -> Result<(), Fail> {
    let hits = store.search(Search { query: query.to_owned(), limit, ..Search::default() }).wait()?;
    let mut titles = std::collections::HashMap::new();
    for hit in &hits {
        if let std::collections::hash_map::Entry::Vacant(entry) = titles.entry(hit.session) {
            entry.insert(store.session(hit.session).wait()?.map(|s| title(&s)).unwrap_or_default());
        }
    }
    if as_json {
        let hits: Vec<Value> = hits
            .iter()
            .map(|hit| {
                json!({
                    "session": hit.session.to_string(), "title": titles.get(&hit.session),
                    "message": hit.message.to_string(), "at": rfc3339(hit.at), "text": hit.snippet,
                })
            })
            .collect();
        return Ok(out::json(&hits)?);
    }
    if hits.is_empty() {
        out::note("nothing found");
    }
    let rows: Vec<Vec<String>> = hits
        .iter()
        .map(|hit| {
            let title = titles.get(&hit.session).cloned().unwrap_or_default();
            vec![hit.session.to_string().chars().take(17).collect(), when(hit.at), title, hit.snippet.clone()]
        })
        .collect();
    Ok(out::table(&[], &rows)?)
}

/// In the system's time zone, to the minute.
pub fn when(at: At) -> String {
    jiff::Timestamp::from_microsecond(at.0).map_or_else(
        |_| "?".into(),
        |t| t.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string(),
    )
}

pub fn rfc3339(at: At) -> String {
    jiff::Timestamp::from_microsecond(at.0).map_or_else(|_| "?".into(), |t| t.to_string())
}
