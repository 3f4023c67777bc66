//! A reply whose endpoint dies in the middle is finished by another: its text, its end, its bill, its record.

use super::bench::{Bench, Heard, catalog, keys, options, request};
use crate::support::upstream::{Script, Upstream, delta, stop, text, usage};
use fareway::catalog::{EndpointRow, ModelRow, Overlay, ProviderRow, Rank, Source};
use fareway::gateway::Options;
use fareway::words::{
    Delta, FailureKind, ModelId, ModelRef, Outcome, ProviderId, Reply, Request, Rescue, ResponseFormat, Stop,
    Unfinished, Usd,
};
use serde_json::{Value, json};
use std::time::Duration;

/// Says this and dies.
fn dies(said: &str) -> Upstream {
    Upstream::start([Script::stream().event(&text(said)).reset()])
}

fn outcomes(heard: &Heard) -> Vec<&'static str> {
    let name = |outcome: &Outcome| match outcome {
        Outcome::Answered => "answered",
        Outcome::Cancelled => "cancelled",
        Outcome::Failed(failure) => match failure.kind {
            FailureKind::Cut => "cut",
            FailureKind::Empty => "empty",
            FailureKind::Moderation => "moderation",
            _ => "failed",
        },
    };
    heard.receipt().attempts.iter().map(|attempt| name(&attempt.outcome)).collect()
}

/// `count` tokens at the bench's two dollars per million, and `prompt` at its one.
fn price(prompt: i128, count: i128, place: i128) -> Option<Usd> {
    let micro = 1_000_000_000_000_000_000;
    Some(Usd::from_raw(prompt * (micro + place) + count * 2 * micro))
}

#[tokio::test]
async fn both_parts_are_billed_and_the_seam_is_in_the_record() {
    let first = dies("One two three four");
    let second = Upstream::start([Script::says(&["three", " four", " five."])]);
    let bench = Bench::new(&[&first, &second]);
    let heard = bench.ask(request("count")).await;
    assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CDRDn", "One two three four five."));
    let receipt = heard.receipt();
    assert_eq!(outcomes(&heard), ["cut", "answered"]);
    assert_eq!((receipt.stop, receipt.endpoint.as_str()), (Some(Stop::Stop), "p1:test/model"));
    let [one, two] = receipt.attempts.as_slice() else { panic!("two parts") };
    assert!(!one.rescue && two.rescue);
    assert!(one.usage.completion >= 4, "the first part by our count: {:?}", one.usage);
    assert_eq!((two.usage.prompt, two.usage.completion), (10, 3), "the second as it was reported");
    assert_eq!(two.cost.booked, price(10, 3, 1));
    let parts: Usd = receipt.attempts.iter().filter_map(|attempt| attempt.cost.booked).sum();
    assert_eq!(receipt.cost.booked, Some(parts));
    let resumed = heard.0.iter().find_map(|reply| match reply {
        Reply::Resumed { from, failure, chosen } => {
            Some((from.as_str(), chosen.endpoint.as_str(), failure.kind))
        }
        _ => None,
    });
    assert_eq!(resumed, Some(("p0:test/model", "p1:test/model", FailureKind::Cut)));
    let told = heard.0.iter().find_map(|reply| match reply {
        Reply::Resumed { chosen, .. } => Some((chosen.prices.clone(), chosen.prompt_tokens, chosen.dearer)),
        _ => None,
    });
    let (prices, prompt, dearer) = told.expect("it is told who goes on at what price");
    assert_eq!((prices.map(|prices| prices.prompt), dearer), (price(1, 0, 1), None));
    assert!(
        prompt >= one.usage.prompt + one.usage.completion,
        "the text so far is part of the prompt: {prompt}"
    );
    bench.settled(&heard);
}

/// Who goes on reads the reply so far: without a word from the provider our own count has it.
#[tokio::test]
async fn the_text_so_far_is_paid_for_again() {
    let first = dies(&"word ".repeat(200));
    let second = Upstream::start([Script::stream().event(&text("word end.")).event(&stop("stop")).done()]);
    let bench = Bench::new(&[&first, &second]);
    let heard = bench.ask(request("count")).await;
    let [one, two] = heard.receipt().attempts.as_slice() else { panic!("two parts: {heard:?}") };
    assert!(one.usage.completion > 150, "{:?}", one.usage);
    assert!(two.usage.prompt >= one.usage.prompt + one.usage.completion, "{one:?} {two:?}");
    assert_eq!(two.cost.booked, price(two.usage.prompt.into(), two.usage.completion.into(), 1));
    bench.settled(&heard);
}

