//! Whoever must rest is left alone right before asking too: somebody else is asked, or the wait is told.

use super::bench::{Bench, options, request};
use crate::support::upstream::{Script, Upstream};
use fareway::gateway::Options;
use fareway::words::{FailureKind, Outcome, Reply};
use futures_util::StreamExt;
use std::time::Duration;

/// Three failures in a row, and the only endpoint rests: it is not asked before its time.
#[tokio::test]
async fn a_resting_endpoint_is_not_asked_early() {
    let upstream = Upstream::start([Script::error(500, "server_error", "no")]);
    let bench = Bench::with(&[&upstream], options());
    for _ in 0..3 {
        assert_eq!(bench.ask(request("hi")).await.failure(), Some(FailureKind::Server));
    }
    let heard = bench.ask(request("hi")).await;
    assert_eq!(upstream.seen().len(), 3, "left alone");
    assert_eq!(
        (heard.outline().as_str(), heard.failure()),
        ("Cl", Some(FailureKind::Overloaded)),
        "{heard:?}"
    );
    assert!(heard.message().contains("P0 rests 1 s after failures in a row"), "{}", heard.message());
    assert!(heard.receipt().attempts.is_empty());
    bench.settled(&heard);
}

/// A wait that is not too long is told, and nothing is sent before it is over.
#[tokio::test]
async fn a_short_wait_is_told() {
    let limited = Script::answer(429, &[("retry-after", "15")], "{\"error\":{\"message\":\"slow down\"}}");
    let upstream = Upstream::start([limited]);
    let bench = Bench::with(&[&upstream], Options { max_wait: Duration::from_secs(20), ..options() });
    // the first request meets the refusal, the second knows of it; neither is waited for to its end
    for before in ["", "slow down"] {
        let mut replies = bench.gateway.ask(request("hi"));
        assert!(matches!(replies.next().await, Some(Reply::Chosen(_))));
        let Some(Reply::Waiting { failure, .. }) = replies.next().await else { panic!("it waits") };
        assert_eq!(failure.kind, FailureKind::RateLimited);
        assert_eq!(
            failure.message.contains("asked to be left alone"),
            !before.is_empty(),
            "{}",
            failure.message
        );
        drop(replies);
    }
    assert_eq!(upstream.seen().len(), 1);
    assert_eq!(bench.gateway.in_flight(), 0);
}

/// Somebody who stands behind and is free is asked instead, without an attempt at the one that rests.
#[tokio::test]
async fn somebody_else_is_asked_meanwhile() {
    let sick = Upstream::start([Script::error(500, "server_error", "no")]);
    let well = Upstream::start([Script::says(&["yes"])]);
    let bench = Bench::with(&[&sick, &well], options());
    for _ in 0..3 {
        assert_eq!(bench.ask(request("hi")).await.text(), "yes");
    }
    let heard = bench.ask(request("hi")).await;
    assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CDn", "yes"), "{heard:?}");
    assert_eq!(sick.seen().len(), 3);
    assert!(matches!(heard.receipt().attempts[0].outcome, Outcome::Answered));
    bench.settled(&heard);
}
