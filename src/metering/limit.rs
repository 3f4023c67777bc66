//! What a budget is on, over which time, and how much it is.

use crate::words::{ModelId, ProviderId, Usd};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a limit is on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All spending.
    Everything,
    /// Each session by itself.
    EachSession,
    Provider(ProviderId),
    Model(ModelId),
    /// The label of a `serve` key.
    Key(String),
}

/// The time a limit runs over, in civil days of the person's time zone; weeks start on Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    Day,
    Week,
    Month,
    Total,
}

impl Window {
    /// The first day of the window that `day` (days since 1970-01-01) lies in.
    pub fn start(self, day: i32) -> i32 {
        match self {
            Self::Day => day,
            // 1970-01-01 was a Thursday, three days after a Monday
            Self::Week => day.saturating_sub((day.saturating_add(3)).rem_euclid(7)),
            Self::Month => month_start(day),
            Self::Total => i32::MIN,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Total => "total",
        }
    }
}

fn month_start(day: i32) -> i32 {
    let date = jiff::civil::Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(i64::from(day)));
    date.map_or(day, |date| day - i32::from(date.day()) + 1)
}

/// One budget.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Limit {
    pub scope: Scope,
    pub window: Window,
    pub amount: Usd,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let window = match self.window {
            Window::Day => "daily budget",
            Window::Week => "weekly budget",
            Window::Month => "monthly budget",
            Window::Total => "total budget",
        };
        match &self.scope {
            Scope::Everything => write!(f, "the {window}"),
            Scope::EachSession if self.window == Window::Total => write!(f, "this session's budget"),
            Scope::EachSession => write!(f, "this session's {window}"),
            Scope::Provider(slug) => write!(f, "the {window} of {slug}"),
            Scope::Model(id) => write!(f, "the {window} of {id}"),
            Scope::Key(label) => write!(f, "the {window} of the key `{label}`"),
        }?;
        write!(f, " of ${}", cents(self.amount))
    }
}

impl Limit {
    /// For a meter: `today`, `this session`, `openai this month`.
    pub fn short(&self) -> String {
        let when = match self.window {
            Window::Day => "today",
            Window::Week => "this week",
            Window::Month => "this month",
            Window::Total => "in all",
        };
        match &self.scope {
            Scope::Everything => when.to_owned(),
            Scope::EachSession if self.window == Window::Total => "this session".to_owned(),
            Scope::EachSession => format!("this session {when}"),
            Scope::Provider(slug) => format!("{slug} {when}"),
            Scope::Model(id) => format!("{} {when}", id.short()),
            Scope::Key(label) => format!("key {label} {when}"),
        }
    }
}

/// Two decimals, more where it has more: a limit is somebody's own figure and is not rounded.
fn cents(amount: Usd) -> String {
    let exact = amount.to_string();
    match exact.split_once('.') {
        Some((_, places)) if places.len() > 2 => exact,
        _ => amount.round(2),
    }
}
