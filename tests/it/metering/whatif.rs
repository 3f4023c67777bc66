//! What if: the same requests elsewhere.

use super::ledger::row;
use fareway::catalog::Catalog;
use fareway::metering::{Counter, Elsewhere, Past, Target, amount, what_if};
use fareway::words::{At, Endpoint, GenerationRow, ModelId, Profile, ProviderId, Usage, Usd};
use std::time::Duration;

fn usd(text: &str) -> Usd {
    text.parse().expect("a decimal")
}

fn ask(
    rows: &[GenerationRow],
    target: Target,
    usable: impl Fn(&Endpoint) -> bool,
) -> fareway::metering::WhatIf {
    let catalog = Catalog::bundled();
    let counter = Counter::default();
    let past = |model: &ModelId, provider: Option<&ProviderId>| Past {
        ttft: (model.author() == "openai").then_some(Duration::from_millis(900)),
        rate: provider.map(|slug| if slug.as_str() == "cerebras" { 900.0 } else { 100.0 }),
    };
    what_if(rows, &target, &Elsewhere { catalog: &catalog, counter: &counter, usable: &usable, past: &past })
}

#[test]
fn another_model() {
    let catalog = Catalog::bundled();
    let usage = Usage { prompt: 1_000_000, completion: 10_000, ..Usage::default() };
    let rows = [
        row(&catalog, "openai:openai/gpt-4.1", Usage { prompt: 100_000, ..usage }, 1_000, 1),
        row(&catalog, "openai:openai/gpt-4.1", usage, 2_000, 1),
        row(&catalog, "demo:demo/sage", usage, 3_000, 1),
    ];
    let answer =
        ask(&rows, Target::Model(ModelId::new("openai/gpt-4o-mini")), |e| e.provider.as_str() == "openai");
    // 100,000 x $2 + 10,000 x $8 per million then; $0.15 and $0.60 there; a million tokens do not fit
    assert_eq!((answer.requests, answer.impossible, answer.unpriced), (1, 1, 0));
    assert_eq!((answer.was, answer.would, answer.saved()), (usd("0.28"), usd("0.021"), usd("0.259")));
    assert_eq!(answer.ttft, Some((Duration::from_millis(400), Duration::from_millis(900))));
    assert!(answer.assumptions.len() >= 4);
}

#[test]
fn the_cheapest_host_of_the_same_model() {
    let catalog = Catalog::bundled();
    let usage = Usage { prompt: 10_000, completion: 1_000, ..Usage::default() };
    let rows = [row(&catalog, "groq:openai/gpt-oss-120b", usage, 1_000, 1)];
    let answer = ask(&rows, Target::Profile(Profile::Cheapest), |_| true);
    assert_eq!(answer.requests, 1);
    assert!(answer.would < answer.was, "some host is cheaper than groq: {answer:?}");
    let same = ask(&rows, Target::Profile(Profile::Cheapest), |e| e.provider.as_str() == "groq");
    assert_eq!(same.was, same.would);
    let nowhere = ask(&rows, Target::Profile(Profile::Cheapest), |_| false);
    assert_eq!((nowhere.requests, nowhere.impossible), (0, 1));
}

#[test]
fn unknown_prices_are_left_out_and_counted() {
    let catalog = Catalog::bundled();
    let usage = Usage { prompt: 1_000, completion: 1_000, ..Usage::default() };
    let mut unknown = row(&catalog, "openai:openai/gpt-4o", usage, 1_000, 1);
    unknown.receipt.cost = Default::default();
    let answer = ask(&[unknown], Target::Model(ModelId::new("openai/gpt-4o-mini")), |_| true);
    assert_eq!((answer.requests, answer.unpriced, answer.was, answer.would), (0, 1, Usd::ZERO, Usd::ZERO));
}

#[test]
fn each_profile_has_its_own_price() {
    let catalog = Catalog::bundled();
    let usage = Usage { prompt: 10_000, completion: 1_000, ..Usage::default() };
    let rows = [row(&catalog, "groq:openai/gpt-oss-120b", usage, 1_000, 1)];
    let model = ModelId::new("openai/gpt-oss-120b");
    let price = |e: &Endpoint| amount(&usage, e.prices.as_ref()?, At::from_secs(1_000));
    let prices: Vec<Usd> = catalog.endpoints(&model).iter().filter_map(|e| price(e)).collect();
    let would = |profile| ask(&rows, Target::Profile(profile), |_| true).would;
    let cerebras = catalog.endpoints(&model).iter().find(|e| e.provider.as_str() == "cerebras");
    let cerebras = cerebras.and_then(|e| price(e)).expect("cerebras serves it at a price");
    let (least, most) = (prices.iter().min().copied(), prices.iter().max().copied());
    assert_eq!(Some(would(Profile::Cheapest)), least);
    assert_eq!(would(Profile::Fastest), cerebras, "the one that was fastest");
    assert_eq!(Some(would(Profile::Best)), prices.first().copied(), "the first in the catalog");
    let private = catalog.endpoints(&model).iter().filter(|e| e.policy.declared && !e.policy.retains);
    assert_eq!(Some(would(Profile::Private)), private.filter_map(|e| price(e)).min());
    let balanced = Some(would(Profile::Balanced));
    assert!(balanced > least && balanced < most, "{balanced:?} between {least:?} and {most:?}");
}
