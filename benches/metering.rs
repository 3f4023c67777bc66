//! What the meter and the catalog cost: `cargo bench --profile fast --bench metering`.

use fareway::catalog::Catalog;
use fareway::metering::{Counter, Live, Tally, Tokenizer, amount, cost};
use fareway::words::{At, Delta, EndpointId, ModelId, Usage};
use std::hint::black_box;
use std::time::{Duration, Instant};

fn main() {
    let before = resident();
    let start = Instant::now();
    let catalog = Catalog::bundled();
    let opened = start.elapsed();
    let start = Instant::now();
    let sonnet = EndpointId::new("anthropic:anthropic/claude-sonnet-4.5");
    let endpoint = catalog.endpoint(&sonnet).expect("in the snapshot").clone();
    let first = start.elapsed();
    let one_shelf = resident();
    let start = Instant::now();
    let models = catalog.models().count();
    let all = start.elapsed();
    let everything = resident();
    say("catalog: open (index only), first time", opened);
    say("catalog: open again, best of 50", best(50, Catalog::bundled));
    say("catalog: first look at one author's models", first);
    say(&format!("catalog: open the shelves of all {models} models"), all);
    println!("| catalog: memory of the index and one shelf | {} KB |", one_shelf.saturating_sub(before));
    println!("| catalog: memory of everything | {} KB |", everything.saturating_sub(before));
    say("catalog: nearest of a misspelt name", best(50, || catalog.nearest("claude-sonet-4.5", 3)));
    say("catalog: find an endpoint by id", each(100_000, || catalog.endpoint(&sonnet)));

    let prices = endpoint.prices.clone().expect("priced");
    let usage = Usage {
        prompt: 2_000,
        cached_read: 18_000,
        cache_write_5m: 500,
        completion: 800,
        ..Usage::default()
    };
    say("cost of one message, line by line", each(100_000, || cost(&usage, Some(&prices), At(0))));
    say("cost of one message, amount only", each(100_000, || amount(&usage, &prices, At(0))));

    let source = include_str!("../src/metering/budget.rs");
    let text = source.repeat(2_500_000 / source.len() + 1);
    let megabytes = text.len() as f64 / 1e6;
    let took = best(5, || Tally::of(&text));
    println!("| tally: estimate without a tokenizer | {:.0} MB/s |", megabytes / took.as_secs_f64());
    let counter = Counter::default();
    let session = Tally::of(&text[..450_000]);
    let model = ModelId::new("anthropic/claude-sonnet-4.5");
    let key = each(10_000, || {
        let mut draft = Tally::of("What does the third paragraph mean by that?");
        draft.push("!");
        counter.tokens(&model, &(session + draft))
    });
    say(&format!("a key in a session of {}k tokens", counter.tokens(&model, &session) / 1000), key);
    let mut live = Live::new(usage, Some(prices), Some(200_000), counter.factor(&model), At(0));
    let delta = Delta::Text(" harbour".into());
    let mut now = 0;
    let token = each(100_000, || {
        now += 20;
        live.feed(&delta, At::from_millis(now));
        live.read(At::from_millis(now))
    });
    say("live meter: feed one token and read it", token);

    let gpt = ModelId::new("openai/gpt-4o");
    let memory = resident();
    let start = Instant::now();
    let tokenizer = Tokenizer::load(&gpt).expect("OpenAI publishes its vocabulary");
    black_box(tokenizer.count("hello"));
    say("tokenizer: load o200k (in the background, OpenAI only)", start.elapsed());
    let piece = &text[..2_000_000];
    let took = best(3, || tokenizer.count(piece));
    println!("| tokenizer: exact count | {:.0} MB/s |", 2.0 / took.as_secs_f64());
    println!("| tokenizer: memory | {} MB |", (resident() - memory) / 1000);
}

fn best<T>(times: u32, mut work: impl FnMut() -> T) -> Duration {
    let once = |_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed()
    };
    (0..times).map(once).min().unwrap_or_default()
}

/// The mean of many, for work too short to time alone.
fn each<T>(times: u32, mut work: impl FnMut() -> T) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        black_box(work());
    }
    start.elapsed() / times
}

fn say(what: &str, took: Duration) {
    println!("| {what} | {took:.2?} |");
}

/// Resident memory in KB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
