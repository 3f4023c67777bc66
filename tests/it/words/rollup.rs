//! Sketches merge in any order and answer quantiles closely enough; a row's totals by model add up to all of it.

use crate::metering::ledger::row;
use fareway::catalog::Catalog;
use fareway::words::{
    Attempt, Cost, CostSource, Dimension, EndpointId, Failure, FailureKind, GenerationRow, ModelId, Outcome,
    ProviderId, Sketch, Totals, Usage, Usd,
};
use proptest::prelude::*;

/// Answered by gpt-4o-mini, after others had tried: provider, tokens out, microdollars.
fn after(others: &[(&str, u64, Option<i64>)]) -> GenerationRow {
    let used = |completion| Usage { prompt: 1_000, completion, ..Usage::default() };
    let mut row = row(&Catalog::bundled(), "openai:openai/gpt-4o-mini", used(500), 1_790_000_000, 1);
    row.tags = vec!["work".into(), "work".into()];
    let answered = row.receipt.attempts.remove(0);
    let failed = |(provider, completion, micros): &(&str, u64, Option<i64>)| Attempt {
        endpoint: EndpointId::of(provider, &answered.model),
        provider: ProviderId::new(provider),
        usage: used(*completion),
        cost: Cost {
            booked: micros.map(|n| Usd::from_cents(n).of_million() * 100),
            source: if micros.is_some() { CostSource::Estimate } else { CostSource::Unknown },
            ..Cost::default()
        },
        outcome: Outcome::Failed(Box::new(Failure::new(FailureKind::Cut, "cut"))),
        ..answered.clone()
    };
    let receipt = &mut row.receipt;
    receipt.attempts = others.iter().map(failed).collect();
    receipt.attempts.push(answered);
    receipt.usage = receipt.attempts.iter().fold(Usage::default(), |sum, a| sum + a.usage);
    receipt.cost = Cost::sum(receipt.attempts.iter().map(|a| &a.cost));
    row
}

fn part(row: &GenerationRow, of: &Dimension) -> Totals {
    let parts = Totals::of(row);
    let found: Vec<_> = parts.into_iter().filter(|(key, _)| key.of == *of).collect();
    assert!(found.len() <= 1, "each total once: {found:?}");
    found.into_iter().next().map(|(_, totals)| totals).unwrap_or_default()
}

fn at(provider: &str) -> Dimension {
    Dimension::at(ModelId::new("openai/gpt-4o-mini"), ProviderId::new(provider))
}

/// Who failed is charged with what the failure cost; who answered is not blamed for it.
#[test]
fn money_counts_where_it_was_spent() {
    let row = after(&[("azure", 300, Some(7)), ("groq", 0, Some(0))]);
    let (azure, groq, openai) =
        (part(&row, &at("azure")), part(&row, &at("groq")), part(&row, &at("openai")));
    let of =
        |t: &Totals| (t.requests, t.attempts, t.failed_attempts, t.usage.completion, t.booked.to_string());
    assert_eq!(of(&azure), (0, 1, 1, 300, "0.000007".into()));
    assert_eq!(of(&groq), (0, 1, 1, 0, "0".into()));
    // 1,000 x $0.15 + 500 x $0.60 per million
    assert_eq!(of(&openai), (1, 1, 0, 500, "0.00045".into()));
    assert_eq!((azure.estimated, openai.estimated), (azure.booked, Usd::ZERO));
    let all = part(&row, &Dimension::All);
    assert_eq!(of(&all), (1, 3, 2, 800, "0.000457".into()));
    assert_eq!(all.estimated, azure.booked, "only what rests on our own count");
    assert_eq!(part(&row, &Dimension::Tag("work".into())), all, "a tag that stands twice counts once");
}

proptest! {
    #[test]
    fn totals_by_model_add_up_to_all(
        others in prop::collection::vec((prop::sample::select(vec!["azure", "groq", "openai"]), 0u64..5_000, prop::option::of(0i64..9_000)), 0..6),
    ) {
        let row = after(&others);
        let mut sum = Totals::default();
        for (key, totals) in Totals::of(&row) {
            if matches!(key.of, Dimension::Model(..)) {
                sum += &totals;
            }
        }
        prop_assert_eq!(sum, part(&row, &Dimension::All));
    }
}

fn sketch(values: &[u64]) -> Sketch {
    let mut sketch = Sketch::default();
    for value in values {
        sketch.add(*value);
    }
    sketch
}

#[test]
fn an_empty_sketch_has_no_quantile() {
    assert_eq!(Sketch::default().quantile(0.5), None);
    assert_eq!(sketch(&[u64::MAX]).count(), 1);
}

proptest! {
    #[test]
    fn a_quantile_is_close_to_the_true_one(mut values in prop::collection::vec(0u64..10_000_000_000, 1..200), q in 0.0f64..=1.0) {
        let answer = sketch(&values).quantile(q).expect("not empty");
        values.sort_unstable();
        let rank = ((q * values.len() as f64).ceil() as usize).max(1) - 1;
        let truth = values[rank];
        let error = answer.abs_diff(truth) as f64;
        prop_assert!(error <= truth as f64 * 0.045 + 1.0, "{answer} for {truth}");
    }

    #[test]
    fn merging_is_adding_all(a in prop::collection::vec(any::<u64>(), 0..50), b in prop::collection::vec(any::<u64>(), 0..50)) {
        let mut merged = sketch(&a);
        merged.merge(&sketch(&b));
        let mut other = sketch(&b);
        other.merge(&sketch(&a));
        prop_assert_eq!(&merged, &other);
        prop_assert_eq!(merged, sketch(&[a, b].concat()));
    }
}
