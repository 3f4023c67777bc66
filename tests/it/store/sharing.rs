//! Several users of one store: an owner, guests, and what happens when the owner goes.

use super::support::{
    book, generation, generation_id, message_id, open, open_row, options, put, session, session_id,
};
use fareway::app::Settings;
use fareway::runtime::settings::{KEY, Kept, merge};
use fareway::store::{Changed, Store, StoreError, Write};
use fareway::words::{Cap, Entry, Hold, ModelId, ModelRef, Of, OpenRow, ProviderId, Usd, Used};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;

fn guest(dir: &std::path::Path) -> Store {
    let opened = Store::open(dir, options()).expect("opens");
    assert!(opened.guest);
    opened.store
}

#[test]
fn a_guest_reads_and_writes_like_the_owner() {
    let dir = tempfile::tempdir().expect("a folder");
    let owner = open(dir.path());
    let guest = guest(dir.path());
    owner
        .write(vec![Write::PutSession(Box::new(session(1))), put(1, 1, "from the owner")])
        .wait()
        .expect("written");
    guest.write(vec![put(1, 2, "from the guest")]).wait().expect("written");
    for store in [&owner, &guest] {
        let slice = store.tail(session_id(1), 5).wait().expect("answered");
        assert_eq!(
            slice.messages.iter().map(|m| m.plain()).collect::<Vec<_>>(),
            ["from the owner", "from the guest"]
        );
    }
    assert_eq!(guest.everything().map(Result::unwrap).count(), 3);
    assert_eq!(owner.info().wait().expect("answered").guests, 1);
    guest.close();
    owner.close();
}

#[test]
fn both_hear_what_the_other_changes() {
    let dir = tempfile::tempdir().expect("a folder");
    let owner = open(dir.path());
    let guest = guest(dir.path());
    for (writer, listener) in [(&owner, &guest), (&guest, &owner)] {
        let mut changes = listener.changes();
        writer.write(vec![put(1, 1, "x")]).wait().expect("written");
        // the session may be said before its messages
        while changes.blocking_recv().expect("a change") != Changed::Messages(session_id(1)) {}
    }
    guest.close();
    owner.close();
}

#[test]
fn a_guest_becomes_owner_and_loses_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let owner = open(dir.path());
    let first = guest(dir.path());
    let second = guest(dir.path());
    let write = |store: Store, from: u64| {
        std::thread::spawn(move || {
            for n in from..from + 200 {
                store.write(vec![put(1, n, &n.to_string())]).wait().expect("written");
            }
        })
    };
    let threads = [write(first.clone(), 1000), write(second.clone(), 2000)];
    for n in 0..50 {
        owner.write(vec![put(1, n, &n.to_string())]).wait().expect("written");
    }
    owner.close();
    for thread in threads {
        thread.join().expect("it ends well");
    }
    for store in [&first, &second] {
        assert_eq!(store.tail(session_id(1), 1000).wait().expect("answered").messages.len(), 450);
    }
    assert!(matches!(owner.message(message_id(1)).wait(), Err(StoreError::Closed)));
    first.close();
    assert_eq!(second.session(session_id(1)).wait().expect("answered").expect("it is there").messages, 450);
    second.close();
}

/// Two terminals on one data directory: what one chose is not undone by what the other chose later.
#[test]
fn two_terminals_keep_each_others_choices() {
    let dir = tempfile::tempdir().expect("a folder");
    let owner = open(dir.path());
    let guest = guest(dir.path());
    let config = Settings { theme: "night".into(), ..Settings::default() };
    let save = |store: &Store, kept: &mut Kept, chosen: &Settings| {
        let patch = kept.changes(chosen);
        store.write(vec![Write::PatchSetting { key: KEY.into(), patch }]).wait().expect("written");
    };
    // both open before either chose anything
    let (mut mine, mut theirs) = (Kept::new(&config, &config), Kept::new(&config, &config));
    let favourites = vec![ModelRef::new("maker/model")];
    save(&owner, &mut mine, &Settings { favourites: favourites.clone(), ..config.clone() });
    let mut rated = config.clone();
    rated.rate(&ModelRef::new("maker/model"), 0, 1);
    save(&guest, &mut theirs, &rated);
    save(&owner, &mut mine, &Settings { favourites: favourites.clone(), vi: true, ..config.clone() });
    guest.close();
    owner.close();
    let store = open(dir.path());
    let held = merge(&config, store.setting(KEY).wait().expect("answered").as_ref());
    assert_eq!(held, Settings { favourites, vi: true, ..rated });
    store.close();
}

/// A cap on everything from the first day on.
fn cap(cents: i64) -> Vec<Cap> {
    vec![Cap { of: Of::All, from: i32::MIN, amount: Usd::from_cents(cents) }]
}

fn hold(n: u64, cents: i64) -> Hold {
    Hold {
        generation: generation_id(n),
        ticket: n,
        day: 9,
        session: None,
        key_label: None,
        model: ModelId::new("maker/model"),
        provider: ProviderId::new("host"),
        amount: Usd::from_cents(cents),
    }
}

fn used(store: &Store) -> (Usd, Usd) {
    let Used { spent, held } = store.used(9, cap(100)).wait().expect("answered")[0];
    (spent, held)
}

