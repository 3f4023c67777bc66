//! The store's figures: `cargo bench --profile fast --bench store` (`-- small` for a tenth of the rows).
//! Each is a whole operation of a real store on disk, timed from the caller's side.

use fareway::store::{By, LedgerRange, Options, Search, Store, Write};
use fareway::words::{
    At, Attempt, Cost, CostSource, Dice, EndpointId, Entry, GenerationId, GenerationRow, Message, MessageId,
    ModelId, Of, Outcome, ProviderId, Purpose, Receipt, Role, SessionId, Usage, Usd,
};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const WORDS: &str = "the of and to a in is it you that he was for on are with as his they be at one have this from \
    or had by hot but some what there we can out other were all your when up use word how said an each she which do \
    their time if will way about many then them would write like so these her long make thing see him two has look \
    more day could go come did my sound no most number who over know water than call first people may down side been \
    now find router token stream endpoint provider model ledger socket terminal cursor fallback latency budget cache";

fn open(dir: &Path) -> Store {
    let options = Options { daily_export: false, ..Options::default() };
    Store::open(dir, options).expect("a store in the temporary directory").store
}

fn sentence(dice: &mut Dice, words: &[&str]) -> String {
    let mut text: Vec<String> = Vec::new();
    for _ in 0..40 + dice.below(40) {
        // as in real text, a few words are everywhere and most are rare
        let place = dice.unit() * dice.unit() * words.len() as f64;
        text.push(words[place as usize].to_owned());
        if dice.below(12) == 0 {
            text.push(format!("term{}", dice.below(20_000)));
        }
    }
    text.join(" ")
}

fn message(dice: &mut Dice, words: &[&str], session: SessionId) -> Write {
    let at = At::from_secs(1_760_000_000);
    let text = sentence(dice, words);
    let message = Message::text(MessageId::new(at, dice), None, Role::Assistant, text, at);
    Write::PutMessage { session, message: Arc::new(message) }
}

/// A year of requests: a dozen models at four hosts, a few hundred sessions.
fn generation(n: u64, of: u64, dice: &mut Dice) -> Write {
    let model = ModelId::new(format!("maker/model-{}", dice.below(12)));
    let provider = ProviderId::new(format!("host-{}", dice.below(4)));
    let endpoint = EndpointId::of(provider.as_str(), &model);
    let usage = Usage { prompt: 900 + n % 5000, completion: 100 + n % 700, ..Usage::default() };
    let cost = Cost {
        booked: Some(Usd::from_raw(1_234_567_000_000_000_000 + i128::from(n))),
        source: CostSource::Catalog,
        ..Cost::default()
    };
    let at = At::from_secs(1_760_000_000 + (n * 31_536_000 / of) as i64);
    let attempt = Attempt {
        endpoint: endpoint.clone(),
        model: model.clone(),
        provider: provider.clone(),
        key: None,
        started: at,
        ttft: Some(Duration::from_millis(200 + n % 900)),
        total: Duration::from_millis(3000 + n % 9000),
        status: Some(200),
        usage,
        cost: cost.clone(),
        outcome: Outcome::Answered,
        hedge: false,
        rescue: false,
    };
    let session = SessionId::new(at, &mut Dice::new(n / 400));
    Write::Ledger(Entry::Generation(Box::new(GenerationRow {
        at,
        day: (n * 365 / of) as i32,
        session: Some(session),
        message: None,
        purpose: Purpose::Chat,
        tags: Vec::new(),
        key_label: None,
        outcome: Outcome::Answered,
        receipt: Receipt {
            generation: GenerationId::new(at, dice),
            requested: model.to_string(),
            model,
            provider,
            endpoint,
            ttft: attempt.ttft,
            total: attempt.total,
            attempts: vec![attempt],
            usage,
            cost,
            stop: None,
            native_stop: None,
            upstream_id: None,
            demo: false,
            decision: None,
        },
    })))
}

fn say(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |q: f64| times[((times.len() - 1) as f64 * q) as usize].as_secs_f64() * 1e3;
    println!("| {what} | {:.2} ms | {:.2} ms | {} |", at(0.5), at(0.99), times.len());
}

fn timed(what: &str, times: usize, mut run: impl FnMut()) {
    let all = (0..times).map(|_| {
        let begun = Instant::now();
        run();
        begun.elapsed()
    });
    say(what, all.collect());
}

