//! Plans by value: who is asked first, who stands behind, who is left out.

use super::support::{NOW, World, ask, ask_with, endpoint, model};
use fareway::catalog::{EndpointRow, ModelRow};
use fareway::routing::{End, plan};
use fareway::words::{
    Decision, Dice, Failure, FailureKind, Filter, Preferences, Prices, Request, Sort, SortBy, Verdict,
};
use proptest::prelude::*;

fn tags(decision: &Decision) -> Vec<&str> {
    decision.attempts.iter().map(|id| id.as_str().split_once(':').expect("a tag").0).collect()
}

#[test]
fn price_weighted_draws_cheap_ones_more_often() {
    // the published example, prices 1 and 3: nine to one
    let world = World::of(&[("aa", "1", "1"), ("cc", "3", "3")]);
    let request = ask_with("maker/one", Preferences { max_dearer: Some(0.0), ..Preferences::default() });
    let mut dice = Dice::new(1);
    let first = (0..2_000).filter(|_| {
        let decision = plan(world.input(&request), &mut dice).expect("a plan");
        tags(&decision)[0] == "aa"
    });
    let share = first.count();
    assert!((1_740..1_860).contains(&share), "{share} of 2000, nine tenths expected");
}

/// The published example: $1, $2 with an outage just now, $3. The first is drawn nine to one; the sick one is last.
#[test]
fn the_published_example_is_followed_to_its_end() {
    let mut world = World::of(&[("aa", "1", "1"), ("bb", "2", "2"), ("cc", "3", "3")]);
    let sick = world.catalog.endpoints(&"maker/one".into())[1].clone();
    let ticket = world.health.started(&sick, world.now);
    let failure = Failure::new(FailureKind::Server, "no");
    world.health.finished(ticket, End::Failed(&failure), world.now);
    let mut seen = std::collections::BTreeMap::<Vec<String>, usize>::new();
    for seed in 0..2_000 {
        let decision = plan(world.input(&ask("maker/one")), &mut Dice::new(seed)).expect("a plan");
        *seen.entry(tags(&decision).iter().map(|tag| (*tag).to_owned()).collect()).or_default() += 1;
    }
    let times = |order: [&str; 3]| seen.get(order.map(str::to_owned).as_slice()).copied().unwrap_or(0);
    assert_eq!(times(["aa", "cc", "bb"]) + times(["cc", "aa", "bb"]), 2_000, "{seen:?}");
    assert!((1_740..1_860).contains(&times(["aa", "cc", "bb"])), "nine tenths: {seen:?}");
    // thirty seconds later the outage is forgotten
    world.now = world.now + std::time::Duration::from_secs(30);
    let first = (0..2_000).filter(|seed| {
        tags(&plan(world.input(&ask("maker/one")), &mut Dice::new(*seed)).expect("a plan"))[0] == "bb"
    });
    assert!((320..410).contains(&first.count()), "a quarter of 1, to 1 + 1/4 + 1/9");
}

/// What a fallback may cost: a model that the person listed and another endpoint of the same model whatever they cost,
/// unless the person sets a factor.
#[test]
fn a_fallback_dearer_than_allowed_is_left_out() {
    let world = World::with_models(&[
        ("maker/one", &[("aa", "1", "1"), ("bb", "1.9", "1.9"), ("cc", "50", "50")]),
        ("maker/two", &[("aa", "2", "2"), ("bb", "2.1", "2.1")]),
    ]);
    let asked = |max_dearer: Option<f64>| {
        let sorted =
            Preferences { sort: Some(Sort::By(SortBy::Price)), max_dearer, ..Preferences::default() };
        let request = Request { fallbacks: vec!["maker/two".into()], ..ask_with("maker/one", sorted) };
        plan(world.input(&request), &mut Dice::new(1)).expect("a plan")
    };
    let ids = |decision: &Decision| decision.attempts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let all = ["aa:maker/one", "bb:maker/one", "cc:maker/one", "aa:maker/two", "bb:maker/two"];
    assert_eq!(ids(&asked(None)), all);
    assert_eq!(ids(&asked(Some(0.0))), all);
    assert_eq!(ids(&asked(Some(2.0))), [all[0], all[1], all[3]]);
    assert_eq!(ids(&asked(Some(2.5))), [all[0], all[1], all[3], all[4]]);
    let decision = asked(Some(2.0));
    let dropped = decision.considered.iter().find(|one| one.endpoint.as_str() == all[2]).expect("considered");
    assert!(
        matches!(&dropped.verdict, Verdict::Dropped { filter: Filter::Dearer, reason } if reason.contains("50.0 times"))
    );
}

