//! A conversation stays where its prompt is cached, as long as that is worth more than a lower price.

use super::support::{NOW, World, ask_with, endpoint, model, prices};
use fareway::catalog::{EndpointRow, ModelRow};
use fareway::routing::{Conversation, plan};
use fareway::words::{
    At, Dice, Message, Part, Preferences, Prices, Reasoning, Request, Role, SessionId, Usage, Verdict,
};
use std::sync::Arc;
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
    world.sticky.answered(Conversation::of(&request()), &endpoint, &usage, NOW);
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
    assert!(world.sticky.get(Conversation::of(&request()), &"maker/one".into(), NOW).is_none());
}

fn says(role: Role, text: &str) -> Arc<Message> {
    Arc::new(Message::loose(role, vec![Part::text(text)]))
}

/// Without a session a conversation is known by how it began, once a cache of it was read.
#[test]
fn a_conversation_without_a_name_is_known_by_its_beginning() {
    let mut world = world("0.5");
    let began = |system: &str, first: &str, more: &[&str]| {
        let mut request = Request { session: None, ..request() };
        request.messages = vec![says(Role::System, system), says(Role::User, first)];
        request.messages.extend(more.iter().map(|text| says(Role::User, text)));
        request
    };
    let first = began("Be brief.", "hello", &[]);
    let endpoint = world.catalog.endpoints(&"maker/one".into())[0].clone();
    let mut told = |usage: Usage| world.sticky.answered(Conversation::of(&first), &endpoint, &usage, NOW);
    told(Usage { cache_write_5m: 12_000, ..Usage::default() });
    told(Usage { prompt: 12_000, ..Usage::default() });
    let goes_on = began("Be brief.", "hello", &["and then?"]);
    let stays = |world: &World, request: &Request| stays(world, request, 12_500, NOW).0;
    assert!(stays(&world, &goes_on) < 60, "what was written may have been for somebody else");
    world.sticky.answered(
        Conversation::of(&first),
        &endpoint,
        &Usage { prompt: 500, cached_read: 11_500, ..Usage::default() },
        NOW,
    );
    assert_eq!(stays(&world, &goes_on), 100);
    assert!(stays(&world, &began("Be brief.", "hello!", &["and then?"])) < 60);
    assert!(stays(&world, &began("Be brief", "hello", &["and then?"])) < 60);
    // a name of its own makes it another
    let named = Request { session: Some(session()), ..goes_on };
    assert!(stays(&world, &named) < 60);
}

/// An open tool loop whose reasoning only one account can read goes on there, whoever else serves the same model.
#[test]
fn a_sealed_tool_loop_stays_with_the_account_that_sealed_it() {
    let world = || {
        World::with_models(&[
            ("openai/gpt", &[("openai", "2", "2"), ("bb", "1", "1")]),
            ("google/gemini", &[("google", "2", "2"), ("bb", "1", "1")]),
            ("anthropic/claude", &[("anthropic", "2", "2"), ("bb", "1", "1")]),
        ])
    };
    let call = |signature: Option<&str>| Part::ToolCall {
        id: "1".to_owned(),
        name: "search".to_owned(),
        arguments: "{}".to_owned(),
        signature: signature.map(str::to_owned),
    };
    let block = |format: &str, data: bool| {
        Part::Reasoning(Reasoning {
            format: Some(format.to_owned()),
            data: data.then(|| "sealed".to_owned()),
            signature: (!data).then(|| "sig".to_owned()),
            ..Reasoning::default()
        })
    };
    let result = Part::ToolResult {
        call: "1".to_owned(),
        name: String::new(),
        parts: vec![Part::text("42")],
        error: false,
    };
    // the model, what it said, whether the loop is bound to whoever answered
    let table: [(&str, Vec<Part>, bool); 6] = [
        ("openai/gpt", vec![block("openai-responses-v1", true), call(None)], true),
        ("openai/gpt", vec![call(None)], false),
        ("google/gemini", vec![call(Some("sig"))], true),
        ("google/gemini", vec![block("google-gemini-v1", false), call(None)], true),
        ("anthropic/claude", vec![block("anthropic-claude-v1", false), call(None)], false),
        ("anthropic/claude", vec![block("anthropic-claude-v1", true), call(None)], false),
    ];
    for (model, said, bound) in table {
        let mut world = world();
        let mut request = Request { session: Some(session()), ..ask_with(model, Preferences::default()) };
        request.messages.push(Arc::new(Message::loose(Role::Assistant, said)));
        request.messages.push(Arc::new(Message::loose(Role::Tool, vec![result.clone()])));
        let firsts = |world: &World| {
            let elsewhere = (0..40).filter(|seed| {
                let decision = plan(world.input(&request), &mut Dice::new(*seed)).expect("a plan");
                decision.attempts[0].as_str().starts_with("bb:")
            });
            elsewhere.count()
        };
        assert!(firsts(&world) > 10, "{model}: nobody knows who answered");
        let first = world.catalog.endpoints(&model.into())[0].clone();
        world.sticky.answered(Conversation::of(&request), &first, &Usage::default(), NOW);
        assert_eq!(firsts(&world) == 0, bound, "{model}");
        let decision = plan(world.input(&request), &mut Dice::new(1)).expect("a plan");
        let locked = decision
            .considered
            .iter()
            .any(|one| matches!(&one.verdict, Verdict::Dropped { filter, .. } if filter.name() == "locked"));
        assert_eq!(locked, bound, "{model}");
        // whoever names a provider knows what he does
        request.model = format!("bb:{model}").as_str().into();
        assert!(plan(world.input(&request), &mut Dice::new(1)).is_ok(), "{model}");
    }
}
