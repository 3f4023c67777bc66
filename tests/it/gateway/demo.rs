//! The built-in upstream, through the same code as everybody else.

use super::bench::{Bench, Heard, demo, options};
use fareway::catalog::Catalog;
use fareway::gateway::Keys;
use fareway::words::{
    At, CostSource, Delta, Dice, FailureKind, MessageId, Outcome, Reply, Request, Rescue, Stop, Usd,
};

fn bench() -> Bench {
    Bench::of(Catalog::bare(), Keys::default(), options())
}

fn thoughts(heard: &Heard) -> String {
    let piece = |reply: &Reply| match reply {
        Reply::Delta(Delta::Reasoning { piece, .. }) => Some(piece.text.clone()),
        _ => None,
    };
    heard.0.iter().filter_map(piece).collect()
}

#[tokio::test]
async fn answers_without_a_key_and_reports_what_it_cost() {
    let bench = bench();
    let message = Some(MessageId::new(At::default(), &mut Dice::new(5)));
    let heard = bench.ask(Request { message, ..demo("swift", "compare tea and coffee") }).await;
    assert_eq!(heard.outline(), "CDn", "{heard:?}");
    assert!(heard.text().contains("compare tea and coffee"));
    assert!(heard.text().contains("| time to the first word |"));
    let receipt = heard.receipt();
    assert!(receipt.demo);
    assert_eq!(receipt.stop, Some(Stop::Stop));
    assert_eq!(receipt.cost.source, CostSource::Catalog);
    assert!(receipt.cost.booked.is_some_and(|cost| cost > Usd::ZERO));
    assert!(receipt.usage.prompt > 0 && receipt.usage.completion > 50);
    assert!(receipt.decision.is_some());
    bench.settled(&heard);
    assert_eq!(bench.rows.generations().len(), 1);
    assert!(bench.rows.generations()[0].receipt.demo);
    assert!(!bench.rows.open().is_empty(), "an open row before anything is sent");
    assert!(bench.rows.open().iter().all(|row| row.message == message), "and what it writes");
    assert_eq!(bench.rows.generations()[0].message, message);
}

#[tokio::test]
async fn the_thinker_thinks_first() {
    let bench = bench();
    let heard = bench.ask(demo("thinker", "why is the sky blue?")).await;
    assert!(thoughts(&heard).contains("why is the sky blue?"));
    assert!(heard.receipt().usage.reasoning > 20);
    bench.settled(&heard);
}

#[tokio::test]
async fn flaky_falls_back_and_says_so() {
    let bench = bench();
    let heard = bench.ask(demo("flaky", "how do I plan a garden?")).await;
    assert_eq!(heard.outline(), "CFCDn");
    let receipt = heard.receipt();
    assert_eq!(receipt.attempts.len(), 2);
    let Outcome::Failed(failure) = &receipt.attempts[0].outcome else { panic!("the first endpoint fails") };
    assert_eq!(failure.kind, FailureKind::Overloaded);
    assert_eq!(failure.status, Some(503));
    assert_eq!(receipt.attempts[0].cost.booked, Some(Usd::ZERO));
    assert_eq!(receipt.endpoint.as_str(), "demo/up:demo/flaky");
    bench.settled(&heard);
}

#[tokio::test]
async fn what_is_staged_is_seen_every_time() {
    // one gateway for all of them: neither the breaker, nor an outage a moment ago, nor the dice may hide it
    let bench = bench();
    for n in 0..40 {
        for (model, outline) in [("flaky", "CFCDn"), ("twins", "CDRDn")] {
            let heard = bench.ask(demo(model, &format!("question {n}"))).await;
            assert_eq!(heard.outline(), outline, "{model}, the {n}. time");
        }
    }
}

#[tokio::test]
async fn broken_breaks_and_what_was_heard_is_paid() {
    let bench = bench();
    let heard = bench.ask(demo("broken", "write a function")).await;
    assert_eq!(heard.outline(), "CDl");
    assert_eq!(heard.failure(), Some(FailureKind::Cut));
    assert!(heard.text().contains("You asked"));
    let receipt = heard.receipt();
    assert_eq!(receipt.cost.source, CostSource::Estimate);
    assert!(receipt.cost.booked.is_some_and(|cost| cost > Usd::ZERO));
    assert!(receipt.usage.completion > 10);
    bench.settled(&heard);
}

#[tokio::test]
async fn the_twin_that_lives_finishes_the_sentence_of_the_one_that_dies() {
    for question in ["explain photosynthesis", "hello", "ünïcode 🌱 ätzend?", "write code", "compare a and b"]
    {
        let bench = bench();
        let rescued = bench.ask(demo("twins", question)).await;
        assert_eq!(rescued.outline(), "CDRDn", "{question}");
        let mut off = demo("twins", question);
        off.preferences.rescue = Some(Rescue::Off);
        off.preferences.only = vec!["demo/lives".to_owned()];
        let whole = bench.ask(off).await;
        assert_eq!(rescued.text(), whole.text(), "nothing repeated, nothing lost");
        let receipt = rescued.receipt();
        assert_eq!(receipt.attempts.len(), 2);
        assert!(receipt.attempts[1].rescue);
        assert!(
            receipt.attempts.iter().all(|a| a.cost.booked.is_some_and(|c| c > Usd::ZERO)),
            "both parts are billed"
        );
        bench.settled(&rescued);
    }
    let bench = bench();
    let mut off = demo("twins", "hello");
    off.preferences.rescue = Some(Rescue::Off);
    let heard = bench.ask(off).await;
    assert_eq!(heard.outline(), "CDl");
}
