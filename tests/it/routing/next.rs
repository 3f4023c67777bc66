//! What follows a failure: a table of failures, and the waits.

use super::support::{NOW, World, ask_with, endpoint, model};
use fareway::catalog::{EndpointRow, ModelRow};
use fareway::routing::{Admission, End, NextInput, NextStep, Tried, free_behind, hedge, held, next, plan};
use fareway::words::{Decision, Dice, Failure, FailureKind, Preferences, Request, Sort, SortBy};
use std::time::Duration;

/// One model at three places, a dearer model with more room behind it.
fn world() -> World {
    let small = |tag: &str, price: &str| EndpointRow { context: Some(8_000), ..endpoint(tag, price, price) };
    World::from_rows(vec![
        ModelRow {
            endpoints: vec![small("aa", "1"), small("bb", "1.5"), small("cc", "3")],
            ..model("maker/one", &[])
        },
        ModelRow { endpoints: vec![endpoint("dd", "2", "2")], ..model("maker/two", &[]) },
    ])
}

fn request() -> Request {
    let by_price = Preferences { sort: Some(Sort::By(SortBy::Price)), ..Preferences::default() };
    Request { fallbacks: vec!["maker/two".into()], ..ask_with("maker/one", by_price) }
}

fn decide(world: &World) -> Decision {
    plan(world.input(&request()), &mut Dice::new(1)).expect("a plan")
}

fn tried(list: &[(&str, FailureKind)]) -> Vec<Tried> {
    list.iter().map(|(id, kind)| Tried::new((*id).into(), 0, &Failure::new(*kind, "no"))).collect()
}

/// Tells the books what happened, as the gateway does, and asks what is next.
fn after(world: &mut World, decision: &Decision, tried: &[Tried], failure: &Failure) -> NextStep {
    let last = tried.last().expect("something was tried");
    let endpoint = world.catalog.endpoint(&last.endpoint).expect("known").clone();
    let ticket = world.health.started(&endpoint, world.now);
    world.health.finished(ticket, End::Failed(failure), world.now);
    world.keys.failed(&endpoint, last.key, failure, world.now);
    let input = NextInput {
        decision,
        catalog: &world.catalog,
        health: &world.health,
        keys: &world.keys,
        tried,
        now: world.now,
    };
    next(&input, failure)
}

fn to(endpoint: &str) -> NextStep {
    let (endpoint, wait) = (endpoint.into(), Duration::ZERO);
    if endpoint == "dd:maker/two".into() {
        NextStep::NextModel { endpoint, wait }
    } else {
        NextStep::NextEndpoint { endpoint, wait }
    }
}

#[test]
fn what_follows_each_kind_of_failure() {
    use FailureKind::*;
    let mut give_up = Vec::new();
    for (kind, step) in [
        (Unreachable, Some("bb:maker/one")),
        (Server, Some("bb:maker/one")),
        (Empty, Some("bb:maker/one")),
        (FirstTokenTimeout, Some("bb:maker/one")),
        // its only key cools down: on to the next endpoint
        (RateLimited, Some("bb:maker/one")),
        // money or keys: everybody else is dearer
        (Quota, None),
        (Auth, None),
        (Permission, None),
        // more room, whoever has it
        (ContextLength, Some("dd:maker/two")),
        // the provider's own limit
        (TooLarge, Some("bb:maker/one")),
        // only a model that the person listed
        (Moderation, Some("dd:maker/two")),
        (InvalidRequest, Some("dd:maker/two")),
        (Budget, None),
        (Cancelled, None),
    ] {
        let mut world = world();
        let decision = decide(&world);
        let asked = ["aa:maker/one", "bb:maker/one", "cc:maker/one", "dd:maker/two"].map(Into::into);
        assert_eq!(decision.attempts, asked);
        let failure = Failure::new(kind, "It failed.");
        let found = after(&mut world, &decision, &tried(&[("aa:maker/one", kind)]), &failure);
        match step {
            Some(endpoint) => assert_eq!(found, to(endpoint), "{kind:?}"),
            None => match found {
                NextStep::GiveUp { failure } => give_up.push((kind, failure.message)),
                other => panic!("{kind:?}: {other:?}"),
            },
        }
    }
    let said = |kind| &give_up.iter().find(|(of, _)| *of == kind).expect("given up").1;
    assert!(said(Quota).contains("a key that fails is no reason to pay more"), "{}", said(Quota));
    assert!(said(Auth).contains("3 dearer not asked"), "{}", said(Auth));
    assert_eq!(said(Budget), "It failed.");
}

