//! The clock of the whole request, which runs out over everybody; connect, first token and idle are with their faults.

use super::bench::{Bench, options, request};
use crate::support::upstream::{Script, Upstream, text};
use fareway::gateway::{Clocks, Options};
use fareway::words::FailureKind;
use std::time::Duration;

#[tokio::test]
async fn the_total_clock_ends_what_never_falls_silent_and_nobody_else_is_asked() {
    // longer than any test may take: only the clock ends it
    let ever = Duration::from_secs(600);
    let word = format!("data: {}\n\n", text("la "));
    let cases = [
        ("before the first token", Script::stream().drip(": wait\n\n", ever), "Cl"),
        ("in the middle", Script::stream().event(&text("la ")).drip(&word, ever), "CDl"),
    ];
    for (name, script, outline) in cases {
        let (endless, other) = (Upstream::start([script]), Upstream::start([Script::says(&["no"])]));
        // time enough for the first word on a busy machine
        let total = Duration::from_millis(if outline == "Cl" { 300 } else { 2_000 });
        let clocks = Clocks { total, ..options().clocks };
        let bench = Bench::with(&[&endless, &other], Options { clocks, ..options() });
        let heard = bench.ask(request("sing")).await;
        assert_eq!(
            (heard.outline().as_str(), heard.failure()),
            (outline, Some(FailureKind::TotalTimeout)),
            "{name}"
        );
        assert!(heard.message().contains("in all"), "{name}: {}", heard.message());
        endless.hung_up(1).await;
        assert!(other.seen().is_empty(), "{name}");
        bench.settled(&heard);
    }
}

#[tokio::test]
async fn each_clock_has_a_kind_of_its_own_and_an_error_type() {
    use FailureKind::*;
    for kind in [ConnectTimeout, FirstTokenTimeout, IdleTimeout, TotalTimeout] {
        assert_eq!((kind.error_type(), kind.status()), ("timeout", 504), "{kind:?}");
    }
}
