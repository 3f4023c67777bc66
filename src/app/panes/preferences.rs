//! The form of routing preferences, sampling and reasoning, for this session or for every new one.

use super::{Outcome, Overlay, close, stay, step};
use crate::app::{Code, Effect, Key, Line, Model, ask, switch};
use crate::words::{
    Effort, MaxPrice, Params, Preferences, Profile, ReasoningParams, Rescue, Sort, SortBy, Unfinished,
};

#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub at: usize,
    /// What is set here holds for new sessions too.
    pub everywhere: bool,
    pub params: Params,
    pub preferences: Preferences,
    /// A number being typed.
    pub line: Option<Line>,
}

/// One field: its name, what it shows, how Left and Right change it, and how a typed text does.
pub struct Field {
    pub name: &'static str,
    pub about: &'static str,
    pub show: fn(&State) -> String,
    change: fn(&mut State, isize),
    typed: Option<fn(&mut State, &str) -> bool>,
}

pub fn open(model: &mut Model, _: &str) -> Vec<Effect> {
    let session = model.session();
    let empty = session.preferences == Preferences::default();
    let mut preferences =
        if empty { model.settings.preferences.clone() } else { session.preferences.clone() };
    preferences.profile = preferences.profile.or(model.settings.profile);
    let params = ask::params(model).clone();
    model.overlays.push(Overlay::Preferences(State {
        at: 0,
        everywhere: false,
        params,
        preferences,
        line: None,
    }));
    Vec::new()
}

/// How long the session's model may think, one step further: only efforts that it takes, when they are known.
pub fn next_effort(model: &mut Model) -> Vec<Effect> {
    let known = model.card(model.model().as_str()).map(|c| c.efforts.clone()).unwrap_or_default();
    let all = if known.is_empty() { EFFORTS.to_vec() } else { known };
    let reasoning = &mut model.thread_mut().session.params.reasoning;
    let now = reasoning.as_ref().and_then(|r| r.effort);
    *reasoning = cycle(now, &all, 1)
        .map(|effort| ReasoningParams { effort: Some(effort), ..reasoning.clone().unwrap_or_default() });
    switch::keep_session(model)
}

fn cycle<T: Copy + PartialEq>(now: Option<T>, all: &[T], by: isize) -> Option<T> {
    let at = now.and_then(|now| all.iter().position(|t| *t == now)).map_or(0, |at| at + 1);
    let count = all.len() + 1;
    match (at + count).wrapping_add_signed(by) % count {
        0 => None,
        n => all.get(n - 1).copied(),
    }
}

fn nudge(now: Option<f64>, by: isize, from: f64, step: f64, low: f64, high: f64) -> Option<f64> {
    let next = now.unwrap_or(from) + if by < 0 { -step } else { step };
    Some(((next.clamp(low, high)) * 100.0).round() / 100.0)
}

fn or_default(text: Option<String>) -> String {
    text.unwrap_or_else(|| "default".into())
}

const EFFORTS: [Effort; 7] =
    [Effort::None, Effort::Minimal, Effort::Low, Effort::Medium, Effort::High, Effort::Xhigh, Effort::Max];

