//! The counter learns from what providers report, keeps what it learned, and begins with it.

use super::bench::{Bench, options, request};
use crate::support::upstream::{Script, Upstream, stop, text, usage};
use fareway::metering::Tally;
use fareway::words::{ModelId, Reply};

const WORDS: &str = "The ferry leaves at a quarter past seven, when the fog usually lifts from the harbour. ";

/// A model that makes half as many tokens again of everything.
fn wordy(prompt: &str, reply: &str) -> Script {
    let half_more = |text: &str| Tally::of(text).milli() * 3 / 2000;
    Script::stream()
        .event(&text(reply))
        .event(&stop("stop"))
        .event(&usage(half_more(prompt), half_more(reply)))
        .done()
}

#[tokio::test]
async fn what_a_provider_reports_is_learned_and_kept() {
    let (prompt, reply) = (WORDS.repeat(40), WORDS.repeat(30));
    let script = wordy(&prompt, &reply);
    let upstream = Upstream::with(move |_| script.clone());
    let bench = Bench::new(&[&upstream]);
    let model = ModelId::new("test/model");
    assert_eq!(bench.gateway.counter().factor(&model), 1000, "nothing is known yet");
    bench.ask(request(&prompt)).await;
    let learned = bench.rows.counter().expect("worth keeping");
    let factor = learned.factor(&model);
    assert!((1_450..=1_550).contains(&factor), "half as many again: {factor}");
    assert_eq!(bench.gateway.counter(), learned);

    // the next run begins with it: the prompt is reckoned in this model's tokens
    let next = Bench::with(&[&upstream], options());
    next.gateway.set_counter(learned);
    let heard = next.ask(request(&prompt)).await;
    let Some(Reply::Chosen(chosen)) = heard.0.first() else { panic!("{heard:?}") };
    assert_eq!(chosen.tokens_per_mille, factor);
    let real = Tally::of(&prompt).milli() * 3 / 2000;
    assert!(chosen.prompt_tokens.abs_diff(real) * 20 < real, "{} for {real}", chosen.prompt_tokens);
    assert_eq!(next.rows.counter(), None, "nothing new was learned");
}

#[tokio::test]
async fn the_demonstration_teaches_nothing() {
    let bench = Bench::of(fareway::catalog::Catalog::bundled(), Default::default(), options());
    bench.ask(super::bench::demo("sage", &WORDS.repeat(40))).await;
    assert_eq!(bench.rows.counter(), None);
}