/// What a model refused, or had no room for, it is not asked elsewhere, whatever came in between; nor is a key that
/// failed paid for in the end. Another chance at the same endpoint takes its first word back.
#[test]
fn an_earlier_failure_is_not_forgotten() {
    use FailureKind::*;
    for (list, step) in [
        (&[("aa:maker/one", Moderation), ("dd:maker/two", Moderation)][..], None),
        (&[("aa:maker/one", Moderation), ("dd:maker/two", Server)], None),
        (&[("aa:maker/one", InvalidRequest), ("dd:maker/two", Server)], None),
        (&[("aa:maker/one", ContextLength), ("dd:maker/two", Server)], None),
        (&[("bb:maker/one", Quota), ("aa:maker/one", Server)], None),
        (&[("aa:maker/one", Auth), ("aa:maker/one", Server)], Some("bb:maker/one")),
        (&[("aa:maker/one", InvalidRequest), ("aa:maker/one", Server)], Some("bb:maker/one")),
        (&[("aa:maker/one", Server), ("dd:maker/two", Moderation)], Some("bb:maker/one")),
    ] {
        let mut world = world();
        let decision = decide(&world);
        let failure = Failure::new(list[list.len() - 1].1, "It failed.");
        let found = after(&mut world, &decision, &tried(list), &failure);
        match step {
            Some(wanted) => assert!(
                matches!(&found, NextStep::NextEndpoint { endpoint, .. } | NextStep::NextModel { endpoint, .. }
                    if endpoint.as_str() == wanted),
                "{list:?}: {found:?}"
            ),
            None => assert!(
                !matches!(found, NextStep::NextEndpoint { .. } | NextStep::NextModel { .. }),
                "{list:?}: {found:?}"
            ),
        }
    }
}

/// Where nobody says how much room there is, another model may have it; the same one elsewhere has not.
#[test]
fn a_prompt_too_long_goes_where_there_is_or_may_be_room() {
    let sized = |id: &str, rows: &[(&str, Option<u32>)]| ModelRow {
        endpoints: rows
            .iter()
            .map(|(tag, context)| EndpointRow { context: *context, ..endpoint(tag, "1", "1") })
            .collect(),
        ..ModelRow::new(id.into())
    };
    let table = [
        (Some(8_000), Some(8_000), Some(8_000), None),
        (Some(8_000), Some(9_000), Some(8_000), Some("bb:maker/one")),
        (Some(8_000), Some(8_000), Some(9_000), Some("cc:maker/two")),
        (Some(8_000), None, None, Some("cc:maker/two")),
        (None, None, None, Some("cc:maker/two")),
        (None, None, Some(8_000), Some("cc:maker/two")),
    ];
    for (first, second, other, next) in table {
        let mut world = World::from_rows(vec![
            sized("maker/one", &[("aa", first), ("bb", second)]),
            sized("maker/two", &[("cc", other)]),
        ]);
        let mut request = request();
        request.preferences.order = vec!["aa".to_owned()];
        let decision = plan(world.input(&request), &mut Dice::new(1)).expect("a plan");
        let kind = FailureKind::ContextLength;
        let step =
            after(&mut world, &decision, &tried(&[("aa:maker/one", kind)]), &Failure::new(kind, "too long"));
        let asked = match step {
            NextStep::NextEndpoint { endpoint, .. } | NextStep::NextModel { endpoint, .. } => Some(endpoint),
            _ => None,
        };
        assert_eq!(asked.as_ref().map(|id| id.as_str()), next, "{first:?} {second:?} {other:?}");
    }
}

