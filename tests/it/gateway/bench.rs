//! A gateway on a catalog of scripted endpoints, and what its streams and books give.

use crate::support::upstream::Upstream;
use fareway::catalog::{Catalog, EndpointRow, ModelRow, Overlay, ProviderRow, Rank, Source};
use fareway::gateway::{Clocks, Gateway, Keys, Ledger, Options, Told};
use fareway::metering::Counter;
use fareway::words::{
    AttemptRow, Cap, Delta, Entry, FailureKind, GenerationId, GenerationRow, Hold, Message, ModelId,
    ModelRef, OpenRow, Over, Part, Preferences, Prices, ProviderId, Purse, Receipt, Reply, Request, Role,
    Totals, Usd, Used,
};
use futures_util::StreamExt;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Keeps every row, and a purse over them.
#[derive(Default)]
pub struct Rows(Mutex<Vec<Entry>>, Mutex<Option<Counter>>, Mutex<Purse>);

impl Ledger for Rows {
    fn write(&self, rows: Vec<Entry>) {
        for row in &rows {
            if let Entry::Generation(row) = row {
                let parts: Vec<_> =
                    Totals::of(row).into_iter().map(|(key, totals)| (key, totals.booked)).collect();
                self.purse(|purse| purse.booked(row.id(), &parts));
            }
        }
        self.0.lock().expect("no panic while held").extend(rows);
    }

    fn learned(&self, counter: &Counter) {
        *self.1.lock().expect("no panic while held") = Some(counter.clone());
    }

    fn reserve(&self, hold: Hold, caps: Vec<Cap>) -> Told<Result<Vec<Used>, Over>> {
        let told = self.purse(|purse| {
            learn(purse, &caps);
            purse.reserve(hold, &caps)
        });
        Box::pin(async move { Ok(told) })
    }

    fn settle(&self, generation: GenerationId, ticket: u64, actual: Usd) {
        self.purse(|purse| purse.settle(generation, ticket, actual));
    }

    fn used(&self, day: i32, caps: Vec<Cap>) -> Told<Vec<Used>> {
        let told = self.purse(|purse| {
            learn(purse, &caps);
            purse.used(day, &caps)
        });
        Box::pin(async move { Ok(told) })
    }
}

/// Nothing was spent before.
fn learn(purse: &mut Purse, caps: &[Cap]) {
    for cap in caps {
        if !purse.knows(&cap.of) {
            purse.learn(cap.of.clone(), BTreeMap::new());
        }
    }
}

impl Rows {
    fn purse<T>(&self, run: impl FnOnce(&mut Purse) -> T) -> T {
        run(&mut self.2.lock().expect("no panic while held"))
    }

    /// What was worth keeping last.
    pub fn counter(&self) -> Option<Counter> {
        self.1.lock().expect("no panic while held").clone()
    }

    pub fn all(&self) -> Vec<Entry> {
        self.0.lock().expect("no panic while held").clone()
    }

    pub fn attempts(&self) -> Vec<AttemptRow> {
        let pick = |entry| if let Entry::Attempt(row) = entry { Some(*row) } else { None };
        self.all().into_iter().filter_map(pick).collect()
    }

    pub fn generations(&self) -> Vec<GenerationRow> {
        let pick = |entry| if let Entry::Generation(row) = entry { Some(*row) } else { None };
        self.all().into_iter().filter_map(pick).collect()
    }

    pub fn open(&self) -> Vec<OpenRow> {
        let pick = |entry| if let Entry::Open(row) = entry { Some(*row) } else { None };
        self.all().into_iter().filter_map(pick).collect()
    }
}

/// A gateway, its books, and the endpoints it may ask.
pub struct Bench {
    pub gateway: Gateway,
    pub rows: Arc<Rows>,
}

/// Prices so that the first of several endpoints is asked first: each costs a little more than the one before.
fn prices(place: usize) -> Prices {
    Prices {
        prompt: Usd::from_raw(1_000_000_000_000_000_000 + place as i128),
        completion: Usd::from_raw(2_000_000_000_000_000_000),
        ..Prices::default()
    }
}

/// Clocks that no test waits for, unless it means to.
pub fn options() -> Options {
    Options {
        clocks: Clocks {
            connect: Duration::from_secs(5),
            first_token: Duration::from_secs(20),
            first_token_local: Duration::from_secs(20),
            idle: Duration::from_secs(20),
            total: Duration::from_secs(60),
        },
        max_wait: Duration::ZERO,
        demo_pace: 0.0,
        seed: Some(7),
        ..Options::default()
    }
}

/// A catalog with the model `test/model` at providers `p0`, `p1`, ... with these addresses.
pub fn catalog(addresses: &[String]) -> Catalog {
    priced(addresses, prices)
}

/// The same at these prices.
pub fn priced(addresses: &[String], prices: impl Fn(usize) -> Prices) -> Catalog {
    let providers = addresses
        .iter()
        .enumerate()
        .map(|(place, address)| ProviderRow {
            name: Some(format!("P{place}")),
            base_url: Some(address.clone()),
            format: Some("openai-chat".to_owned()),
            key_vars: Some(vec![format!("P{place}_KEY")]),
            ..ProviderRow::new(format!("p{place}"))
        })
        .collect();
    let endpoints = (0..addresses.len())
        .map(|place| EndpointRow {
            prices: Some(prices(place)),
            context: Some(100_000),
            upstream_model: Some("scripted".to_owned()),
            ..EndpointRow::new(ProviderId::new(format!("p{place}")))
        })
        .collect();
    let model = ModelRow { endpoints, ..ModelRow::new(ModelId::new("test/model")) };
    Catalog::bare().with(Overlay {
        source: Source { name: "test".to_owned(), rank: Rank::Config, at: None },
        providers,
        models: vec![model],
    })
}

