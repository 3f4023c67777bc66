//! Prompts sent before: Up on the first line, Down on the last, with what was folded in them.

use super::draft::{self, FOLD, at_end};
use super::{Effect, Level, Model};
use crate::words::{Chip, ChipBody, Draft};
use std::collections::VecDeque;
use std::sync::Arc;

const HISTORY: usize = 500;
/// Prompts whose attachments are kept for Up.
const FOLDED: usize = 20;

/// Keeps a prompt for Up. What was folded in it is kept as long as the program runs.
pub fn remember(model: &mut Model, draft: &Draft) {
    let text = whole(draft);
    let text = text.trim();
    if text.is_empty() || text.len() > FOLD {
        return;
    }
    let history = &mut model.settings.history;
    history.retain(|old| old != text);
    history.push(text.to_owned());
    let over = history.len().saturating_sub(HISTORY);
    history.drain(..over);
    model.folded.retain(|old| whole(old).trim() != text);
    if !draft.chips.is_empty() {
        model.folded.push_back(draft.clone());
        let over = model.folded.len().saturating_sub(FOLDED);
        model.folded.drain(..over);
    }
}

/// A prompt as it is kept for good: a folded paste stands in it if it is short, so that no restart loses it.
fn whole(draft: &Draft) -> String {
    let mut whole = draft.text.clone();
    for chip in &draft.chips {
        if let ChipBody::Paste { text } = &chip.body
            && whole.len() + text.len() <= FOLD
        {
            whole = whole.replacen(&chip.label, text, 1);
        }
    }
    whole
}

/// A prompt that was sent before, with what was folded in it. What is not there any more is taken out and said.
fn again(model: &mut Model, text: &str) -> Draft {
    let folded = model.folded.iter().find(|old| whole(old).trim() == text);
    let (mut whole, chips) = match folded {
        Some(old) => (old.text.trim().to_owned(), old.chips.clone()),
        None => (text.to_owned(), Vec::new()),
    };
    let mut gone = 0;
    let mut from = 0;
    while let Some(open) = whole[from..].find('⟦').map(|at| from + at)
        && let Some(close) = whole[open..].find('⟧').map(|at| open + at + '⟧'.len_utf8())
    {
        if chips.iter().any(|chip| chip.label == whole[open..close]) {
            from = close;
        } else {
            whole.replace_range(open..close, "");
            (from, gone) = (open, gone + 1);
        }
    }
    if gone > 0 {
        model.say(Level::Warning, "what was attached then is not kept: attach it again");
    }
    Draft { chips, ..at_end(whole.trim_end()) }
}

/// Up on the first line, Down on the last: prompts sent before.
pub fn recall(model: &mut Model, back: bool) -> Vec<Effect> {
    let history = model.settings.history.clone();
    let (steps, parked) = match &model.recalled {
        Some((steps, parked)) => (*steps, parked.clone()),
        None => (0, model.draft().clone()),
    };
    let steps = match back {
        true if steps < history.len() => steps + 1,
        false if steps > 0 => steps - 1,
        _ => return Vec::new(),
    };
    let draft = if steps == 0 { parked.clone() } else { again(model, &history[history.len() - steps]) };
    let effects = draft::replace(model, draft);
    model.recalled = (steps > 0).then_some((steps, parked));
    effects
}

/// What an undo has brought back of prompts that were sent or cleared.
pub fn brought_back(folded: &VecDeque<Draft>, known: &[Arc<Chip>], text: &str) -> Vec<Arc<Chip>> {
    if !text.contains('⟦') {
        return Vec::new();
    }
    let all = folded.iter().rev().flat_map(|old| &old.chips);
    let mut found: Vec<Arc<Chip>> = Vec::new();
    for chip in all.filter(|chip| text.contains(&chip.label)) {
        if !known.iter().chain(&found).any(|other| other.label == chip.label) {
            found.push(Arc::clone(chip));
        }
    }
    found
}
