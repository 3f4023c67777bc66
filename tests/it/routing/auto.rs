//! The auto router: what a prompt is taken for, and what is picked within the cost band.

use super::support::{World, ask, ask_with, endpoint, model};
use fareway::catalog::{EndpointRow, ModelRow, Score};
use fareway::routing::{Conversation, auto::Kind, classify, plan};
use fareway::words::{
    CostTier, Decision, Dice, Message, Part, Preferences, Prices, Request, Role, Source, Usage,
};
use std::sync::Arc;

fn says(text: &str) -> Request {
    Request {
        messages: vec![Arc::new(Message::loose(Role::User, vec![Part::text(text)]))],
        ..ask("fareway/auto")
    }
}

#[test]
fn what_a_prompt_is_taken_for() {
    let table = [
        ("hello, how are you?", Kind::Chat),
        ("What is the capital of France?", Kind::Chat),
        ("Why does this not work?\n```rust\nlet x = &mut y;\n```", Kind::Code),
        ("Refactor this function so that it is readable", Kind::Code),
        ("my Python script raises an exception", Kind::Code),
        ("Prove that the square root of two is irrational", Kind::Math),
        ("What is the integral of x^2 from 0 to 3?", Kind::Math),
        ("Write a haiku about the first snow", Kind::Writing),
        ("Please proofread my cover letter", Kind::Writing),
        ("The classroom functions well for our programme", Kind::Chat),
    ];
    for (text, kind) in table {
        let request = says(text);
        let ask = fareway::routing::Ask::new(&request, Preferences::default(), None, super::support::NOW);
        let task = classify(&ask);
        assert_eq!(task.kind, kind, "{text}: {}", task.because);
    }
    let mut picture = says("what is this?");
    let image = Part::image(Source::Url { url: "https://example.org/x.png".to_owned() });
    picture.messages.push(Arc::new(Message::loose(Role::User, vec![image])));
    let ask = fareway::routing::Ask::new(&picture, Preferences::default(), None, super::support::NOW);
    assert_eq!(classify(&ask).kind, Kind::Vision);
    let long = says(&"word ".repeat(40_000));
    let ask = fareway::routing::Ask::new(&long, Preferences::default(), None, super::support::NOW);
    assert_eq!(classify(&ask).kind, Kind::LongDocument);
}

/// Four models: the dearer the better, except one that is cheap and codes well.
fn world() -> World {
    let scored = |id: &str, price: &str, intelligence: f64, coding: f64| ModelRow {
        scores: [("intelligence", intelligence), ("coding", coding)]
            .map(|(name, value)| Score {
                name: name.to_owned(),
                value,
                source: String::new(),
                date: String::new(),
            })
            .to_vec(),
        endpoints: vec![EndpointRow { inputs: Some(["text"].into()), ..endpoint("aa", price, price) }],
        ..model(id, &[])
    };
    World::from_rows(vec![
        scored("maker/tiny", "0.1", 20.0, 15.0),
        scored("maker/coder", "0.5", 35.0, 60.0),
        scored("maker/solid", "2", 55.0, 50.0),
        scored("maker/grand", "15", 75.0, 70.0),
    ])
}

fn first(decision: &Decision) -> &str {
    decision.attempts[0].as_str().split_once(':').expect("a tag").1
}

#[test]
fn the_best_within_the_band_is_picked() {
    let table = [
        (CostTier::Low, "hello", "maker/tiny"),
        (CostTier::Medium, "hello", "maker/coder"),
        (CostTier::High, "hello", "maker/grand"),
        (CostTier::Max, "hello", "maker/grand"),
        (CostTier::Medium, "refactor my python function", "maker/coder"),
    ];
    let world = world();
    for (tier, text, model) in table {
        let wishes = Preferences { cost_tier: Some(tier), ..Preferences::default() };
        let request = Request { preferences: wishes, ..says(text) };
        let decision = plan(world.input(&request), &mut Dice::new(1)).expect("a plan");
        assert_eq!(first(&decision), model, "{tier:?}: {text}");
        assert!(decision.strategy.starts_with("auto, "), "{}", decision.strategy);
        assert!(decision.resolved[0].starts_with("fareway/auto: looks like "), "{:?}", decision.resolved);
    }
}

#[test]
fn patterns_say_who_may_be_picked() {
    let world = world();
    let mut request =
        ask_with("fareway/auto", Preferences { cost_tier: Some(CostTier::Max), ..Preferences::default() });
    request.extra.insert(
        "plugins".to_owned(),
        serde_json::json!([{"id": "auto-router", "allowed_models": ["maker/*"], "excluded_models": ["*/grand"]}]),
    );
    let decision = plan(world.input(&request), &mut Dice::new(1)).expect("a plan");
    assert_eq!(first(&decision), "maker/solid");
    request.extra.insert(
        "plugins".to_owned(),
        serde_json::json!([{"id": "auto-router", "allowed_models": ["nobody/*"]}]),
    );
    let refused = plan(world.input(&request), &mut Dice::new(1)).expect_err("nobody is left");
    assert!(
        refused.message.contains("`allowed_models` and `excluded_models` leave none"),
        "{}",
        refused.message
    );
}

