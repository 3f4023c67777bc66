//! One field of the form: what it shows, how it is changed, and what many of them have in common.

use super::State;
use crate::words::{MaxPrice, Usd};

/// One field.
pub struct Field {
    pub name: &'static str,
    pub about: &'static str,
    /// What it is set to; nothing when it is not.
    pub(super) value: fn(&State) -> Option<String>,
    /// Left and Right; without it they open the text.
    pub(super) change: Option<fn(&mut State, isize)>,
    /// Takes a text; `false` when it is none for this field.
    pub(super) typed: Option<fn(&mut State, &str) -> bool>,
    /// Takes the field of another state, the default one's for instance.
    pub(super) copy: fn(&mut State, &State),
}

impl Field {
    pub fn show(&self, state: &State) -> String {
        (self.value)(state).unwrap_or_else(|| "default".into())
    }

    /// What the text begins with when it is opened.
    pub(super) fn text(&self, state: &State) -> String {
        (self.value)(state).unwrap_or_default().trim_start_matches('$').to_owned()
    }
}

pub(super) fn yes_or_no(value: Option<bool>) -> Option<String> {
    value.map(|yes| if yes { "yes" } else { "no" }.to_owned())
}

pub(super) fn joined(list: &[String]) -> Option<String> {
    (!list.is_empty()).then(|| list.join(", "))
}

pub(super) fn price(state: &mut State) -> &mut MaxPrice {
    state.preferences.max_price.get_or_insert_with(MaxPrice::default)
}

pub(super) fn dollars(price: Option<Usd>) -> Option<String> {
    price.map(|usd| format!("${usd}"))
}

pub(super) fn usd(text: &str) -> Option<Usd> {
    text.parse().ok().filter(|usd| *usd >= Usd::ZERO)
}

/// A cap of `max_price`.
macro_rules! cap {
    ($name:literal, $cap:ident, $about:literal) => {
        Field {
            name: $name,
            about: $about,
            value: |s| dollars(s.preferences.max_price?.$cap),
            change: None,
            typed: Some(|s, text| usd(text).map(|usd| price(s).$cap = Some(usd)).is_some()),
            copy: |s, o| price(s).$cap = o.preferences.max_price.and_then(|p| p.$cap),
        }
    };
}

/// Yes, no or not said.
macro_rules! flag {
    ($name:literal, $flag:ident, $about:literal) => {
        Field {
            name: $name,
            about: $about,
            value: |s| yes_or_no(s.preferences.$flag),
            change: Some(|s, by| s.preferences.$flag = cycle(s.preferences.$flag, &[true, false], by)),
            typed: None,
            copy: |s, o| s.preferences.$flag = o.preferences.$flag,
        }
    };
}

pub(super) use {cap, flag};