fn main() {
    let small = std::env::args().any(|arg| arg == "small");
    let rows: u64 = if small { 100_000 } else { 1_000_000 };
    let texts: usize = if small { 10_000 } else { 100_000 };
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut dice = Dice::new(1);
    let root = tempfile::tempdir().expect("a temporary directory");
    println!("| what | p50 | p99 | times |\n|---|---|---|---|");

    let dir = root.path().join("ledger");
    let store = open(&dir);
    let mut n = 0;
    timed("append one ledger row, on disk", 500, || {
        n += 1;
        store.write(vec![generation(n, rows, &mut Dice::new(n))]).wait().expect("written");
    });
    timed("append 64 rows at once, on disk", 100, || {
        let acks: Vec<_> = (0..64)
            .map(|_| {
                n += 1;
                store.write(vec![generation(n, rows, &mut Dice::new(n))])
            })
            .collect();
        acks.into_iter().for_each(|ack| ack.wait().expect("written"));
    });
    let begun = Instant::now();
    while n < rows {
        let batch = (n + 1..=(n + 2000).min(rows)).map(|n| generation(n, rows, &mut Dice::new(n))).collect();
        store.write(batch).wait().expect("written");
        n += 2000;
    }
    println!("| fill to {rows} rows | {:.1} s | | |", begun.elapsed().as_secs_f64());
    store.close();
    let mut opened = None;
    timed("open a store of so many rows that were all written since the last opening", 1, || {
        opened = Some(open(&dir));
    });
    opened.expect("opened").close();
    let mut opened = None;
    timed("open it again", 1, || opened = Some(open(&dir)));
    let store = opened.expect("opened");
    let year = 0..365;
    let all = |by: By| store.rollups(year.clone(), false, by).wait().expect("read");
    timed("dashboard, cold: a year by day, last 30 days by model, newest page of rows", 1, || {
        all(By::All);
        store.rollups(335..365, false, By::Model).wait().expect("read");
        store.generations(LedgerRange::default(), None, 50).wait().expect("read");
    });
    timed("dashboard again", 20, || {
        all(By::All);
        store.rollups(335..365, false, By::Model).wait().expect("read");
        store.generations(LedgerRange::default(), None, 50).wait().expect("read");
    });
    timed("a year by day and model", 10, || drop(all(By::Model)));
    timed("budget: the sum of a month", 50, || {
        store.totals(335..365, false, Of::All).wait().expect("read");
    });
    timed("budget: the sum of a year at one provider", 10, || {
        store.totals(0..365, false, Of::Provider(ProviderId::new("host-1"))).wait().expect("read");
    });
    timed("append one ledger row to so many, on disk", 200, || {
        n += 1;
        store.write(vec![generation(n, rows, &mut Dice::new(n))]).wait().expect("written");
    });
    println!("| on disk | {} MB | | |", store.info().wait().expect("read").bytes >> 20);
    store.close();

    let dir = root.path().join("messages");
    let store = open(&dir);
    let long = SessionId::new(At(0), &mut dice);
    let writes = (0..2000).map(|_| message(&mut dice, &words, long)).collect();
    store.write(writes).wait().expect("written");
    store.close();
    timed("open, and the last 50 of 2,000 messages", 1, || {
        open(&dir).tail(long, 50).wait().expect("read");
    });
    let store = open(&dir);
    timed("the last 50 of 2,000 messages", 100, || drop(store.tail(long, 50).wait().expect("read")));
    timed("all 2,000 messages", 20, || drop(store.tail(long, 2000).wait().expect("read")));
    timed("write one message, on disk", 300, || {
        store.write(vec![message(&mut dice, &words, long)]).wait().expect("written");
    });
    let begun = Instant::now();
    for session in 0..texts / 200 {
        let id = SessionId::new(At(session as i64), &mut dice);
        let writes: Vec<_> = (0..200).map(|_| message(&mut dice, &words, id)).collect();
        store.write(writes).wait().expect("written");
    }
    println!("| write {texts} messages | {:.1} s | | |", begun.elapsed().as_secs_f64());
    println!("| on disk | {} MB | | |", store.info().wait().expect("read").bytes >> 20);
    for query in
        ["t", "the", "router", "router token lat", "term123", "term12345 ", "term9 budget", "nothinglikeit"]
    {
        let search = Search { query: query.to_owned(), limit: 50, ..Search::default() };
        timed(&format!("search `{query}`"), 20, || drop(store.search(search.clone()).wait().expect("found")));
    }
    store.close();
}
