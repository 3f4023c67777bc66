//! Asking a second endpoint when the first token is late: the first to speak wins, the other is dropped and settled.

use super::bench::{Bench, request};
use crate::support::upstream::{Script, Upstream};
use fareway::words::{Outcome, Request};

fn hurried() -> Request {
    let mut request = request("hi");
    request.preferences.hedge_after_ms = Some(1);
    request
}

#[tokio::test]
async fn the_second_wins_when_the_first_is_silent() {
    let silent = Upstream::start([Script::stream().hang()]);
    let quick = Upstream::start([Script::says(&["quick"])]);
    let bench = Bench::new(&[&silent, &quick]);
    let heard = bench.ask(hurried()).await;
    assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CFCDn", "quick"), "{heard:?}");
    silent.hung_up(1).await;
    let receipt = heard.receipt();
    assert_eq!(receipt.endpoint.as_str(), "p1:test/model");
    assert_eq!(receipt.attempts[0].outcome, Outcome::Cancelled);
    assert!(!receipt.attempts[0].hedge && receipt.attempts[1].hedge);
    bench.settled(&heard);
}

#[tokio::test]
async fn the_second_is_the_fallback_when_the_first_fails() {
    let gate = crate::support::upstream::Gate::default();
    let fails = Upstream::start([Script::default().gate(&gate).reset()]);
    let slow = Upstream::start([Script::default().gate(&gate).raw(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n\
         data: {\"choices\":[{\"delta\":{\"content\":\"slow\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
    )]);
    let bench = Bench::new(&[&fails, &slow]);
    let opener = async {
        slow.arrived(1).await;
        gate.open();
        gate.open();
    };
    let (heard, ()) = tokio::join!(bench.ask(hurried()), opener);
    assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CFCDn", "slow"), "{heard:?}");
    bench.settled(&heard);
}

#[tokio::test]
async fn the_first_goes_on_when_the_second_fails() {
    let gate = crate::support::upstream::Gate::default();
    let first = Upstream::start([Script::default().gate(&gate).raw(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n\
         data: {\"choices\":[{\"delta\":{\"content\":\"first\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
    )]);
    let second = Upstream::start([Script::error(500, "server_error", "no")]);
    let bench = Bench::new(&[&first, &second]);
    let opener = async {
        while bench.rows.attempts().is_empty() {
            tokio::task::yield_now().await;
        }
        gate.open();
    };
    let (heard, ()) = tokio::join!(bench.ask(hurried()), opener);
    assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CDn", "first"), "{heard:?}");
    assert_eq!(heard.receipt().attempts.len(), 2);
    assert_eq!(heard.receipt().endpoint.as_str(), "p0:test/model");
    bench.settled(&heard);
}

#[tokio::test]
async fn a_prompt_first_needs_no_second() {
    let first = Upstream::start([Script::says(&["first"])]);
    let second = Upstream::start([Script::says(&["second"])]);
    let bench = Bench::new(&[&first, &second]);
    let mut patient = hurried();
    patient.preferences.hedge_after_ms = Some(10_000);
    let heard = bench.ask(patient).await;
    assert_eq!(heard.text(), "first");
    assert!(second.seen().is_empty());
}
