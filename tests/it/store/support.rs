//! Values to store, made from numbers.

use crate::support::rows::answered;
use fareway::store::{By, LedgerRange, Options, Store, Write};
use fareway::words::{
    At, Attempt, Cost, CostSource, Dice, EndpointId, Entry, GenerationId, GenerationRow, Message, MessageId,
    ModelId, ModelRef, OpenRow, Outcome, ProviderId, Receipt, Role, RollupKey, Session, SessionId, Totals,
    Usage, Usd,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub const START: i64 = 1_760_000_000;

pub fn options() -> Options {
    Options { daily_export: false, wait: Duration::from_secs(20), ..Options::default() }
}

pub fn open(dir: &Path) -> Store {
    Store::open(dir, options()).expect("the store opens").store
}

/// Nothing of sled's log reads any more.
pub fn wreck(dir: &Path) {
    std::fs::write(dir.join("store/db"), vec![0x5a; 100_000]).expect("written over");
}

/// A directory and everything in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let (target, kind) = (to.join(entry.file_name()), entry.file_type().expect("of some kind"));
        if kind.is_dir() {
            copy(&entry.path(), &target);
        } else if kind.is_file() {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

pub fn at(n: i64) -> At {
    At::from_secs(START + n)
}

pub fn session_id(n: u64) -> SessionId {
    SessionId::new(at(0), &mut Dice::new(1_000_000 + n))
}

pub fn message_id(n: u64) -> MessageId {
    MessageId::new(at(0), &mut Dice::new(2_000_000 + n))
}

pub fn generation_id(n: u64) -> GenerationId {
    GenerationId::new(at(0), &mut Dice::new(3_000_000 + n))
}

pub fn session(n: u64) -> Session {
    let at = at(i64::try_from(n).expect("a small number"));
    Session { title: format!("session {n}"), ..Session::new(session_id(n), ModelRef::new("demo/swift"), at) }
}

pub fn message(n: u64, text: &str) -> Arc<Message> {
    let parent = n.checked_sub(1).map(message_id);
    let role = if n.is_multiple_of(2) { Role::User } else { Role::Assistant };
    Arc::new(Message::text(message_id(n), parent, role, text, at(i64::try_from(n).expect("a small number"))))
}

pub fn put(session: u64, n: u64, text: &str) -> Write {
    Write::PutMessage { session: session_id(session), message: message(n, text) }
}

/// A generation of day `n / 100` with a cost of `n` cents.
pub fn generation(n: u64) -> GenerationRow {
    let model = ModelId::new(format!("maker/model-{}", n % 3));
    let provider = ProviderId::new(format!("host-{}", n % 2));
    // one of its hosts has two endpoints
    let tag = if n % 4 == 3 { "host-1/flex" } else { provider.as_str() };
    let endpoint = EndpointId::of(tag, &model);
    let usage = Usage { prompt: 100 + n, completion: 10 + n, ..Usage::default() };
    let cost = Cost {
        booked: Some(Usd::from_cents(i64::try_from(n).expect("small"))),
        source: CostSource::Catalog,
        ..Cost::default()
    };
    let attempt = Attempt {
        endpoint: endpoint.clone(),
        model: model.clone(),
        provider: provider.clone(),
        key: None,
        started: at(i64::try_from(n).expect("small")),
        ttft: Some(Duration::from_millis(100 + n)),
        total: Duration::from_millis(1000 + n),
        status: Some(200),
        usage,
        cost: cost.clone(),
        outcome: Outcome::Answered,
        hedge: false,
        rescue: false,
        dearer: None,
    };
    let receipt = Receipt {
        generation: generation_id(n),
        requested: model.to_string(),
        model,
        provider,
        endpoint,
        attempts: vec![attempt],
        usage,
        cost,
        ttft: Some(Duration::from_millis(100 + n)),
        total: Duration::from_millis(1000 + n),
        stop: None,
        native_stop: None,
        upstream_id: None,
        demo: n % 10 == 9,
        decision: None,
    };
    let day = i32::try_from(n / 100).expect("small");
    GenerationRow {
        session: Some(session_id(n % 5)),
        tags: if n.is_multiple_of(4) { vec!["work".to_owned()] } else { Vec::new() },
        key_label: n.is_multiple_of(7).then(|| "laptop".to_owned()),
        ..answered(at(i64::try_from(n).expect("small")), day, receipt)
    }
}

pub fn book(n: u64) -> Write {
    Write::Ledger(Entry::Generation(Box::new(generation(n))))
}

pub fn open_row(n: u64) -> OpenRow {
    let row = generation(n);
    OpenRow {
        generation: row.id(),
        at: row.at,
        day: row.day,
        session: row.session,
        message: None,
        purpose: row.purpose,
        requested: row.receipt.requested,
        model: row.receipt.model,
        provider: row.receipt.provider,
        endpoint: row.receipt.endpoint,
        demo: false,
        attempts: Vec::new(),
        usage: Usage::default(),
        cost: Cost::default(),
        held: Usd::ZERO,
        tags: Vec::new(),
        key_label: None,
    }
}

/// Requests under way, as an export would carry them.
pub fn open_rows(store: &Store) -> Vec<OpenRow> {
    let open = |write| match write {
        Write::Ledger(Entry::Open(row)) => Some(*row),
        _ => None,
    };
    store.everything().filter_map(|write| open(write.expect("it reads"))).collect()
}

/// Every total that reports are made from is the sum of the rows, and there is no other.
pub fn totals_are_their_rows(store: &Store) {
    let mut sums: BTreeMap<RollupKey, Totals> = BTreeMap::new();
    for row in store.generations(LedgerRange::default(), None, usize::MAX).wait().expect("answered") {
        for (key, part) in Totals::of(&row) {
            *sums.entry(key).or_default() += &part;
        }
    }
    let mut totals = BTreeMap::new();
    for by in [By::All, By::Model, By::Session, By::Tag, By::Key] {
        for demo in [false, true] {
            totals.extend(store.rollups(i32::MIN..i32::MAX, demo, by).wait().expect("answered"));
        }
    }
    assert!(
        totals == sums,
        "{} totals of {} are not the sum of their rows",
        differing(&totals, &sums),
        sums.len()
    );
}

fn differing(one: &BTreeMap<RollupKey, Totals>, other: &BTreeMap<RollupKey, Totals>) -> usize {
    let keys: BTreeSet<_> = one.keys().chain(other.keys()).collect();
    keys.into_iter().filter(|key| one.get(key) != other.get(key)).count()
}
