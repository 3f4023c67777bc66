//! Help, made from the table of actions.

use super::{Outcome, Overlay, close, stay};
use crate::app::actions::{ACTIONS, Action, When};
use crate::app::{Code, Effect, Key, Model};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub top: usize,
    /// The names that actions have in the config stand beside them, in place of commands.
    pub names: bool,
}

pub fn open(model: &mut Model, _: &str) -> Vec<Effect> {
    model.overlays.push(Overlay::Help(State { top: 0, names: false }));
    Vec::new()
}

/// A heading, or an action with its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    Heading(&'static str),
    Action { keys: String, title: &'static str, slash: Option<&'static str>, id: &'static str },
}

/// A heading and which actions stand under it.
type Group = (&'static str, fn(&Action) -> bool);

/// Every row of the help screen, in order.
pub fn rows(model: &Model) -> Vec<Row> {
    let groups: [Group; 5] = [
        ("Everywhere", |a| matches!(a.when, When::Always | When::Streaming | When::Empty)),
        ("Writing", |a| matches!(a.when, When::Composer | When::Queued)),
        ("A selected message (Alt-Up)", |a| matches!(a.when, When::Selected)),
        ("Side by side", |a| matches!(a.when, When::Comparing)),
        ("Completing", |a| matches!(a.when, When::Completing)),
    ];
    let mut rows = Vec::new();
    for (heading, belongs) in groups {
        rows.push(Row::Heading(heading));
        for action in ACTIONS.iter().filter(|a| belongs(a)) {
            let (keys, title) = (keys(model, action), action.title);
            rows.push(Row::Action { keys, title, slash: action.slash, id: action.id });
        }
    }
    rows
}

/// `ctrl-j alt-enter`; a run of nine digits is said as a range.
pub fn keys(model: &Model, action: &Action) -> String {
    let keys: Vec<String> = model.keymap.keys(action.id).iter().map(ToString::to_string).collect();
    match keys.as_slice() {
        [first, .., last] if keys.len() > 4 => format!("{first} … {last}"),
        _ => keys.join(" "),
    }
}

impl State {
    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        let page = usize::from(model.rows.saturating_sub(6)).max(1);
        let last = rows(model).len().saturating_sub(page);
        if key.code == Code::Char('n') {
            self.names = !self.names;
        }
        self.top = match key.code {
            Code::Up | Code::Char('k') => self.top.saturating_sub(1),
            Code::Down | Code::Char('j') => self.top + 1,
            Code::PageUp => self.top.saturating_sub(page),
            Code::PageDown | Code::Char(' ') => self.top + page,
            Code::Home => 0,
            Code::End => last,
            Code::Esc | Code::Enter | Code::Char('q' | '?') | Code::F(1) => return close(),
            _ => self.top,
        }
        .min(last);
        stay()
    }
}
