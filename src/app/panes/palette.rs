//! The command palette: every action of the table, found by a few letters.

use super::{Fuzzy, Outcome, Overlay, close, stay, step};
use crate::app::actions::{ACTIONS, Run, When};
use crate::app::{Code, Effect, Key, Line, Model};

#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub query: Line,
    /// Rows of `ACTIONS`.
    pub matches: Vec<usize>,
    pub at: usize,
}

pub fn open(model: &mut Model, query: &str) -> Vec<Effect> {
    let mut state = State { query: Line::new(query), matches: Vec::new(), at: 0 };
    state.refresh(model);
    model.overlays.push(Overlay::Palette(state));
    Vec::new()
}

impl State {
    fn refresh(&mut self, model: &Model) {
        let selected = model.thread().selected.is_some();
        let comparing = model.compare.is_some();
        let mut fuzzy = Fuzzy::new(self.query.text());
        let mut scored: Vec<_> = ACTIONS
            .iter()
            .enumerate()
            .filter(|(_, a)| match (a.when, a.run) {
                (_, Run::Edit(_)) | (When::Completing, _) => false,
                (When::Selected, _) => selected,
                (When::Comparing, _) => comparing,
                (When::Queued, _) => !model.thread().queue.is_empty(),
                _ => a.id != "help.empty" && a.id != "quit.empty" && a.id != "palette",
            })
            .filter_map(|(row, a)| Some((std::cmp::Reverse(fuzzy.score(a.title)?), row)))
            .collect();
        scored.sort();
        self.matches = scored.into_iter().map(|(_, row)| row).collect();
        self.at = 0;
    }

    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        if step(&mut self.at, self.matches.len(), key) {
            return stay();
        }
        match key.code {
            Code::Esc => close(),
            Code::Enter => match self.matches.get(self.at).map(|row| ACTIONS[*row].run) {
                Some(Run::Do(run)) => (false, run(model, "")),
                _ => stay(),
            },
            _ => {
                if self.query.key(key) {
                    self.refresh(model);
                }
                stay()
            }
        }
    }
}
