//! Killed at any moment, the store has everything that it acknowledged, and its totals are its rows.
//! The test runs itself as a child that writes, and kills it.

use super::support::{
    book, generation, generation_id, message, message_id, open_row, open_rows, options, put, session_id,
    totals_are_their_rows, wreck,
};
use fareway::store::{By, LedgerRange, Options, Search, Store, Write};
use fareway::words::{Dice, Entry, MessageState, Of, OpenRow, Outcome};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

const DIR: &str = "FAREWAY_TEST_CRASH_DIR";
const FIRST: &str = "FAREWAY_TEST_CRASH_FIRST";
/// Numbers that one child may use.
const ROUND: u64 = 1_000_000;

/// The journal is so short that a copy is always in the making.
fn short() -> Options {
    Options { journal: 40_000, ..options() }
}

const HEARD: u64 = 8;

/// Everything that goes with one number is one write: all of it or nothing.
fn unit(n: u64) -> Vec<Write> {
    vec![
        put(
            n % 7,
            n,
            &format!("word{n} and some more words to write {}", "x".repeat((n % 50) as usize * 40)),
        ),
        Write::Ledger(Entry::Open(Box::new(open_row(n)))),
        book(n),
    ]
}

/// A reply of which so much was heard, in a session that is not counted.
fn heard(first: u64) -> Write {
    let mut message = (*message(first + 1, "half a")).clone();
    (message.id, message.state) = (message_id(first), MessageState::Partial);
    Write::PutMessage { session: session_id(HEARD), message: Arc::new(message) }
}

fn under_way(first: u64) -> Write {
    let (usage, cost) = (generation(first).receipt.usage, generation(first).receipt.cost);
    let row = OpenRow { message: Some(message_id(first)), usage, cost, ..open_row(first) };
    Write::Ledger(Entry::Open(Box::new(row)))
}

/// Not a test by itself: what the child does. Three threads write as fast as they can and say what is acknowledged.
#[test]
fn child() {
    let Ok(dir) = std::env::var(DIR) else {
        return;
    };
    let first: u64 = std::env::var(FIRST).expect("told by the parent").parse().expect("a number");
    let store = Store::open(Path::new(&dir), short()).expect("opens").store;
    store.write(vec![heard(first), under_way(first)]).wait().expect("written");
    let threads: Vec<_> = (0..3)
        .map(|thread| {
            let store = store.clone();
            std::thread::spawn(move || {
                for n in (first + 1..).skip(thread).step_by(3) {
                    store.write(unit(n)).wait().expect("written");
                    // a line is written in one piece
                    std::io::stdout()
                        .write_all(format!("acknowledged {n}\n").as_bytes())
                        .expect("the parent reads");
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("it ends well");
    }
}

fn start(dir: &Path, first: u64) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "store::crash::child", "--nocapture"])
        .env(DIR, dir)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    (child, lines)
}

fn acknowledged(line: &str) -> Option<u64> {
    // the test runner writes its own words before the first one
    line.split_once("acknowledged ")?.1.parse().ok()
}

fn all_messages(store: &Store) -> BTreeSet<u64> {
    let sessions = (0..7).map(|n| store.tail(session_id(n), usize::MAX).wait().expect("answered"));
    let text = |text: String| {
        text.split(' ').next().expect("a word").trim_start_matches("word").parse().expect("a number")
    };
    sessions.flat_map(|slice| slice.messages).map(|message| text(message.plain())).collect()
}

#[test]
fn nothing_acknowledged_is_lost_to_kill_9() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut dice = Dice::new(9);
    let mut promised = BTreeSet::new();
    for round in 0..8 {
        let first = round * ROUND;
        let (mut child, mut lines) = start(dir.path(), first);
        let enough = dice.below(120);
        let mut heard = 0;
        while heard <= enough {
            let line = lines.next().expect("the child writes until it is killed").expect("a line");
            if let Some(n) = acknowledged(&line) {
                promised.insert(n);
                heard += 1;
            }
        }
        child.kill().expect("killed");
        child.wait().expect("answered");

        // now and then sled's files are gone as well: the last copy and the journal have everything
        let wrecked = round % 3 == 2;
        if wrecked {
            wreck(dir.path());
        }
        let opened = Store::open(dir.path(), short()).expect("opens");
        let said = opened.notices.iter().map(|notice| notice.contains("All of it was brought back"));
        assert_eq!(said.collect::<Vec<_>>(), vec![true; usize::from(wrecked)], "{:?}", opened.notices);
        let orphans: Vec<_> = opened.orphans.iter().map(|row| row.generation).collect();
        assert!(orphans.contains(&generation_id(first)), "what was open is known");
        let store = opened.store;
        let (_, reply) = store.message(message_id(first)).wait().expect("answered").expect("what was heard");
        let receipt = reply.receipt.as_deref().expect("with what it took");
        assert_eq!(receipt.usage, generation(first).receipt.usage);
        assert_eq!(receipt.cost.booked, generation(first).receipt.cost.booked);
        assert_eq!((reply.plain().as_str(), &reply.state), ("half a", &MessageState::Partial));
        let messages = all_messages(&store);
        let missing: Vec<_> = promised.difference(&messages).collect();
        assert!(missing.is_empty(), "round {round}: acknowledged and gone: {missing:?}");
        let mut rows = store.generations(LedgerRange::default(), None, usize::MAX).wait().expect("answered");
        let counted_rows = rows.len() as u64;
        // what was open is booked by opening, and has no message
        rows.retain(|row| matches!(row.outcome, Outcome::Answered));
        assert_eq!(rows.len(), messages.len(), "a message and its row come together");
        totals_are_their_rows(&store);
        let mut counted = 0;
        for demo in [false, true] {
            counted += store.totals(i32::MIN..i32::MAX, demo, Of::All).wait().expect("answered").requests;
        }
        assert_eq!(counted, counted_rows);
        for n in promised.iter().rev().take(20) {
            let search = Search { query: format!("word{n} "), limit: 2, ..Search::default() };
            assert_eq!(store.search(search).wait().expect("answered").len(), 1, "word{n} is found");
        }
        assert!(!store.rollups(i32::MIN..i32::MAX, false, By::Model).wait().expect("answered").is_empty());
        assert_eq!(open_rows(&store), []);
        store.close();
    }
}

#[test]
fn a_guest_takes_over_when_the_owner_is_killed() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut child, mut lines) = start(dir.path(), ROUND);
    while acknowledged(&lines.next().expect("more lines").expect("a line")).is_none() {}
    let opened = Store::open(dir.path(), options()).expect("opens");
    assert!(opened.guest);
    let store = opened.store;
    store.write(unit(1)).wait().expect("written");
    let before = all_messages(&store);
    // on their way while the owner dies
    let waiting: Vec<_> = (2..60).map(|n| store.write(unit(n))).collect();
    child.kill().expect("killed");
    child.wait().expect("answered");
    for ack in waiting {
        ack.wait().expect("answered");
    }
    let after = all_messages(&store);
    assert!((1..60).all(|n| after.contains(&n)));
    assert!(before.is_subset(&after));
    totals_are_their_rows(&store);
    assert_eq!(store.info().wait().expect("answered").owner, std::process::id());
    let open: Vec<_> = open_rows(&store).iter().map(|row| row.generation).collect();
    assert!(!open.contains(&generation_id(ROUND)), "the child's is booked");
    let booked =
        store.generation(generation_id(ROUND)).wait().expect("answered").expect("by whoever took over");
    assert!(matches!(booked.outcome, Outcome::Failed(_)));
    store.close();
}
