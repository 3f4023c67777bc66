//! Keys: several in order, rests, missing ones, and that none is ever seen where it should not be.

use super::bench::{Bench, catalog, keys, options, request};
use crate::support::upstream::{Script, Upstream};
use fareway::gateway::Keys;
use fareway::words::{FailureKind, Filter, ProviderId, Verdict};

#[tokio::test]
async fn the_next_key_is_tried_and_the_refused_one_rests() {
    let upstream = Upstream::with(|seen| match seen.header("authorization") {
        Some("Bearer first") => Script::error(401, "invalid_api_key", "no"),
        _ => Script::says(&["yes"]),
    });
    let mut keys = Keys::default();
    for secret in ["first", "second"] {
        keys.add(&ProviderId::new("p0"), secret, "P0_KEY");
    }
    let bench = Bench::of(catalog(&[upstream.base_url()]), keys, options());
    let heard = bench.ask(request("hi")).await;
    assert_eq!(heard.outline(), "CFCDn", "{heard:?}");
    let used: Vec<_> = heard.receipt().attempts.iter().map(|attempt| attempt.key).collect();
    assert_eq!(used, [Some(0), Some(1)]);
    let heard = bench.ask(request("hi")).await;
    assert_eq!(heard.outline(), "CDn", "the first key rests: {heard:?}");
    bench.settled(&heard);
    let bodies: Vec<_> = upstream.seen().into_iter().map(|seen| seen.body).collect();
    assert!(bodies.iter().all(|body| memchr::memmem::find(body, b"second").is_none()));
}

#[tokio::test]
async fn a_missing_key_is_named() {
    let upstream = Upstream::start([Script::says(&["yes"])]);
    let bench = Bench::of(catalog(&[upstream.base_url()]), keys(0), options());
    let heard = bench.ask(request("hi")).await;
    assert_eq!(heard.outline(), "l");
    assert_eq!(heard.failure(), Some(FailureKind::Auth));
    assert!(heard.message().contains("P0_KEY"), "{}", heard.message());
    assert!(upstream.seen().is_empty());
    // nobody was asked, and the books say why
    let [row] = bench.rows.generations().try_into().expect("one row");
    assert!(!row.was_asked() && bench.rows.attempts().is_empty());
    let decision = row.receipt.decision.expect("it is kept");
    assert!(matches!(&decision.considered[0].verdict, Verdict::Dropped { filter: Filter::NoKey, .. }));
    // a key that comes later counts
    bench.gateway.set_keys(keys(1));
    assert_eq!(bench.ask(request("hi")).await.outline(), "CDn");
}

#[tokio::test]
async fn a_key_with_a_line_break_is_a_sentence_not_a_panic() {
    let upstream = Upstream::start([Script::says(&["yes"])]);
    let mut keys = Keys::default();
    keys.add(&ProviderId::new("p0"), "sk-secret\nrest", "test");
    assert!(!format!("{keys:?}").contains("sk-secret"));
    let bench = Bench::of(catalog(&[upstream.base_url()]), keys, options());
    let heard = bench.ask(request("hi")).await;
    assert_eq!(heard.failure(), Some(FailureKind::Auth));
    assert!(!heard.message().contains("sk-secret"), "{}", heard.message());
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn an_unknown_model_offers_the_nearest() {
    let upstream = Upstream::start([Script::says(&["yes"])]);
    let bench = Bench::new(&[&upstream]);
    let mut wrong = request("hi");
    wrong.model = fareway::words::ModelRef::new("test/modle");
    let heard = bench.ask(wrong).await;
    assert_eq!((heard.outline().as_str(), heard.failure()), ("l", Some(FailureKind::UnknownModel)));
    let Some(fareway::words::Reply::Failed { failure, .. }) = heard.0.last() else { panic!("it failed") };
    assert_eq!(failure.nearest.first().map(String::as_str), Some("test/model"));
}

#[tokio::test]
async fn a_key_goes_to_its_own_provider_only() {
    let first = Upstream::start([Script::error(500, "server_error", "no")]);
    let second = Upstream::start([Script::says(&["yes"])]);
    let bench = Bench::new(&[&first, &second]);
    let heard = bench.ask(request("hi")).await;
    assert_eq!(heard.text(), "yes");
    assert_eq!(first.seen()[0].header("authorization"), Some("Bearer sk-secret-0"));
    assert_eq!(second.seen()[0].header("authorization"), Some("Bearer sk-secret-1"));
    assert_eq!(second.seen()[0].line, "POST /v1/chat/completions HTTP/1.1");
}
