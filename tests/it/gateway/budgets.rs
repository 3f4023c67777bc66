//! Budgets: money is set aside before anything is sent, looked at again on every fallback, and settled at the end.

use super::bench::{Bench, keys, options, priced, request};
use crate::support::upstream::{Gate, Script, Upstream, stop, text, usage};
use fareway::gateway::Options;
use fareway::metering::{Ask, Basis, Limit, Scope, Window};
use fareway::words::{
    Considered, Decision, FailureKind, Filter, ModelId, Outcome, Prices, ProviderId, Reply, Usd, Verdict,
};
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
    let decision = row.receipt.decision.expect("kept");
    assert!(decision.attempts.is_empty(), "{decision:?}");
    let [out] = forbidden(&decision).try_into().expect("one");
    assert!(
        out.starts_with("may cost $") && out.ends_with("of the daily budget of $0.00 $0.0000 is left"),
        "{out}"
    );
    let Some(Reply::Failed { failure, .. }) = heard.0.last() else { panic!("{heard:?}") };
    assert_eq!(failure.excluded_by, ["budget"], "the error names the filter");
}

/// Why each endpoint that a budget forbade was left out.
fn forbidden(decision: &Decision) -> Vec<String> {
    let reason = |one: &Considered| match &one.verdict {
        Verdict::Dropped { filter: Filter::Budget, reason } => Some(reason.clone()),
        _ => None,
    };
    decision.considered.iter().filter_map(reason).collect()
}

/// The first choice is forbidden, another endpoint is not: that one answers, and the decision says why.
#[tokio::test]
async fn whom_a_budget_forbids_is_passed_over() {
    let dear = Upstream::start([Script::says(&["no"])]);
    let good = Upstream::start([Script::says(&["within"])]);
    let bench = Bench::with(&[&dear, &good], limited(Usd::ZERO, Scope::Provider(ProviderId::new("p0"))));
    let heard = bench.ask(request("hi")).await;
    assert_eq!(heard.outline().as_str(), "CFCDn", "the reader hears of it");
    let [_, Reply::FellBack { from, failure }, Reply::Chosen(chosen), ..] = &heard.0[..] else {
        panic!("{heard:?}")
    };
    assert_eq!((from.as_str(), failure.kind), ("p0:test/model", FailureKind::Budget));
    assert!(failure.message.starts_with("it may cost $"), "{}", failure.message);
    assert_eq!(chosen.why, "next, since a budget forbids P0");
    assert_eq!(heard.receipt().attempts.len(), 1, "nobody else was asked");
    assert!(dear.seen().is_empty());
    let decision = heard.receipt().decision.clone().expect("kept");
    assert_eq!(decision.attempts.len(), 1);
    assert_eq!(decision.considered[0].verdict, Verdict::Kept { place: 0 }, "who is left moves up");
    assert!(forbidden(&decision)[0].contains("of the daily budget of p0 of $0.00"), "{decision:?}");
    bench.settled(&heard);
}

/// One budget over everything: the first choice costs more than is left of it, a cheaper endpoint does not.
#[tokio::test]
async fn a_cheaper_endpoint_is_within_the_budget() {
    let upstreams = ["dear", "cheap"].map(|word| Upstream::start([Script::says(&[word])]));
    let addresses = upstreams.iter().map(Upstream::base_url).collect::<Vec<_>>();
    // a reply of 500 tokens costs a tenth of a cent at p0, a hundredth of that at p1
    let catalog = priced(&addresses, |place| {
        let rate = |raw: i128| Usd::from_raw(if place == 0 { raw } else { raw / 100 });
        Prices {
            prompt: rate(1_000_000_000_000_000_000),
            completion: rate(2_000_000_000_000_000_000),
            ..Prices::default()
        }
    });
    let budget = limited("0.0001".parse().expect("a decimal"), Scope::Everything);
    let bench = Bench::of(catalog, keys(2), budget);
    let mut asked = request("hi");
    asked.preferences.order = vec!["p0".to_owned(), "p1".to_owned()];
    let heard = bench.ask(asked.clone()).await;
    assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CFCDn", "cheap"));
    asked.preferences.only = vec!["p0".to_owned()];
    let heard = bench.ask(asked).await;
    assert_eq!((heard.outline().as_str(), heard.failure()), ("l", Some(FailureKind::Budget)));
    assert!(upstreams[0].seen().is_empty());
}

/// After a failure too; and when nobody is within it, the last word is the budget's and tells of the failure.
#[tokio::test]
async fn a_fallback_that_is_forbidden_is_passed_over() {
    let bad = Upstream::start([Script::error(500, "server_error", "it burns")]);
    let dear = Upstream::start([Script::says(&["no"])]);
    let good = Upstream::start([Script::says(&["within"])]);
    let only_p1 = limited(Usd::ZERO, Scope::Provider(ProviderId::new("p1")));
    let bench = Bench::with(&[&bad, &dear, &good], only_p1);
    let heard = bench.ask(request("hi")).await;
    assert_eq!(heard.outline().as_str(), "CFCFCDn");
    assert!(dear.seen().is_empty());
    assert_eq!(forbidden(heard.receipt().decision.as_ref().expect("kept")).len(), 1);
    bench.settled(&heard);
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
    assert!(heard.message().contains("p0:test/model failed: "), "{}", heard.message());
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
    assert!(heard.message().contains("p1:test/model was not asked: it may cost $"), "{}", heard.message());
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
