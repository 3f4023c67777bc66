//! The live meter and the quote before sending.

use fareway::catalog::Catalog;
use fareway::metering::{Live, Turn, beside, quote};
use fareway::words::{At, Delta, Endpoint, EndpointId, ModelId, Prices, Reasoning, Usage, Usd};
use std::sync::Arc;

fn usd(text: &str) -> Usd {
    text.parse().expect("a decimal")
}

fn prices() -> Prices {
    Prices { prompt: usd("0.000001"), completion: usd("0.000010"), ..Prices::default() }
}

fn text(t: &str) -> Delta {
    Delta::Text(t.into())
}

#[test]
fn it_ticks_with_the_text_and_becomes_exact() {
    let prompt = Usage { prompt: 1000, ..Usage::default() };
    let mut live = Live::new(prompt, Some(prices()), Some(10_000), 1000, At::from_secs(0));
    let before = live.read(At::from_millis(100));
    assert_eq!((before.exact, before.cost, before.ttft), (false, Some(usd("0.001")), None));
    assert_eq!(before.burn, None, "the first second says nothing about a minute");
    live.feed(&text("The ferry leaves at seven. "), At::from_secs(1));
    let first = live.read(At::from_secs(1));
    live.feed(&text(&"The ferry leaves at seven. ".repeat(20)), At::from_secs(3));
    let later = live.read(At::from_secs(3));
    assert!(later.usage.completion > first.usage.completion && later.cost > first.cost);
    assert_eq!(later.ttft, Some(std::time::Duration::from_secs(1)));
    let rate = later.per_second.expect("two seconds of streaming");
    assert!((rate - later.usage.completion as f64 / 2.0).abs() < 0.01);
    assert_eq!(
        later.burn,
        later.cost.and_then(|c| c.scale(20, 1)),
        "three seconds are a twentieth of a minute"
    );
    assert!(later.context.is_some_and(|share| share > 0.1 && share < 0.2));
    let usage = Usage { prompt: 900, cached_read: 100, completion: 50, reasoning: 10, ..Usage::default() };
    live.feed(&Delta::Usage { usage, cost: None }, At::from_secs(4));
    let last = live.read(At::from_secs(4));
    assert_eq!((last.exact, last.usage, last.cost), (true, usage, Some(usd("0.0016"))));
    live.feed(&Delta::Usage { usage, cost: Some(usd("0.002")) }, At::from_secs(4));
    assert_eq!(live.read(At::from_secs(4)).cost, Some(usd("0.002")), "what the provider says it charged");
}

/// A reply that breaks off and goes on elsewhere costs its parts, each at its own prices, and the prompt twice.
#[test]
fn it_goes_on_with_the_prices_of_the_one_who_goes_on() {
    let prompt = |tokens| Usage { prompt: tokens, ..Usage::default() };
    let mut live = Live::new(prompt(1000), Some(prices()), Some(10_000), 1000, At(0));
    live.feed(&text("The ferry leaves at seven. "), At::from_secs(1));
    let first = live.read(At::from_secs(1));
    let dear = Prices { prompt: usd("0.000010"), completion: usd("0.000100"), ..Prices::default() };
    live.resumed(prompt(1010), Some(dear.clone()), Some(2_000), 1000);
    let between = live.read(At::from_secs(2));
    assert_eq!(between.usage, first.usage + prompt(1010));
    assert_eq!(between.cost, first.cost.map(|cost| cost + usd("0.0101")));
    assert!(between.context.is_some_and(|share| share > 0.5 && share < 0.51), "of the smaller window");
    live.feed(&text("The ferry leaves at seven. "), At::from_secs(3));
    let after = live.read(At::from_secs(3));
    let said = first.usage.completion;
    assert_eq!(after.usage.completion, 2 * said);
    assert_eq!(after.cost, between.cost.map(|cost| cost + usd("0.000100") * said));
    // what the second reports is its own part, and the first one's is still an estimate
    let usage = Usage { prompt: 1100, completion: 5, ..Usage::default() };
    live.feed(&Delta::Usage { usage, cost: None }, At::from_secs(4));
    let last = live.read(At::from_secs(4));
    assert_eq!((last.exact, last.usage), (false, first.usage + usage));
    assert_eq!(last.cost, first.cost.map(|cost| cost + usd("0.0115")));
    assert_eq!(last.ttft, first.ttft);
    // a price that nobody knows makes the whole unknown
    live.resumed(prompt(10), None, None, 1000);
    assert_eq!(live.read(At::from_secs(5)).cost, None);
}

#[test]
fn an_early_report_of_the_prompt_alone_does_not_stop_the_count() {
    let mut live = Live::new(Usage::default(), Some(prices()), None, 1000, At(0));
    // Anthropic reports the prompt at the start of the stream
    let usage = Usage { prompt: 5000, ..Usage::default() };
    live.feed(&Delta::Usage { usage, cost: None }, At::from_millis(10));
    live.feed(&text("one two three four five six"), At::from_secs(1));
    let thought = Reasoning { text: "hm, let me see".into(), ..Reasoning::default() };
    live.feed(&Delta::Reasoning { index: 0, piece: thought }, At::from_secs(1));
    let reading = live.read(At::from_secs(2));
    assert!(!reading.exact);
    assert_eq!(reading.usage.prompt, 5000);
    assert!(reading.usage.completion >= 5 && reading.usage.reasoning >= 3);
}

