//! Damaged files: set aside, never deleted; what can be found comes back; nothing panics or hangs.

use super::support::{
    at, book, copy, message_id, open, options, put, session, session_id, totals_are_their_rows, wreck,
};
use fareway::store::{LedgerRange, Options, Store, StoreError, Write};
use fareway::words::{Dice, Draft, Session};
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

const MESSAGES: u64 = 300;

/// One in a hundred is large enough for a file of its own.
fn text(n: u64) -> String {
    let words = if n % 100 == 50 { 8_000 } else { n % 40 };
    format!("message number {n}: {}", "some words ".repeat(words as usize))
}

fn fill(dir: &Path) {
    let store = open(dir);
    store.write(vec![Write::PutSession(Box::new(session(1)))]).wait().expect("written");
    for n in 0..MESSAGES {
        store.write(vec![put(1, n, &text(n)), book(n)]).wait().expect("written");
    }
    store.close();
}

fn brief() -> Options {
    Options { patience: Duration::from_secs(10), ..options() }
}

/// Messages that are there, after looking that each says what was written.
fn present(store: &Store) -> u64 {
    let mut found = 0;
    for n in 0..MESSAGES {
        if let Some((_, message)) = store.message(message_id(n)).wait().expect("answered") {
            assert_eq!(message.plain(), text(n));
            found += 1;
        }
    }
    found
}

fn generations(store: &Store) -> u64 {
    store.generations(LedgerRange::default(), None, usize::MAX).wait().expect("answered").len() as u64
}

fn aside(dir: &Path) -> usize {
    let names = fs::read_dir(dir)
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name().into_string().expect("UTF-8"));
    names.filter(|name| name.starts_with("store.broken-")).count()
}

#[test]
fn whatever_happens_to_the_file_the_store_opens_and_says_so() {
    let whole = tempfile::tempdir().expect("a folder");
    fill(whole.path());
    let length = fs::metadata(whole.path().join("store/db")).expect("it is there").len();
    let seed: u64 = std::env::var("DAMAGE_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(5);
    let mut dice = Dice::new(seed);
    for case in 0..24 {
        let dir = tempfile::tempdir().expect("a folder");
        copy(whole.path(), dir.path());
        let db =
            fs::File::options().read(true).write(true).open(dir.path().join("store/db")).expect("opened");
        let at = dice.below(usize::try_from(length).expect("small")) as u64;
        let what = match case % 4 {
            0 => {
                let mut byte = [0];
                db.read_exact_at(&mut byte, at).expect("read");
                db.write_all_at(&[byte[0] ^ 0x40], at).expect("written");
                "a flipped bit"
            }
            1 => {
                db.write_all_at(&[0; 4096], at / 4096 * 4096).expect("written");
                "a zeroed page"
            }
            2 => {
                db.set_len(at).expect("cut");
                "a cut file"
            }
            _ => {
                db.write_all_at(&vec![0xa5; 64 << 10], at).expect("written");
                "64 KB of nonsense"
            }
        };
        drop(db);
        let opened = Store::open(dir.path(), brief()).unwrap_or_else(|e| panic!("{what} at {at}: {e}"));
        let store = opened.store;
        let found = present(&store);
        assert_eq!(found, MESSAGES, "{what} at {at}: messages that are there");
        assert_eq!(generations(&store), MESSAGES, "{what} at {at}: rows of the ledger");
        totals_are_their_rows(&store);
        store.write(vec![put(2, 9999, "it goes on")]).wait().expect("written");
        store.close();
        assert_eq!(
            open(dir.path()).session(session_id(2)).wait().expect("answered").expect("it is there").messages,
            1
        );
    }
}

#[test]
fn a_copy_brings_everything_back() {
    let dir = tempfile::tempdir().expect("a folder");
    fill(dir.path());
    let store = open(dir.path());
    store.export_now().wait().expect("answered");
    store.close();
    wreck(dir.path());
    let opened = Store::open(dir.path(), brief()).expect("opens");
    assert_eq!(opened.notices.len(), 1);
    assert_eq!(aside(dir.path()), 1, "kept, not deleted");
    assert!(
        opened.notices[0].contains("store.broken-")
            && opened.notices[0].contains("All of it was brought back"),
        "{}",
        opened.notices[0]
    );
    assert_eq!(present(&opened.store), MESSAGES);
    totals_are_their_rows(&opened.store);
    opened.store.close();
}

#[test]
fn damage_to_other_files_is_survived_too() {
    for name in ["conf", "version"] {
        let dir = tempfile::tempdir().expect("a folder");
        fill(dir.path());
        fs::write(dir.path().join("store").join(name), b"\xff\xff nonsense").expect("written");
        let opened = Store::open(dir.path(), brief()).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(present(&opened.store), MESSAGES, "{name}");
        opened.store.close();
    }
}

#[test]
fn one_record_that_does_not_read_takes_no_other_with_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    let long = "long ".repeat(50_000);
    store.write(vec![put(1, 1, "a"), put(1, 2, &long), put(1, 3, "b")]).wait().expect("written");
    for file in fs::read_dir(dir.path().join("store/files")).expect("a folder") {
        fs::write(file.expect("an entry").path(), "something else").expect("written");
    }
    let slice = store.tail(session_id(1), 5).wait().expect("answered");
    assert_eq!(slice.messages.iter().map(|m| m.plain()).collect::<Vec<_>>(), ["a", "b"]);
    assert!(matches!(store.message(message_id(2)).wait(), Err(StoreError::Record(_))));
    store.close();
}

