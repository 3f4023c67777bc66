//! A reply that was cut or stopped and is to go on: each endpoint is told in the way it understands, and the seam is clean.

use super::bench::{Bench, catalog, keys, options, request};
use crate::support::upstream::{Script, Upstream};
use fareway::catalog::{Overlay, ProviderRow, Rank, Source};
use fareway::words::{Message, Part, Purpose, Request, Role};
use serde_json::{Value, json};
use std::sync::Arc;

fn go_on(text: &str) -> Request {
    let mut asked = request("count");
    asked.messages.push(Arc::new(Message::loose(Role::Assistant, vec![Part::text(text)])));
    asked
}

/// `p0` with these quirks at this server.
fn bench(upstream: &Upstream, quirks: &[&str]) -> Bench {
    let row = ProviderRow {
        quirks: Some(quirks.iter().map(|&quirk| quirk.to_owned()).collect()),
        ..ProviderRow::new("p0")
    };
    let source = Source { name: "quirks".to_owned(), rank: Rank::Config, at: None };
    let overlay = Overlay { source, providers: vec![row], models: Vec::new() };
    Bench::of(catalog(&[upstream.base_url()]).with(overlay), keys(1), options())
}

fn messages(upstream: &Upstream) -> Vec<Value> {
    upstream.seen().iter().map(|seen| seen.json()["messages"].clone()).collect()
}

#[tokio::test]
async fn by_prefill_where_it_is_taken() {
    let upstream = Upstream::start([Script::says(&[" three", " four."])]);
    let bench = bench(&upstream, &["prefill_prefix"]);
    let heard = bench.ask(go_on("One, two, ")).await;
    assert_eq!(heard.text(), "three four.", "the space is there once: {heard:?}");
    let begun = json!({"role": "assistant", "content": "One, two,", "prefix": true});
    assert_eq!(messages(&upstream)[0][1], begun);
    bench.settled(&heard);
}

#[tokio::test]
async fn by_instruction_elsewhere_and_what_is_repeated_is_taken_out() {
    let upstream = Upstream::start([Script::says(&["One, tw", "o, three", " four."])]);
    let bench = bench(&upstream, &["stream_usage"]);
    let heard = bench.ask(go_on("One, two,")).await;
    assert_eq!(heard.text(), " three four.", "{heard:?}");
    let sent = &messages(&upstream)[0];
    assert_eq!((&sent[1]["role"], &sent[1]["content"]), (&json!("assistant"), &json!("One, two,")));
    assert_eq!(sent[2]["role"], "user");
    assert!(sent[2]["content"].as_str().is_some_and(|told| told.ends_with("One, two,")), "{sent}");
    bench.settled(&heard);
}

#[tokio::test]
async fn in_words_after_a_prefill_was_refused() {
    let upstream = Upstream::with(|seen| {
        let sent = seen.json();
        match sent["messages"].as_array().and_then(|all| all.last()) {
            Some(last) if last["role"] == "assistant" => {
                Script::error(400, "invalid_request_error", "prefill is incompatible with enable_thinking")
            }
            _ => Script::says(&["two, three."]),
        }
    });
    let bench = bench(&upstream, &["prefill"]);
    let heard = bench.ask(go_on("One, two,")).await;
    assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CFCDn", " three."), "{heard:?}");
    assert_eq!(upstream.seen().len(), 2);
    bench.settled(&heard);
}

#[tokio::test]
async fn and_its_rescue_goes_on_from_all_of_it() {
    use crate::support::upstream::text;
    let dies = Upstream::start([Script::stream().event(&text("two, three")).reset()]);
    let lives = Upstream::start([Script::says(&["three, four."])]);
    let bench = Bench::new(&[&dies, &lives]);
    let heard = bench.ask(go_on("One, two,")).await;
    assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CDRDn", " three, four."), "{heard:?}");
    assert_eq!(messages(&lives)[0][1]["content"], "One, two, three");
    assert_eq!(
        messages(&lives)[0].as_array().map(Vec::len),
        Some(3),
        "the question, all of it, the instruction"
    );
    bench.settled(&heard);
}

#[tokio::test]
async fn what_a_client_of_serve_sends_goes_out_as_it_is() {
    let upstream = Upstream::start([Script::says(&["One, two, three."])]);
    let bench = bench(&upstream, &["stream_usage"]);
    let heard = bench.ask(Request { purpose: Purpose::Serve, ..go_on("One, two,") }).await;
    assert_eq!(heard.text(), "One, two, three.");
    assert_eq!(messages(&upstream)[0].as_array().map(Vec::len), Some(2));
}
