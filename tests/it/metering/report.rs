//! Reports over rollups: sums in any order, splits, and the derived figures.

use super::ledger::row;
use fareway::catalog::Catalog;
use fareway::metering::{Figures, Split, Window, percent, ranking, report, spent};
use fareway::words::{RollupKey, Totals, Usage, Usd};
use proptest::prelude::*;
use std::sync::LazyLock;

const DAY: i64 = 86_400;
/// 2026-11-23, a Monday.
const MONDAY: i32 = 20_780;

fn rollups(rows: &[fareway::words::GenerationRow]) -> Vec<(RollupKey, Totals)> {
    rows.iter().flat_map(Totals::of).collect()
}

fn ledger() -> Vec<fareway::words::GenerationRow> {
    let catalog = Catalog::bundled();
    let usage = Usage { prompt: 1_000, cached_read: 3_000, completion: 500, ..Usage::default() };
    let start = i64::from(MONDAY) * DAY;
    let mut rows = Vec::new();
    for day in 0..10 {
        let at = start + (day - 3) * DAY;
        rows.push(row(&catalog, "anthropic:anthropic/claude-sonnet-4.5", usage, at, 1));
        rows.push(row(&catalog, "openai:openai/gpt-4o-mini", usage, at + 10, 2));
        rows.push(row(&catalog, "demo:demo/sage", usage, at + 20, 3));
    }
    rows
}

#[test]
fn by_week_and_by_model() {
    let rows = rollups(&ledger());
    let rows = || rows.iter().map(|(key, totals)| (key, totals));
    let days = MONDAY - 3..=MONDAY + 6;
    let weeks = report(rows(), days.clone(), Window::Week, Split::Nothing, false);
    let starts: Vec<(i32, u64)> = weeks.iter().map(|((start, _), t)| (*start, t.requests)).collect();
    assert_eq!(starts, [(MONDAY - 3, 6), (MONDAY, 14)], "the first week is cut by the range");
    let models = ranking(&report(rows(), days.clone(), Window::Total, Split::Model, false));
    let names: Vec<&str> = models.iter().map(|(label, _)| label.as_str()).collect();
    assert_eq!(names, ["anthropic/claude-sonnet-4.5", "openai/gpt-4o-mini"], "dearest first, no play money");
    // 1,000 x $3 + 3,000 x $0.30 + 500 x $15 per million = $0.0114 a request, ten of them
    assert_eq!(models[0].1.booked, "0.114".parse::<Usd>().expect("a decimal"));
    let demo = report(rows(), days, Window::Total, Split::Nothing, true);
    assert_eq!(demo.values().map(|t| t.requests).sum::<u64>(), 10);
}

#[test]
fn figures_that_people_compare() {
    let rows = rollups(&ledger());
    let one = report(rows.iter().map(|(k, t)| (k, t)), 0..=i32::MAX, Window::Total, Split::Model, false);
    let (_, totals) = ranking(&one).swap_remove(0);
    let figures = Figures::of(&totals);
    assert_eq!(figures.cache_hit, Some(0.75));
    // $0.0114 for 4,500 tokens
    assert_eq!(figures.per_million.map(|p| p.round(4)), Some("2.5333".into()));
    assert_eq!(figures.per_request, Some("0.0114".parse::<Usd>().expect("a decimal")));
    assert_eq!((figures.failure, figures.fallback, figures.estimated), (Some(0.0), Some(0.0), Some(0.0)));
    let ttft = figures.ttft.expect("every row has one").p50.as_millis();
    assert!((380..=420).contains(&ttft), "{ttft}");
    assert!(figures.throughput.is_some_and(|t| t.p50 > 290.0 && t.p50 < 330.0));
    assert_eq!(figures.failed_attempts, Some(0.0));
    assert_eq!(spent(&totals), Some(totals.booked));
    assert_eq!(Figures::of(&Totals::default()), Figures::default(), "nothing to divide by");
}

#[test]
fn what_nobody_knows_is_not_nothing() {
    let usage = Usage { prompt: 1_000, ..Usage::default() };
    let unpriced =
        Totals { requests: 2, unpriced: 2, attempts: 3, failed_attempts: 1, usage, ..Totals::default() };
    assert_eq!(spent(&unpriced), None);
    let figures = Figures::of(&unpriced);
    assert_eq!((figures.per_million, figures.per_request, figures.ttft), (None, None, None));
    assert_eq!(figures.failed_attempts, Some(1.0 / 3.0));
    // tokens that have no price would make the others look cheap
    let half = Totals { unpriced: 1, booked: Usd::from_cents(1), ..unpriced };
    let figures = Figures::of(&half);
    assert_eq!((spent(&half), figures.per_million), (Some(Usd::from_cents(1)), None));
    assert_eq!(figures.per_request, Some(Usd::from_cents(1)), "of the one whose price is known");
    assert_eq!(spent(&Totals::default()), Some(Usd::ZERO), "nothing was asked");
    let said = [None, Some(0.0), Some(0.004), Some(0.5), Some(1.0)].map(percent);
    assert_eq!(said, ["?", "0%", "<1%", "50%", "100%"]);
}

static ROLLUPS: LazyLock<Vec<(RollupKey, Totals)>> = LazyLock::new(|| rollups(&ledger()));

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_rows_does_not_matter(seed in any::<u64>()) {
        let mut rows = ROLLUPS.clone();
        let sum = |rows: &[(RollupKey, Totals)]| {
            report(rows.iter().map(|(k, t)| (k, t)), 0..=i32::MAX, Window::Month, Split::Provider, false)
        };
        let forwards = sum(&rows);
        let mut dice = fareway::words::Dice::new(seed);
        for at in (1..rows.len()).rev() {
            rows.swap(at, dice.below(at + 1));
        }
        prop_assert_eq!(sum(&rows), forwards);
    }
}
