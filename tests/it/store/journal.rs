//! The journal stays short: a copy takes its place, and whenever that is cut off, copy and journal are everything.

use super::support::{
    book, copy, message_id, open, options, put, session, session_id, totals_are_their_rows, wreck,
};
use fareway::store::{Options, Store, Write};
use std::fs;
use std::path::{Path, PathBuf};

const MESSAGES: u64 = 120;

fn bytes(dir: &Path) -> u64 {
    fs::read_dir(dir)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").metadata().expect("its size").len())
        .sum()
}

fn logs(dir: &Path) -> Vec<PathBuf> {
    let files =
        fs::read_dir(dir.join("journal")).expect("a folder").map(|entry| entry.expect("an entry").path());
    files.filter(|path| path.extension().is_some_and(|ending| ending == "log")).collect()
}

/// What a step is called, and what it does to a directory.
type Step<'a> = (&'a str, &'a dyn Fn(&Path));

fn unit(n: u64) -> Vec<Write> {
    vec![put(1, n, &format!("message {n}: {}", "some words ".repeat(n as usize % 40))), book(n)]
}

/// All of the numbers are there, and the totals are those of the rows.
fn whole(store: &Store, numbers: std::ops::Range<u64>) {
    for n in numbers {
        assert!(store.message(message_id(n)).wait().expect("answered").is_some(), "message {n}");
    }
    totals_are_their_rows(store);
}

#[test]
fn a_long_journal_begins_anew_though_nobody_ever_pauses() {
    const LIMIT: u64 = 30_000;
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::open(dir.path(), Options { journal: LIMIT, ..options() }).expect("opens").store;
    store.write(vec![Write::PutSession(Box::new(session(1)))]).wait().expect("written");
    let mut written = 0;
    for n in 0..600 {
        store.write(unit(n)).wait().expect("written");
        // what is asked for is answered after the journal was looked at
        store.info().wait().expect("answered");
        let journal = bytes(&dir.path().join("journal"));
        written = written.max(journal);
        // as much as is in the last copy and what comes while the next one is made, a frame more at most
        let most = LIMIT.max(bytes(&dir.path().join("exports"))) * 3 / 2 + 20_000;
        assert!(journal < most, "after {n}: {journal} bytes of journal, and {most} would be many");
    }
    assert!(written > LIMIT, "it was long enough to be made short");
    assert!(store.info().wait().expect("answered").last_export.is_some(), "by a copy");
    store.close();
    wreck(dir.path());
    let opened = Store::open(dir.path(), options()).expect("opens");
    assert!(opened.notices[0].contains("All of it was brought back"), "{:?}", opened.notices);
    whole(&opened.store, 0..600);
    opened.store.close();
}

/// The files as they are when the process is killed after each step: from one directory before the copy and one behind it.
#[test]
fn killed_at_any_step_of_a_copy_everything_is_there_with_and_without_sleds_files() {
    let before = tempfile::tempdir().expect("a folder");
    let store = open(before.path());
    store.write(vec![Write::PutSession(Box::new(session(1)))]).wait().expect("written");
    (0..MESSAGES).for_each(|n| store.write(unit(n)).wait().expect("written"));
    store.close();
    let behind = tempfile::tempdir().expect("a folder");
    copy(before.path(), behind.path());
    let store = open(behind.path());
    let export = store.export_now().wait().expect("answered");
    store.close();
    let export = (export.file_name().expect("a name"), fs::read(&export).expect("read"));
    let next = logs(behind.path()).remove(0);
    let old = logs(before.path()).remove(0);
    assert_ne!(old.file_name(), next.file_name(), "the journal began anew");

    let draft = |dir: &Path, bytes: &[u8]| fs::write(dir.join("exports/export.new"), bytes).expect("written");
    let steps: [Step<'_>; 7] = [
        ("begun", &|dir| draft(dir, b"")),
        ("the journal goes on in a new file", &|dir| {
            fs::write(dir.join("journal").join(next.file_name().expect("a name")), b"").expect("written");
        }),
        ("half of it written", &|dir| draft(dir, &export.1[..export.1.len() / 2])),
        ("all of it written", &|dir| draft(dir, &export.1)),
        ("named", &|dir| {
            fs::rename(dir.join("exports/export.new"), dir.join("exports").join(export.0)).expect("written")
        }),
        ("noted", &|dir| {
            fs::copy(behind.path().join("journal/checked"), dir.join("journal/checked")).expect("written");
        }),
        ("the old journal gone", &|dir| {
            fs::remove_file(dir.join("journal").join(old.file_name().expect("a name"))).expect("written");
        }),
    ];
    for last in 0..steps.len() {
        for lost in [false, true] {
            let dir = tempfile::tempdir().expect("a folder");
            copy(before.path(), dir.path());
            steps[..=last].iter().for_each(|(_, step)| step(dir.path()));
            let name = steps[last].0;
            if lost {
                wreck(dir.path());
            }
            let opened = Store::open(dir.path(), options()).unwrap_or_else(|e| panic!("{name}: {e}"));
            let said = opened.notices.iter().map(|notice| notice.contains("All of it was brought back"));
            assert_eq!(
                said.collect::<Vec<_>>(),
                vec![true; usize::from(lost)],
                "{name}: {:?}",
                opened.notices
            );
            whole(&opened.store, 0..MESSAGES);
            // it goes on from there, and the next copy is whole again
            opened.store.write(unit(MESSAGES)).wait().expect("written");
            opened.store.export_now().wait().expect("answered");
            opened.store.write(unit(MESSAGES + 1)).wait().expect("written");
            opened.store.close();
            wreck(dir.path());
            let opened = Store::open(dir.path(), options()).expect("opens");
            assert!(opened.notices[0].contains("All of it was brought back"), "{name}: {:?}", opened.notices);
            whole(&opened.store, 0..MESSAGES + 2);
            let session = opened.store.session(session_id(1)).wait().expect("answered").expect("it is there");
            assert_eq!(u64::from(session.messages), MESSAGES + 2);
            opened.store.close();
        }
    }
}