/// Most endpoints are told by their briefs alone. Where a key of their provider was refused once, each is looked at
/// closely: the plan is the same.
#[test]
fn a_closer_look_makes_no_difference() {
    let prices: Vec<String> = (0..40).map(|n| format!("{}.{}", 1 + n * 7 % 11, n % 10)).collect();
    let tags: Vec<String> = (0..40).map(|n| format!("p{}/region-{n}", n / 8)).collect();
    let rows: Vec<_> =
        tags.iter().zip(&prices).map(|(tag, price)| (tag.as_str(), price.as_str(), "9")).collect();
    let mut world = World::of(&rows);
    let decide = |world: &World, sort: Option<SortBy>| {
        let wishes = Preferences { sort: sort.map(Sort::By), ..Preferences::default() };
        plan(world.input(&ask_with("maker/one", wishes)), &mut Dice::new(7)).expect("a plan")
    };
    let sorts = [None, Some(SortBy::Price), Some(SortBy::Throughput), Some(SortBy::Exacto)];
    let before = sorts.map(|sort| decide(&world, sort));
    let long_ago = world.now - std::time::Duration::from_secs(3_600);
    for endpoint in world.catalog.endpoints(&"maker/one".into()).to_vec() {
        world.keys.failed(&endpoint, 0, &Failure::new(FailureKind::RateLimited, "slow down"), long_ago);
    }
    assert_eq!(before, sorts.map(|sort| decide(&world, sort)));
}

/// A paid model listed behind a free one is why it was listed; with a factor, nothing is so many times nothing.
#[test]
fn a_listed_model_stands_in_for_a_free_one() {
    let world =
        World::with_models(&[("maker/free", &[("aa", "0", "0")]), ("maker/paid", &[("bb", "5", "15")])]);
    let asked = |max_dearer: Option<f64>| {
        let wishes = Preferences { max_dearer, ..Preferences::default() };
        let request = Request { fallbacks: vec!["maker/paid".into()], ..ask_with("maker/free", wishes) };
        plan(world.input(&request), &mut Dice::new(1)).expect("a plan").attempts.len()
    };
    assert_eq!([None, Some(0.0), Some(2.0)].map(asked), [2, 2, 1]);
}

/// OpenRouter's service tiers: which endpoints, in which order, by what.
#[test]
fn a_service_tier_has_its_own_order() {
    let mut world = World::of(&[
        ("aa", "1", "1"),
        ("aa/priority", "3", "3"),
        ("bb", "2", "2"),
        ("bb/priority", "2.5", "2.5"),
        ("bb/ultrafast", "9", "9"),
        ("aa/flex", "0.5", "0.5"),
        ("bb/flex", "0.4", "0.4"),
    ]);
    // the dearer priority endpoint is the faster one
    for endpoint in world.catalog.endpoints(&"maker/one".into()).to_vec() {
        let seconds = if endpoint.tag == "aa/priority" { 1 } else { 10 };
        let began = world.now - std::time::Duration::from_secs(60);
        for _ in 0..20 {
            let mut ticket = world.health.started(&endpoint, began);
            world.health.first_token(&mut ticket, began);
            let ended = began + std::time::Duration::from_secs(seconds);
            world.health.finished(ticket, End::Answered { tokens: 100 }, ended);
        }
    }
    let by_price = Some(Sort::By(SortBy::Price));
    let table: [(&str, Option<Sort>, &[&str]); 7] = [
        ("priority", None, &["aa/priority", "bb/priority", "aa", "bb"]),
        ("fast", None, &["aa/priority", "bb/priority", "aa", "bb"]),
        ("priority", by_price.clone(), &["bb/priority", "aa/priority", "aa", "bb"]),
        ("ultrafast", None, &["bb/ultrafast", "aa/priority", "bb/priority", "aa", "bb"]),
        ("flex", None, &["bb/flex", "aa/flex"]),
        ("scale", by_price.clone(), &["aa", "bb"]),
        ("default", by_price, &["aa", "bb"]),
    ];
    for (tier, sort, order) in table {
        let mut request = ask_with("maker/one", Preferences { sort, ..Preferences::default() });
        request.params.service_tier = Some(tier.to_owned());
        // whom the dice put first among the ordinary ones is no matter here
        let seen = (0..30).any(|seed| {
            let decision = plan(world.input(&request), &mut Dice::new(seed)).expect("a plan");
            tags(&decision) == order
        });
        assert!(seen, "{tier}");
        for seed in 0..30 {
            let decision = plan(world.input(&request), &mut Dice::new(seed)).expect("a plan");
            let tiers = order.iter().filter(|tag| tag.contains('/')).count();
            assert_eq!(tags(&decision)[..tiers], order[..tiers], "{tier}");
        }
    }
    // a tier's full slug in the name asks for it
    let pinned = plan(world.input(&ask("aa/priority:maker/one")), &mut Dice::new(1)).expect("a plan");
    assert_eq!(tags(&pinned), ["aa/priority"]);
}

