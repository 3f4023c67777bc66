//! From the composer to a message: drafts, history, chips, completion, `/` commands and `!` commands.

use super::actions::{ACTIONS, Run};
use super::model::{Completion, Item};
use super::panes::question;
use super::{Attached, Effect, Level, Model, Order, Save, turns};
use crate::words::{
    Chip, ChipBody, Draft, Message, MessageId, ModelRef, Part, Purpose, Role, Titled, TurnId, clean,
};
use std::sync::Arc;
use std::time::Duration;

/// Pastes above this are folded to a chip: the text engine wraps its whole text at every key.
const FOLD: usize = 8 * 1024;
/// Pastes above this are refused.
const LARGEST: usize = 5 * 1024 * 1024;
const HISTORY: usize = 500;

/// The composer's text changed.
pub fn edited(model: &mut Model, draft: Draft) -> Vec<Effect> {
    let now = model.now;
    let thread = model.thread_mut();
    // all of them: an undo may bring a label back; what is sent is what the text names
    let chips = std::mem::take(&mut thread.draft.chips);
    thread.draft = Draft { chips, ..draft };
    thread.selected = None;
    model.armed = None;
    let mut effects = complete(model);
    // both follow the last key, not each key
    model.keep_draft = Some(now + Duration::from_millis(400));
    model.price_draft = Some(now + Duration::from_millis(150));
    effects.push(Effect::Wake(now + Duration::from_millis(150)));
    effects.push(Effect::Wake(now + Duration::from_millis(400)));
    effects
}

/// A paste as the terminal sent it: refused when it is no text or too large, folded when it is long.
pub fn paste(model: &mut Model, text: String) -> Vec<Effect> {
    if !model.overlays.is_empty() {
        super::panes::paste(model, &text);
        return Vec::new();
    }
    if text.len() > LARGEST {
        let size = size(text.len());
        model.say(
            Level::Error,
            format!("the paste is {size}: at most 5 MB fit; save it to a file and attach it with @path"),
        );
        return Vec::new();
    }
    let odd = text.chars().filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{1b}')).count();
    if text.contains('\0') || odd * 20 > text.chars().count() {
        model.say(Level::Error, "the paste is not text; save it to a file and attach it with @path");
        return Vec::new();
    }
    let text = clean(&text).into_owned();
    if text.len() <= FOLD {
        return vec![Effect::Screen(Order::Insert(text))];
    }
    let about = format!("pasted {} lines, {}", text.lines().count(), size(text.len()));
    let chip = add_chip(model, &about, ChipBody::Paste { text });
    vec![Effect::Screen(Order::Insert(chip))]
}

/// Adds a chip under a label that is not taken; the label is to be typed into the composer.
fn add_chip(model: &mut Model, about: &str, body: ChipBody) -> String {
    let about: String = about.chars().map(|c| if matches!(c, '⟦' | '⟧' | '\n') { ' ' } else { c }).collect();
    let draft = &mut model.thread_mut().draft;
    let label = (1..)
        .map(|n| if n == 1 { format!("⟦{about}⟧") } else { format!("⟦{about} #{n}⟧") })
        .find(|label| {
            !draft.chips.iter().any(|chip| chip.label == *label) && !draft.text.contains(label.as_str())
        })
        .expect("there are more numbers than chips");
    draft.chips.push(Arc::new(Chip { label: label.clone(), body }));
    label
}

pub fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", bytes / 1024),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}

