//! Asking a second endpoint when the first token is late: the first to speak wins, the other is dropped and settled.

use super::bench::{Bench, request};
use crate::support::upstream::{Gate, Script, Upstream};
use fareway::words::{Outcome, Request};
use serde_json::json;

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

/// Who was given the prompt and had begun is paid for it, whoever won; who never answered at all costs nothing.
#[tokio::test]
async fn a_loser_that_had_begun_is_booked_beside_the_winner() {
    let role = json!({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]});
    for begun in [true, false] {
        // who is quick waits until the beginning of the other was read: what follows it is more than sockets hold
        let gate = Gate::default();
        let comments = ":\n".repeat(8 << 20);
        let script = if begun { Script::stream().event(&role).chunk(comments) } else { Script::default() };
        let late = Upstream::start([script.opens(&gate).hang()]);
        let quick = Upstream::start([Script::default().gate(&gate).then(Script::says(&["quick"]))]);
        let bench = Bench::new(&[&late, &quick]);
        let heard = bench.ask(hurried()).await;
        assert_eq!(heard.text(), "quick", "{heard:?}");
        let receipt = heard.receipt();
        let [loser, winner] = &receipt.attempts[..] else { panic!("two were asked: {heard:?}") };
        let costs = [&loser.cost, &winner.cost, &receipt.cost].map(|cost| cost.booked.expect("a price"));
        assert_eq!(!costs[0].is_zero(), begun, "{loser:?}");
        assert_eq!(costs[0] + costs[1], costs[2], "the reply costs what both cost");
        bench.settled(&heard);
    }
}

#[tokio::test]
async fn the_second_is_the_fallback_when_the_first_fails() {
    let gate = Gate::default();
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
    let gate = Gate::default();
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
