//! While the upstream thinks: the client hears that the line lives, and hanging up ends the upstream's work at once.

use super::{client, open_to};
use crate::gateway::bench::{Bench, catalog, keys, options};
use crate::support::upstream::{Gate, Script, Upstream, text};
use fareway::serve;
use serde_json::json;
use std::time::Duration;

fn asked(stream: bool) -> String {
    json!({"model": "test/model", "stream": stream, "messages": [{"role": "user", "content": "hi"}]})
        .to_string()
}

#[tokio::test]
async fn comments_keep_the_line_alive_before_and_between_tokens() {
    let (first, second) = (Gate::default(), Gate::default());
    let script = Script::stream().gate(&first).event(&text("one")).gate(&second).event(&text("two")).done();
    let upstream = Upstream::start([script]);
    let bench = Bench::of(catalog(&[upstream.base_url()]), keys(1), options());
    let often = serve::Options { keep_alive: Duration::from_millis(5), ..serve::Options::default() };
    let door = open_to(bench.gateway.clone(), often).await;
    let answer = client().post(door.url("/v1/chat/completions")).body(asked(true)).send().await;
    let mut answer = answer.expect("an answer");
    let mut heard = String::new();
    for (gate, said) in [(&first, ""), (&second, "\"one\"")] {
        // a comment comes after what was said last
        while !heard.split_once(said).is_some_and(|(_, after)| {
            after.contains("\n\n: FAREWAY PROCESSING\n\n")
                || (said.is_empty() && after.starts_with(": FAREWAY PROCESSING\n\n"))
        }) {
            let bytes = answer.chunk().await.expect("a chunk").expect("not the end");
            heard.push_str(std::str::from_utf8(&bytes).expect("text"));
        }
        gate.open();
    }
    heard.push_str(&answer.text().await.expect("the rest"));
    assert!(heard.contains("\"two\"") && heard.ends_with("data: [DONE]\n\n"), "{heard}");
}

#[tokio::test]
async fn a_client_that_hangs_up_ends_the_upstreams_work() {
    let scripts = [
        ("before the head", Script::default().hang(), 0),
        ("before the first token", Script::stream().hang(), 0),
        ("in the middle of the reply", Script::stream().event(&text("one")).hang(), 1),
    ];
    for (name, script, chunks) in scripts {
        for stream in [true, false] {
            let upstream = Upstream::start([script.clone()]);
            let bench = Bench::of(catalog(&[upstream.base_url()]), keys(1), options());
            let door = open_to(bench.gateway.clone(), serve::Options::default()).await;
            let call = client().post(door.url("/v1/chat/completions")).body(asked(stream)).send();
            let call = tokio::spawn(async move {
                let mut answer = call.await.expect("an answer");
                for _ in 0..chunks {
                    answer.chunk().await.expect("a chunk");
                }
                answer
            });
            upstream.arrived(1).await;
            if stream && chunks > 0 {
                drop(call.await.expect("what was heard"));
            } else {
                call.abort();
            }
            upstream.hung_up(1).await;
            while door.gateway.in_flight() > 0 {
                tokio::task::yield_now().await;
            }
            assert_eq!(upstream.seen().len(), 1, "{name}: nobody else is asked for a client that is gone");
        }
    }
}
