//! The store's figures: `cargo bench --profile fast --bench store` (`-- small` for a tenth of the rows; `-- fill DIR`
//! only makes a data directory with a year of requests up to today, to look at with the program).
//! Each is a whole operation of a real store on disk, timed from the caller's side.

mod year;

use fareway::app::{Begun, Event, Keymap, Model, Settings, update};
use fareway::runtime::reckon;
use fareway::store::{By, LedgerRange, Options, Search, Store, Write};
use fareway::tui::Tui;
use fareway::tui::paint::Picture;
use fareway::tui::theme::Theme;
use fareway::words::{At, Dice, Message, MessageId, Of, ProviderId, Role, SessionId};
use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use year::Year;

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

fn fill(store: &Store, requests: &Year, numbers: RangeInclusive<u64>) {
    let numbers: Vec<u64> = numbers.collect();
    for some in numbers.chunks(2000) {
        store.write(some.iter().map(|n| requests.request(*n)).collect()).wait().expect("written");
    }
}

/// A terminal of 120x40 with the dashboard over this year.
struct Screen {
    model: Model,
    tui: Tui,
    picture: Picture,
    runtime: tokio::runtime::Runtime,
}

impl Screen {
    fn new(requests: &Year) -> Self {
        let keymap = Keymap::new(&BTreeMap::new()).expect("the defaults do not conflict");
        let now = At::from_secs(i64::from(requests.to()) * 86_400);
        let mut model = Model::new(Settings::default(), keymap, Dice::new(7), now);
        (model.columns, model.rows) = (120, 40);
        model.begun = Begun::Done;
        let tui = Tui::new(Theme::bundled("night").into_iter().collect());
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        Self { model, tui, picture: Picture::new(120, 40), runtime }
    }

    fn press(&mut self, key: &str) {
        let now = self.model.now;
        update(&mut self.model, now, Event::Key(key.parse().expect("a key")));
        self.tui.view(&self.model, &mut self.picture);
    }

    /// What the desk does when the dashboard asks: these pieces of the answer, each with its picture.
    fn hear(&mut self, store: &Store, pieces: &[Vec<(By, Range<i32>)>]) {
        let turn = self.model.pending.rollups.expect("the dashboard has asked");
        for piece in pieces {
            let rows = self.runtime.block_on(reckon::totals(store, piece)).expect("read");
            let now = self.model.now;
            update(&mut self.model, now, Event::Rollups { turn, rows });
            self.tui.view(&self.model, &mut self.picture);
        }
    }
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
    let args: Vec<String> = std::env::args().collect();
    let small = args.iter().any(|arg| arg == "small");
    let rows: u64 = if small { 100_000 } else { 1_000_000 };
    let requests = Year::until_today(rows);
    if let Some(at) = args.iter().position(|arg| arg == "fill") {
        let store = open(Path::new(args.get(at + 1).expect("fill DIR")));
        fill(&store, &requests, 1..=rows);
        store.close();
        return;
    }
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
        store.write(vec![requests.request(n)]).wait().expect("written");
    });
    timed("append 64 rows at once, on disk", 100, || {
        let acks: Vec<_> = (0..64)
            .map(|_| {
                n += 1;
                store.write(vec![requests.request(n)])
            })
            .collect();
        acks.into_iter().for_each(|ack| ack.wait().expect("written"));
    });
    let begun = Instant::now();
    fill(&store, &requests, n + 1..=rows);
    n = rows;
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
    let year = requests.from..requests.to();
    let month = requests.to() - 30..requests.to();
    let all = |by: By| store.rollups(year.clone(), false, by).wait().expect("read");
    let mut screen = Screen::new(&requests);
    let pieces = reckon::pieces(requests.to() - 400..requests.to());
    timed("dashboard, the store just opened: from the key to its first picture", 1, || {
        screen.press("alt-u");
        screen.hear(&store, &pieces[..1]);
    });
    timed("dashboard again: from the key to its first picture", 20, || {
        screen.press("esc");
        screen.press("alt-u");
        screen.hear(&store, &pieces[..1]);
    });
    timed("dashboard: everything behind the first picture, in the background", 1, || {
        screen.hear(&store, &pieces[1..]);
    });
    let keys =
        ["w", "m", "tab", "tab", "$", "t", "d", "left", "left", "tab", "tab", "tab", "r", "$", "m", "down"];
    let mut key = keys.iter().cycle();
    timed("dashboard: a key and its picture", 20 * keys.len(), || screen.press(key.next().expect("cycles")));
    timed("newest page of rows", 20, || {
        store.generations(LedgerRange::default(), None, 200).wait().expect("read");
    });
    timed("a year by day and model", 10, || drop(all(By::Model)));
    timed("budget: the sum of a month", 50, || {
        store.totals(month.clone(), false, Of::All).wait().expect("read");
    });
    timed("budget: the sum of a year at one provider", 10, || {
        store.totals(year.clone(), false, Of::Provider(ProviderId::new("openrouter"))).wait().expect("read");
    });
    timed("append one ledger row to so many, on disk", 200, || {
        n += 1;
        store.write(vec![requests.request(n)]).wait().expect("written");
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
