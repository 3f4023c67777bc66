//! Random upstreams: whatever they do, the stream keeps its grammar and the books add up.

use super::bench::{Bench, options, request};
use crate::support::upstream::{Script, Upstream, delta, stop, text, usage};
use fareway::gateway::{Clocks, Options};
use fareway::words::Rescue;
use proptest::prelude::*;
use serde_json::json;
use std::time::Duration;

/// One thing an upstream may do in the middle of a stream.
fn step() -> impl Strategy<Value = u8> {
    0u8..10
}

fn script(head: u8, steps: &[u8]) -> Script {
    let mut script = match head {
        0 => return Script::error(500, "server_error", "no"),
        1 => return Script::error(429, "rate_limit", "slow down"),
        2 => return Script::default().reset(),
        3 => return Script::answer(200, &[], "{\"choices\":[]}"),
        4 => return Script::answer(400, &[], "{\"error\":{\"message\":\"bad\"}}"),
        _ => Script::stream(),
    };
    for step in steps {
        script = match step {
            0..=3 => script.event(&text(["a ", "b", " c", "é"][usize::from(*step)])),
            4 => script.event(&delta(&json!({"reasoning_content": "hm"}))),
            5 => script.chunk(": comment\n\n"),
            6 => script.event(&stop("stop")),
            7 => script.event(&usage(5, 3)),
            8 => script.chunk("data: {{\n\n"),
            _ => return script.reset(),
        };
    }
    script.done()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn the_grammar_holds_and_the_books_add_up(
        scripts in prop::collection::vec((0u8..9, prop::collection::vec(step(), 0..8)), 1..4),
        rescue in prop::option::of(prop_oneof![Just(Rescue::Off), Just(Rescue::SameModel), Just(Rescue::Listed)]),
        hedge in prop::option::of(Just(1u64)),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let upstreams: Vec<Upstream> =
                scripts.iter().map(|(head, steps)| Upstream::start([script(*head, steps)])).collect();
            let quick = Duration::from_millis(500);
            let options = Options {
                clocks: Clocks { idle: quick, first_token: quick, ..options().clocks },
                ..options()
            };
            let bench = Bench::with(&upstreams.iter().collect::<Vec<_>>(), options);
            let mut asked = request("go");
            asked.preferences.rescue = rescue;
            asked.preferences.hedge_after_ms = hedge;
            let heard = bench.ask(asked).await;
            assert!(heard.is_grammatical(), "{}", heard.shape());
            bench.settled(&heard);
            let receipt = heard.receipt();
            let sum = receipt.attempts.iter().filter_map(|attempt| attempt.cost.booked).sum();
            assert_eq!(receipt.cost.booked, Some(sum));
        });
    }
}
