//! Strategies over candidates made by hand.

use super::support::{NOW, Row, World, ask_with, endpoint, model};
use fareway::catalog::{EndpointRow, ModelRow, Score};
use fareway::routing::{Candidate, Draws, End, HealthBook, plan, shares, strategy};
use fareway::words::{Dice, Partition, Preferences, Quantization, Request, Sort, SortBy, SpreadRule, Usd};
use proptest::prelude::*;
use std::time::Duration;

fn any_price() -> Preferences {
    Preferences { max_dearer: Some(0.0), ..Preferences::default() }
}

fn order(world: &World, request: &Request, seed: u64) -> Vec<String> {
    let decision = plan(world.input(request), &mut Dice::new(seed)).expect("a plan");
    decision.attempts.iter().map(ToString::to_string).collect()
}

/// Reports answers: seconds to the first token and tokens per second.
fn measure(health: &mut HealthBook, world: &World, at: usize, ttft: f64, throughput: f64) {
    let endpoint = world.catalog.endpoints(&"maker/one".into())[at].clone();
    for round in 0..12 {
        let began = NOW - Duration::from_secs(1_200 - round * 60);
        let mut ticket = health.started(&endpoint, began);
        let first = began + Duration::from_secs_f64(ttft);
        health.first_token(&mut ticket, first);
        health.finished(
            ticket,
            End::Answered { tokens: 200 },
            first + Duration::from_secs_f64(200.0 / throughput),
        );
    }
}

#[test]
fn rule_b_gives_the_published_shares() {
    let table = [(0.98, 92.0, 35), (1.32, 125.0, 34), (0.84, 59.0, 22), (1.54, 77.0, 7), (2.06, 83.0, 2)];
    let scores: Vec<f64> = table.iter().map(|(price, speed, _)| shares::score(*price, *speed)).collect();
    let percent: Vec<i64> = shares::shares(&scores).iter().map(|s| (s * 100.0).round() as i64).collect();
    assert_eq!(percent, table.map(|(_, _, share)| share));
}

#[test]
fn shares_draw_everybody_now_and_then() {
    let world = World::of(&[("aa", "1", "1"), ("bb", "1.1", "1.1"), ("cc", "4", "4")]);
    let request = ask_with("maker/one", Preferences { spread: Some(SpreadRule::Shares), ..any_price() });
    let mut first = [0; 3];
    for seed in 0..3_000 {
        let order = order(&world, &request, seed);
        first[usize::from(order[0].as_bytes()[0] - b'a')] += 1;
    }
    assert!(first[0] > first[1] && first[1] > first[2], "{first:?}");
    assert!(first[2] > 30, "a little exploration: {first:?}");
}

#[test]
fn sorts_go_by_what_they_say() {
    let mut world = World::of(&[("aa", "1", "9"), ("bb", "5", "5"), ("cc", "9", "1")]);
    let mut health = HealthBook::default();
    for (at, (ttft, throughput)) in [(2.0, 40.0), (0.3, 60.0), (1.0, 200.0)].into_iter().enumerate() {
        measure(&mut health, &world, at, ttft, throughput);
    }
    world.health = health;
    let first = |by: SortBy, prompt: u64, reply: u32| {
        let mut request = ask_with("maker/one", Preferences { sort: Some(Sort::By(by)), ..any_price() });
        request.params.max_tokens = Some(reply);
        let mut input = world.input(&request);
        input.prompt_tokens = Some(prompt);
        plan(input, &mut Dice::new(5)).expect("a plan").attempts[0].to_string()
    };
    // the same price lists: a long prompt and a long reply find different ones cheapest
    assert_eq!(first(SortBy::Price, 10_000, 10), "aa:maker/one");
    assert_eq!(first(SortBy::Price, 100, 2_000), "cc:maker/one");
    assert_eq!(first(SortBy::Latency, 100, 100), "bb:maker/one");
    assert_eq!(first(SortBy::Throughput, 100, 100), "cc:maker/one");
}