/// A search costs what the provider takes for one, and only where one is asked for.
#[test]
fn the_price_of_a_search_is_part_of_the_estimate() {
    let searching = |tag: &str, price: &str, search: &str| EndpointRow {
        quirks: Some(["web_search"].into()),
        prices: Some(Prices {
            search: Some(search.parse().expect("a price")),
            ..super::support::prices(price, price)
        }),
        ..endpoint(tag, price, price)
    };
    let rows = vec![searching("aa", "1", "0.035"), searching("bb", "2", "0.01")];
    let world = World::from_rows(vec![ModelRow { endpoints: rows, ..model("maker/one", &[]) }]);
    let mut request =
        ask_with("maker/one", Preferences { sort: Some(Sort::By(SortBy::Price)), ..Preferences::default() });
    let estimate = |request: &Request| {
        let decision = plan(world.input(request), &mut Dice::new(1)).expect("a plan");
        let first = decision.considered[0].estimate.as_ref().and_then(|estimate| estimate.cost);
        (tags(&decision)[0].to_owned(), first.expect("a price").to_string())
    };
    assert_eq!(estimate(&request), ("aa".to_owned(), "0.0015".to_owned()));
    request.search();
    assert_eq!(estimate(&request), ("bb".to_owned(), "0.013".to_owned()));
}

proptest! {
    #[test]
    fn same_seed_same_decision(seed: u64) {
        let world = World::of(&[("aa", "1", "1"), ("bb", "1.5", "1.5"), ("cc", "1.2", "1.9")]);
        let request = ask("maker/one");
        let once = plan(world.input(&request), &mut Dice::new(seed)).expect("a plan");
        let again = plan(world.input(&request), &mut Dice::new(seed)).expect("a plan");
        prop_assert_eq!(once, again);
    }
}

/// Whom the person named first stays first though it failed just now: nothing moved it back, and nobody is unwell
/// because of standing behind it.
#[test]
fn of_a_named_endpoint_that_failed_nobody_says_that_it_moved() {
    let mut world = World::of(&[("aa", "1", "1"), ("bb", "2", "2"), ("cc", "3", "3")]);
    let endpoint = world.catalog.endpoints(&"maker/one".into())[0].clone();
    let ticket = world.health.started(&endpoint, NOW);
    world.health.finished(ticket, End::Failed(&Failure::new(FailureKind::Server, "no")), NOW);
    let told = |order: &[&str]| {
        let order = order.iter().map(|name| (*name).to_owned()).collect();
        let request = ask_with("maker/one", Preferences { order, ..Preferences::default() });
        let decision = plan(world.input(&request), &mut Dice::new(1)).expect("a plan");
        let of_aa = decision.considered.iter().find(|c| c.endpoint == endpoint.id).expect("it is considered");
        (of_aa.verdict.clone(), decision.why.clone())
    };
    assert_eq!(told(&["aa"]), (Verdict::Kept { place: 0 }, "first in your order".to_owned()));
    let (verdict, why) = told(&[]);
    assert!(matches!(verdict, Verdict::Moved { place: 2, .. }), "{verdict:?}");
    assert!(why.ends_with("1 stands behind: slow, failing or resting"), "{why}");
}
