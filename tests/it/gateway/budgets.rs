//! Budgets: money is set aside before anything is sent, looked at again on every fallback, and settled at the end.

use super::bench::{Bench, options, request};
use crate::support::upstream::{Gate, Script, Upstream, stop, text, usage};
use fareway::gateway::Options;
use fareway::metering::{Ask, Basis, Limit, Scope, Window};
use fareway::words::{FailureKind, ModelId, Outcome, ProviderId, Usd};
use futures_util::StreamExt;

fn limited(amount: Usd, scope: Scope) -> Options {
    let limits = vec![Limit { scope, window: Window::Day, amount }];
    Options { limits, basis: Basis::Likely, ..options() }
}

fn ask() -> Ask {
    Ask {
        session: None,
        provider: ProviderId::new("p0"),
        model: ModelId::new("test/model"),
        key: None,
        amount: None,
        demo: false,
    }
}

#[tokio::test]
async fn an_empty_budget_sends_nothing() {
    let upstream = Upstream::start([Script::says(&["no"])]);
    let bench = Bench::with(&[&upstream], limited(Usd::ZERO, Scope::Everything));
    let heard = bench.ask(request("hi")).await;
    assert_eq!((heard.outline().as_str(), heard.failure()), ("l", Some(FailureKind::Budget)));
    assert!(heard.message().contains("budget"), "{}", heard.message());
    assert!(upstream.seen().is_empty() && bench.rows.attempts().is_empty() && bench.rows.open().is_empty());
    // the decision is kept: who would have been asked, and that the budget forbade it
    let [row] = bench.rows.generations().try_into().expect("one row");
    assert!(matches!(row.outcome, Outcome::Failed(failure) if failure.kind == FailureKind::Budget));
    assert_eq!(row.receipt.decision.map(|decision| decision.attempts.len()), Some(1));
}

#[tokio::test]
async fn what_was_set_aside_becomes_what_was_spent() {
    let gate = Gate::default();
    let script =
        Script::stream().event(&text("hi")).gate(&gate).event(&stop("stop")).event(&usage(10, 1)).done();
    let upstream = Upstream::start([script]);
    let bench = Bench::with(&[&upstream], limited(Usd::from_cents(100), Scope::Everything));
    let mut stream = bench.gateway.ask(request("hi"));
    stream.next().await.expect("chosen");
    let standing = &bench.gateway.budgets(&ask()).await[0];
    assert!(standing.used.held > Usd::ZERO && standing.used.spent.is_zero(), "set aside before it is sent");
    gate.open();
    while stream.next().await.is_some() {}
    let standing = &bench.gateway.budgets(&ask()).await[0];
    let booked = bench.rows.generations()[0].receipt.cost.booked.expect("a known price");
    assert_eq!((standing.used.held, standing.used.spent), (Usd::ZERO, booked));
    assert!(booked > Usd::ZERO);
}

#[tokio::test]
async fn a_fallback_is_looked_at_again() {
    let bad = Upstream::start([Script::error(500, "server_error", "no")]);
    let good = Upstream::start([Script::says(&["dear"])]);
    let bench = Bench::with(&[&bad, &good], limited(Usd::ZERO, Scope::Provider(ProviderId::new("p1"))));
    let heard = bench.ask(request("hi")).await;
    assert_eq!((heard.outline().as_str(), heard.failure()), ("Cl", Some(FailureKind::Budget)));
    assert!(good.seen().is_empty());
    bench.settled(&heard);
}

/// A rescue is looked at as well: the reply stays what it was.
#[tokio::test]
async fn a_rescue_is_looked_at_again() {
    let bad = Upstream::start([Script::stream().event(&text("begun")).reset()]);
    let good = Upstream::start([Script::says(&["dear"])]);
    let bench = Bench::with(&[&bad, &good], limited(Usd::ZERO, Scope::Provider(ProviderId::new("p1"))));
    let heard = bench.ask(request("hi")).await;
    assert_eq!((heard.outline().as_str(), heard.failure()), ("CDl", Some(FailureKind::Cut)));
    assert!(good.seen().is_empty());
    bench.settled(&heard);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_at_once_cannot_overrun_it() {
    // each reply costs exactly what is set aside for it at most, and the budget pays for about forty of them
    let script = || Script::stream().event(&text("hi")).event(&stop("stop")).event(&usage(10, 500)).done();
    let upstream = Upstream::with(move |_| script());
    let amount = Usd::from_raw(2_000_000_000_000_000_000) * 500 * 40;
    let bench = Bench::with(&[&upstream], limited(amount, Scope::Everything));
    let asks: Vec<_> = (0..1000)
        .map(|_| {
            let gateway = bench.gateway.clone();
            tokio::spawn(async move { gateway.ask(request("hi")).count().await })
        })
        .collect();
    for ask in asks {
        ask.await.expect("no panic");
    }
    let standing = &bench.gateway.budgets(&ask()).await[0];
    let spent: Usd = bench.rows.attempts().iter().filter_map(|row| row.attempt.cost.booked).sum();
    assert_eq!((standing.used.held, standing.used.spent), (Usd::ZERO, spent));
    // ten tokens of prompt were guessed at, so the last one may cost a little more than was set aside for it
    let slack = Usd::from_raw(1_000_000_000_000_000_000) * 10 * 40;
    assert!(spent <= amount + slack, "{spent} of {amount}");
    assert!(
        spent + Usd::from_raw(2_000_000_000_000_000_000) * 600 > amount,
        "and it is made use of: {spent}"
    );
}

#[tokio::test]
async fn the_line_of_warning_is_told_once() {
    let upstream = Upstream::with(|_| {
        Script::stream().event(&text("hi")).event(&stop("stop")).event(&usage(10, 500)).done()
    });
    // a reply costs 0.00101: two of them are half of it
    let options = Options { warn: 50, ..limited("0.004".parse().expect("a decimal"), Scope::Everything) };
    let bench = Bench::with(&[&upstream], options);
    let mut told = Vec::new();
    for _ in 0..3 {
        bench.ask(request("hi")).await;
        told.push(bench.gateway.warnings().await.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
    let all: Vec<_> = told.concat();
    assert_eq!(all.len(), 1, "once, whatever comes after: {told:?}");
    assert!(all[0].contains(" % of the daily budget of $0.004 is used or set aside; $"), "{all:?}");
    let standing = &bench.gateway.budgets(&ask()).await[0];
    assert!(standing.percent() >= 50, "{standing:?}");
}
