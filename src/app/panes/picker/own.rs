//! The person's own names among the models: aliases and presets of the config, each a row that says what it stands for.

use super::{Column, Row, State};
use crate::app::{Model, OwnName};
use crate::words::{ModelRef, clean_line};

impl State {
    /// The chosen name, if the row is one of the person's own.
    pub fn own(&self) -> Option<&(String, OwnName)> {
        match self.matches.get(self.at)? {
            Row::Own(at) => self.own.get(*at as usize),
            Row::Model(_) => None,
        }
    }

    /// Those that stand before the models, for what is typed is how they begin, and those behind, that have it within.
    pub(super) fn own_rows(&self, model: &Model) -> (Vec<Row>, Vec<Row>) {
        let typed = self.query.text().trim().to_lowercase();
        // they have no figures: who sorts by one asks for them by name
        let asked = self.sort == Column::Relevance || !typed.is_empty();
        let (mut first, mut last) = (Vec::new(), Vec::new());
        for (at, (name, _)) in (0..).zip(&self.own) {
            let lower = name.to_lowercase();
            if !lower.contains(&typed) || !self.filters.pass(model.card(name)) {
                continue;
            }
            let begins = lower.starts_with(&typed) || bare(&lower).starts_with(&typed);
            if begins && asked { &mut first } else { &mut last }.push(Row::Own(at));
        }
        (first, last)
    }
}

/// A preset's name as people say it.
fn bare(name: &str) -> &str {
    name.strip_prefix(PRESET).unwrap_or(name)
}

const PRESET: &str = ModelRef::PRESET;

/// What a name of the person's own is asked by: a preset that names no model goes with the session's.
pub(super) fn asked_by(model: &Model, name: &str, own: &OwnName) -> ModelRef {
    if !(own.model.as_str().is_empty() && name.starts_with(PRESET)) {
        return ModelRef::new(name);
    }
    let now = model.model().as_str();
    let with = match now.split_once(PRESET) {
        Some(("", _)) => Some(model.meant(now)).filter(|meant| *meant != now).unwrap_or(""),
        Some((with, _)) => with,
        None => now,
    };
    ModelRef::new(format!("{with}{name}"))
}

/// `openai/gpt-5 · temperature 0.2 · system prompt: You review code.`
pub fn stands_for(own: &OwnName) -> String {
    let model = own.model.as_str();
    let model = if model.is_empty() { "the session's model" } else { model };
    let all: Vec<&str> = std::iter::once(model).chain(own.lays.iter().map(String::as_str)).collect();
    clean_line(&all.join(" · "))
}
