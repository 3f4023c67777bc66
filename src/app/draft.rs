//! The draft in the composer: edits, pastes, chips and what they become, prompts sent before, what sending would cost.

use super::{Effect, Level, Model, Order, ask, complete, queue, recall};
use crate::words::{Chip, ChipBody, Draft, Message, ModelRef, Part, Role, SessionId, clean};
use std::sync::Arc;
use std::time::Duration;

/// Pastes above this are folded to a chip: the text engine wraps its whole text at every key.
pub const FOLD: usize = 8 * 1024;
/// And pastes of more lines: they would push what was written round them out of sight.
pub const FOLD_LINES: usize = 40;
/// Pastes above this are refused.
const LARGEST: usize = 5 * 1024 * 1024;

/// The composer's text changed.
pub fn edited(model: &mut Model, draft: Draft) -> Vec<Effect> {
    let now = model.now;
    let thread = model.thread_mut();
    // all of them: an undo may bring a label back; what is sent is what the text names
    let mut chips = std::mem::take(&mut thread.draft.chips);
    chips.extend(recall::brought_back(&model.folded, &chips, &draft.text));
    let thread = model.thread_mut();
    thread.draft = Draft { chips, ..draft };
    thread.selected = None;
    model.armed = None;
    let mut effects = complete::offer(model);
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
        return super::panes::paste(model, &text);
    }
    if text.len() > LARGEST {
        return overlong(model, text.len());
    }
    let odd = text.chars().filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{1b}')).count();
    if text.contains('\0') || odd * 20 > text.chars().count() {
        model.say(Level::Error, "the paste is not text; save it to a file and attach it with @path");
        return Vec::new();
    }
    let text = clean(&text).into_owned();
    if text.len() <= FOLD && text.lines().count() <= FOLD_LINES {
        return vec![Effect::Screen(Order::Insert(text))];
    }
    let about = pasted(&text);
    let here = model.here;
    let Some(chip) = add_chip(model, here, &about, ChipBody::Paste { text }) else { return Vec::new() };
    let open = model.keymap.keys("chip.open").first().map_or("/keys".into(), ToString::to_string);
    model.say(Level::Info, format!("folded: {open} opens it, Backspace takes it out"));
    vec![Effect::Screen(Order::Insert(chip))]
}

/// `pasted 400 lines, 12 KB`.
pub fn pasted(text: &str) -> String {
    let lines = text.lines().count();
    format!("pasted {lines} line{}, {}", if lines == 1 { "" } else { "s" }, size(text.len()))
}

/// What is folded at the cursor, or just before it.
pub fn chip_at(draft: &Draft) -> Option<&Arc<Chip>> {
    let line: usize = draft.text.split('\n').take(draft.row).map(|line| line.len() + 1).sum();
    let column = draft.text[line.min(draft.text.len())..].chars().take(draft.column).map(char::len_utf8);
    let at = line + column.sum::<usize>();
    draft.chips.iter().find(|chip| {
        draft.text.find(&chip.label).is_some_and(|from| (from..=from + chip.label.len() + 1).contains(&at))
    })
}

/// A paste that is too large to be taken.
pub fn overlong(model: &mut Model, bytes: usize) -> Vec<Effect> {
    let size = size(bytes);
    let said = format!("the paste is {size}: at most 5 MB fit; save it to a file and attach it with @path");
    model.say(Level::Error, said);
    Vec::new()
}

/// Adds a chip to a session's draft under a label that is not taken; the label is to be typed into it. `None`: there
/// is no such session.
pub fn add_chip(model: &mut Model, session: SessionId, about: &str, body: ChipBody) -> Option<String> {
    let about: String = about.chars().map(|c| if matches!(c, '⟦' | '⟧' | '\n') { ' ' } else { c }).collect();
    let draft = &mut model.threads.get_mut(&session)?.draft;
    let label = (1..)
        .map(|n| if n == 1 { format!("⟦{about}⟧") } else { format!("⟦{about} #{n}⟧") })
        .find(|label| {
            !draft.chips.iter().any(|chip| chip.label == *label) && !draft.text.contains(label.as_str())
        })
        .expect("there are more numbers than chips");
    draft.chips.push(Arc::new(Chip { label: label.clone(), body }));
    Some(label)
}

