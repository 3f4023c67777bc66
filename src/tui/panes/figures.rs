//! Figures for people: money, counts, and the mark of an estimate.

use crate::app::Reading;
use crate::app::panes::usage::spent;
use crate::words::{Totals, Usd};

/// `~` before what is still estimated.
pub fn tilde(reading: &Reading) -> &'static str {
    if reading.exact { "" } else { "~" }
}

/// `1 reply`, `12 replies`.
pub fn counted(n: impl Into<u64>, one: &str, more: &str) -> String {
    let n = n.into();
    format!("{n} {}", if n == 1 { one } else { more })
}

/// `$0.0042`, `~$0.0042` while estimated, `?` for an unknown price; `demo` where no money is real.
pub fn money(reading: &Reading) -> String {
    let label = if reading.demo { "demo " } else { "" };
    match reading.cost {
        Some(cost) => format!("{label}{}{}", tilde(reading), usd(cost)),
        None => format!("{label}?"),
    }
}

/// What totals come to: `$0.42`, `$0.42 +?` where some of it has no price, `?` where none of it has.
pub fn total(totals: &Totals) -> String {
    match spent(totals) {
        None => "?".to_owned(),
        Some(spent) if totals.unpriced > 0 => format!("{} +?", usd(spent)),
        Some(spent) => usd(spent),
    }
}

/// Dollars with as many places as say something.
pub fn usd(amount: Usd) -> String {
    amount.said()
}

/// `812`, `12.4k`, `200k`, `1.2M`.
#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub fn count(n: u64) -> String {
    let (text, unit) = match n {
        0..10_000 => return n.to_string(),
        10_000..999_950 => (format!("{:.1}", n as f64 / 1e3), 'k'),
        _ => (format!("{:.1}", n as f64 / 1e6), 'M'),
    };
    format!("{}{unit}", text.trim_end_matches(".0"))
}

/// `812 B`, `12 KB`, `1.2 MB`.
#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub fn size(bytes: usize) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KB", bytes / 1_024),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}
