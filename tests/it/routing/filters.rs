//! Hard and soft filters: each by its name, each with a sentence that says what to change.

use super::support::{NOW, Row, World, ask, ask_with, endpoint, model};
use fareway::catalog::{EndpointRow, ModelRow};
use fareway::routing::{End, decide, plan};
use fareway::words::{
    CacheMark, DataCollection, DataPolicy, Decision, Dice, FailureKind, Filter, MaxPrice, Message, Part,
    Percentiles, Preferences, Prices, Quantization, Reasoning, Request, Role, Sort, SortBy, Source, Terms,
    Tool, Usd, Verdict,
};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

fn tags(decision: &Decision) -> Vec<&str> {
    let mut tags: Vec<&str> =
        decision.attempts.iter().map(|id| id.as_str().split_once(':').expect("a tag").0).collect();
    tags.sort_unstable();
    tags
}

fn any_price() -> Preferences {
    Preferences { max_dearer: Some(0.0), ..Preferences::default() }
}

fn list(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Endpoints that differ in everything a filter looks at.
fn world() -> World {
    let policy = |trains, retains| Some(DataPolicy { trains, retains, declared: true });
    let all =
        || Some(Terms::from(["tools", "temperature", "max_tokens", "response_format", "structured_outputs"]));
    let rows = vec![
        EndpointRow {
            policy: policy(false, false),
            quantization: Some(Quantization::Mxfp4),
            parameters: all(),
            context: Some(4_000),
            ..endpoint("aa", "1", "2")
        },
        EndpointRow {
            policy: policy(false, true),
            quantization: Some(Quantization::Fp8),
            parameters: Some(["temperature", "max_tokens"].into()),
            inputs: Some(["text", "image"].into()),
            max_output: Some(500),
            ..endpoint("bb/west", "2", "4")
        },
        EndpointRow {
            policy: policy(true, true),
            quantization: Some(Quantization::Bf16),
            parameters: all(),
            ..endpoint("bb/east", "3", "6")
        },
        EndpointRow { parameters: all(), ..endpoint("bb/priority", "4", "8") },
        EndpointRow {
            parameters: Some(["temperature"].into()),
            prices: None,
            distillable: Some(true),
            ..endpoint("cc", "1", "1")
        },
    ];
    World::from_rows(vec![ModelRow { endpoints: rows, ..model("maker/one", &[]) }])
}

type Change = fn(&mut Request);

#[test]
fn each_filter_takes_whom_it_should() {
    let table: &[(&str, Change, &[&str])] = &[
        ("nothing asked", |_| {}, &["aa", "bb/east", "bb/west", "cc"]),
        ("base slug: regions, no tier", |r| r.preferences.only = list(&["bb"]), &["bb/east", "bb/west"]),
        ("full slug", |r| r.preferences.only = list(&["bb/west"]), &["bb/west"]),
        ("tier by full slug", |r| r.preferences.only = list(&["bb/priority"]), &["bb/priority"]),
        ("display name", |r| r.preferences.only = list(&["AA Inc"]), &["aa"]),
        ("ignored", |r| r.preferences.ignore = list(&["bb", "cc"]), &["aa"]),
        ("deny", |r| r.preferences.data_collection = Some(DataCollection::Deny), &["aa"]),
        (
            "allow",
            |r| r.preferences.data_collection = Some(DataCollection::Allow),
            &["aa", "bb/east", "bb/west", "cc"],
        ),
        ("zdr", |r| r.preferences.zdr = Some(true), &["aa"]),
        ("zdr: false says nothing", |r| r.preferences.zdr = Some(false), &["aa", "bb/east", "bb/west", "cc"]),
        ("distillable: the unknown is no", |r| r.preferences.enforce_distillable_text = Some(true), &["cc"]),
        (
            "distillable: false says nothing",
            |r| r.preferences.enforce_distillable_text = Some(false),
            &["aa", "bb/east", "bb/west", "cc"],
        ),
        ("fp4 includes mxfp4", |r| r.preferences.quantizations = vec![Quantization::Fp4], &["aa"]),
        ("mxfp4 is itself", |r| r.preferences.quantizations = vec![Quantization::Mxfp4], &["aa"]),
        (
            "nvfp4 is not",
            |r| r.preferences.quantizations = vec![Quantization::Nvfp4, Quantization::Fp8],
            &["bb/west"],
        ),
        ("unknown", |r| r.preferences.quantizations = vec![Quantization::Unknown], &["cc"]),
        ("context", |r| r.params.max_tokens = Some(3_500), &["bb/east", "cc"]),
        ("max output", |r| r.params.max_tokens = Some(501), &["aa", "bb/east", "cc"]),
        (
            "require parameters",
            |r| {
                r.params.max_tokens = Some(10);
                r.preferences.require_parameters = Some(true);
            },
            &["aa", "bb/east", "bb/west"],
        ),
        ("tools, softly", |r| r.tools = vec![tool()], &["aa", "bb/east"]),
        (
            "service tier",
            |r| r.params.service_tier = Some("priority".to_owned()),
            &["aa", "bb/east", "bb/priority", "bb/west", "cc"],
        ),
        (
            "nitro lets a tier in",
            |r| r.model = "maker/one:nitro".into(),
            &["aa", "bb/east", "bb/priority", "bb/west", "cc"],
        ),
        (
            "floor does not let that one in",
            |r| r.model = "maker/one:floor".into(),
            &["aa", "bb/east", "bb/west", "cc"],
        ),
        ("pinned", |r| r.model = "bb/west:maker/one".into(), &["bb/west"]),
        (
            "an image",
            |r| r.messages = vec![Arc::new(Message::loose(Role::User, vec![image()]))],
            &["bb/west"],
        ),
        (
            "max price",
            |r| {
                let cap = |text: &str| Some(text.parse().expect("a price"));
                r.preferences.max_price = Some(MaxPrice { prompt: cap("2"), ..MaxPrice::default() });
            },
            &["aa", "bb/west"],
        ),
    ];
    let world = world();
    for (what, change, left) in table {
        let mut request = ask_with("maker/one", any_price());
        change(&mut request);
        let decision =
            plan(world.input(&request), &mut Dice::new(1)).unwrap_or_else(|f| panic!("{what}: {f}"));
        assert_eq!(tags(&decision), *left, "{what}");
        assert_eq!(decision.considered.len(), 5, "{what}: everybody is accounted for");
    }
}

type Capped = fn(Usd) -> MaxPrice;

/// Each part of `max_price` by itself: the cap that just lets the endpoint in, and one a millionth lower.
#[test]
fn every_part_of_max_price_is_a_hard_cap() {
    let price = |text: &str| text.parse::<Usd>().expect("a price");
    let mut row = endpoint("aa", "2", "3");
    row.inputs = Some(["text", "image", "audio"].into());
    row.prices = Some(Prices {
        request: Some(price("0.4")),
        image: Some(price("0.5")),
        audio_in: Some(price("6").of_million()),
        ..super::support::prices("2", "3")
    });
    let world = World::from_rows(vec![ModelRow { endpoints: vec![row], ..model("maker/one", &[]) }]);
    let picture = Message::loose(Role::User, vec![image()]);
    let data = Source::Url { url: "https://example.org/a.wav".to_owned() };
    let sound = Message::loose(Role::User, vec![Part::Audio { source: data }]);
    let plain = Message::loose(Role::User, vec![Part::text("hello")]);
    let none = MaxPrice::default;
    let table: [(&str, &Message, Capped, &str); 5] = [
        ("prompt", &plain, |usd| MaxPrice { prompt: Some(usd), ..MaxPrice::default() }, "2"),
        ("completion", &plain, |usd| MaxPrice { completion: Some(usd), ..MaxPrice::default() }, "3"),
        ("request", &plain, |usd| MaxPrice { request: Some(usd), ..MaxPrice::default() }, "0.4"),
        ("image", &picture, |usd| MaxPrice { image: Some(usd), ..MaxPrice::default() }, "0.5"),
        ("audio", &sound, |usd| MaxPrice { audio: Some(usd), ..MaxPrice::default() }, "6"),
    ];
    for (part, message, cap, at) in table {
        let planned = |cap: MaxPrice, message: &Message| {
            let mut request = ask_with("maker/one", Preferences { max_price: Some(cap), ..any_price() });
            request.messages = vec![Arc::new(message.clone())];
            plan(world.input(&request), &mut Dice::new(1))
        };
        assert!(planned(cap(price(at)), message).is_ok(), "{part}: what costs the cap is within it");
        let failure = planned(cap(price(at) - price("0.000001")), message).expect_err(part);
        assert_eq!(failure.excluded_by, ["max_price"], "{part}");
        assert!(planned(none(), message).is_ok(), "{part}: no cap");
        if matches!(part, "image" | "audio") {
            assert!(planned(cap(Usd::ZERO), &plain).is_ok(), "{part}: not asked for, not charged");
        }
    }
}

/// All cut-offs that are given must hold; a number is the median.
#[test]
fn speed_is_wished_for_by_percentile() {
    let mut world = World::of(&[("aa", "1", "1"), ("bb", "1", "1")]);
    let endpoint = world.catalog.endpoints(&"maker/one".into())[0].clone();
    // first token after 1 s seven times, after 9 s three times; then 100 tokens in 2 s or in 10 s
    for n in 0..10 {
        let (wait, stream) = if n < 7 { (1, 2) } else { (9, 10) };
        let began = NOW - Duration::from_secs(60);
        let mut ticket = world.health.started(&endpoint, began);
        let first = began + Duration::from_secs(wait);
        world.health.first_token(&mut ticket, first);
        world.health.finished(ticket, End::Answered { tokens: 100 }, first + Duration::from_secs(stream));
    }
    let table = [
        ("preferred_max_latency", serde_json::json!(2), true),
        ("preferred_max_latency", serde_json::json!(0.5), false),
        ("preferred_max_latency", serde_json::json!({"p50": 2, "p90": 12}), true),
        ("preferred_max_latency", serde_json::json!({"p50": 2, "p90": 5}), false),
        ("preferred_max_latency", serde_json::json!({"p99": 5.5}), false),
        ("preferred_min_throughput", serde_json::json!(40), true),
        ("preferred_min_throughput", serde_json::json!(60), false),
        ("preferred_min_throughput", serde_json::json!({"p50": 40, "p75": 8}), true),
        ("preferred_min_throughput", serde_json::json!({"p50": 40, "p90": 20}), false),
    ];
    for (field, wish, met) in table {
        let wish: Preferences = serde_json::from_value(serde_json::json!({ field: wish })).expect("a wish");
        let request = ask_with("maker/one", Preferences { max_dearer: Some(0.0), ..wish.clone() });
        let decision = plan(world.input(&request), &mut Dice::new(1)).expect("a plan");
        let moved = decision.considered.iter().find_map(|c| match &c.verdict {
            Verdict::Moved { place: 1, reason } if c.endpoint == endpoint.id => Some(reason.clone()),
            _ => None,
        });
        assert_eq!(moved.is_none(), met, "{wish:?}: {moved:?}");
        assert!(moved.is_none_or(|reason| reason.contains(field)), "{field}");
    }
}

#[test]
fn flex_asks_only_flex_where_there_is_one() {
    let rows: &[Row<'_>] = &[("aa", "1", "1"), ("aa/flex", "0.5", "0.5")];
    let world = World::with_models(&[("maker/one", rows), ("maker/two", &[("aa", "1", "1")])]);
    let flex = |model: &str| {
        let mut request = ask_with(model, any_price());
        request.params.service_tier = Some("flex".to_owned());
        request
    };
    let decision = plan(world.input(&flex("maker/one")), &mut Dice::new(1)).expect("a plan");
    assert_eq!(tags(&decision), ["aa/flex"]);
    let decision = plan(world.input(&flex("maker/two")), &mut Dice::new(1)).expect("a plan");
    assert_eq!(tags(&decision), ["aa"]);
}

fn tool() -> Tool {
    Tool {
        name: "search".to_owned(),
        description: String::new(),
        parameters: serde_json::json!({}),
        strict: None,
        cache: CacheMark::None,
        extra: serde_json::Map::new(),
        opaque: None,
    }
}

fn image() -> Part {
    Part::image(Source::Url { url: "https://example.org/a.png".to_owned() })
}

#[test]
fn when_nobody_is_left_the_last_filter_is_named() {
    let cap = |text: &str| Some(text.parse().expect("a price"));
    let table: Vec<(Preferences, &str, &str)> = vec![
        (Preferences { only: list(&["zz"]), ..any_price() }, "allowed_providers", "`only`"),
        (Preferences { ignore: list(&["aa", "bb", "cc"]), ..any_price() }, "service_tier", "service_tier"),
        (
            Preferences { data_collection: Some(DataCollection::Deny), ignore: list(&["aa"]), ..any_price() },
            "data_policy:training",
            "allow data collection",
        ),
        (
            Preferences {
                max_price: Some(MaxPrice { prompt: cap("0.1"), ..MaxPrice::default() }),
                ..any_price()
            },
            "max_price",
            "raise `max_price`",
        ),
        (
            Preferences { quantizations: vec![Quantization::Int4], ..any_price() },
            "quantization",
            "`quantizations`",
        ),
        (
            Preferences { enforce_distillable_text: Some(true), ignore: list(&["cc"]), ..any_price() },
            "distillable",
            "`enforce_distillable_text` off",
        ),
    ];
    let world = world();
    for (preferences, filter, advice) in table {
        let request = ask_with("maker/one", preferences);
        let failure = plan(world.input(&request), &mut Dice::new(1)).expect_err(filter);
        assert_eq!(failure.kind, FailureKind::NoEndpoint);
        assert_eq!(failure.excluded_by.first().map(String::as_str), Some(filter), "{}", failure.message);
        assert!(failure.message.contains(advice), "{filter}: {}", failure.message);
    }
}

#[test]
fn without_a_key_the_variables_are_named() {
    let mut world = World::of(&[("aa", "1", "1"), ("openai", "2", "2")]);
    world.keys.set(&"aa".into(), 0);
    world.keys.set(&"openai".into(), 0);
    let failure = plan(world.input(&ask("maker/one")), &mut Dice::new(1)).expect_err("no key");
    assert_eq!(
        (failure.kind, failure.excluded_by.as_slice()),
        (FailureKind::Auth, &["no_key".to_owned()][..])
    );
    assert!(
        failure.message.contains("set OPENAI_API_KEY (openai Inc) or a key for aa Inc"),
        "{}",
        failure.message
    );
    assert!(failure.message.starts_with("no key for maker/one"), "{}", failure.message);
}

#[test]
fn a_price_that_is_not_in_force_does_not_count() {
    // dearer above 500 input tokens; the request has 1,000
    let mut long = endpoint("aa", "1", "1");
    long.prices = Some(Prices {
        overrides: vec![fareway::words::Override {
            min_prompt_tokens: Some(500),
            prompt: Some("0.000010".parse().expect("a price")),
            ..Default::default()
        }],
        ..super::support::prices("1", "1")
    });
    let world = World::from_rows(vec![ModelRow { endpoints: vec![long], ..model("maker/one", &[]) }]);
    let cap = MaxPrice { prompt: Some("2".parse().expect("a price")), ..MaxPrice::default() };
    let request = ask_with("maker/one", Preferences { max_price: Some(cap), ..any_price() });
    let failure = plan(world.input(&request), &mut Dice::new(1)).expect_err("too dear for a long prompt");
    assert!(failure.message.contains("$10 in"), "{}", failure.message);
    let mut short = world.input(&request);
    short.prompt_tokens = Some(500);
    assert!(plan(short, &mut Dice::new(1)).is_ok(), "strictly more than 500");
}

#[test]
fn a_soft_wish_moves_to_the_end_even_behind_the_fallback_model() {
    let mut world = World::with_models(&[
        ("maker/one", &[("aa", "1", "1"), ("bb", "1", "1")]),
        ("maker/two", &[("aa", "1", "1")]),
    ]);
    let one = world.catalog.endpoints(&"maker/one".into()).to_vec();
    let mut measure = |at: usize, seconds: u64| {
        for _ in 0..5 {
            let mut ticket = world.health.started(&one[at], NOW - Duration::from_secs(60));
            world.health.first_token(&mut ticket, NOW - Duration::from_secs(60 - seconds));
            world.health.finished(ticket, End::Answered { tokens: 1 }, NOW - Duration::from_secs(30));
        }
    };
    measure(0, 1);
    measure(1, 20);
    let wish = Percentiles { p50: Some(5.0), ..Percentiles::default() };
    let mut request = ask_with("maker/one", Preferences { preferred_max_latency: Some(wish), ..any_price() });
    request.fallbacks = vec!["maker/two".into()];
    let decision = plan(world.input(&request), &mut Dice::new(1)).expect("a plan");
    let order: Vec<&str> = decision.attempts.iter().map(|id| id.as_str()).collect();
    assert_eq!(order, ["aa:maker/one", "aa:maker/two", "bb:maker/one"]);
    let last =
        decision.considered.iter().find(|c| c.endpoint.as_str() == "bb:maker/one").expect("considered");
    assert!(
        matches!(&last.verdict, Verdict::Moved { place: 2, reason } if reason.contains("preferred_max_latency"))
    );
}

/// OpenRouter's Auto Exacto by its plainest signal; whoever sorts or names an order has opted out.
#[test]
fn malformed_tool_calls_move_an_endpoint_behind_unless_the_person_sorts() {
    let mut world = World::of(&[("aa", "1", "1"), ("bb", "1.9", "1.9")]);
    let sloppy = world.catalog.endpoints(&"maker/one".into())[0].id.clone();
    for n in 0..10 {
        world.health.tool_call(&sloppy, n % 3 > 0, NOW);
    }
    let table: [(&str, Preferences, bool, bool); 7] = [
        ("maker/one", Preferences::default(), true, true),
        ("maker/one", Preferences::default(), false, false),
        ("maker/one:floor", Preferences::default(), true, false),
        ("maker/one:nitro", Preferences::default(), true, false),
        (
            "maker/one",
            Preferences { sort: Some(Sort::By(SortBy::Price)), ..Preferences::default() },
            true,
            false,
        ),
        ("maker/one", Preferences { order: list(&["aa"]), ..Preferences::default() }, true, false),
        ("maker/one", Preferences { zdr: Some(false), ..Preferences::default() }, true, true),
    ];
    for (model, wishes, tools, behind) in table {
        let mut request = ask_with(model, wishes.clone());
        if tools {
            request.tools = vec![tool()];
        }
        let decision = plan(world.input(&request), &mut Dice::new(1)).expect("a plan");
        let moved = decision.considered.iter().any(|one| {
            one.endpoint == sloppy
                && matches!(&one.verdict, Verdict::Moved { reason, .. } if reason.contains("malformed"))
        });
        assert_eq!(moved, behind, "{model} {wishes:?}, tools: {tools}");
    }
}

/// The day itself decides, in UTC; whoever is past it stands last, is still asked when nobody else is left, and says why.
#[test]
fn past_its_retirement_an_endpoint_stands_last() {
    let day = NOW.secs() / 86_400;
    let date = |days: i64| {
        let at = jiff::Timestamp::from_second((day + days) * 86_400).expect("a day");
        Some(at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
    };
    for (retires, last) in [(None, false), (date(1), false), (date(0), true), (date(-400), true)] {
        let old = EndpointRow { retires: retires.clone(), ..endpoint("aa", "1", "1") };
        let rows = vec![old, endpoint("bb", "1.9", "1.9")];
        let world = World::from_rows(vec![ModelRow { endpoints: rows, ..model("maker/one", &[]) }]);
        for seed in 0..20 {
            let decision = plan(world.input(&ask("maker/one")), &mut Dice::new(seed)).expect("a plan");
            assert_eq!(decision.attempts.len(), 2, "such days are put off: it is still asked in the end");
            let moved = decision.considered.iter().any(|one| {
                matches!(&one.verdict, Verdict::Moved { place: 1, reason } if reason.contains("calendar"))
                    && one.endpoint.as_str() == "aa:maker/one"
            });
            assert_eq!(moved, last, "{retires:?}");
        }
        let alone = Preferences { only: list(&["aa"]), ..any_price() };
        let decision = plan(world.input(&ask_with("maker/one", alone)), &mut Dice::new(1)).expect("a plan");
        assert_eq!(tags(&decision), ["aa"], "{retires:?}: better than nobody");
    }
}

/// The failure comes with the decision: every endpoint, and the filter that took it.
#[test]
fn a_refusal_shows_who_was_considered() {
    let world = world();
    let cheap = MaxPrice { prompt: Some("0.1".parse().expect("a price")), ..MaxPrice::default() };
    let request =
        ask_with("maker/one", Preferences { max_price: Some(cheap), ignore: list(&["aa"]), ..any_price() });
    let refused = decide(world.input(&request), &mut Dice::new(1)).expect_err("nobody");
    assert_eq!(refused.failure.kind.error_type(), "not_found");
    let mut taken: Vec<(&str, &str)> = refused
        .decision
        .considered
        .iter()
        .map(|one| match &one.verdict {
            Verdict::Dropped { filter, .. } => (one.endpoint.as_str(), filter.name()),
            other => panic!("{other:?}"),
        })
        .collect();
    taken.sort_unstable();
    assert_eq!(
        taken,
        [
            ("aa:maker/one", "ignored_providers"),
            ("bb/east:maker/one", "max_price"),
            ("bb/priority:maker/one", "service_tier"),
            ("bb/west:maker/one", "max_price"),
            ("cc:maker/one", "max_price"),
        ]
    );
}

#[test]
fn a_tool_loop_under_signature_stays_in_its_family() {
    let world = World::with_models(&[
        ("anthropic/claude", &[("aa", "1", "1")]),
        ("anthropic/haiku", &[("aa", "1", "1")]),
        ("openai/gpt", &[("bb", "1", "1")]),
    ]);
    let thinking = Reasoning { signature: Some("sig".to_owned()), ..Reasoning::default() };
    let call = Part::ToolCall {
        id: "1".to_owned(),
        name: "search".to_owned(),
        arguments: "{}".to_owned(),
        signature: None,
    };
    let mut said = Message::loose(Role::Assistant, vec![Part::Reasoning(thinking), call]);
    said.by = Some("anthropic/claude".into());
    let result = Part::ToolResult {
        call: "1".to_owned(),
        name: String::new(),
        parts: vec![Part::text("42")],
        error: false,
    };
    let mut request = ask_with("anthropic/claude", any_price());
    request.fallbacks = vec!["openai/gpt".into(), "anthropic/haiku".into()];
    request.messages.push(Arc::new(said));
    request.messages.push(Arc::new(Message::loose(Role::Tool, vec![result])));
    let decision = plan(world.input(&request), &mut Dice::new(1)).expect("a plan");
    assert_eq!(
        decision.attempts.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
        ["aa:anthropic/claude", "aa:anthropic/haiku"]
    );
    let gpt = decision.considered.iter().find(|c| c.model.as_str() == "openai/gpt").expect("considered");
    assert!(matches!(gpt.verdict, Verdict::Dropped { filter: Filter::Locked, .. }));
    // the next thing the person says opens the lock
    request.messages.push(Arc::new(Message::loose(Role::User, vec![Part::text("thanks")])));
    let decision = plan(world.input(&request), &mut Dice::new(1)).expect("a plan");
    assert_eq!(decision.attempts.len(), 3);
}

proptest! {
    /// Whatever the prices: nobody above the cap is ever asked.
    #[test]
    fn max_price_is_never_exceeded(prices in prop::collection::vec((0u32..5_000, 0u32..5_000), 1..12), cap_in in 0u32..5_000, cap_out in 0u32..5_000, seed: u64) {
        let text = |millis: u32| format!("{}.{:03}", millis / 1_000, millis % 1_000);
        let rows: Vec<(String, String, String)> = prices.iter().enumerate().map(|(n, (i, o))| (format!("p{n}"), text(*i), text(*o))).collect();
        let rows: Vec<Row<'_>> = rows.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
        let world = World::of(&rows);
        let cap = MaxPrice { prompt: text(cap_in).parse().ok(), completion: text(cap_out).parse().ok(), ..MaxPrice::default() };
        let request = ask_with("maker/one", Preferences { max_price: Some(cap), ..any_price() });
        match plan(world.input(&request), &mut Dice::new(seed)) {
            Ok(decision) => for id in &decision.attempts {
                let at: usize = id.as_str()[1..id.as_str().find(':').expect("a tag")].parse().expect("a number");
                prop_assert!(prices[at].0 <= cap_in && prices[at].1 <= cap_out);
            },
            Err(failure) => {
                prop_assert_eq!(failure.kind, FailureKind::NoEndpoint);
                prop_assert!(prices.iter().all(|(i, o)| *i > cap_in || *o > cap_out));
            }
        }
    }
}
