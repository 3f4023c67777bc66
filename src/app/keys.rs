//! Which key does what: the table's defaults with the person's changes, checked.

use super::actions::{ACTIONS, Action, When};
use super::{Code, Key, Model};
use std::collections::BTreeMap;

/// Keys bound to actions. Built once; a lookup walks only the rows of one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keymap {
    /// Rows of `ACTIONS` by key, in the order of the table.
    by_key: BTreeMap<Key, Vec<usize>>,
    /// The keys of an action as they were given: the first one is shown.
    by_action: BTreeMap<&'static str, Vec<Key>>,
}

impl Keymap {
    /// The defaults with changes: action id to keys; an empty list takes every key away.
    ///
    /// # Errors
    /// One sentence for each mistake: an unknown action, a text that is no key, two actions on one key in one place.
    pub fn new(changes: &BTreeMap<String, Vec<String>>) -> Result<Self, Vec<String>> {
        let mut map = Self::default();
        let mut wrong = Vec::new();
        for id in changes.keys() {
            if !ACTIONS.iter().any(|a| a.id == id) {
                let ids = || ACTIONS.iter().map(|a| a.id);
                let near = ids().find(|a| a.contains(id.as_str()) || id.contains(a));
                let near = near.or_else(|| crate::words::meant(id, ids()));
                let hint = near.map_or(";".to_owned(), |near| format!(", did you mean `{near}`?"));
                wrong.push(format!(
                    "keys: there is no action `{id}`{hint} F1, then n, in the terminal lists their names"
                ));
            }
        }
        for (row, action) in ACTIONS.iter().enumerate() {
            let keys: Vec<&str> = match changes.get(action.id) {
                Some(keys) => keys.iter().map(String::as_str).collect(),
                None => action.keys.to_vec(),
            };
            for text in keys {
                match text.parse::<Key>() {
                    Ok(key) if let Some(other) = other_name(key) => wrong.push(format!(
                        "keys.{}: terminals send `{key}` as {other}; take another key",
                        action.id
                    )),
                    Ok(key) => {
                        map.by_key.entry(key).or_default().push(row);
                        map.by_action.entry(action.id).or_default().push(key);
                    }
                    Err(sentence) => wrong.push(format!("keys.{}: {sentence}", action.id)),
                }
            }
        }
        for (key, rows) in &map.by_key {
            for (at, one) in rows.iter().enumerate() {
                let one = &ACTIONS[*one];
                if key.typed().is_some() && one.when.writes() {
                    wrong.push(format!(
                        "keys.{}: `{key}` could not be written any more; take a key with ctrl, alt or a function key",
                        one.id
                    ));
                }
                for other in &rows[at + 1..] {
                    let other = &ACTIONS[*other];
                    if one.when.place() == other.when.place() {
                        wrong.push(format!(
                            "keys: `{key}` is given to `{}` and to `{}`; change one of them",
                            one.id, other.id
                        ));
                    }
                }
            }
        }
        if wrong.is_empty() { Ok(map) } else { Err(wrong) }
    }

    /// Where lines are read instead of keys: the lines act through the built-in ones, and no sentence names a key.
    pub fn of_lines() -> Self {
        Self { by_action: BTreeMap::new(), ..Self::new(&BTreeMap::new()).unwrap_or_default() }
    }

    /// What a key does now, if anything. Narrower places win over wider ones.
    pub fn action(&self, key: Key, model: &Model) -> Option<&'static Action> {
        let rows = self.by_key.get(&key)?;
        rows.iter()
            .map(|row| &ACTIONS[*row])
            .filter(|action| action.when.holds(model))
            .min_by_key(|action| action.when)
    }

    /// The keys of an action, for help and palette, in the order they were given.
    pub fn keys(&self, id: &str) -> &[Key] {
        self.by_action.get(id).map_or(&[], Vec::as_slice)
    }

    /// How a person is told to do it: its first key, else its command.
    pub fn way(&self, id: &str) -> String {
        let slash = || ACTIONS.iter().find(|action| action.id == id).and_then(|action| action.slash);
        match self.keys(id).first() {
            Some(key) => key.to_string(),
            None => slash().map_or_else(String::new, |name| format!("/{name}")),
        }
    }
}

/// What a terminal cannot tell from another key.
fn other_name(key: Key) -> Option<&'static str> {
    match key {
        Key { code: Code::Char('i'), ctrl: true, alt: false, .. } => Some("tab"),
        Key { code: Code::Char('m'), ctrl: true, alt: false, .. } => Some("enter"),
        Key { code: Code::Char('['), ctrl: true, alt: false, .. } => Some("esc"),
        _ => None,
    }
}

impl When {
    /// The composer and everywhere are one place: a key that both had would do the one thing and never the other.
    fn place(self) -> Self {
        if self == Self::Composer { Self::Always } else { self }
    }

    /// A letter belongs to the prompt here.
    fn writes(self) -> bool {
        use When::{Always, Branching, Completing, Composer, Running, Streaming};
        matches!(self, Completing | Branching | Running | Streaming | Composer | Always)
    }

    pub fn holds(self, model: &Model) -> bool {
        let free = model.overlays.is_empty();
        match self {
            Self::Always => free,
            Self::Completing => free && model.completion.is_some(),
            Self::Selected => free && model.thread().selected.is_some(),
            Self::Comparing => free && model.compare.is_some() && model.draft().text.is_empty(),
            Self::Queued => free && !model.thread().queue.is_empty() && model.draft().text.is_empty(),
            Self::Branching => free && model.thread().fork.is_some(),
            Self::Running => free && model.pending.under_way().next().is_some(),
            Self::Streaming => free && model.streaming(),
            Self::Empty => free && model.draft().text.is_empty(),
            Self::Composer => free && model.thread().selected.is_none(),
        }
    }
}
