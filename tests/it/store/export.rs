//! Exports: what goes out comes back the same, copies are kept for a week, records of every version are read.

use super::support::{book, open, open_row, put, session, session_id, totals_are_their_rows};
use fareway::store::{FORMAT, Store, StoreError, Write, decode};
use fareway::words::{Draft, Entry, Message, MessageId, Role};
use serde_json::json;

fn filled() -> Store {
    let store = Store::memory().expect("opens");
    let mut writes = vec![
        Write::PutSession(Box::new(session(1))),
        Write::PutDraft {
            session: session_id(1),
            draft: Draft { text: "later".to_owned(), row: 0, column: 5, ..Draft::default() }.into(),
        },
        Write::PutSetting { key: "theme".to_owned(), value: Some(json!({"name": "dark"})) },
        Write::Ledger(Entry::Open(Box::new(open_row(7777)))),
    ];
    writes.extend((0..700).map(|n| put(n % 3, n, &format!("text {n}"))));
    writes.extend((0..300).map(book));
    store.write(writes).wait().expect("written");
    store
}

fn all(store: &Store) -> Vec<Write> {
    store.everything().collect::<Result<_, _>>().expect("whole")
}

#[test]
fn an_export_makes_the_same_store_again() {
    let store = filled();
    let mut file = Vec::new();
    let lines = store.export_to(&mut file).expect("whole");
    assert_eq!(lines, 3 + 1 + 1 + 700 + 300 + 1);
    let other = Store::memory().expect("opens");
    assert_eq!(other.import_from(file.as_slice()).expect("whole"), lines);
    // again, which changes nothing
    assert_eq!(other.import_from(file.as_slice()).expect("whole"), lines);
    assert_eq!(all(&other), all(&store));
    totals_are_their_rows(&other);
}

#[test]
fn a_wrong_line_is_named() {
    let header = r#"{"fareway":"export","format":1}"#;
    let cases = [
        ("", None),
        ("hello", Some(1)),
        (r#"{"fareway":"recipe","format":1}"#, Some(1)),
        (r#"{"fareway":"export","format":99}"#, Some(1)),
        (&format!("{header}\n\n{{\"put_cake\":1}}\n"), Some(3)),
        (&format!("{header}\n{{\"delete_session\""), Some(2)),
    ];
    for (text, expected) in cases {
        let line = match Store::memory().expect("opens").import_from(text.as_bytes()) {
            Ok(_) => None,
            Err(StoreError::Import { line, .. }) => Some(line),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(line, expected, "{text}");
    }
}

#[test]
fn the_last_copy_of_seven_days_is_kept() {
    let dir = tempfile::tempdir().expect("a folder");
    let exports = dir.path().join("exports");
    std::fs::create_dir_all(&exports).expect("written");
    let name = |day: u64, second: u64| format!("export-{}.jsonl", day * 86_400 + second);
    for (day, second) in (1..=9).flat_map(|day| [(day, 5), (day, 80_000)]) {
        std::fs::write(exports.join(name(day, second)), "old").expect("written");
    }
    let store = open(dir.path());
    store.write(vec![put(1, 1, "x")]).wait().expect("written");
    let path = store.export_now().wait().expect("answered");
    let mut names: Vec<_> = std::fs::read_dir(&exports)
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    assert_eq!(names.len(), 7, "{names:?}");
    assert!((4..=9).all(|day| names.contains(&name(day, 80_000))), "{names:?}");
    assert_eq!(store.info().wait().expect("answered").last_export, Some(path.clone()));
    let text = std::fs::read_to_string(path).expect("read");
    assert_eq!(text.lines().count(), 3);
    store.close();
}

/// One record of each version, word for word as that version wrote it. Never edit one: add one.
#[test]
fn records_of_every_version_are_read() {
    let fixtures: [(&[u8], Write); 1] = [(
        b"\x01{\"put_message\":{\"session\":\"00000000-0000-0000-0000-000000000000\",\"message\":{\"id\":\"00000000-0000-0000-0000-000000000000\",\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"text\":\"hello\"}],\"at\":1760000000000000,\"state\":\"done\"}}}",
        Write::PutMessage {
            session: fareway::words::SessionId::nil(),
            message: std::sync::Arc::new(Message::text(
                MessageId::nil(),
                None,
                Role::User,
                "hello",
                super::support::at(0),
            )),
        },
    )];
    for (number, (bytes, write)) in fixtures.iter().enumerate() {
        assert_eq!(decode(bytes).expect("read"), *write, "version {}", number + 1);
    }
    assert_eq!(fixtures.len(), FORMAT as usize);
    for bad in [&b""[..], b"\0{}", b"\x01", b"\x01{", b"\xff{}", b"\x02{}"] {
        assert!(matches!(decode(bad), Err(StoreError::Record(_))), "{bad:?}");
    }
}