#[test]
fn near_equals_take_turns_and_the_busy_one_yields() {
    let mut world = World::of(&[("aa", "1", "1"), ("bb", "1", "1"), ("cc", "3", "3")]);
    let request = ask_with("maker/one", Preferences { sort: Some(Sort::By(SortBy::Price)), ..any_price() });
    let firsts = |world: &World| {
        let of =
            |tag: &str| (0..400).filter(|seed| order(world, &request, *seed)[0].starts_with(tag)).count();
        (of("aa"), of("bb"), of("cc"))
    };
    let (aa, bb, cc) = firsts(&world);
    assert!(aa > 120 && bb > 120 && cc == 0, "{aa} {bb} {cc}");
    let busy = world.catalog.endpoints(&"maker/one".into())[0].clone();
    let ticket = world.health.started(&busy, NOW);
    let (aa, bb, _) = firsts(&world);
    assert!(bb > 2 * aa, "two choices, the idle one of them: {aa} {bb}");
    world.health.finished(ticket, End::Cancelled, NOW);
}

#[test]
fn little_data_counts_as_a_typical_peer() {
    let mut world = World::of(&[("aa", "1", "1"), ("bb", "1", "1"), ("cc", "1", "1"), ("dd", "1", "1")]);
    let mut health = HealthBook::default();
    measure(&mut health, &world, 0, 0.2, 50.0);
    measure(&mut health, &world, 1, 1.0, 50.0);
    measure(&mut health, &world, 2, 4.0, 50.0);
    world.health = health;
    let request = ask_with("maker/one", Preferences { sort: Some(Sort::By(SortBy::Latency)), ..any_price() });
    let order = order(&world, &request, 1);
    assert_eq!(order[0], "aa:maker/one");
    // the unknown one is like the middling one: neither first nor last
    assert_eq!(order[3], "cc:maker/one");
}