/// Every field of the form, in order.
pub const FIELDS: &[Field] = &[
    Field {
        name: "profile",
        about: "a one-key set of the fields below",
        show: |s| or_default(s.preferences.profile.map(|p| p.name().to_owned())),
        change: |s, by| s.preferences.profile = cycle(s.preferences.profile, &Profile::ALL, by),
        typed: None,
    },
    Field {
        name: "sort",
        about: "which endpoint first",
        show: |s| {
            or_default(s.preferences.sort.as_ref().map(|sort| format!("{:?}", sort.by()).to_lowercase()))
        },
        change: |s, by| {
            let all = [SortBy::Price, SortBy::Throughput, SortBy::Latency, SortBy::Exacto];
            s.preferences.sort = cycle(s.preferences.sort.as_ref().map(Sort::by), &all, by).map(Sort::By);
        },
        typed: None,
    },
    Field {
        name: "data collection",
        about: "deny: no endpoint that trains on or keeps prompts",
        show: |s| or_default(s.preferences.data_collection.clone()),
        change: |s, by| {
            let all = ["allow", "deny"];
            let now =
                s.preferences.data_collection.as_deref().and_then(|d| all.iter().find(|a| **a == d).copied());
            s.preferences.data_collection = cycle(now, &all, by).map(str::to_owned);
        },
        typed: None,
    },
    Field {
        name: "zero retention",
        about: "only endpoints that keep nothing",
        show: |s| or_default(s.preferences.zdr.map(|z| z.to_string())),
        change: |s, by| s.preferences.zdr = cycle(s.preferences.zdr, &[true, false], by),
        typed: None,
    },
    Field {
        name: "fallbacks",
        about: "may another endpoint answer when the first fails",
        show: |s| or_default(s.preferences.allow_fallbacks.map(|z| z.to_string())),
        change: |s, by| {
            s.preferences.allow_fallbacks = cycle(s.preferences.allow_fallbacks, &[true, false], by)
        },
        typed: None,
    },
    Field {
        name: "rescue",
        about: "go on elsewhere when an endpoint dies in mid-reply",
        show: |s| {
            or_default(s.preferences.rescue.map(|r| match r {
                Rescue::Off => "off".to_owned(),
                Rescue::SameModel => "same model".to_owned(),
                Rescue::Listed => "any listed model".to_owned(),
            }))
        },
        change: |s, by| {
            let all = [Rescue::Off, Rescue::SameModel, Rescue::Listed];
            s.preferences.rescue = cycle(s.preferences.rescue, &all, by);
        },
        typed: None,
    },
    Field {
        name: "half-finished calls",
        about: "half a tool call or half a JSON when its endpoint dies: stop, or hold it back and restart it",
        show: |s| or_default(s.preferences.unfinished.map(|u| format!("{u:?}").to_lowercase())),
        change: |s, by| {
            let all = [Unfinished::Stop, Unfinished::Restart];
            s.preferences.unfinished = cycle(s.preferences.unfinished, &all, by);
        },
        typed: None,
    },
    Field {
        name: "max price in",
        about: "dollars per million tokens of prompt; type a number",
        show: |s| or_default(s.preferences.max_price.and_then(|p| p.prompt).map(|p| format!("${p}"))),
        change: |s, _| price(s).prompt = None,
        typed: Some(|s, text| text.parse().map(|usd| price(s).prompt = Some(usd)).is_ok()),
    },
    Field {
        name: "max price out",
        about: "dollars per million tokens of reply; type a number",
        show: |s| or_default(s.preferences.max_price.and_then(|p| p.completion).map(|p| format!("${p}"))),
        change: |s, _| price(s).completion = None,
        typed: Some(|s, text| text.parse().map(|usd| price(s).completion = Some(usd)).is_ok()),
    },
    Field {
        name: "reasoning effort",
        about: "how long the model may think",
        show: |s| {
            let effort = s.params.reasoning.as_ref().and_then(|r| r.effort);
            or_default(effort.map(|e| format!("{e:?}").to_lowercase()))
        },
        change: |s, by| {
            let now = s.params.reasoning.as_ref().and_then(|r| r.effort);
            let effort = cycle(now, &EFFORTS, by);
            s.params.reasoning =
                effort.map(|e| ReasoningParams { effort: Some(e), ..ReasoningParams::default() });
        },
        typed: None,
    },
    Field {
        name: "temperature",
        about: "0 to 2; Left and Right by 0.1",
        show: |s| or_default(s.params.temperature.map(|t| t.to_string())),
        change: |s, by| s.params.temperature = nudge(s.params.temperature, by, 1.0, 0.1, 0.0, 2.0),
        typed: Some(|s, text| number(text, 0.0, 2.0).map(|t| s.params.temperature = Some(t)).is_some()),
    },
    Field {
        name: "top p",
        about: "0 to 1",
        show: |s| or_default(s.params.top_p.map(|t| t.to_string())),
        change: |s, by| s.params.top_p = nudge(s.params.top_p, by, 1.0, 0.05, 0.0, 1.0),
        typed: Some(|s, text| number(text, 0.0, 1.0).map(|t| s.params.top_p = Some(t)).is_some()),
    },
    Field {
        name: "max tokens",
        about: "the longest reply; type a number",
        show: |s| or_default(s.params.max_tokens.map(|t| t.to_string())),
        change: |s, by| {
            let now = s.params.max_tokens.unwrap_or(2048);
            s.params.max_tokens = Some(if by < 0 { (now / 2).max(16) } else { now.saturating_mul(2) });
        },
        typed: Some(|s, text| text.parse().map(|n| s.params.max_tokens = Some(n)).is_ok()),
    },
    Field {
        name: "seed",
        about: "the same seed asks for the same reply",
        show: |s| or_default(s.params.seed.map(|t| t.to_string())),
        change: |s, by| s.params.seed = Some(s.params.seed.unwrap_or(0).saturating_add(by as i64)),
        typed: Some(|s, text| text.parse().map(|n| s.params.seed = Some(n)).is_ok()),
    },
];