/// Enter: a command, or a message that is sent.
pub fn send(model: &mut Model, _: &str) -> Vec<Effect> {
    let draft = model.draft().clone();
    let text = draft.text.trim();
    if text.is_empty() {
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
    if model.streaming() {
        model.say(Level::Warning, "a reply is under way: Esc stops it, or open another session with Ctrl-N");
        return Vec::new();
    }
    remember(model, text);
    // the message is kept before the draft is taken away: a kill in between loses neither
    let mut effects = say(model, parts(&draft));
    effects.extend(clear(model));
    effects
}

/// Sends a message of the person's under the shown branch and asks for the answer.
pub fn say(model: &mut Model, parts: Vec<Part>) -> Vec<Effect> {
    let id = prompt(model, parts);
    let who = model.model().clone();
    let (answer, effects) = turns::ask(model, Some(id), who, Purpose::Chat);
    let mut all = keep(model, &[id, answer]);
    all.extend(effects);
    all
}

/// Adds the person's message to the shown branch; names the session by its first words.
pub fn prompt(model: &mut Model, parts: Vec<Part>) -> MessageId {
    let id = MessageId::new(model.now, &mut model.dice);
    let now = model.now;
    let thread = model.thread_mut();
    let mut message = Message::text(id, thread.session.head, Role::User, "", now);
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
    let title = thread.session.title.clone();
    turns::list(model, session);
    vec![Effect::Save(saves), Effect::Title(title)]
}

/// The first words of a prompt, at most 48 characters, cut at a word.
pub fn title(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or("");
    let line = crate::words::clean_line(line.trim_start_matches(['#', '>', '-', '*', ' ']));
    if line.chars().count() <= 48 {
        return line;
    }
    let cut: String = line.chars().take(47).collect();
    let at = cut.rfind(' ').filter(|at| *at > 20).unwrap_or(cut.len());
    format!("{}…", cut[..at].trim_end())
}

/// A draft's text with its chips in their places.
pub fn parts(draft: &Draft) -> Vec<Part> {
    let mut found: Vec<(usize, &Arc<Chip>)> =
        draft.chips.iter().filter_map(|chip| Some((draft.text.find(&chip.label)?, chip))).collect();
    found.sort_by_key(|(at, _)| *at);
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut from = 0;
    for (at, chip) in found {
        if at < from {
            continue;
        }
        text.push_str(&draft.text[from..at]);
        from = at + chip.label.len();
        match &chip.body {
            ChipBody::Paste { text: pasted } => text.push_str(pasted),
            ChipBody::Text { name, text: file } => text.push_str(&fenced(name, file)),
            ChipBody::Output { command, text: output } => {
                text.push_str(&fenced(&format!("$ {command}"), output))
            }
            ChipBody::Image { source, .. } => {
                flush(&mut text, &mut parts);
                parts.push(Part::Image { source: source.clone(), detail: None });
            }
            ChipBody::File { name, source } => {
                flush(&mut text, &mut parts);
                parts.push(Part::File { name: name.clone(), source: source.clone() });
            }
        }
    }
    text.push_str(&draft.text[from..]);
    flush(&mut text, &mut parts);
    parts
}

fn flush(text: &mut String, parts: &mut Vec<Part>) {
    if !text.trim().is_empty() {
        parts.push(Part::text(text.trim()));
    }
    text.clear();
}

/// A file in a fence that none of its own lines can close.
fn fenced(name: &str, text: &str) -> String {
    let longest = text.lines().map(|l| l.trim_start().chars().take_while(|c| *c == '`').count()).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    format!("\n`{name}`\n{fence}\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

/// Empties the composer, here and on disk.
pub fn clear(model: &mut Model) -> Vec<Effect> {
    replace(model, Draft::default())
}

/// Puts a draft into the composer.
pub fn replace(model: &mut Model, draft: Draft) -> Vec<Effect> {
    model.thread_mut().draft = draft.clone();
    model.completion = None;
    model.recalled = None;
    model.keep_draft = None;
    model.price_draft = Some(model.now + Duration::from_millis(150));
    vec![
        Effect::Screen(Order::Draft(draft.clone())),
        Effect::Save(vec![Save::Draft { session: model.here, draft }]),
        Effect::Wake(model.now + Duration::from_millis(150)),
    ]
}

fn remember(model: &mut Model, text: &str) {
    if text.len() > FOLD {
        return;
    }
    let history = &mut model.settings.history;
    history.retain(|old| old != text);
    history.push(text.to_owned());
    let over = history.len().saturating_sub(HISTORY);
    history.drain(..over);
}

/// Up on the first line, Down on the last: prompts sent before.
pub fn recall(model: &mut Model, back: bool) -> Vec<Effect> {
    let history = &model.settings.history;
    let (steps, parked) = match &model.recalled {
        Some((steps, parked)) => (*steps, parked.clone()),
        None => (0, model.draft().clone()),
    };
    let steps = match back {
        true if steps < history.len() => steps + 1,
        false if steps > 0 => steps - 1,
        _ => return Vec::new(),
    };
    let draft = if steps == 0 { parked.clone() } else { at_end(&history[history.len() - steps]) };
    let effects = replace(model, draft);
    model.recalled = (steps > 0).then_some((steps, parked));
    effects
}

/// A draft with the cursor behind its last character.
pub fn at_end(text: &str) -> Draft {
    let row = text.matches('\n').count();
    let column = text.rsplit('\n').next().unwrap_or("").chars().count();
    Draft { text: text.to_owned(), row, column, chips: Vec::new() }
}

/// `/name argument`; `None` when there is no such command and the text may be meant as text.
fn command(model: &mut Model, rest: &str) -> Option<Vec<Effect>> {
    let (name, argument) = rest.split_once(' ').unwrap_or((rest, ""));
    let action = ACTIONS.iter().find(|a| a.slash == Some(name));
    let Some(action) = action else {
        let wordlike = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-');
        if !wordlike {
            return None;
        }
        model.say(
            Level::Warning,
            format!("there is no command /{name}; put a space before it to send it as text"),
        );
        return Some(Vec::new());
    };
    let mut effects = clear(model);
    if let Run::Do(run) = action.run {
        effects.extend(run(model, argument.trim()));
    }
    Some(effects)
}

// === completion ===

fn complete(model: &mut Model) -> Vec<Effect> {
    model.completion = None;
    let draft = model.draft();
    let line = draft.text.lines().nth(draft.row).unwrap_or("");
    let before: String = line.chars().take(draft.column).collect();
    if draft.row == 0
        && let Some(start) = before.strip_prefix('/')
        && !start.contains(' ')
    {
        let items: Vec<Item> = ACTIONS
            .iter()
            .filter_map(|a| a.slash.filter(|s| s.starts_with(start)).map(|s| (s, a.title)))
            .map(|(slash, title)| Item { text: format!("/{slash} "), about: title.to_owned() })
            .collect();
        let exact = items.len() == 1 && items[0].text.trim() == before;
        if !items.is_empty() && !exact {
            model.completion = Some(Completion { replaces: before.chars().count(), items, at: 0 });
        }
        return Vec::new();
    }
    let word = before.rsplit([' ', '\t']).next().unwrap_or("");
    if let Some(prefix) = word.strip_prefix('@') {
        let (turn, prefix) = (model.next_turn(), prefix.to_owned());
        model.pending.paths = Some(turn);
        return vec![Effect::Complete { turn, prefix }];
    }
    model.pending.paths = None;
    Vec::new()
}

/// Paths for the `@` word at the cursor.
pub fn paths(model: &mut Model, turn: TurnId, paths: Vec<String>) -> Vec<Effect> {
    if model.pending.paths != Some(turn) {
        return Vec::new();
    }
    let draft = model.draft();
    let line = draft.text.lines().nth(draft.row).unwrap_or("");
    let before: String = line.chars().take(draft.column).collect();
    let word = before.rsplit([' ', '\t']).next().unwrap_or("");
    let replaces = word.chars().count();
    let items: Vec<Item> = paths
        .into_iter()
        .map(|path| Item {
            about: if path.ends_with('/') { "folder" } else { "attach" }.into(),
            text: format!("@{path}"),
        })
        .collect();
    model.completion =
        (word.starts_with('@') && !items.is_empty()).then_some(Completion { replaces, items, at: 0 });
    Vec::new()
}

pub fn complete_next(model: &mut Model, _: &str) -> Vec<Effect> {
    if let Some(completion) = &mut model.completion {
        completion.at = (completion.at + 1) % completion.items.len();
    }
    Vec::new()
}

pub fn complete_previous(model: &mut Model, _: &str) -> Vec<Effect> {
    if let Some(completion) = &mut model.completion {
        completion.at = (completion.at + completion.items.len() - 1) % completion.items.len();
    }
    Vec::new()
}

pub fn complete_close(model: &mut Model, _: &str) -> Vec<Effect> {
    model.completion = None;
    Vec::new()
}

/// Takes the item: a folder goes on completing, a file is attached, a command waits for its argument.
pub fn complete_accept(model: &mut Model, _: &str) -> Vec<Effect> {
    let Some(completion) = model.completion.take() else { return Vec::new() };
    let Some(item) = completion.items.get(completion.at) else { return Vec::new() };
    let path = item.text.strip_prefix('@').filter(|p| !p.ends_with('/'));
    let insert = if path.is_some() { "" } else { item.text.as_str() };
    let draft = splice(model.draft(), completion.replaces, insert);
    let mut effects = vec![Effect::Screen(Order::Draft(draft.clone()))];
    effects.extend(edited(model, draft));
    if let Some(path) = path {
        let (turn, path) = (model.next_turn(), path.to_owned());
        model.pending.attach.push(turn);
        effects.push(Effect::Attach { turn, path });
    }
    effects
}

/// The draft with `replaces` characters before the cursor replaced.
fn splice(draft: &Draft, replaces: usize, insert: &str) -> Draft {
    let mut lines: Vec<String> = draft.text.split('\n').map(str::to_owned).collect();
    let mut column = draft.column;
    if let Some(line) = lines.get_mut(draft.row) {
        let from = column.saturating_sub(replaces);
        let head: String = line.chars().take(from).collect();
        let tail: String = line.chars().skip(column).collect();
        column = from + insert.chars().count();
        *line = format!("{head}{insert}{tail}");
    }
    Draft { text: lines.join("\n"), row: draft.row, column, chips: draft.chips.clone() }
}

// === attachments, commands, the editor ===

pub fn attach(model: &mut Model, path: &str) -> Vec<Effect> {
    if path.is_empty() {
        model.say(Level::Info, "type @ and a path in the prompt, or /attach PATH");
        return Vec::new();
    }
    let turn = model.next_turn();
    model.pending.attach.push(turn);
    vec![Effect::Attach { turn, path: path.to_owned() }]
}

pub fn attached(model: &mut Model, turn: TurnId, chip: Result<Box<Attached>, String>) -> Vec<Effect> {
    if !model.pending.attach.contains(&turn) {
        return Vec::new();
    }
    model.pending.attach.retain(|t| *t != turn);
    match chip {
        Ok(attached) => {
            let about = attached.chip.label.trim_matches(['⟦', '⟧']).to_owned();
            let about =
                if attached.tokens > 0 { format!("{about}, ~{} tokens", attached.tokens) } else { about };
            let label = add_chip(model, &about, attached.chip.body);
            vec![Effect::Screen(Order::Insert(format!("{label} ")))]
        }
        Err(sentence) => {
            model.say(Level::Error, sentence);
            Vec::new()
        }
    }
}

pub fn editor(model: &mut Model, _: &str) -> Vec<Effect> {
    let turn = model.next_turn();
    model.pending.editor = Some(turn);
    vec![Effect::Editor { turn, text: model.draft().text.clone() }]
}

pub fn written(model: &mut Model, turn: TurnId, text: Result<String, String>) -> Vec<Effect> {
    if model.pending.editor.take_if(|t| *t == turn).is_none() {
        return Vec::new();
    }
    match text {
        Ok(text) => {
            let chips = model.draft().chips.clone();
            let draft = Draft { chips, ..at_end(clean(&text).trim_end()) };
            replace(model, draft)
        }
        Err(sentence) => {
            model.say(Level::Error, sentence);
            Vec::new()
        }
    }
}

/// Asks what sending the draft would cost, here and on the first two favourites.
pub fn quote(model: &mut Model) -> Vec<Effect> {
    if model.draft().text.trim().is_empty() {
        model.quotes.clear();
        model.pending.quote = None;
        return Vec::new();
    }
    let who = model.model().clone();
    let mut models: Vec<ModelRef> = vec![who.clone()];
    models.extend(model.settings.favourites.iter().filter(|f| **f != who).take(2).cloned());
    let mut request = turns::request(model, model.session().head, who);
    let message = Message::loose(Role::User, parts(model.draft()));
    request.messages.push(Arc::new(message));
    let turn = model.next_turn();
    model.pending.quote = Some(turn);
    vec![Effect::Quote { turn, request: Box::new(request), models }]
}
