//! Completion in the composer: `/` commands from the table of actions, `@` paths from the disk.

use super::actions::ACTIONS;
use super::attach::{IMAGE_TOKENS, PDF_TOKENS, about_tokens};
use super::model::{Completion, Item};
use super::panes::Fuzzy;
use super::{Effect, Model, Order, draft, send};
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
        let items = commands(model, start);
        let exact = items.len() == 1 && items[0].text.trim() == before;
        if !items.is_empty() && !exact {
            model.completion = Some(Completion { replaces: before.chars().count(), items, at: 0 });
        }
        return Vec::new();
    }
    if let Some((_, prefix)) = path_word(&before) {
        let (turn, prefix) = (model.next_turn(), prefix.to_owned());
        model.pending.paths = Some(turn);
        return vec![Effect::Complete { turn, prefix }];
    }
    model.pending.paths = None;
    Vec::new()
}

/// The `@path` that ends at the cursor and the path in it; `@"` begins one with blanks in it.
fn path_word(before: &str) -> Option<(&str, &str)> {
    let begins = |at: usize| before[..at].chars().next_back().is_none_or(char::is_whitespace);
    let quoted = before.rfind("@\"").filter(|at| begins(*at) && !before[at + 2..].contains('"'));
    if let Some(at) = quoted {
        return Some((&before[at..], &before[at + 2..]));
    }
    let word = before.rsplit([' ', '\t']).next().unwrap_or("");
    Some((word, word.strip_prefix('@').filter(|path| !path.starts_with('"'))?))
}

/// Commands and templates that begin like this, then those that have its letters in their order.
fn commands(model: &Model, start: &str) -> Vec<Item> {
    let mut fuzzy = Fuzzy::new(start);
    let actions = ACTIONS.iter().filter_map(|action| Some((action.slash?, action.title.to_owned())));
    let templates = model.settings.templates.iter().map(|(name, text)| {
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        (name.as_str(), format!("template: {}", first.trim()))
    });
    let mut scored: Vec<_> = actions
        .chain(templates.filter(|(name, _)| !name.contains(' ')))
        .enumerate()
        .filter_map(|(row, (name, about))| {
            let score = if name.starts_with(start) { u32::MAX } else { fuzzy.score(name)? };
            Some((std::cmp::Reverse(score), row, name, about))
        })
        .collect();
    scored.sort_unstable();
    scored.into_iter().map(|(_, _, name, about)| Item { text: format!("/{name} "), about }).collect()
}

/// Paths for the `@` word at the cursor.
pub fn paths(model: &mut Model, turn: TurnId, paths: Vec<(String, Option<u64>)>) -> Vec<Effect> {
    if model.pending.paths != Some(turn) {
        return Vec::new();
    }
    let draft = model.draft();
    let line = draft.text.lines().nth(draft.row).unwrap_or("");
    let before: String = line.chars().take(draft.column).collect();
    let replaces = path_word(&before).map_or(0, |(word, _)| word.chars().count());
    let price = model.card(model.model().as_str()).and_then(|card| card.prices()).map(|prices| prices.prompt);
    let item = |(path, size): (String, Option<u64>)| Item {
        about: size.map_or_else(|| "folder".into(), |size| about(&path, size, price)),
        // a folder goes on being completed behind its blanks
        text: if path.ends_with('/') && path.contains(' ') {
            format!("@\"{path}")
        } else {
            format!("@{path}")
        },
    };
    let items: Vec<Item> = paths.into_iter().map(item).collect();
    model.completion = (replaces > 0 && !items.is_empty()).then_some(Completion { replaces, items, at: 0 });
    Vec::new()
}

/// What is neither text nor an image: it is refused when it is attached.
const NO_TEXT: [&str; 6] = ["zip", "gz", "xz", "tar", "bin", "exe"];

/// `3.8 KB · ~975 tokens · ~$0.0029`: what attaching a file would come to.
fn about(path: &str, size: u64, price: Option<Usd>) -> String {
    let bytes = draft::size(usize::try_from(size).unwrap_or(usize::MAX));
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let tokens = match ending.as_str() {
        "png" | "jpg" | "jpeg" | "gif" | "webp" => IMAGE_TOKENS,
        "pdf" => PDF_TOKENS,
        ending if NO_TEXT.contains(&ending) => return bytes,
        _ => size.div_ceil(4),
    };
    let cost = price.map_or_else(String::new, |price| format!(" · ~${}", (price * tokens).round(6)));
    format!("{bytes} · {}{cost}", about_tokens(tokens))
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

/// Enter: a command runs, anything else is taken.
pub fn run(model: &mut Model, _: &str) -> Vec<Effect> {
    let item = model.completion.as_ref().and_then(|c| c.items.get(c.at));
    let command = item.filter(|item| item.text.starts_with('/')).map(|item| item.text.trim().to_owned());
    let Some(command) = command else { return accept(model, "") };
    model.completion = None;
    model.thread_mut().draft = draft::at_end(&command);
    send::send(model, "")
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
        model.pending.attach.push((turn, model.here));
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