/// A reply in two parts: each at its own price, the first kept as it stood when it broke off.
#[test]
fn a_rescued_reply_costs_both_parts() {
    let prompt = |prompt| Usage { prompt, ..Usage::default() };
    let mut live = Live::new(prompt(1000), Some(prices()), Some(10_000), 1000, At(0));
    live.feed(&text(&"The ferry leaves at seven. ".repeat(20)), At::from_secs(1));
    let first = live.read(At::from_secs(1));
    let dear = Prices { prompt: usd("0.000002"), completion: usd("0.000020"), ..Prices::default() };
    live.resumed(prompt(1200), Some(dear), Some(10_000), 1000);
    let resumed = live.read(At::from_secs(1));
    assert_eq!(resumed.usage.prompt, 2200);
    assert_eq!(resumed.cost, first.cost.map(|cost| cost + usd("0.0024")), "the prompt is paid for once more");
    assert_eq!(resumed.usage.completion, first.usage.completion);
    // what the second reports is its own part only, and the whole stays an estimate
    let usage = Usage { prompt: 1190, completion: 30, ..Usage::default() };
    live.feed(&Delta::Usage { usage, cost: None }, At::from_secs(2));
    let last = live.read(At::from_secs(2));
    assert_eq!(last.usage.completion, first.usage.completion + 30);
    assert_eq!((last.exact, last.cost), (false, first.cost.map(|cost| cost + usd("0.00298"))));
    assert_eq!(last.context, Some(0.122), "the second part's prompt holds the first");
    // an unknown price of one part makes the whole unknown
    live.resumed(prompt(1), None, None, 1000);
    assert_eq!(live.read(At::from_secs(3)).cost, None);
}

/// Anthropic says `output_tokens: 1` before the first word, others report in the middle.
#[test]
fn an_early_report_of_a_token_is_not_the_last_word() {
    let mut live = Live::new(Usage::default(), Some(prices()), None, 1000, At(0));
    let report = |completion| Delta::Usage {
        usage: Usage { prompt: 5000, completion, ..Usage::default() },
        cost: None,
    };
    live.feed(&report(1), At::from_millis(10));
    assert!(!live.is_exact());
    live.feed(&text("one two three four five six"), At::from_secs(1));
    let reading = live.read(At::from_secs(2));
    assert!(!reading.exact && reading.usage.prompt == 5000 && reading.usage.completion >= 5);
    live.feed(&report(6), At::from_secs(2));
    let reading = live.read(At::from_secs(2));
    assert_eq!((reading.exact, reading.usage.completion), (true, 6));
    live.feed(&text(" seven eight"), At::from_secs(3));
    assert!(!live.read(At::from_secs(3)).exact);
}

#[test]
fn an_unknown_price_stays_unknown() {
    let mut live = Live::new(Usage::default(), None, None, 1000, At(0));
    live.feed(&text("hello"), At::from_secs(1));
    let reading = live.read(At::from_secs(5));
    assert_eq!((reading.cost, reading.burn, reading.context), (None, None, None));
}

fn endpoint(id: &str) -> Arc<Endpoint> {
    Arc::clone(Catalog::bundled().endpoint(&EndpointId::new(id)).expect("in the snapshot"))
}

#[test]
fn a_quote_says_sending_likely_and_worst() {
    let sonnet = endpoint("anthropic:anthropic/claude-sonnet-4.5");
    let turn = Turn { prompt: 10_000, cached: 8_000, max_tokens: Some(2_000), expected: 500, searches: 0 };
    let quote = quote(&sonnet, &turn, At(0));
    // 2,000 x $3 + 8,000 x $0.30, then 500 and 2,000 tokens x $15, all per million
    assert_eq!(quote.sending, Some(usd("0.0084")));
    assert_eq!(quote.likely, Some(usd("0.0159")));
    assert_eq!(quote.worst, Some(usd("0.0384")));
    assert_eq!((quote.max_output, quote.fits), (Some(2_000), true));
}

#[test]
fn a_quote_knows_its_limits() {
    let mut small = Endpoint::clone(&endpoint("demo:demo/swift"));
    small.context = Some(1_000);
    small.max_output = Some(400);
    let turn = |prompt| Turn { prompt, cached: 0, max_tokens: None, expected: 300, searches: 0 };
    assert_eq!(quote(&small, &turn(100), At(0)).max_output, Some(400));
    assert_eq!(quote(&small, &turn(900), At(0)).max_output, Some(100), "what the context leaves");
    assert!(!quote(&small, &turn(1_000), At(0)).fits);
    (small.context, small.max_output) = (None, None);
    let open = quote(&small, &turn(100), At(0));
    assert_eq!((open.worst, open.fits), (None, true), "no known limit: no known worst case");
    small.prices = None;
    assert_eq!(quote(&small, &turn(100), At(0)).sending, None);
}

#[test]
fn beside_takes_the_cheapest_endpoint_that_may_be_used() {
    let catalog = Catalog::bundled();
    let models = [ModelId::new("openai/gpt-oss-120b"), ModelId::new("no/such"), ModelId::new("demo/flaky")];
    let turn = Turn { prompt: 1_000, cached: 900, max_tokens: Some(100), expected: 100, searches: 0 };
    let all = beside(&catalog, &models, &turn, At(0), |_| true);
    let groq = beside(&catalog, &models, &turn, At(0), |e| e.provider.as_str() == "groq");
    assert_eq!(
        all.iter().map(|(m, _)| m.as_str()).collect::<Vec<_>>(),
        ["openai/gpt-oss-120b", "demo/flaky"]
    );
    assert_eq!(groq.len(), 1);
    assert!(all[0].1.likely <= groq[0].1.likely);
    assert_eq!(groq[0].1.sending, Some(usd("0.00015")), "nothing is cached there");
}
