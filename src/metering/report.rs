//! Reports over the ledger's running totals: by time and by what, with the figures people compare.

use super::limit::Window;
use crate::words::{Dimension, RollupKey, Sketch, Totals, Usd};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

/// What spending is split by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Split {
    #[default]
    Nothing,
    Model,
    Provider,
    Session,
    Tag,
    Key,
}

impl Split {
    /// What a total counts as under this split; `None`: it belongs to another. A request with two tags counts under
    /// both, so splits by tag may add up to more than everything.
    fn label(self, of: &Dimension) -> Option<String> {
        match (self, of) {
            (Self::Nothing, Dimension::All) => Some(String::new()),
            (Self::Model, Dimension::Model(model, ..)) => Some(model.to_string()),
            (Self::Provider, Dimension::Model(_, provider, _)) => Some(provider.to_string()),
            (Self::Session, Dimension::Session(session)) => Some(session.to_string()),
            (Self::Tag, Dimension::Tag(tag)) => Some(tag.clone()),
            (Self::Key, Dimension::Key(label)) => Some(label.clone()),
            _ => None,
        }
    }
}

/// Totals by first day of the period and by label. Adding is associative and commutative, so the order of the rows
/// does not matter. With [`Window::Total`] everything stands under the first day asked for.
pub fn report<'a>(
    rows: impl IntoIterator<Item = (&'a RollupKey, &'a Totals)>,
    days: RangeInclusive<i32>,
    period: Window,
    split: Split,
    demo: bool,
) -> BTreeMap<(i32, String), Totals> {
    let mut report: BTreeMap<(i32, String), Totals> = BTreeMap::new();
    for (key, totals) in rows {
        if key.demo != demo || !days.contains(&key.day) {
            continue;
        }
        let Some(label) = split.label(&key.of) else { continue };
        let start = match period {
            Window::Total => *days.start(),
            period => period.start(key.day).max(*days.start()),
        };
        *report.entry((start, label)).or_default() += totals;
    }
    report
}

/// The labels of a report, dearest first, with their sums over time.
pub fn ranking(report: &BTreeMap<(i32, String), Totals>) -> Vec<(String, Totals)> {
    let mut sums: BTreeMap<&str, Totals> = BTreeMap::new();
    for ((_, label), totals) in report {
        *sums.entry(label).or_default() += totals;
    }
    let mut ranking: Vec<(String, Totals)> =
        sums.into_iter().map(|(label, totals)| (label.to_owned(), totals)).collect();
    ranking.sort_by(|(a_label, a), (b_label, b)| {
        b.booked.cmp(&a.booked).then(b.requests.cmp(&a.requests)).then(a_label.cmp(b_label))
    });
    ranking
}

/// What was spent; `None` where requests were made and the price of none of them is known.
pub fn spent(totals: &Totals) -> Option<Usd> {
    let known = totals.unpriced == 0 || totals.unpriced < totals.requests || !totals.booked.is_zero();
    known.then_some(totals.booked)
}

/// A share for people: `12%`, `<1%` for what is little but not nothing, `?` for what nobody knows.
pub fn percent(share: Option<f64>) -> String {
    match share {
        None => "?".to_owned(),
        Some(share) if share > 0.0 && share < 0.01 => "<1%".to_owned(),
        Some(share) => format!("{:.0}%", share * 100.0),
    }
}

/// What follows from totals. `None` where there is nothing to divide by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Share of input tokens that came from a provider's cache, 0 to 1.
    pub cache_hit: Option<f64>,
    /// Dollars per million tokens of all kinds, as really paid. Unknown where a price is: tokens without a price would
    /// make it look cheap.
    pub per_million: Option<Usd>,
    pub per_request: Option<Usd>,
    /// Share of requests that failed.
    pub failure: Option<f64>,
    /// Share of attempts that failed, whoever answered in the end.
    pub failed_attempts: Option<f64>,
    /// Share of requests that needed more than one attempt.
    pub fallback: Option<f64>,
    /// Share of the money that rests on our own token counts.
    pub estimated: Option<f64>,
    pub ttft: Option<Spread>,
    /// Tokens per second.
    pub throughput: Option<RateSpread>,
}

/// Median, and what ninety, ninety-five and ninety-nine of a hundred stay within.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    pub p50: Duration,
    pub p90: Duration,
    pub p95: Duration,
    pub p99: Duration,
}

/// Median, and what ninety and ninety-nine of a hundred reach at least: the tenth and the first percentile.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RateSpread {
    pub p50: f64,
    pub p10: f64,
    pub p1: f64,
}

#[allow(clippy::cast_precision_loss, reason = "shares and rates for people, far below 2^52")]
impl Figures {
    pub fn of(totals: &Totals) -> Self {
        let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        let usage = &totals.usage;
        let priced = totals.requests.saturating_sub(totals.unpriced);
        Self {
            cache_hit: share(usage.cached_read, usage.input()),
            per_million: (totals.unpriced == 0)
                .then(|| totals.booked.scale(1_000_000, i128::from(usage.total())))
                .flatten(),
            per_request: totals.booked.scale(1, i128::from(priced)),
            failure: share(totals.failed, totals.requests),
            failed_attempts: share(totals.failed_attempts, totals.attempts),
            fallback: share(totals.fell_back, totals.requests),
            estimated: (!totals.booked.is_zero())
                .then(|| totals.estimated.approximate() / totals.booked.approximate()),
            ttft: spread(&totals.ttft),
            throughput: rates(&totals.throughput),
        }
    }
}

fn spread(sketch: &Sketch) -> Option<Spread> {
    let at = |q| sketch.quantile(q).map(Duration::from_micros);
    Some(Spread { p50: at(0.5)?, p90: at(0.9)?, p95: at(0.95)?, p99: at(0.99)? })
}

#[allow(clippy::cast_precision_loss, reason = "thousandths of a token per second")]
fn rates(sketch: &Sketch) -> Option<RateSpread> {
    let at = |q| sketch.quantile(q).map(|milli| milli as f64 / 1000.0);
    Some(RateSpread { p50: at(0.5)?, p10: at(0.1)?, p1: at(0.01)? })
}