/// What the reply so far was, what the next endpoint does, and what the last one does if it comes to that.
#[tokio::test]
async fn who_has_nothing_to_add_is_believed_only_at_an_end() {
    let nothing = || Script::stream().event(&stop("stop")).event(&usage(10, 0)).done();
    let repeats =
        || Script::stream().event(&text("three four")).event(&stop("stop")).event(&usage(10, 2)).done();
    let filtered = || Script::stream().event(&stop("content_filter")).done();
    let full = || Script::stream().event(&stop("length")).done();
    let mute = || Script::stream().end();
    // the text, the second endpoint; the whole text, the outcomes, why it stopped
    type Case = (&'static str, &'static str, Script, &'static str, &'static [&'static str], Option<Stop>);
    let cases: Vec<Case> = vec![
        (
            "mid-sentence",
            "two three four",
            nothing(),
            "two three four five.",
            &["cut", "empty", "answered"],
            Some(Stop::Stop),
        ),
        (
            "mid-sentence, repeated",
            "two three four",
            repeats(),
            "two three four five.",
            &["cut", "empty", "answered"],
            Some(Stop::Stop),
        ),
        (
            "without a word",
            "two three four.",
            mute(),
            "two three four. five.",
            &["cut", "empty", "answered"],
            Some(Stop::Stop),
        ),
        (
            "an end",
            "Four. It is four.",
            nothing(),
            "Four. It is four.",
            &["cut", "answered"],
            Some(Stop::Stop),
        ),
        (
            "an end, repeated",
            "It is three four.",
            Script::says(&["three four."]),
            "It is three four.",
            &["cut", "answered"],
            Some(Stop::Stop),
        ),
        (
            "a fence",
            "```\nthree four.",
            nothing(),
            "```\nthree four. five.",
            &["cut", "empty", "answered"],
            Some(Stop::Stop),
        ),
        ("no room", "two three four", full(), "two three four", &["cut", "answered"], Some(Stop::Length)),
        ("a filter", "two three four", filtered(), "two three four", &["cut", "moderation"], None),
    ];
    for (name, said, script, whole, wanted, stop) in cases {
        let (first, second) = (dies(said), Upstream::start([script]));
        let third = Upstream::start([Script::says(&[" five."])]);
        let bench = Bench::new(&[&first, &second, &third]);
        let heard = bench.ask(request("count")).await;
        assert_eq!(heard.text(), whole, "{name}: {heard:?}");
        assert_eq!(outcomes(&heard), wanted, "{name}");
        assert_eq!(heard.receipt().stop, stop, "{name}");
        assert!(heard.is_grammatical(), "{name}: {}", heard.shape());
        // the reason to stop is told once, by whoever had the last word
        let stops = heard.0.iter().filter(|reply| matches!(reply, Reply::Delta(Delta::Stop { .. }))).count();
        assert_eq!(stops, usize::from(stop.is_some()), "{name}");
        bench.settled(&heard);
    }
}

#[tokio::test]
async fn a_rescue_that_added_nothing_is_billed_at_what_it_reported() {
    let first = dies("One two three four");
    let repeats =
        Script::stream().event(&text("three four")).event(&stop("stop")).event(&usage(12, 2)).done();
    let second = Upstream::start([repeats]);
    let bench = Bench::new(&[&first, &second]);
    let heard = bench.ask(request("count")).await;
    assert_eq!((heard.failure(), heard.text().as_str()), (Some(FailureKind::Empty), "One two three four"));
    assert!(heard.message().contains("P1 had nothing to add"), "{}", heard.message());
    let receipt = heard.receipt();
    assert_eq!(receipt.attempts[1].cost.booked, price(12, 2, 1));
    assert_eq!(receipt.stop, None, "the reply did not end");
    bench.settled(&heard);
}

/// What goes out over the socket to one who takes a prefill, and to one who ought to and refuses.
#[tokio::test]
async fn a_prefill_that_is_refused_becomes_an_instruction() {
    let refuses = |last: &Value| last["role"] == "assistant";
    for (refusing, attempts) in
        [(false, ["cut", "answered"].as_slice()), (true, &["cut", "failed", "answered"])]
    {
        let first = dies("One two three four");
        let second = Upstream::with(move |seen| {
            let asked = seen.json();
            let last = asked["messages"].as_array().and_then(|all| all.last()).cloned().unwrap_or_default();
            match refuses(&last) {
                true if refusing => {
                    Script::error(400, "invalid_request_error", "no assistant message last, please")
                }
                true => Script::says(&[" five."]),
                false => Script::says(&["three four five."]),
            }
        });
        let quirky = ProviderRow { quirks: Some(["prefill_continue"].into()), ..ProviderRow::new("p1") };
        let source = Source { name: "quirks".to_owned(), rank: Rank::Config, at: None };
        let catalog = catalog(&[first.base_url(), second.base_url()]);
        let catalog = catalog.with(Overlay { source, providers: vec![quirky], models: Vec::new() });
        let bench = Bench::of(catalog, keys(2), options());
        let heard = bench.ask(request("count")).await;
        assert_eq!(heard.text(), "One two three four five.", "{heard:?}");
        assert_eq!(outcomes(&heard), attempts);
        let asked: Vec<Value> = second.seen().iter().map(|seen| seen.json()).collect();
        assert_eq!(asked[0]["messages"][1], json!({"role": "assistant", "content": "One two three four"}));
        assert_eq!(
            (&asked[0]["continue_final_message"], &asked[0]["add_generation_prompt"]),
            (&json!(true), &json!(false))
        );
        assert_eq!(asked.len(), attempts.len() - 1);
        if refusing {
            assert_eq!(asked[1]["messages"][2]["role"], "user");
            assert!(asked[1].get("continue_final_message").is_none());
        }
        bench.settled(&heard);
    }
}

#[tokio::test]
async fn nobody_left_is_said_and_what_was_heard_stays() {
    let first = dies("One two three four");
    let second = Upstream::start([Script::error(500, "server_error", "on fire")]);
    let bench = Bench::new(&[&first, &second]);
    let heard = bench.ask(request("count")).await;
    assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CDl", "One two three four"));
    assert_eq!(heard.failure(), Some(FailureKind::Cut), "why it ended");
    assert!(heard.message().contains("nobody could go on with it"), "{}", heard.message());
    bench.settled(&heard);
}

#[tokio::test]
async fn three_parts_of_one_reply() {
    let (first, second) = (dies("One two three "), dies("four five "));
    let third = Upstream::start([Script::says(&["four five six."])]);
    let bench = Bench::new(&[&first, &second, &third]);
    let heard = bench.ask(request("count")).await;
    assert_eq!(
        (heard.outline().as_str(), heard.text().as_str()),
        ("CDRDRDn", "One two three four five six.")
    );
    assert_eq!(outcomes(&heard), ["cut", "cut", "answered"]);
    let asked = third.seen()[0].json();
    assert_eq!(asked["messages"][1]["content"], "One two three four five");
    bench.settled(&heard);
}

#[tokio::test]
async fn the_only_endpoint_is_asked_again_when_that_is_allowed() {
    let script = |said: &str| Script::stream().event(&text(said)).reset();
    let only = Upstream::start([script("One two three "), Script::says(&["two three four."])]);
    let patient = Options { max_wait: Duration::from_secs(20), ..options() };
    let bench = Bench::with(&[&only], patient);
    let heard = bench.ask(request("count")).await;
    assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CDRDn", "One two three four."));
    bench.settled(&heard);
}

/// `test/model` at `p0`, and `test/other` at `p1`.
fn two_models(first: &Upstream, second: &Upstream, options: Options) -> Bench {
    let base = catalog(&[first.base_url(), second.base_url()]);
    let row = |model: &str, place: usize| {
        let price = |raw| Usd::from_raw(raw);
        let prices = fareway::words::Prices {
            prompt: price(1_000_000_000_000_000_000),
            completion: price(2_000_000_000_000_000_000),
            ..Default::default()
        };
        let endpoint = EndpointRow {
            prices: Some(prices),
            upstream_model: Some("scripted".to_owned()),
            ..EndpointRow::new(ProviderId::new(format!("p{place}")))
        };
        ModelRow { endpoints: vec![endpoint], ..ModelRow::new(ModelId::new(model)) }
    };
    let source = Source { name: "more".to_owned(), rank: Rank::Config, at: None };
    let models = vec![row("test/one", 0), row("test/other", 1)];
    let catalog = base.with(Overlay { source, providers: Vec::new(), models });
    Bench::of(catalog, keys(2), options)
}

fn with_fallback() -> Request {
    Request {
        model: ModelRef::new("test/one"),
        fallbacks: vec![ModelRef::new("test/other")],
        ..request("count")
    }
}

#[tokio::test]
async fn whose_words_may_be_continued_by_whom_is_a_preference() {
    use Rescue::*;
    // wish of the request, wish of the config, whether the other model goes on
    let cases = [
        (None, None, false),
        (Some(Listed), None, true),
        (None, Some(Listed), true),
        (Some(SameModel), Some(Listed), false),
        (Some(Off), Some(Listed), false),
    ];
    for (mine, config, goes_on) in cases {
        let (first, second) = (dies("One two three "), Upstream::start([Script::says(&["two three four."])]));
        let mut options = options();
        options.preferences.rescue = config;
        let bench = two_models(&first, &second, options);
        let mut asked = with_fallback();
        asked.preferences.rescue = mine;
        let heard = bench.ask(asked).await;
        let wanted = if goes_on { ("CDRDn", "One two three four.") } else { ("CDl", "One two three ") };
        assert_eq!((heard.outline().as_str(), heard.text().as_str()), wanted, "{mine:?} over {config:?}");
        assert_eq!(second.seen().len(), usize::from(goes_on));
        bench.settled(&heard);
    }
}

fn half_a_call() -> Script {
    let call = json!({"tool_calls": [{"index": 0, "id": "c1", "function": {"name": "look", "arguments": "{\"a\":"}}]});
    Script::stream().event(&text("Let me look. ")).event(&delta(&call)).reset()
}

fn a_call() -> Script {
    let call = json!({"tool_calls": [{"index": 0, "id": "c2", "function": {"name": "look", "arguments": "{\"a\":1}"}}]});
    Script::stream().event(&delta(&call)).event(&stop("tool_calls")).event(&usage(10, 9)).done()
}

fn calls(heard: &Heard) -> Vec<(u32, Option<String>, String)> {
    let call = |reply: &Reply| match reply {
        Reply::Delta(Delta::ToolCall { index, id, arguments, .. }) => {
            Some((*index, id.clone(), arguments.clone()))
        }
        _ => None,
    };
    heard.0.iter().filter_map(call).collect()
}

#[tokio::test]
async fn half_a_tool_call_stops_or_begins_again_by_preference() {
    let (first, second) = (Upstream::start([half_a_call()]), Upstream::start([a_call()]));
    let bench = Bench::new(&[&first, &second]);
    let heard = bench.ask(request("look")).await;
    assert_eq!((heard.outline().as_str(), heard.failure()), ("CDl", Some(FailureKind::Cut)));
    assert!(heard.message().contains("tool call cannot be continued"), "{}", heard.message());
    assert!(second.seen().is_empty());
    bench.settled(&heard);

    let (first, second) = (Upstream::start([half_a_call()]), Upstream::start([a_call()]));
    let bench = Bench::new(&[&first, &second]);
    let mut asked = request("look");
    asked.preferences.unfinished = Some(Unfinished::Restart);
    let heard = bench.ask(asked).await;
    assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CDRDn", "Let me look. "));
    assert_eq!(
        calls(&heard),
        [(0, Some("c2".to_owned()), "{\"a\":1}".to_owned())],
        "the half one is never heard"
    );
    assert_eq!(heard.receipt().stop, Some(Stop::ToolCalls));
    assert!(heard.receipt().attempts[0].usage.completion > 3, "but paid for");
    bench.settled(&heard);

    // a call was begun: text alone is not the reply, however complete it looks
    let mute = Script::stream().event(&stop("stop")).done();
    let (first, second) = (Upstream::start([half_a_call()]), Upstream::start([mute]));
    let bench = Bench::new(&[&first, &second]);
    let mut asked = request("look");
    asked.preferences.unfinished = Some(Unfinished::Restart);
    let heard = bench.ask(asked).await;
    assert_eq!(heard.failure(), Some(FailureKind::Empty), "{heard:?}");
    bench.settled(&heard);
}

#[tokio::test]
async fn half_a_structured_reply_stops_or_begins_again_by_preference() {
    let structured = |unfinished| {
        let mut asked = request("object");
        asked.params.response_format = Some(ResponseFormat::JsonObject);
        asked.preferences.unfinished = unfinished;
        asked
    };
    let (first, second) = (dies("{\"a\": [1, "), Upstream::start([Script::says(&["{\"a\"", ": [1, 2]}"])]));
    let bench = Bench::new(&[&first, &second]);
    let heard = bench.ask(structured(None)).await;
    assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CDl", "{\"a\": [1, "));
    let first = dies("{\"a\": [1, ");
    let bench = Bench::new(&[&first, &second]);
    let heard = bench.ask(structured(Some(Unfinished::Restart))).await;
    let whole: Value = serde_json::from_str(&heard.text()).expect("whole JSON, once");
    assert_eq!(whole, json!({"a": [1, 2]}));
    let asked = second.seen()[0].json();
    assert_eq!(asked["messages"].as_array().map(Vec::len), Some(1), "asked afresh");
    bench.settled(&heard);
}
