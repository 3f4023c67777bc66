//! What opens over the conversation: one file a pane, each with its state and its keys.

pub mod axis;
pub mod context;
pub mod entry;
pub mod find;
pub mod help;
pub mod keys;
pub mod palette;
pub mod personas;
pub mod picker;
pub mod preferences;
pub mod question;
pub mod search;
pub mod sessions;
pub mod templates;
pub mod themes;
pub mod usage;
pub mod versus;
pub mod whatif;
pub mod why;

use super::{Code, Effect, Event, Key, Model};

/// An open pane. The topmost has the keys.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "two or three panes are open at most")]
pub enum Overlay {
    Context(context::State),
    Entry(entry::State),
    Find(find::State),
    Help(help::State),
    Keys(keys::State),
    Palette(palette::State),
    Personas(personas::State),
    Picker(picker::State),
    Preferences(preferences::State),
    Question(question::State),
    Search(search::State),
    Sessions(sessions::State),
    Templates(templates::State),
    Themes(themes::State),
    Usage(usage::State),
    Versus(versus::State),
    WhatIf(whatif::State),
    Why(why::State),
}

/// What a key came to: the pane stays or goes, and what is to be done.
pub type Outcome = (bool, Vec<Effect>);

fn stay() -> Outcome {
    (true, Vec::new())
}

fn close() -> Outcome {
    (false, Vec::new())
}

/// Runs `$body` with the state of whichever pane it is: one line a pane.
macro_rules! each {
    ($overlay:expr, $state:ident => $body:expr) => {
        match $overlay {
            Overlay::Context($state) => $body,
            Overlay::Entry($state) => $body,
            Overlay::Find($state) => $body,
            Overlay::Help($state) => $body,
            Overlay::Keys($state) => $body,
            Overlay::Palette($state) => $body,
            Overlay::Personas($state) => $body,
            Overlay::Picker($state) => $body,
            Overlay::Preferences($state) => $body,
            Overlay::Question($state) => $body,
            Overlay::Search($state) => $body,
            Overlay::Sessions($state) => $body,
            Overlay::Templates($state) => $body,
            Overlay::Themes($state) => $body,
            Overlay::Usage($state) => $body,
            Overlay::Versus($state) => $body,
            Overlay::WhatIf($state) => $body,
            Overlay::Why($state) => $body,
        }
    };
}

/// A key for the topmost pane. It is taken off the stack meanwhile, so that it may open another over itself.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let Some(mut top) = model.overlays.pop() else { return Vec::new() };
    let depth = model.overlays.len();
    let key = if key == Key::ctrl('c') { Key::plain(Code::Esc) } else { key };
    let key = if model.settings.vi { vi(&top, key) } else { key };
    let (stays, effects) = each!(&mut top, state => state.key(model, key));
    if stays {
        model.overlays.insert(depth.min(model.overlays.len()), top);
    }
    effects
}

/// vi keys in lists: Ctrl-J and Ctrl-K where letters are a query, h j k l g G where they are not.
fn vi(top: &Overlay, key: Key) -> Key {
    let Code::Char(c) = key.code else { return key };
    let writes = match top {
        Overlay::Keys(_) => return key,
        Overlay::Preferences(state) => state.line.is_some(),
        Overlay::Context(_) | Overlay::Help(_) | Overlay::Usage(_) | Overlay::Versus(_) | Overlay::Why(_) => {
            false
        }
        Overlay::Question(state) => state.answers.iter().any(|answer| answer.key == c),
        _ => true,
    };
    let code = match c {
        'j' if key.ctrl || !writes => Code::Down,
        'k' if key.ctrl || !writes => Code::Up,
        'h' if !key.ctrl && !writes => Code::Left,
        'l' if !key.ctrl && !writes => Code::Right,
        'g' if !key.ctrl && !writes => return Key { ctrl: true, ..Key::plain(Code::Home) },
        'G' if !writes => return Key { ctrl: true, ..Key::plain(Code::End) },
        _ => return key,
    };
    if key.alt { key } else { Key::plain(code) }
}

/// A paste into the pane's line of text, if it has one.
pub fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    let line = text.lines().next().unwrap_or("");
    line.chars().take(1000).filter(|c| !c.is_control()).flat_map(|c| key(model, Key::char(c))).collect()
}

