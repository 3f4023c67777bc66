//! Values of the form: one step further, and what a typed text says.

use crate::words::Quantization;
use serde::{Serialize, de::DeserializeOwned};

/// The next of all, nothing being one of them.
pub fn cycle<T: Copy + PartialEq>(now: Option<T>, all: &[T], by: isize) -> Option<T> {
    let at = now.and_then(|now| all.iter().position(|t| *t == now)).map_or(0, |at| at + 1);
    let count = all.len() + 1;
    match (at + count).wrapping_add_signed(by) % count {
        0 => None,
        n => all.get(n - 1).copied(),
    }
}

pub fn nudge(now: Option<f64>, by: isize, from: f64, step: f64, low: f64, high: f64) -> Option<f64> {
    let next = now.unwrap_or(from) + if by < 0 { -step } else { step };
    Some(((next.clamp(low, high)) * 100.0).round() / 100.0)
}

pub fn number(text: &str, low: f64, high: f64) -> Option<f64> {
    text.parse().ok().filter(|n| (low..=high).contains(n))
}

/// A value of a closed set by the word that config and API have for it.
pub fn said<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn word<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_lowercase())).ok()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ', ';']).filter(|word| !word.is_empty())
}

/// Provider slugs with commas or blanks between them; an empty text is an empty list.
pub fn list(text: &str) -> Option<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for name in words(text).map(str::to_lowercase) {
        if !name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/')) {
            return None;
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Some(names)
}

pub fn quantizations(text: &str) -> Option<Vec<Quantization>> {
    words(text).map(word).collect()
}

/// Cut-offs: `40`, `p90 20`, `p50 60, p90 20`.
pub mod percentiles {
    use crate::words::Percentiles;

    pub fn show(cuts: Percentiles) -> String {
        let named = [("p50", cuts.p50), ("p75", cuts.p75), ("p90", cuts.p90), ("p99", cuts.p99)];
        let set = named.iter().filter_map(|(name, cut)| Some(format!("{name} {}", (*cut)?)));
        set.collect::<Vec<_>>().join(", ")
    }

    /// `None`: not to be understood; an empty text takes the cut-offs away.
    pub fn read(text: &str) -> Option<Option<Percentiles>> {
        let mut cuts = Percentiles::default();
        let mut name = None;
        for word in text.split([',', ' ', '=', ':']).filter(|word| !word.is_empty()) {
            if word.starts_with('p') && name.is_none() {
                name = Some(word);
                continue;
            }
            let cut: f64 = word.parse().ok().filter(|n: &f64| n.is_finite() && *n > 0.0)?;
            match name.take() {
                None | Some("p50") => cuts.p50 = Some(cut),
                Some("p75") => cuts.p75 = Some(cut),
                Some("p90") => cuts.p90 = Some(cut),
                Some("p99") => cuts.p99 = Some(cut),
                Some(_) => return None,
            }
        }
        name.is_none().then_some((cuts != Percentiles::default()).then_some(cuts))
    }
}