/// When everybody said when to come back, the first of them is the time to come back.
#[test]
fn the_last_word_names_the_soonest_return() {
    let mut world = World::of(&[("aa", "1", "1"), ("bb", "1.5", "1.5")]);
    let by_price = Preferences { sort: Some(Sort::By(SortBy::Price)), ..Preferences::default() };
    let decision = plan(world.input(&ask_with("maker/one", by_price)), &mut Dice::new(1)).expect("a plan");
    let limited = |secs: Option<u64>| Failure {
        retry_after: secs.map(Duration::from_secs),
        ..Failure::new(FailureKind::RateLimited, "Slow down.")
    };
    for (first, last, said) in
        [(Some(40), Some(90), Some(40)), (None, Some(90), Some(90)), (Some(40), None, None)]
    {
        let list = [("aa:maker/one", first), ("bb:maker/one", last)];
        let tried: Vec<Tried> =
            list.iter().map(|(id, secs)| Tried::new((*id).into(), 0, &limited(*secs))).collect();
        let aa = world.catalog.endpoint(&"aa:maker/one".into()).expect("known").clone();
        world.keys.failed(&aa, 0, &limited(Some(90)), world.now);
        let mut failure = limited(last);
        failure.kind = FailureKind::Budget;
        let NextStep::GiveUp { failure } = after(&mut world, &decision, &tried, &failure) else {
            panic!("a budget ends it")
        };
        assert_eq!(failure.retry_after, said.map(Duration::from_secs), "{first:?} {last:?}");
    }
}

/// Right before asking: who rests, who is full, whose key cools down, and who stands behind it free.
#[test]
fn whoever_must_be_left_alone_is_held_back() {
    let failure = |kind, asked| Failure { retry_after: asked, ..Failure::new(kind, "no") };
    let mut world = world();
    let decision = decide(&world);
    let aa = world.catalog.endpoint(&"aa:maker/one".into()).expect("known").clone();
    let seen = |world: &World| {
        let input = NextInput {
            decision: &decision,
            catalog: &world.catalog,
            health: &world.health,
            keys: &world.keys,
            tried: &[],
            now: world.now,
        };
        let behind = free_behind(&input, &aa.id).map(|other| other.id.to_string());
        (held(&input, &aa).map(|held| (held.wait.as_secs(), held.rests, held.failure.kind)), behind)
    };
    let bb = || Some("bb:maker/one".to_owned());
    assert_eq!(seen(&world), (None, bb()));
    // its key cools down: a matter of manners
    world.keys.failed(&aa, 0, &failure(FailureKind::RateLimited, Some(Duration::from_secs(7))), NOW);
    assert_eq!(seen(&world), (Some((7, false, FailureKind::RateLimited)), bb()));
    world.now = NOW + Duration::from_secs(7);
    assert_eq!(seen(&world), (None, bb()));
    // its breaker rests, then a probe is out
    for _ in 0..3 {
        let ticket = world.health.started(&aa, world.now);
        world.health.finished(ticket, End::Failed(&failure(FailureKind::Server, None)), world.now);
    }
    assert_eq!(seen(&world), (Some((1, true, FailureKind::Overloaded)), bb()));
    world.now = world.now + Duration::from_secs(1);
    assert_eq!(seen(&world).0, None);
    let probe = world.health.started(&aa, world.now);
    assert_eq!(world.health.admission(&aa.id, world.now), Admission::Busy);
    assert_eq!(seen(&world).0, Some((1, false, FailureKind::Overloaded)));
    world.health.finished(probe, End::Cancelled, world.now);
}

