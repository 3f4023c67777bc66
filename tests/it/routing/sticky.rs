//! A conversation stays where its prompt is cached, as long as that is worth more than a lower price.

use super::support::{NOW, World, ask_with, endpoint, model, prices};
use fareway::catalog::{EndpointRow, ModelRow};
use fareway::routing::plan;
use fareway::words::{At, Dice, Preferences, Prices, Request, SessionId, Usage};
use std::time::Duration;

/// Two hosts with a cache at a tenth of the price; the second is cheaper by `cheaper` dollars per million.
fn world(second: &str) -> World {
    let cached = |tag: &str, price: &str| EndpointRow {
        prices: Some(Prices {
            cached_read: Some("0.0000001".parse().expect("a price")),
            ..prices(price, price)
        }),
        ..endpoint(tag, price, price)
    };
    World::from_rows(vec![ModelRow {
        endpoints: vec![cached("anthropic", "1"), cached("bb", second)],
        ..model("maker/one", &[])
    }])
}

fn session() -> SessionId {
    SessionId::new(NOW, &mut Dice::new(1))
}

fn request() -> Request {
    let wishes = Preferences { max_dearer: Some(0.0), ..Preferences::default() };
    Request { session: Some(session()), ..ask_with("maker/one", wishes) }
}

/// How often of a hundred the conversation goes on at the first host, and the last phrase.
fn stays(world: &World, request: &Request, prompt: u64, now: At) -> (usize, String) {
    let mut why = String::new();
    let stays = (0..100).filter(|seed| {
        let mut input = world.input(request);
        (input.prompt_tokens, input.now) = (Some(prompt), now);
        let decision = plan(input, &mut Dice::new(*seed)).expect("a plan");
        why = decision.why;
        decision.attempts[0].as_str().starts_with("anthropic:")
    });
    (stays.count(), why)
}

fn answered(world: &mut World, usage: Usage) {
    let endpoint = world.catalog.endpoints(&"maker/one".into())[0].clone();
    world.sticky.answered(session(), &endpoint, &usage, NOW);
}

#[test]
fn it_stays_while_the_cache_is_worth_more() {
    let read = Usage { prompt: 500, cached_read: 11_500, ..Usage::default() };
    let minute = NOW + Duration::from_secs(60);
    let mut world = world("0.5");
    assert!(stays(&world, &request(), 12_500, minute).0 < 60, "nothing cached: by price");
    answered(&mut world, read);
    assert_eq!(
        stays(&world, &request(), 12_500, minute),
        (100, "sticky: its cache holds 12k tokens".to_owned())
    );
    // the cache has gone cold
    assert!(stays(&world, &request(), 12_500, NOW + Duration::from_secs(301)).0 < 60);
    // the prompt has outgrown it
    assert!(stays(&world, &request(), 60_000, minute).0 < 60);
    // another conversation
    let other = Request { session: Some(SessionId::nil()), ..request() };
    assert!(stays(&world, &other, 12_500, minute).0 < 60);
    // a named order turns it off
    let mut ordered = request();
    ordered.preferences.order = vec!["bb".to_owned()];
    assert_eq!(stays(&world, &ordered, 12_500, minute).0, 0);
}

#[test]
fn a_price_low_enough_is_worth_leaving_for() {
    let mut world = world("0.05");
    answered(&mut world, Usage { cached_read: 12_000, ..Usage::default() });
    let (stays, _) = stays(&world, &request(), 12_500, NOW);
    assert!(stays < 60, "12,500 tokens cost less there fresh than here cached: {stays}");
}

#[test]
fn an_hour_was_paid_for_and_is_used() {
    let mut world = world("0.5");
    answered(&mut world, Usage { cache_write_1h: 12_000, ..Usage::default() });
    assert_eq!(stays(&world, &request(), 12_500, NOW + Duration::from_secs(3_000)).0, 100);
}

#[test]
fn nothing_is_assumed_where_caching_must_be_asked_for() {
    let mut world = world("0.5");
    answered(&mut world, Usage { prompt: 12_000, ..Usage::default() });
    assert!(world.sticky.get(&session(), &"maker/one".into(), NOW).is_none());
}