/// A model rated 50.
fn rated(id: &str, price: &str) -> ModelRow {
    ModelRow {
        scores: vec![Score {
            name: "intelligence".to_owned(),
            value: 50.0,
            source: String::new(),
            date: String::new(),
        }],
        endpoints: vec![EndpointRow {
            prices: Some(Prices {
                cached_read: Some("0.0000001".parse().expect("a price")),
                ..super::support::prices(price, price)
            }),
            ..endpoint("openai", price, price)
        }],
        ..model(id, &[])
    }
}

/// What it names as fallbacks by itself may cost twice as much, and not more: nobody listed those.
#[test]
fn its_own_fallbacks_are_not_much_dearer() {
    let world = World::from_rows(vec![
        rated("maker/cheap", "1"),
        rated("maker/near", "1.9"),
        rated("maker/dear", "3"),
    ]);
    let wishes =
        |max_dearer| Preferences { cost_tier: Some(CostTier::Max), max_dearer, ..Preferences::default() };
    let asked = |max_dearer| {
        let request = Request { preferences: wishes(max_dearer), ..says("hello") };
        plan(world.input(&request), &mut Dice::new(1)).expect("a plan").attempts.len()
    };
    assert_eq!([None, Some(1.5), Some(0.0)].map(asked), [2, 1, 3]);
    // whom the person lists behind it is not measured
    let mut request = Request { preferences: wishes(None), ..says("hello") };
    request.fallbacks = vec!["maker/dear".into()];
    assert_eq!(plan(world.input(&request), &mut Dice::new(1)).expect("a plan").attempts.len(), 3);
}

/// Two models as good as each other: the cheaper one is taken, unless the dearer holds the conversation in its cache.
#[test]
fn it_goes_on_where_the_conversation_is_cached() {
    let mut world = World::from_rows(vec![rated("maker/cheap", "1"), rated("maker/dear", "1.2")]);
    let wishes = Preferences { cost_tier: Some(CostTier::Max), ..Preferences::default() };
    let request =
        Request { preferences: wishes, session: Some(fareway::words::SessionId::nil()), ..says("hello") };
    let chosen = |world: &World| {
        let mut input = world.input(&request);
        input.prompt_tokens = Some(20_000);
        first(&plan(input, &mut Dice::new(1)).expect("a plan")).to_owned()
    };
    assert_eq!(chosen(&world), "maker/cheap");
    let dear = world.catalog.endpoints(&"maker/dear".into())[0].clone();
    let usage = Usage { prompt: 1_000, cached_read: 18_000, ..Usage::default() };
    world.sticky.answered(Conversation::of(&request), &dear, &usage, super::support::NOW);
    assert_eq!(chosen(&world), "maker/dear");
}

/// An open tool loop is not handed to a model of another family because the prompt now looks like something else.
#[test]
fn an_open_tool_loop_binds_the_router_too() {
    let mut world = world();
    let mut request = says("refactor my python function");
    request.preferences.cost_tier = Some(CostTier::Max);
    let mut said = Message::loose(
        Role::Assistant,
        vec![Part::ToolCall {
            id: "1".to_owned(),
            name: "search".to_owned(),
            arguments: "{}".to_owned(),
            signature: None,
        }],
    );
    said.by = Some("other/one".into());
    request.messages.push(Arc::new(said));
    let result = Part::ToolResult {
        call: "1".to_owned(),
        name: String::new(),
        parts: vec![Part::text("42")],
        error: false,
    };
    request.messages.push(Arc::new(Message::loose(Role::Tool, vec![result])));
    let failure = plan(world.input(&request), &mut Dice::new(1)).expect_err("nobody of that family");
    assert!(failure.message.contains("only a model of other can go on"), "{}", failure.message);
    let other = World::with_models(&[("other/one", &[("aa", "1", "1")]), ("maker/two", &[("aa", "1", "1")])]);
    (world.catalog, world.keys) = (other.catalog, other.keys);
    let decision = plan(world.input(&request), &mut Dice::new(1)).expect("a plan");
    assert_eq!(decision.attempts, ["aa:other/one".into()]);
}

#[test]
fn with_no_key_at_all_the_demonstration_answers() {
    let mut world = world();
    world.keys.set(&"aa".into(), 0);
    let decision = plan(world.input(&says("hello")), &mut Dice::new(1)).expect("a plan");
    assert!(first(&decision).starts_with("demo/"), "{}", first(&decision));
}

#[test]
fn the_bundled_catalog_routes_by_itself() {
    let catalog = fareway::catalog::Catalog::bundled();
    let keys = fareway::routing::KeyBook::of(&catalog, |_| 1);
    let mut world = world();
    (world.catalog, world.keys) = (catalog, keys);
    for tier in CostTier::ALL {
        let wishes = Preferences { cost_tier: Some(tier), ..Preferences::default() };
        let request = Request { preferences: wishes, ..says("refactor this python function") };
        let decision = plan(world.input(&request), &mut Dice::new(1)).expect("a plan");
        assert!(!first(&decision).starts_with("demo/"), "{tier:?}: {:?}", decision.resolved);
    }
}