#[test]
fn the_next_key_before_the_next_endpoint_but_not_for_overload() {
    let mut world = world();
    world.keys.set(&"aa".into(), 2);
    let decision = decide(&world);
    for kind in [FailureKind::RateLimited, FailureKind::Auth, FailureKind::Quota] {
        let mut world = World { keys: world.keys.clone(), ..self::world() };
        let step = after(&mut world, &decision, &tried(&[("aa:maker/one", kind)]), &Failure::new(kind, "no"));
        assert_eq!(step, NextStep::NextKey { key: 1 }, "{kind:?}");
    }
    // no key would fare better at an overloaded provider
    let kind = FailureKind::Overloaded;
    let step = after(&mut world, &decision, &tried(&[("aa:maker/one", kind)]), &Failure::new(kind, "no"));
    assert_eq!(step, to("bb:maker/one"));
}

#[test]
fn a_wait_is_for_when_nobody_else_is_left() {
    let mut world = World::of(&[("aa", "1", "1")]);
    let decision =
        plan(world.input(&ask_with("maker/one", Preferences::default())), &mut Dice::new(1)).expect("a plan");
    let limited = |asked| Failure {
        retry_after: Some(Duration::from_secs(asked)),
        ..Failure::new(FailureKind::RateLimited, "Slow down.")
    };
    let once = tried(&[("aa:maker/one", FailureKind::RateLimited)]);
    assert_eq!(
        after(&mut world, &decision, &once, &limited(7)),
        NextStep::RetrySame { wait: Duration::from_secs(7) }
    );
    let NextStep::GiveUp { failure } = after(&mut world, &decision, &once, &limited(90)) else {
        panic!("too long")
    };
    assert_eq!(failure.message, "Slow down (aa Inc can be asked again in 90 s)");
    // and not for ever
    let thrice = tried(&[("aa:maker/one", FailureKind::RateLimited); 3]);
    assert!(matches!(after(&mut world, &decision, &thrice, &limited(1)), NextStep::GiveUp { .. }));
}

#[test]
fn a_passing_trouble_of_the_only_endpoint_is_retried_with_growing_pauses() {
    let mut world = World::of(&[("aa", "1", "1")]);
    let decision =
        plan(world.input(&ask_with("maker/one", Preferences::default())), &mut Dice::new(1)).expect("a plan");
    let failure = Failure::new(FailureKind::Server, "It broke.");
    let mut attempts = Vec::new();
    let mut waits = Vec::new();
    loop {
        attempts.extend(tried(&[("aa:maker/one", FailureKind::Server)]));
        match after(&mut world, &decision, &attempts, &failure) {
            NextStep::RetrySame { wait } => waits.push(wait.as_millis()),
            NextStep::GiveUp { failure } => {
                assert_eq!(failure.message, "It broke (2 earlier attempts failed too)");
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(waits, [500, 1_000]);
}

#[test]
fn whoever_rests_is_passed_over() {
    let mut world = world();
    let decision = decide(&world);
    let bb = world.catalog.endpoint(&"bb:maker/one".into()).expect("known").clone();
    for _ in 0..3 {
        let ticket = world.health.started(&bb, NOW);
        world.health.finished(ticket, End::Failed(&Failure::new(FailureKind::Server, "no")), NOW);
    }
    let kind = FailureKind::Server;
    let step = after(&mut world, &decision, &tried(&[("aa:maker/one", kind)]), &Failure::new(kind, "no"));
    assert_eq!(step, to("cc:maker/one"));
}

#[test]
fn a_hedge_goes_to_the_next_of_the_same_model() {
    let world = world();
    let decision = decide(&world);
    let asked = tried(&[]);
    let input = NextInput {
        decision: &decision,
        catalog: &world.catalog,
        health: &world.health,
        keys: &world.keys,
        tried: &asked,
        now: NOW,
    };
    let wishes = |after| Preferences { hedge_after_ms: after, ..Preferences::default() };
    assert_eq!(hedge(&input, &"aa:maker/one".into(), &wishes(None)), None);
    assert_eq!(
        hedge(&input, &"aa:maker/one".into(), &wishes(Some(4_000))),
        Some((Duration::from_secs(4), "bb:maker/one".into()))
    );
    assert_eq!(hedge(&input, &"dd:maker/two".into(), &wishes(Some(4_000))), None, "no other of that model");
}