#[test]
fn partition_none_mixes_models_and_order_names_the_first() {
    let rows: &[(&str, &[Row<'_>])] =
        &[("maker/one", &[("aa", "5", "5"), ("bb", "1", "1")]), ("maker/two", &[("aa", "3", "3")])];
    let world = World::with_models(rows);
    let mut request = ask_with("maker/one", any_price());
    request.fallbacks = vec!["maker/two".into()];
    let by = SortBy::Price;
    request.preferences.sort = Some(Sort::Full { by, partition: Partition::Model });
    assert_eq!(order(&world, &request, 1), ["bb:maker/one", "aa:maker/one", "aa:maker/two"]);
    request.preferences.sort = Some(Sort::Full { by, partition: Partition::None });
    assert_eq!(order(&world, &request, 1), ["bb:maker/one", "aa:maker/two", "aa:maker/one"]);
    // a fallback that is simply cheaper wins by its price, not for want of the first
    let cheaper =
        Request { model: "maker/two".into(), fallbacks: vec!["maker/one".into()], ..request.clone() };
    let decision = plan(world.input(&cheaper), &mut Dice::new(1)).expect("a plan");
    assert_eq!(decision.why, "cheapest for this request of 3");
    request.preferences.sort = None;
    request.preferences.order = vec!["aa".to_owned()];
    for seed in 0..20 {
        assert_eq!(order(&world, &request, seed), ["aa:maker/one", "bb:maker/one", "aa:maker/two"]);
    }
    request.preferences.allow_fallbacks = Some(false);
    assert_eq!(order(&world, &request, 1), ["aa:maker/one", "aa:maker/two"]);
}

fn served_in(tag: &str, quantization: Quantization) -> EndpointRow {
    EndpointRow { quantization: Some(quantization), ..endpoint(tag, "1", "1") }
}

#[test]
fn quality_goes_by_benchmark_and_precision() {
    let scored = |id: &str, value: f64, rows: Vec<EndpointRow>| ModelRow {
        scores: vec![Score {
            name: "intelligence".to_owned(),
            value,
            source: String::new(),
            date: String::new(),
        }],
        endpoints: rows,
        ..model(id, &[])
    };
    let coarse_and_fine = vec![served_in("aa", Quantization::Int4), served_in("bb", Quantization::Bf16)];
    let world = World::from_rows(vec![
        scored("maker/one", 50.0, coarse_and_fine),
        scored("maker/two", 70.0, vec![served_in("aa", Quantization::Fp8)]),
    ]);
    let sort = Sort::Full { by: SortBy::Exacto, partition: Partition::None };
    let mut request = ask_with("maker/one", Preferences { sort: Some(sort), ..any_price() });
    request.fallbacks = vec!["maker/two".into()];
    assert_eq!(order(&world, &request, 1), ["aa:maker/two", "bb:maker/one", "aa:maker/one"]);
}

/// A model without a benchmark, whose endpoints score nearly the same: no draw puts coarser weights before finer ones.
#[test]
fn of_equal_quality_the_finer_weights_come_first() {
    let served = [("aa", Quantization::Fp8), ("bb", Quantization::Bf16), ("cc", Quantization::Fp16)];
    let rows = served.map(|(tag, precision)| served_in(tag, precision)).to_vec();
    let world = World::from_rows(vec![ModelRow { endpoints: rows, ..model("maker/one", &[]) }]);
    let request = ask_with("maker/one", Preferences { sort: Some(Sort::By(SortBy::Exacto)), ..any_price() });
    let orders: Vec<Vec<String>> = (0..40).map(|seed| order(&world, &request, seed)).collect();
    assert!(orders.iter().all(|order| order[2] == "aa:maker/one"), "{orders:?}");
    // the two that are alike still share the work
    for first in ["bb:maker/one", "cc:maker/one"] {
        assert!(orders.iter().any(|order| order[0] == first), "{first}");
    }
}

proptest! {
    /// Whatever is measured and whatever it costs: every strategy puts each candidate in exactly one place.
    #[test]
    fn an_order_is_a_permutation(
        rows in prop::collection::vec((prop::option::of(0u32..100_000), prop::option::of((0.01f64..30.0, 1.0f64..400.0))), 0..40),
        tokens in 1u64..200_000,
        seed: u64,
    ) {
        let names: Vec<String> = (0..rows.len()).map(|n| format!("p{n}")).collect();
        let list: Vec<Row<'_>> = names.iter().map(|name| (name.as_str(), "1", "1")).collect();
        let world = World::of(&list);
        let mut health = HealthBook::default();
        for (at, (_, measured)) in rows.iter().enumerate() {
            if let Some((ttft, throughput)) = measured {
                measure(&mut health, &world, at, *ttft, *throughput);
            }
        }
        let request = ask_with("maker/one", any_price());
        let ask = fareway::routing::Ask::new(&request, any_price(), Some(tokens), NOW);
        let endpoints = world.catalog.endpoints(&"maker/one".into());
        let candidates: Vec<Candidate<'_>> = endpoints.iter().zip(&rows).map(|(endpoint, (price, _))| {
            let cost = price.map(|millis| Usd::from_raw(i128::from(millis) * 1_000_000_000_000_000));
            Candidate::new(endpoint, &health, cost.map_or(f64::NAN, Usd::approximate))
        }).collect();
        let sorts = [SortBy::Price, SortBy::Latency, SortBy::Throughput, SortBy::Exacto].map(Sort::By);
        let spreads = [SpreadRule::InversePriceSquare, SpreadRule::Shares];
        let wishes = sorts.map(|sort| Preferences { sort: Some(sort), ..Preferences::default() }).into_iter();
        for wishes in wishes.chain(spreads.map(|spread| Preferences { spread: Some(spread), ..Preferences::default() })) {
            let strategy = strategy(&wishes);
            let mut dice = Dice::new(seed);
            let ranking = strategy.order(&ask, &candidates, &mut Draws::new(&mut dice));
            let mut order = ranking.order.clone();
            order.sort_unstable();
            prop_assert_eq!(order, (0..candidates.len() as u32).collect::<Vec<_>>(), "{}", strategy.name());
        }
    }
}
