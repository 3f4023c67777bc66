//! The ledger: totals equal rows, rows are found by time, session and id, and open rows end with their generation.

use super::support::{
    at, book, generation, generation_id, open, open_row, open_rows, session_id, totals_are_their_rows,
};
use fareway::store::{By, LedgerMark, LedgerRange, Store, Write};
use fareway::words::{AttemptRow, Dimension, Entry, ModelId, Of, ProviderId, Totals, Usd};

fn filled(n: u64) -> Store {
    let store = Store::memory().expect("opens");
    store.write((0..n).map(book).collect()).wait().expect("written");
    store
}

fn cents(n: u64) -> Usd {
    Usd::from_cents(i64::try_from(n).expect("small"))
}

fn sum(rows: impl Iterator<Item = u64>) -> (u64, Usd) {
    rows.fold((0, Usd::ZERO), |(count, money), n| (count + 1, money + cents(n)))
}

type Counts = fn(&u64) -> bool;

#[test]
fn every_total_is_the_sum_of_its_rows() {
    let store = filled(1000);
    // a row that comes twice is booked once, even with other money in it
    let mut changed = generation(5);
    changed.receipt.cost.booked = Some(cents(9_999_999));
    store.write(vec![book(5), Write::Ledger(Entry::Generation(Box::new(changed)))]).wait().expect("written");
    totals_are_their_rows(&store);

    let real = |n: &u64| n % 10 != 9;
    let session = session_id(3);
    let cases: [(Of, Counts); 7] = [
        (Of::All, |_| true),
        (Of::Model(ModelId::new("maker/model-1")), |n| n % 3 == 1),
        (Of::Provider(ProviderId::new("host-0")), |n| n % 2 == 0),
        (Of::Session(session), |n| n % 5 == 3),
        (Of::Tag("work".to_owned()), |n| n % 4 == 0),
        (Of::Key("laptop".to_owned()), |n| n % 7 == 0),
        (Of::Key("nobody".to_owned()), |_| false),
    ];
    for (of, counts) in cases {
        for (days, rows) in
            [(0..100, 0..1000), (2..5, 200..500), (9..i32::MAX, 900..1000), (i32::MIN..1, 0..100)]
        {
            let totals = store.totals(days.clone(), false, of.clone()).wait().expect("answered");
            let expected = sum(rows.filter(real).filter(counts));
            assert_eq!((totals.requests, totals.booked), expected, "{of:?} on days {days:?}");
        }
    }
    let demo = store.totals(0..100, true, Of::All).wait().expect("answered");
    assert_eq!((demo.requests, demo.booked), sum((0..1000).filter(|n| n % 10 == 9)));
}

#[test]
fn rollups_are_listed_by_day_and_name() {
    let store = filled(300);
    let days: Vec<_> = store.rollups(1..3, false, By::All).wait().expect("answered");
    assert_eq!(
        days.iter().map(|(key, totals)| (key.day, totals.requests)).collect::<Vec<_>>(),
        [(1, 90), (2, 90)]
    );
    for by in [By::All, By::Model, By::Session, By::Tag, By::Key] {
        for (key, totals) in store.rollups(0..3, false, by).wait().expect("answered") {
            assert_eq!(By::of(&key.of), by);
            if let Dimension::Model(_, _, endpoint) = &key.of {
                let mine = (0..300)
                    .filter(|n| n % 10 != 9)
                    .map(generation)
                    .filter(|row| row.day == key.day && row.receipt.endpoint == *endpoint);
                let mut expected = Totals::default();
                for (_, part) in mine.flat_map(|row| Totals::of(&row)).filter(|(of, _)| *of == key) {
                    expected += &part;
                }
                assert_eq!(totals, expected);
            }
        }
    }
}

#[test]
fn totals_can_be_counted_anew() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    store.write((0..300).map(book).collect()).wait().expect("written");
    let before = store.rollups(0..9, false, By::Model).wait().expect("answered");
    // in one batch with another row
    store.write(vec![book(300), Write::RebuildRollups, book(301)]).wait().expect("written");
    totals_are_their_rows(&store);
    assert_eq!(store.rollups(0..3, false, By::Model).wait().expect("answered"), before);
    store.close();
}

#[test]
fn generations_come_newest_first_by_time_session_and_page() {
    let store = filled(100);
    let numbers = |wanted: LedgerRange, limit: usize| {
        let mut found = Vec::new();
        let mut before = None;
        loop {
            let page = store.generations(wanted, before, limit).wait().expect("answered");
            let Some(last) = page.last() else {
                return found;
            };
            before = Some(LedgerMark::of(last));
            found.extend(page.iter().map(|row| row.at.secs() - at(0).secs()));
        }
    };
    let all = LedgerRange::default();
    assert_eq!(numbers(all, 7), (0..100).rev().collect::<Vec<_>>());
    let some = LedgerRange { from: at(10), to: at(20), session: None };
    assert_eq!(numbers(some, 100), (10..20).rev().collect::<Vec<_>>());
    let of = LedgerRange { session: Some(session_id(2)), ..some };
    assert_eq!(numbers(of, 1), [17, 12]);
    let read = store.generation(generation_id(42)).wait().expect("answered");
    assert_eq!(read.as_deref(), Some(&generation(42)));
    assert_eq!(store.generation(generation_id(4200)).wait().expect("answered"), None);
}

#[test]
fn attempts_are_found_by_their_generation() {
    let store = Store::memory().expect("opens");
    let row = |n: u64, number| AttemptRow {
        generation: generation_id(n),
        number,
        session: None,
        demo: false,
        attempt: generation(n).receipt.attempts.remove(0),
    };
    let rows = [row(1, 1), row(2, 0), row(1, 0)];
    store
        .write(rows.map(|row| Write::Ledger(Entry::Attempt(Box::new(row)))).to_vec())
        .wait()
        .expect("written");
    assert_eq!(store.attempts(generation_id(1)).wait().expect("answered"), [row(1, 0), row(1, 1)]);
}

#[test]
fn an_open_row_goes_with_its_generation_and_does_not_come_back() {
    let store = Store::memory().expect("opens");
    let open = |n, prompt| {
        let mut row = open_row(n);
        row.usage.prompt = prompt;
        Write::Ledger(Entry::Open(Box::new(row)))
    };
    store.write(vec![open(1, 1), open(2, 1), open(1, 2)]).wait().expect("written");
    let prompts: Vec<_> = open_rows(&store).iter().map(|row| row.usage.prompt).collect();
    assert_eq!(prompts.len(), 2);
    assert!(prompts.contains(&2), "the later replaces the earlier");
    store.write(vec![book(1), open(1, 3)]).wait().expect("written");
    let left: Vec<_> = open_rows(&store).iter().map(|row| row.generation).collect();
    assert_eq!(left, [generation_id(2)]);
}