#[test]
fn two_processes_cannot_spend_the_same_money() {
    let dir = tempfile::tempdir().expect("a folder");
    let owner = open(dir.path());
    let guest = guest(dir.path());
    // row 3 costs three cents
    owner.write(vec![book(3)]).wait().expect("written");
    let mut granted = Vec::new();
    std::thread::scope(|scope| {
        let ask = |store: Store, from: u64| {
            scope.spawn(move || {
                let asked: Vec<_> =
                    (from..from + 50).map(|n| (n, store.reserve(hold(n, 2), cap(100)))).collect();
                asked
                    .into_iter()
                    .filter_map(|(n, told)| told.wait().expect("answered").ok().map(|_| n))
                    .collect::<Vec<_>>()
            })
        };
        let threads = [ask(owner.clone(), 1000), ask(guest.clone(), 2000)];
        granted = threads.into_iter().flat_map(|thread| thread.join().expect("it ends well")).collect();
    });
    assert_eq!(granted.len(), 48, "3 + 48 x 2 = 99 of 100 cents");
    assert_eq!(used(&guest), (Usd::from_cents(3), Usd::from_cents(96)));
    // one ends and is booked, one is given up, whoever they belong to
    guest.settle(generation_id(granted[0]), granted[0], Usd::from_cents(1));
    owner.settle(generation_id(granted[1]), granted[1], Usd::ZERO);
    let before = (Usd::from_cents(3), Usd::from_cents(93));
    assert_eq!((used(&guest), used(&owner)), (before, before), "not booked yet");
    let mut row = generation(granted[0]);
    row.day = 9;
    row.receipt.demo = false;
    row.receipt.cost.booked = Some(Usd::from_cents(1));
    guest.write(vec![Write::Ledger(Entry::Generation(Box::new(row)))]).wait().expect("written");
    assert_eq!(used(&owner), (Usd::from_cents(4), Usd::from_cents(92)));
    guest.close();
    owner.close();
}

/// What is set aside stands in the open rows, so a guest that becomes owner knows it.
#[test]
fn money_set_aside_outlives_the_owner() {
    let dir = tempfile::tempdir().expect("a folder");
    let owner = open(dir.path());
    let guest = guest(dir.path());
    assert!(guest.reserve(hold(7, 60), cap(100)).wait().expect("answered").is_ok());
    let row = OpenRow { held: Usd::from_cents(60), ..open_row(7) };
    guest.write(vec![Write::Ledger(Entry::Open(Box::new(row)))]).wait().expect("written");
    owner.close();
    assert_eq!(used(&guest), (Usd::ZERO, Usd::from_cents(60)));
    let over = guest.reserve(hold(8, 41), cap(100)).wait().expect("answered").unwrap_err();
    assert_eq!((over.cap, over.used.held), (0, Usd::from_cents(60)));
    guest.settle(generation_id(7), 7, Usd::from_cents(10));
    assert!(guest.reserve(hold(8, 90), cap(100)).wait().expect("answered").is_ok());
    guest.close();
}

#[test]
fn a_socket_that_a_dead_owner_left_does_not_matter() {
    let dir = tempfile::tempdir().expect("a folder");
    drop(UnixListener::bind(dir.path().join("owner.sock")).expect("bound"));
    assert!(dir.path().join("owner.sock").exists());
    let owner = open(dir.path());
    guest(dir.path()).write(vec![put(1, 1, "x")]).wait().expect("written");
    owner.close();
}

#[test]
fn a_socket_deep_down_works_too() {
    let dir = tempfile::tempdir().expect("a folder");
    let deep = dir.path().join("a-directory-with-a-long-name".repeat(6));
    let owner = open(&deep);
    guest(&deep).write(vec![put(1, 1, "x")]).wait().expect("written");
    owner.close();
}

#[test]
fn a_store_whose_holder_is_silent_is_busy() {
    let dir = tempfile::tempdir().expect("a folder");
    let lock = std::fs::File::create(dir.path().join("lock")).expect("made");
    lock.lock().expect("locked");
    std::fs::write(dir.path().join("lock"), "4711").expect("written");
    let options = fareway::store::Options { wait: std::time::Duration::ZERO, ..options() };
    let error = Store::open(dir.path(), options).err().expect("opens");
    assert!(matches!(error, StoreError::Busy { pid: Some(4711), .. }), "{error}");
}

#[test]
fn nobody_else_may_look() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("new/data");
    let store = open(&data);
    store.write(vec![put(1, 1, "secret")]).wait().expect("written");
    let mode =
        |name: &str| std::fs::metadata(data.join(name)).expect("it is there").permissions().mode() & 0o777;
    for name in ["", "store", "exports"] {
        assert_eq!(mode(name), 0o700, "{name}");
    }
    for name in ["lock", "owner.sock", "store/db", "store/version"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
    store.close();
}

#[test]
fn a_directory_that_cannot_be_used_says_why() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("file");
    std::fs::write(&file, "").expect("written");
    let error = Store::open(&file, options()).err().expect("opens");
    assert!(matches!(error, StoreError::Unusable { .. }), "{error}");
    assert!(Store::memory().expect("opens").info().wait().expect("answered").memory);
}