/// A click on a row of the topmost pane: chooses it; on the chosen one: takes it.
pub fn click(model: &mut Model, row: usize) -> Vec<Effect> {
    let at = match model.overlays.last_mut() {
        Some(Overlay::Picker(state)) => &mut state.at,
        Some(Overlay::Sessions(state)) => &mut state.at,
        Some(Overlay::Palette(state)) => &mut state.at,
        Some(Overlay::Themes(state)) => &mut state.at,
        Some(Overlay::Search(state)) => &mut state.at,
        Some(Overlay::Question(state)) => &mut state.at,
        Some(Overlay::Templates(state)) => &mut state.at,
        Some(Overlay::Personas(state)) => &mut state.at,
        Some(Overlay::Context(state)) => &mut state.at,
        Some(Overlay::Versus(state)) => &mut state.at,
        _ => return Vec::new(),
    };
    if *at == row {
        return key(model, Key::plain(Code::Enter));
    }
    *at = row;
    Vec::new()
}

/// Lists are changed underneath the panes: they choose their rows anew, and the cursor stays with what it stood on.
pub fn refresh(model: &mut Model, change: impl FnOnce(&mut Model)) {
    let mut overlays = std::mem::take(&mut model.overlays);
    let on: Vec<_> = overlays
        .iter()
        .map(|overlay| match overlay {
            Overlay::Picker(state) => {
                state.matches.get(state.at).and_then(|row| state.name(model, *row)).map(str::to_owned)
            }
            _ => None,
        })
        .collect();
    change(model);
    for (overlay, on) in overlays.iter_mut().zip(on) {
        match overlay {
            Overlay::Picker(state) => state.follow(model, on.as_deref()),
            Overlay::Sessions(state) => state.follow(model),
            _ => {}
        }
    }
    model.overlays = overlays;
}

/// An answer that a pane asked for, if that pane is still open and still wants it.
pub fn answered(model: &mut Model, mut event: Event) -> Vec<Effect> {
    let pending = model.pending.clone();
    for overlay in model.overlays.iter_mut().rev() {
        match (overlay, &mut event) {
            (Overlay::Search(state), Event::Found { turn, hits }) if pending.search == Some(*turn) => {
                state.found(hits.clone());
            }
            (Overlay::Usage(state), Event::Rollups { turn, rows }) if pending.rollups == Some(*turn) => {
                state.add(std::mem::take(rows));
            }
            (Overlay::Usage(state), Event::Advice { turn, said }) if pending.rollups == Some(*turn) => {
                state.advice.clone_from(said);
            }
            (Overlay::WhatIf(state), Event::WhatIf { turn, requests, answers })
                if pending.what_if == Some(*turn) =>
            {
                state.answers = Some((*requests, answers.clone()));
            }
            (Overlay::Usage(state), Event::Generations { turn, rows, more })
                if pending.generations == Some(*turn) =>
            {
                state.heard(rows.clone(), *more);
            }
            (Overlay::Why(state), Event::Generations { turn, rows, .. })
                if pending.generations == Some(*turn) =>
            {
                state.heard(rows.first().cloned());
            }
            (Overlay::Picker(state), Event::Health { turn, rows }) if pending.health == Some(*turn) => {
                state.health = rows.clone();
            }
            _ => {}
        }
    }
    Vec::new()
}

/// Moves in a list of `len` rows; says whether the key was one that moves.
pub fn step(at: &mut usize, len: usize, key: Key) -> bool {
    let last = len.saturating_sub(1);
    *at = match (key.code, key.ctrl, key.alt) {
        (Code::Up, false, false) | (Code::Char('p'), true, false) => at.checked_sub(1).unwrap_or(last),
        (Code::Down, false, false) | (Code::Char('n'), true, false) => {
            if *at >= last {
                0
            } else {
                *at + 1
            }
        }
        (Code::PageUp, ..) => at.saturating_sub(10),
        (Code::PageDown, ..) => (*at + 10).min(last),
        (Code::Home, true, _) => 0,
        (Code::End, true, _) => last,
        _ => return false,
    };
    true
}

/// Scores `text` against a fuzzy query; `None`: no match. An empty query matches everything alike.
pub struct Fuzzy {
    matcher: nucleo_matcher::Matcher,
    pattern: nucleo_matcher::pattern::Pattern,
    buffer: Vec<char>,
}

impl Fuzzy {
    pub fn new(query: &str) -> Self {
        use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
        Self {
            matcher: nucleo_matcher::Matcher::new(nucleo_matcher::Config::DEFAULT),
            pattern: Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart),
            buffer: Vec::new(),
        }
    }

    pub fn score(&mut self, text: &str) -> Option<u32> {
        let text = nucleo_matcher::Utf32Str::new(text, &mut self.buffer);
        self.pattern.score(text, &mut self.matcher)
    }
}