pub fn keys(count: usize) -> Keys {
    let mut keys = Keys::default();
    for place in 0..count {
        keys.add(&ProviderId::new(format!("p{place}")), &format!("sk-secret-{place}"), "test");
    }
    keys
}

impl Bench {
    pub fn new(upstreams: &[&Upstream]) -> Self {
        Self::with(upstreams, options())
    }

    pub fn with(upstreams: &[&Upstream], options: Options) -> Self {
        let addresses: Vec<String> = upstreams.iter().map(|u| u.base_url()).collect();
        Self::at(&addresses, options)
    }

    pub fn at(addresses: &[String], options: Options) -> Self {
        Self::of(catalog(addresses), keys(addresses.len()), options)
    }

    pub fn of(catalog: Catalog, keys: Keys, options: Options) -> Self {
        let rows = Arc::new(Rows::default());
        let gateway = Gateway::new(options, Arc::new(catalog), keys, Arc::clone(&rows) as Arc<dyn Ledger>);
        Self { gateway, rows }
    }

    pub async fn ask(&self, request: Request) -> Heard {
        Heard(self.gateway.ask(request).collect().await)
    }

    /// Nothing is left in flight, and the rows agree with the receipt.
    pub fn settled(&self, heard: &Heard) {
        assert_eq!(self.gateway.health().in_flight(), 0, "attempts left in flight");
        let receipt = heard.receipt();
        let rows = self.rows.attempts();
        let of_this: Vec<_> = rows.iter().filter(|row| row.generation == receipt.generation).collect();
        assert_eq!(of_this.len(), receipt.attempts.len(), "a row for each attempt");
        for (number, attempt) in receipt.attempts.iter().enumerate() {
            assert!(of_this.iter().any(|row| row.number as usize == number && row.attempt == *attempt));
        }
    }
}

/// The order of `p0`, `p1`, ... is the order they are asked in.
pub fn request(text: &str) -> Request {
    Request {
        model: ModelRef::new("test/model"),
        messages: vec![Arc::new(Message::loose(Role::User, vec![Part::text(text)]))],
        preferences: Preferences {
            order: (0..6).map(|place| format!("p{place}")).collect(),
            ..Preferences::default()
        },
        ..Request::default()
    }
}

pub fn demo(model: &str, text: &str) -> Request {
    Request {
        model: ModelRef::new(format!("demo/{model}")),
        messages: vec![Arc::new(Message::loose(Role::User, vec![Part::text(text)]))],
        ..Request::default()
    }
}

/// Everything one stream gave.
#[derive(Debug)]
pub struct Heard(pub Vec<Reply>);

impl Heard {
    pub fn text(&self) -> String {
        let text = |reply: &Reply| match reply {
            Reply::Delta(Delta::Text(text)) => Some(text.clone()),
            _ => None,
        };
        self.0.iter().filter_map(text).collect()
    }

    pub fn receipt(&self) -> &Receipt {
        match self.0.last() {
            Some(Reply::Done(receipt) | Reply::Failed { receipt, .. }) => receipt,
            other => panic!("a stream ends in Done or Failed, not in {other:?}"),
        }
    }

    /// The kind of the last failure; `None` when it was answered.
    pub fn failure(&self) -> Option<FailureKind> {
        match self.0.last() {
            Some(Reply::Failed { failure, .. }) => Some(failure.kind),
            _ => None,
        }
    }

    pub fn message(&self) -> String {
        match self.0.last() {
            Some(Reply::Failed { failure, .. }) => failure.message.clone(),
            _ => String::new(),
        }
    }

    /// The stream's shape in one letter an item: `C`hosen, `W`aiting, `F`ell back, `D`elta, `R`esumed, do`n`e, fai`l`ed.
    pub fn shape(&self) -> String {
        self.0
            .iter()
            .map(|reply| match reply {
                Reply::Chosen(_) => 'C',
                Reply::Waiting { .. } => 'W',
                Reply::FellBack { .. } => 'F',
                Reply::Delta(_) => 'D',
                Reply::Resumed { .. } => 'R',
                Reply::Done(_) => 'n',
                Reply::Failed { .. } => 'l',
            })
            .collect()
    }

    /// Whether it keeps the grammar of [`Reply`].
    pub fn is_grammatical(&self) -> bool {
        let shape = self.shape();
        let Some(ends) = shape.len().checked_sub(1) else { return false };
        let (body, last) = shape.split_at(ends);
        if !matches!(last, "n" | "l") {
            return false;
        }
        if body.is_empty() {
            return last == "l";
        }
        // state: `c` just chosen, `f` fell back, `w` waits, `d` speaks
        let end = body.chars().try_fold('w', |state, item| match (state, item) {
            ('f' | 'w', 'C') => Some('c'),
            ('c', 'F') => Some('f'),
            ('c' | 'f', 'W') => Some('w'),
            ('c' | 'd', 'D') | ('d', 'R') => Some('d'),
            _ => None,
        });
        body.starts_with('C') && matches!(end, Some('c' | 'd'))
    }

    /// The shape without what may stand in any number.
    pub fn outline(&self) -> String {
        let mut shape: Vec<char> = self.shape().chars().collect();
        shape.dedup();
        shape.into_iter().collect()
    }
}
