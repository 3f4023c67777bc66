//! Stopping: whoever drops the stream has closed the socket, settled the attempt and written its rows.

use super::bench::{Bench, demo, options, request};
use crate::support::upstream::{Gate, Script, Upstream, text};
use fareway::catalog::Catalog;
use fareway::gateway::{Keys, Options};
use fareway::words::{CostSource, Delta, Outcome, Reply, Usd};
use futures_util::StreamExt;
use std::time::Duration;

#[tokio::test]
async fn a_dropped_stream_closes_its_socket_and_is_paid_for() {
    let upstream = Upstream::start([Script::stream().event(&text("A few words ")).hang()]);
    let bench = Bench::new(&[&upstream]);
    let mut stream = bench.gateway.ask(request("hi"));
    while let Some(reply) = stream.next().await {
        if matches!(reply, Reply::Delta(Delta::Text(_))) {
            break;
        }
    }
    assert_eq!(bench.gateway.health().in_flight(), 1);
    drop(stream);
    assert_eq!(bench.gateway.health().in_flight(), 0);
    upstream.hung_up(1).await;
    let rows = bench.rows.generations();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].outcome, Outcome::Cancelled);
    let attempt = &rows[0].receipt.attempts[0];
    assert_eq!(attempt.outcome, Outcome::Cancelled);
    assert_eq!(attempt.cost.source, CostSource::Estimate);
    assert!(attempt.usage.completion >= 3 && attempt.cost.booked.is_some_and(|cost| cost > Usd::ZERO));
    assert_eq!(rows[0].receipt.usage, attempt.usage);
}

#[tokio::test]
async fn dropped_before_the_first_token_too() {
    let upstream = Upstream::start([Script::default().hang()]);
    let bench = Bench::new(&[&upstream]);
    let mut stream = bench.gateway.ask(request("hi"));
    assert!(matches!(stream.next().await, Some(Reply::Chosen(_))));
    tokio::select! {
        _ = stream.next() => panic!("nothing is said"),
        () = upstream.arrived(1) => {}
    }
    drop(stream);
    upstream.hung_up(1).await;
    assert_eq!(bench.gateway.health().in_flight(), 0);
    assert_eq!(bench.rows.generations()[0].receipt.cost.booked, Some(Usd::ZERO));
}

#[tokio::test]
async fn a_stream_that_is_never_read_asks_nobody() {
    let upstream = Upstream::start([Script::says(&["no"])]);
    let bench = Bench::new(&[&upstream]);
    drop(bench.gateway.ask(request("hi")));
    assert!(upstream.seen().is_empty() && bench.rows.all().is_empty());
}

#[tokio::test]
async fn what_streams_is_saved_as_it_streams() {
    let gate = Gate::default();
    let script = Script::stream().event(&text("one ")).gate(&gate).event(&text("two ")).hang();
    let upstream = Upstream::start([script]);
    let bench = Bench::with(&[&upstream], Options { save_every: Duration::ZERO, ..options() });
    let mut stream = bench.gateway.ask(request("hi"));
    let mut texts = 0;
    while texts < 2 {
        let reply = stream.next().await.expect("it goes on");
        if matches!(reply, Reply::Delta(Delta::Text(_))) {
            texts += 1;
            gate.open();
        }
    }
    let open = bench.rows.open();
    assert!(open.len() >= 3, "before sending and with each piece: {}", open.len());
    assert_eq!(open[0].usage.completion, 0);
    assert!(open.last().is_some_and(|row| row.usage.completion > open[0].usage.completion));
}

#[tokio::test]
async fn a_thousand_at_once_leave_nothing_behind() {
    let bench = Bench::of(Catalog::bare(), Keys::default(), options());
    let models = ["swift", "sage", "thinker", "flaky", "broken", "twins"];
    let asks = (0..1000).map(|n| {
        let gateway = bench.gateway.clone();
        tokio::spawn(async move {
            let mut stream = gateway.ask(demo(models[n % models.len()], "hello"));
            // every seventh is stopped after a few replies
            let most = if n % 7 == 0 { n % 11 } else { usize::MAX };
            let mut heard = 0;
            while heard < most && stream.next().await.is_some() {
                heard += 1;
            }
        })
    });
    for ask in asks.collect::<Vec<_>>() {
        ask.await.expect("no panic");
    }
    assert_eq!(bench.gateway.health().in_flight(), 0);
    let generations = bench.rows.generations();
    let attempts = bench.rows.attempts();
    let booked = |cost: &fareway::words::Cost| cost.booked.expect("demo prices are known");
    let by_generation: Usd = generations.iter().map(|row| booked(&row.receipt.cost)).sum();
    let by_attempt: Usd = attempts.iter().map(|row| booked(&row.attempt.cost)).sum();
    assert_eq!(by_generation, by_attempt, "the ledger is the sum of the receipts");
    assert_eq!(attempts.len(), generations.iter().map(|row| row.receipt.attempts.len()).sum::<usize>());
}