#[test]
fn a_store_of_a_newer_program_is_not_touched() {
    let dir = tempfile::tempdir().expect("a folder");
    fill(dir.path());
    fs::write(dir.path().join("store/version"), r#"{"format":7,"needs":"3.2.0"}"#).expect("written");
    let before = fs::read(dir.path().join("store/db")).expect("read");
    let error = Store::open(dir.path(), options()).err().expect("opens");
    assert!(matches!(&error, StoreError::Newer { found: 7, needs, .. } if needs == "3.2.0"), "{error}");
    assert!(error.to_string().contains("fareway 3.2.0 or later"));
    assert!(fs::read(dir.path().join("store/db")).expect("read") == before);
}

/// What is large lives in a file of its own: without it, that record alone does not read.
#[test]
fn what_does_not_read_takes_nothing_else_of_its_session_with_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let large = "long words ".repeat(10_000);
    let store = open(dir.path());
    let told = Session { system: Some(large.clone()), ..session(1) };
    let draft = Draft { text: format!("draft {large}"), ..Draft::default() };
    store
        .write(vec![
            Write::PutSession(Box::new(told)),
            Write::PutSession(Box::new(session(2))),
            put(1, 0, "first"),
            put(1, 1, &large),
            put(1, 2, "third"),
            Write::PutDraft { session: session_id(1), draft: draft.into() },
        ])
        .wait()
        .expect("written");
    for file in fs::read_dir(dir.path().join("store/files")).expect("a folder") {
        fs::remove_file(file.expect("an entry").path()).expect("written");
    }
    let slice = store.messages(session_id(1), None, usize::MAX).wait().expect("answered");
    let texts: Vec<String> = slice.messages.iter().map(|m| m.plain()).collect();
    assert!(texts == ["first", "third"] && slice.unread == 1, "{} messages, {}", texts.len(), slice.unread);
    assert!(matches!(store.draft(session_id(1)).wait(), Err(StoreError::Record(_))));
    let found = store.session(session_id(1)).wait().expect("answered").expect("it is there");
    assert_eq!(found.title, "its title and settings cannot be read");
    let all = store.sessions(None, 10).wait().expect("answered");
    assert_eq!(all.len(), 2, "it is listed");
    // written again, it stands in the list once
    let again = Session { title: "named again".into(), updated: at(99), ..*found };
    store.write(vec![Write::PutSession(Box::new(again))]).wait().expect("written");
    let titles: Vec<String> =
        store.sessions(None, 10).wait().expect("answered").into_iter().map(|session| session.title).collect();
    assert_eq!(titles, ["named again", "session 2"]);
    store.close();
}