fn price(state: &mut State) -> &mut MaxPrice {
    state.preferences.max_price.get_or_insert_with(MaxPrice::default)
}

fn number(text: &str, low: f64, high: f64) -> Option<f64> {
    text.parse().ok().filter(|n| (low..=high).contains(n))
}

/// Takes one field back to its default.
fn reset(state: &mut State) {
    let (params, preferences) = (Params::default(), Preferences::default());
    match FIELDS[state.at].name {
        "profile" => state.preferences.profile = preferences.profile,
        "sort" => state.preferences.sort = preferences.sort,
        "data collection" => state.preferences.data_collection = preferences.data_collection,
        "zero retention" => state.preferences.zdr = preferences.zdr,
        "fallbacks" => state.preferences.allow_fallbacks = preferences.allow_fallbacks,
        "rescue" => state.preferences.rescue = preferences.rescue,
        "half-finished calls" => state.preferences.unfinished = preferences.unfinished,
        "max price in" => price(state).prompt = None,
        "max price out" => price(state).completion = None,
        "reasoning effort" => state.params.reasoning = params.reasoning,
        "temperature" => state.params.temperature = params.temperature,
        "top p" => state.params.top_p = params.top_p,
        "max tokens" => state.params.max_tokens = params.max_tokens,
        _ => state.params.seed = params.seed,
    }
}

impl State {
    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        let field = &FIELDS[self.at.min(FIELDS.len() - 1)];
        if let Some(line) = &mut self.line {
            match key.code {
                Code::Esc => self.line = None,
                Code::Enter => {
                    let text = line.text().trim().trim_start_matches('$').to_owned();
                    self.line = None;
                    let taken = field.typed.is_some_and(|typed| typed(self, &text));
                    if !taken {
                        model.say(
                            crate::app::Level::Warning,
                            format!("`{text}` is not a value for {}", field.name),
                        );
                    }
                    return (true, self.keep(model));
                }
                _ => {
                    line.key(key);
                }
            }
            return stay();
        }
        if step(&mut self.at, FIELDS.len(), key) {
            return stay();
        }
        match key.code {
            Code::Esc | Code::Enter => close(),
            Code::Left | Code::Right => {
                (field.change)(self, if key.code == Code::Left { -1 } else { 1 });
                (true, self.keep(model))
            }
            Code::Backspace | Code::Delete => {
                reset(self);
                (true, self.keep(model))
            }
            Code::Tab => {
                self.everywhere = !self.everywhere;
                (true, self.keep(model))
            }
            Code::Char(c)
                if field.typed.is_some() && (c.is_ascii_digit() || matches!(c, '.' | '-' | '$')) =>
            {
                self.line = Some(Line::new(c.to_string()));
                stay()
            }
            _ => stay(),
        }
    }

    /// What was set holds at once.
    fn keep(&mut self, model: &mut Model) -> Vec<Effect> {
        if self.preferences.max_price == Some(MaxPrice::default()) {
            self.preferences.max_price = None;
        }
        let session = &mut model.thread_mut().session;
        session.params = self.params.clone();
        session.preferences = self.preferences.clone();
        let mut effects = switch::keep_session(model);
        if self.everywhere {
            model.settings.params = self.params.clone();
            model.settings.preferences = self.preferences.clone();
            model.settings.profile = self.preferences.profile;
            effects.push(switch::keep_settings(model));
        }
        effects
    }
}