pub fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", bytes / 1024),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
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
            ChipBody::Image { name, source } => {
                flush(&mut text, &mut parts);
                parts.push(Part::Image { name: name.clone(), source: source.clone(), detail: None });
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

/// The draft was sent: the composer is empty, or holds what stood in it before a prompt was edited.
pub fn sent(model: &mut Model) -> Vec<Effect> {
    let parked = model.thread_mut().fork.take().map(|fork| fork.parked);
    replace(model, parked.unwrap_or_default())
}

/// Puts a draft into the composer.
pub fn replace(model: &mut Model, draft: Draft) -> Vec<Effect> {
    model.thread_mut().draft = draft.clone();
    model.completion = None;
    model.recalled = None;
    model.keep_draft = None;
    model.price_draft = Some(model.now + Duration::from_millis(150));
    vec![
        Effect::Screen(Order::Draft(draft)),
        queue::save(model),
        Effect::Wake(model.now + Duration::from_millis(150)),
    ]
}

/// A draft with the cursor behind its last character.
pub fn at_end(text: &str) -> Draft {
    let row = text.matches('\n').count();
    let column = text.rsplit('\n').next().unwrap_or("").chars().count();
    Draft { text: text.to_owned(), row, column, chips: Vec::new() }
}

/// A message as a draft again: its text, and chips for its images and files.
pub fn of(message: &Message) -> Draft {
    let mut all = Draft::default();
    for part in &message.parts {
        let (about, body) = match part {
            Part::Text { text, .. } => {
                all.text.push_str(text);
                continue;
            }
            Part::Image { name, source, .. } => {
                (name, ChipBody::Image { name: name.clone(), source: source.clone() })
            }
            Part::File { name, source } => {
                (name, ChipBody::File { name: name.clone(), source: source.clone() })
            }
            _ => continue,
        };
        let about = if about.is_empty() { "image" } else { about.as_str() };
        let chip = Chip { label: format!("⟦{about}⟧"), body };
        let one = Draft { text: chip.label.clone(), chips: vec![Arc::new(chip)], ..Draft::default() };
        all = if all.text.is_empty() { one } else { join(all, &one) };
        all.text.push(' ');
    }
    Draft { chips: all.chips, ..at_end(&all.text) }
}

/// One draft behind the other, with a blank line between them; labels that both have are told apart.
pub fn join(mut first: Draft, second: &Draft) -> Draft {
    let mut text = second.text.clone();
    for chip in &second.chips {
        let label = (1..)
            .map(|n| {
                if n == 1 {
                    chip.label.clone()
                } else {
                    format!("{} #{n}⟧", chip.label.trim_end_matches('⟧'))
                }
            })
            .find(|label| !first.chips.iter().any(|other| other.label == *label))
            .expect("there are more numbers than chips");
        text = text.replacen(&chip.label, &label, 1);
        first.chips.push(Arc::new(Chip { label, body: chip.body.clone() }));
    }
    Draft { chips: first.chips, ..at_end(&format!("{}\n\n{text}", first.text)) }
}

/// The draft's price is asked for anew, if there is a draft.
pub fn reprice(model: &mut Model) -> Option<Effect> {
    let written = !model.draft().text.trim().is_empty();
    written.then(|| {
        model.price_draft = Some(model.now);
        Effect::Wake(model.now)
    })
}

/// No reply says how long the conversation is: the last one failed, or this is a shortened copy.
fn unweighed(model: &Model) -> bool {
    !model.thread().is_empty() && model.metered().is_none_or(|reading| reading.usage.total() == 0)
}

/// Has the conversation weighed if no reply says how long it is: the gauge shows it.
pub fn weigh(model: &mut Model) -> Option<Effect> {
    unweighed(model).then(|| {
        model.price_draft = Some(model.now);
        Effect::Wake(model.now)
    })
}

/// Asks what sending the draft would cost, here and on the first two favourites.
pub fn quote(model: &mut Model) -> Vec<Effect> {
    let text = model.draft().text.trim();
    let word = text.strip_prefix('/').and_then(|rest| rest.split_whitespace().next());
    let command = word.is_some_and(|word| word.chars().all(|c| c.is_alphanumeric() || c == '-'));
    let sends = !(text.is_empty() || command || text.starts_with('!'));
    let who = model.model().clone();
    if !sends {
        model.quotes.clear();
        model.pending.quote = None;
        if !unweighed(model) {
            return Vec::new();
        }
        let request = Box::new(ask::request(model, model.session().head, who.clone()));
        let turn = model.next_turn();
        model.pending.quote = Some(turn);
        return vec![Effect::Quote { turn, request, models: vec![who] }];
    }
    let mut models: Vec<ModelRef> = vec![who.clone()];
    models.extend(model.settings.favourites.iter().filter(|f| **f != who).take(2).cloned());
    let mut request = ask::request(model, model.thread().goes_on_from(), who);
    let message = Message::loose(Role::User, parts(model.draft()));
    request.messages.push(Arc::new(message));
    let turn = model.next_turn();
    model.pending.quote = Some(turn);
    vec![Effect::Quote { turn, request: Box::new(request), models }]
}
