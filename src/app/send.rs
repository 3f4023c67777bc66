//! From the composer to a message: drafts, history, chips, completion, `/` commands and `!` commands.

use super::actions::{ACTIONS, Run};
use super::model::Begun;
use super::panes::{self, question};
use super::{Effect, Level, Model, Save, ask, compare, draft, queue, recall, turns};
use crate::words::{Message, MessageId, Part, Purpose, Role, Titled};
use std::sync::Arc;

/// Enter: a command, or a message that is sent.
pub fn send(model: &mut Model, _: &str) -> Vec<Effect> {
    let draft = model.draft().clone();
    let text = draft.text.trim();
    if text.is_empty() {
        return queue::send_held(model);
    }
    // neither the session nor its model is known: it waits, or it would be lost with the session it stands in
    if model.begun != Begun::Done {
        model.begun = Begun::Sending;
        return Vec::new();
    }
    if let Some(rest) = text.strip_prefix('/')
        && !draft.text.starts_with(' ')
        && !text.contains('\n')
        && let Some(effects) = command(model, rest)
    {
        return effects;
    }
    if let Some(shell) = text.strip_prefix('!').map(str::trim).filter(|c| !c.is_empty() && !c.contains('\n'))
    {
        question::run(model, shell);
        return Vec::new();
    }
    recall::remember(model, &draft);
    if model.streaming() {
        if model.thread().fork.is_some() {
            model.say(Level::Warning, "a reply is under way: Esc stops it, then a branch can be begun");
            return Vec::new();
        }
        return queue::push(model, draft.clone());
    }
    // a comparison without a verdict goes on from the chosen column
    let mut closed = compare::close(model, "");
    // the message is kept before the draft is taken away: a kill in between loses neither
    closed.extend(say(model, draft::parts(&draft)));
    closed.extend(draft::sent(model));
    closed
}

/// Sends a message of the person's under the shown branch and asks for the answer.
pub fn say(model: &mut Model, parts: Vec<Part>) -> Vec<Effect> {
    let parent = model.thread().goes_on_from();
    let id = prompt(model, parts, parent);
    let who = model.model().clone();
    let (answer, effects) = ask::ask(model, Some(id), who, Purpose::Chat);
    let mut all = keep(model, &[id, answer]);
    all.extend(effects);
    all
}

/// Adds the person's message under this one; names the session by its first words.
pub fn prompt(model: &mut Model, parts: Vec<Part>, parent: Option<MessageId>) -> MessageId {
    let id = MessageId::new(model.now, &mut model.dice);
    let now = model.now;
    let thread = model.thread_mut();
    let mut message = Message::text(id, parent, Role::User, "", now);
    message.parts = parts;
    if thread.session.titled == Titled::No {
        thread.session.title = title(&message.plain());
        thread.session.titled = Titled::Locally;
    }
    thread.push(Arc::new(message));
    thread.selected = None;
    id
}

/// Keeps messages and their session in one write.
pub fn keep(model: &mut Model, ids: &[MessageId]) -> Vec<Effect> {
    let thread = model.thread();
    let session = thread.session.id;
    let mut saves = vec![Save::Session(Box::new(thread.session.clone()))];
    saves.extend(
        ids.iter()
            .filter_map(|id| thread.message(*id))
            .map(|message| Save::Message { session, message: Arc::clone(message) }),
    );
    turns::list(model, session);
    vec![Effect::Save(saves)]
}

/// The first words of a prompt, at most 48 characters, cut at a word: those that were typed, if any were, else the name
/// of what was attached.
pub fn title(text: &str) -> String {
    let line = first_line(text).replace('`', "").replace("**", "");
    let line = crate::words::clean_line(line.trim_start_matches(['#', '>', '-', '*', ' ']));
    if line.chars().count() <= 48 {
        return line;
    }
    let cut: String = line.chars().take(47).collect();
    let at = cut.rfind(' ').filter(|at| *at > 20).unwrap_or(cut.len());
    format!("{}…", cut[..at].trim_end())
}

/// The first line that stands in no fence, else the first one that is none.
fn first_line(text: &str) -> &str {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut rest = lines().peekable();
    while let Some(line) = rest.next() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        if ticks >= 3 {
            rest.find(|end| *end == &line[..ticks]);
            continue;
        }
        // what a fence holds is called so in the line above it
        let names = line.starts_with('`') && line.ends_with('`');
        if !names || !rest.peek().is_some_and(|next| next.starts_with("```")) {
            return line;
        }
    }
    lines().find(|line| !line.starts_with("```")).unwrap_or("")
}

/// `/name argument`; `None` when there is no such command and the text may be meant as text.
fn command(model: &mut Model, rest: &str) -> Option<Vec<Effect>> {
    let (name, argument) = rest.split_once(' ').unwrap_or((rest, ""));
    let action = ACTIONS.iter().find(|a| a.slash == Some(name));
    if action.is_none()
        && let Some(template) = model.settings.templates.get(name).cloned()
    {
        let mut effects = draft::clear(model);
        effects.extend(panes::entry::begin(model, &template, argument.trim()));
        return Some(effects);
    }
    let Some(action) = action else {
        let wordlike = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-');
        if !wordlike {
            return None;
        }
        let commands = ACTIONS.iter().filter_map(|a| a.slash);
        let templates = model.settings.templates.keys().map(String::as_str);
        let meant = crate::words::meant(name, commands.chain(templates));
        let hint = meant.map_or_else(String::new, |meant| format!(", did you mean /{meant}?"));
        model.say(
            Level::Warning,
            format!("there is no command /{name}{hint}; put a space before it to send it as text"),
        );
        return Some(Vec::new());
    };
    let mut effects = draft::clear(model);
    if let Run::Do(run) = action.run {
        effects.extend(run(model, argument.trim()));
    }
    Some(effects)
}

// === attachments, commands, the editor ===
