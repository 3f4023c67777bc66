//! Completion in the composer: `/` commands from the table of actions, `@` paths from the disk.

use super::actions::ACTIONS;
use super::model::{Completion, Item};
use super::panes::Fuzzy;
use super::{Effect, Model, Order, draft};
use crate::words::{Draft, TurnId, Usd};

pub fn offer(model: &mut Model) -> Vec<Effect> {
    model.completion = None;
    let draft = model.draft();
    let line = draft.text.lines().nth(draft.row).unwrap_or("");
    let before: String = line.chars().take(draft.column).collect();
    if draft.row == 0
        && let Some(start) = before.strip_prefix('/')
        && !start.contains(' ')
    {
        let items = commands(start);
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

/// Commands that begin like this, then those that have its letters in their order.
fn commands(start: &str) -> Vec<Item> {
    let mut fuzzy = Fuzzy::new(start);
    let mut scored: Vec<_> = ACTIONS
        .iter()
        .enumerate()
        .filter_map(|(row, action)| action.slash.map(|slash| (row, slash, action.title)))
        .filter_map(|(row, slash, title)| {
            let score = if slash.starts_with(start) { u32::MAX } else { fuzzy.score(slash)? };
            Some((std::cmp::Reverse(score), row, slash, title))
        })
        .collect();
    scored.sort_unstable();
    let item = |(_, _, slash, title)| Item { text: format!("/{slash} "), about: String::from(title) };
    scored.into_iter().map(item).collect::<Vec<Item>>()
}

/// Paths for the `@` word at the cursor.
pub fn paths(model: &mut Model, turn: TurnId, paths: Vec<(String, Option<u64>)>) -> Vec<Effect> {
    if model.pending.paths != Some(turn) {
        return Vec::new();
    }
    let draft = model.draft();
    let line = draft.text.lines().nth(draft.row).unwrap_or("");
    let before: String = line.chars().take(draft.column).collect();
    let word = before.rsplit([' ', '\t']).next().unwrap_or("");
    let replaces = word.chars().count();
    let price = model.card(model.model().as_str()).and_then(|card| card.prices()).map(|prices| prices.prompt);
    let item = |(path, size): (String, Option<u64>)| Item {
        about: size.map_or_else(|| "folder".into(), |size| about(&path, size, price)),
        text: format!("@{path}"),
    };
    let items: Vec<Item> = paths.into_iter().map(item).collect();
    model.completion =
        (word.starts_with('@') && !items.is_empty()).then_some(Completion { replaces, items, at: 0 });
    Vec::new()
}

/// What of a file is no text, so that its size says nothing of its tokens.
const NO_TEXT: [&str; 8] = ["png", "jpg", "jpeg", "gif", "webp", "pdf", "zip", "gz"];

/// `3.8 KB · ~975 tokens · ~$0.0029`: what attaching a file would come to.
fn about(path: &str, size: u64, price: Option<Usd>) -> String {
    let bytes = draft::size(usize::try_from(size).unwrap_or(usize::MAX));
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    if NO_TEXT.contains(&ending.as_str()) {
        return bytes;
    }
    let tokens = size.div_ceil(4);
    let cost = price.map_or_else(String::new, |price| format!(" · ~${}", (price * tokens).round(6)));
    format!("{bytes} · ~{tokens} tokens{cost}")
}

pub fn next(model: &mut Model, _: &str) -> Vec<Effect> {
    if let Some(completion) = &mut model.completion {
        completion.at = (completion.at + 1) % completion.items.len();
    }
    Vec::new()
}

pub fn previous(model: &mut Model, _: &str) -> Vec<Effect> {
    if let Some(completion) = &mut model.completion {
        completion.at = (completion.at + completion.items.len() - 1) % completion.items.len();
    }
    Vec::new()
}

pub fn close(model: &mut Model, _: &str) -> Vec<Effect> {
    model.completion = None;
    Vec::new()
}

/// Takes the item: a folder goes on completing, a file is attached, a command waits for its argument.
pub fn accept(model: &mut Model, _: &str) -> Vec<Effect> {
    let Some(completion) = model.completion.take() else { return Vec::new() };
    let Some(item) = completion.items.get(completion.at) else { return Vec::new() };
    let path = item.text.strip_prefix('@').filter(|p| !p.ends_with('/'));
    let insert = if path.is_some() { "" } else { item.text.as_str() };
    let draft = splice(model.draft(), completion.replaces, insert);
    let mut effects = vec![Effect::Screen(Order::Draft(draft.clone()))];
    effects.extend(draft::edited(model, draft));
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
