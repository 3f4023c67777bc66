//! The theme picker: the chosen theme is on at once; Esc takes the old one back.

use super::{Outcome, Overlay, close, stay, step};
use crate::app::{Code, Effect, Key, Level, Line, Model, switch};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub query: Line,
    pub matches: Vec<String>,
    pub at: usize,
    before: String,
}

pub fn open(model: &mut Model, name: &str) -> Vec<Effect> {
    if !name.is_empty() {
        if let Some(theme) = model.themes.iter().find(|t| letters(t) == letters(name)) {
            model.settings.theme.clone_from(theme);
            return vec![switch::keep_settings(model)];
        }
        model.say(Level::Warning, format!("there is no theme `{name}`"));
    }
    let before = model.settings.theme.clone();
    let at = model.themes.iter().position(|t| letters(t) == letters(&before)).unwrap_or(0);
    let state = State { query: Line::default(), matches: model.themes.clone(), at, before };
    model.overlays.push(Overlay::Themes(state));
    Vec::new()
}

/// What counts in a theme's name: `High Contrast Dark` is also `high-contrast-dark`.
pub fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl State {
    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        if step(&mut self.at, self.matches.len(), key) {
            self.preview(model);
            return stay();
        }
        match key.code {
            Code::Esc => {
                model.settings.theme.clone_from(&self.before);
                close()
            }
            Code::Enter => (false, vec![switch::keep_settings(model)]),
            _ => {
                if self.query.key(key) {
                    let query = letters(self.query.text());
                    self.matches =
                        model.themes.iter().filter(|t| letters(t).contains(&query)).cloned().collect();
                    self.at = 0;
                    self.preview(model);
                }
                stay()
            }
        }
    }

    fn preview(&self, model: &mut Model) {
        if let Some(name) = self.matches.get(self.at) {
            model.settings.theme.clone_from(name);
        }
    }
}
