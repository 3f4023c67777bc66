//! The time axis and the measures of the usage dashboard: days, weeks, months; money, tokens, requests.

use crate::words::Totals;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Day,
    Week,
    Month,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Model,
    Provider,
    Session,
    Tag,
    Key,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Money,
    Tokens,
    Requests,
}

impl By {
    pub const ALL: [By; 5] = [Self::Model, Self::Provider, Self::Session, Self::Tag, Self::Key];

    pub fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Provider => "provider",
            Self::Session => "session",
            Self::Tag => "tag",
            Self::Key => "key",
        }
    }
}

impl Measure {
    pub fn name(self) -> &'static str {
        match self {
            Self::Money => "spend",
            Self::Tokens => "tokens",
            Self::Requests => "requests",
        }
    }

    /// For charts; money in millionths of a dollar.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the height of a bar")]
    pub fn of(self, totals: &Totals) -> u64 {
        match self {
            Self::Money => (totals.booked.approximate() * 1e6).max(0.0) as u64,
            Self::Tokens => totals.usage.total(),
            Self::Requests => totals.requests,
        }
    }
}

/// A day's place on the time axis: itself, its Monday, its month as year × 12 + month.
pub fn bucket(day: i32, span: Span) -> i32 {
    match span {
        Span::Day => day,
        // 1970-01-01 was a Thursday
        Span::Week => day - (day + 3).rem_euclid(7),
        Span::Month => {
            let (year, month, _) = civil(day);
            year * 12 + i32::from(month) - 1
        }
    }
}

/// Year, month, day of a number of days since 1970-01-01 (Howard Hinnant's algorithm).
pub fn civil(days: i32) -> (i32, u8, u8) {
    let z = i64::from(days) + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    let small = |n: i64| u8::try_from(n).unwrap_or(0);
    (i32::try_from(year).unwrap_or(0), small(month), small(day))
}

/// The first and the last day of a place on the axis.
pub fn days(at: i32, span: Span) -> (i32, i32) {
    match span {
        Span::Day => (at, at),
        Span::Week => (at, at + 6),
        Span::Month => (first_of_month(at), first_of_month(at + 1) - 1),
    }
}

/// The day a month (year × 12 + month) begins on, by Howard Hinnant's inverse of [`civil`].
fn first_of_month(month: i32) -> i32 {
    let (year, month) = (i64::from(month.div_euclid(12)), i64::from(month.rem_euclid(12)) + 1);
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let mp = if month > 2 { month - 3 } else { month + 9 };
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + (153 * mp + 2) / 5;
    i32::try_from(era * 146_097 + doe - 719_468).unwrap_or(0)
}

/// `2026-11-23`, `week of 2026-11-23`, `2026-11`.
pub fn place(at: i32, span: Span) -> String {
    match span {
        Span::Month => format!("{}-{:02}", at.div_euclid(12), at.rem_euclid(12) + 1),
        Span::Day | Span::Week => {
            let (year, month, day) = civil(at);
            let word = if span == Span::Week { "week of " } else { "" };
            format!("{word}{year}-{month:02}-{day:02}")
        }
    }
}
