//! Why this endpoint: the decision and the attempts of one reply, as a waterfall.

use super::{Outcome, Overlay, close, stay};
use crate::app::{Code, Effect, Key, Level, Model, Which};
use crate::words::{GenerationId, GenerationRow, Receipt, Role};

#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub receipt: Option<Box<Receipt>>,
    pub top: usize,
}

/// About the selected message, else the last reply.
pub fn open(model: &mut Model, _: &str) -> Vec<Effect> {
    let thread = model.thread();
    let selected = thread.selected.and_then(|id| thread.message(id));
    let last = || thread.shown().rev().map(|n| &n.message).find(|m| m.role == Role::Assistant);
    let message = selected.filter(|m| m.role == Role::Assistant).or_else(last);
    let Some(receipt) = message.and_then(|m| m.receipt.clone()) else {
        model.say(
            Level::Info,
            match message {
                Some(_) => "this reply has not ended yet: Alt-Up selects an earlier one",
                None => "there is no reply to explain yet",
            },
        );
        return Vec::new();
    };
    show(model, receipt.generation, Some(receipt))
}

/// Shows what is known at once and asks the ledger for the rest.
pub fn show(model: &mut Model, generation: GenerationId, receipt: Option<Box<Receipt>>) -> Vec<Effect> {
    let whole = receipt.as_ref().is_some_and(|r| r.decision.is_some());
    model.overlays.push(Overlay::Why(State { receipt, top: 0 }));
    if whole {
        return Vec::new();
    }
    let turn = model.next_turn();
    model.pending.generations = Some(turn);
    vec![Effect::Generations { turn, which: Which::One(generation) }]
}

impl State {
    pub fn heard(&mut self, row: Option<GenerationRow>) {
        let Some(row) = row else { return };
        match &mut self.receipt {
            // a reply that was gone on with: the row is its last part
            Some(whole) if whole.attempts.len() > row.receipt.attempts.len() => {
                whole.decision = row.receipt.decision;
            }
            receipt => *receipt = Some(Box::new(row.receipt)),
        }
    }

    pub fn key(&mut self, _: &mut Model, key: Key) -> Outcome {
        self.top = match key.code {
            Code::Up | Code::Char('k') => self.top.saturating_sub(1),
            Code::Down | Code::Char('j') => self.top + 1,
            Code::PageUp => self.top.saturating_sub(10),
            Code::PageDown => self.top + 10,
            Code::Home => 0,
            Code::Esc | Code::Enter | Code::Char('q') => return close(),
            _ => self.top,
        };
        stay()
    }
}
