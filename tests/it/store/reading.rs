//! What was written is read back: sessions, messages, drafts, settings, after a reopening too.

use super::support::{at, message, message_id, open, options, put, session, session_id};
use fareway::store::{SessionMark, Store, Write};
use fareway::words::{Draft, MessageState, Part};
use serde_json::json;
use std::sync::Arc;

fn texts(slice: &fareway::store::Slice) -> Vec<String> {
    slice.messages.iter().map(|m| m.plain()).collect()
}

#[test]
fn everything_is_there_after_a_reopening() {
    let dir = tempfile::tempdir().expect("a folder");
    let draft = Draft { text: "half a thou".to_owned(), row: 0, column: 11, ..Draft::default() };
    let store = open(dir.path());
    let ack = store.write(vec![
        Write::PutSession(Box::new(session(1))),
        put(1, 1, "hello"),
        put(1, 2, "hello to you"),
        Write::PutDraft { session: session_id(1), draft: draft.clone().into() },
        Write::PutSetting { key: "theme".to_owned(), value: Some(json!("dark")) },
    ]);
    ack.wait().expect("answered");
    store.close();

    let store = open(dir.path());
    let read = store.session(session_id(1)).wait().expect("answered").expect("it is there");
    assert_eq!((read.title.as_str(), read.messages), ("session 1", 2));
    assert_eq!(texts(&store.tail(session_id(1), 10).wait().expect("answered")), ["hello", "hello to you"]);
    assert_eq!(store.draft(session_id(1)).wait().expect("answered"), Some(draft.into()));
    assert_eq!(store.setting("theme").wait().expect("answered"), Some(json!("dark")));
    assert_eq!(
        *store.message(message_id(2)).wait().expect("answered").expect("it is there").1,
        *message(2, "hello to you")
    );
    store.close();
}

#[test]
fn an_answer_can_be_awaited() {
    let store = Store::memory().expect("opens");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        store.write(vec![put(1, 1, "hello")]).await.expect("answered");
        assert_eq!(store.tail(session_id(1), 1).await.expect("answered").messages.len(), 1);
    });
}

#[test]
fn sessions_come_last_changed_first_and_in_pages() {
    let store = Store::memory().expect("opens");
    let writes = (0..10).map(|n| Write::PutSession(Box::new(session(n)))).collect();
    store.write(writes).wait().expect("written");
    // a message moves its session to the front
    store.write(vec![put(3, 100, "news")]).wait().expect("written");
    let mut titles = Vec::new();
    let mut before = None;
    loop {
        let page = store.sessions(before, 4).wait().expect("answered");
        let Some(last) = page.last() else {
            break;
        };
        before = Some(SessionMark::of(last));
        titles.extend(page.iter().map(|s| s.title.replace("session ", "")));
    }
    assert_eq!(titles.join(" "), "3 9 8 7 6 5 4 2 1 0");
}

#[test]
fn a_long_session_is_read_from_its_end_in_pages() {
    let store = Store::memory().expect("opens");
    store.write((0..25).map(|n| put(1, n, &n.to_string())).collect()).wait().expect("written");
    let last = store.tail(session_id(1), 10).wait().expect("answered");
    assert_eq!(texts(&last), (15..25).map(|n| n.to_string()).collect::<Vec<_>>());
    let middle = store.messages(session_id(1), last.before, 10).wait().expect("answered");
    assert_eq!(texts(&middle), (5..15).map(|n| n.to_string()).collect::<Vec<_>>());
    let first = store.messages(session_id(1), middle.before, 10).wait().expect("answered");
    assert_eq!(texts(&first), (0..5).map(|n| n.to_string()).collect::<Vec<_>>());
    assert_eq!(first.before, None);
    // exactly at the beginning
    assert_eq!(store.tail(session_id(1), 25).wait().expect("answered").before, None);
}

#[test]
fn pieces_are_joined_until_the_message_is_done() {
    let store = Store::memory().expect("opens");
    let mut partial = (*message(1, "")).clone();
    partial.parts.clear();
    partial.state = MessageState::Partial;
    let piece = |number, text: &str| Write::Partial {
        session: session_id(1),
        message: message_id(1),
        number,
        parts: vec![Part::text(text)],
    };
    let begin = Write::PutMessage { session: session_id(1), message: Arc::new(partial.clone()) };
    // each may be sent twice
    for write in [begin, piece(0, "one "), piece(1, "two "), piece(1, "two "), piece(2, "three")] {
        store.write(vec![write]).wait().expect("written");
    }
    let read = store.message(message_id(1)).wait().expect("answered").expect("it is there").1;
    assert_eq!(
        (read.parts.clone(), read.state.clone()),
        (vec![Part::text("one two three")], MessageState::Partial)
    );

    store.write(vec![put(1, 1, "one two three four")]).wait().expect("written");
    store.write(vec![piece(3, "late")]).wait().expect("written");
    let read = store.tail(session_id(1), 5).wait().expect("answered");
    assert_eq!(texts(&read), ["one two three four"]);
    let lines = store.everything().map(Result::unwrap);
    assert!(
        !lines.into_iter().any(|write| matches!(write, Write::Partial { .. })),
        "no piece is left behind"
    );
}

#[test]
fn what_is_deleted_stays_away() {
    let store = Store::memory().expect("opens");
    store.write(vec![put(1, 1, "a"), put(1, 2, "b"), put(2, 3, "c")]).wait().expect("written");
    let one = Write::DeleteMessages { session: session_id(1), messages: vec![message_id(1)] };
    store.write(vec![one.clone(), one]).wait().expect("written");
    assert_eq!(texts(&store.tail(session_id(1), 5).wait().expect("answered")), ["b"]);
    assert_eq!(store.session(session_id(1)).wait().expect("answered").expect("it is there").messages, 1);

    store.write(vec![Write::DeleteSession(session_id(1))]).wait().expect("written");
    // a reply that was still streaming comes late
    store.write(vec![put(1, 2, "b again")]).wait().expect("written");
    let left: Vec<_> = store.sessions(None, 9).wait().expect("answered").iter().map(|s| s.id).collect();
    assert_eq!(left, [session_id(2)]);
    assert_eq!(store.message(message_id(2)).wait().expect("answered"), None);
    // putting it back is a decision
    store.write(vec![Write::PutSession(Box::new(session(1))), put(1, 2, "b")]).wait().expect("written");
    assert_eq!(texts(&store.tail(session_id(1), 5).wait().expect("answered")), ["b"]);
}

#[test]
fn a_message_is_replaced_in_its_place() {
    let store = Store::memory().expect("opens");
    store.write(vec![put(1, 1, "a"), put(1, 2, "b"), put(1, 1, "A")]).wait().expect("written");
    assert_eq!(texts(&store.tail(session_id(1), 5).wait().expect("answered")), ["A", "b"]);
    let read = store.session(session_id(1)).wait().expect("answered").expect("it is there");
    assert_eq!((read.messages, read.updated, read.head), (2, at(2), Some(message_id(1))));
}

#[test]
fn large_messages_live_in_files_and_go_with_the_message() {
    let dir = tempfile::tempdir().expect("a folder");
    let files = || std::fs::read_dir(dir.path().join("store/files")).map_or(0, Iterator::count);
    let store = open(dir.path());
    let text = "long words ".repeat(100_000);
    store.write(vec![put(1, 1, &text), put(1, 2, &text), put(1, 3, "short")]).wait().expect("written");
    assert_eq!(files(), 2);
    store.close();
    let store = open(dir.path());
    assert_eq!(store.message(message_id(1)).wait().expect("answered").expect("it is there").1.plain(), text);
    store.write(vec![put(1, 1, "now short")]).wait().expect("written");
    assert_eq!(files(), 1);
    store.write(vec![Write::DeleteSession(session_id(1))]).wait().expect("written");
    assert_eq!(files(), 0);
    store.close();
}

#[test]
fn what_is_large_may_be_written_again_as_it_is() {
    let dir = tempfile::tempdir().expect("a folder");
    let draft = Draft { text: "a long paste ".repeat(10_000), ..Draft::default() };
    let long = "long words ".repeat(100_000);
    let writes =
        || vec![put(1, 1, &long), Write::PutDraft { session: session_id(1), draft: draft.clone().into() }];
    let store = open(dir.path());
    for _ in 0..2 {
        store.write(writes()).wait().expect("written");
    }
    store.close();
    let opened = Store::open(dir.path(), options()).expect("opens");
    assert_eq!(opened.notices, Vec::<String>::new());
    assert_eq!(opened.store.draft(session_id(1)).wait().expect("answered"), Some(draft.clone().into()));
    assert_eq!(
        opened.store.message(message_id(1)).wait().expect("answered").expect("it is there").1.plain(),
        long
    );
    opened.store.close();
}

#[test]
fn settings_are_listed_by_the_beginning_of_their_key() {
    let store = Store::memory().expect("opens");
    let set = |key: &str, value| Write::PutSetting { key: key.to_owned(), value };
    store
        .write(vec![set("template/b", Some(json!(2))), set("template/a", Some(json!(1)))])
        .wait()
        .expect("written");
    store.write(vec![set("theme", Some(json!("x"))), set("template/b", None)]).wait().expect("written");
    let read = store.settings("template/").wait().expect("answered");
    assert_eq!(read, [("template/a".to_owned(), json!(1))]);
}

#[test]
fn a_patch_changes_the_fields_it_names_and_no_other() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    let patch = |key: &str, fields| {
        let patch = serde_json::from_value(fields).expect("objects");
        Write::PatchSetting { key: key.to_owned(), patch }
    };
    let value = Some(json!({"chosen": {"theme": "night", "vi": true, "ratings": {"a/b": 1}}, "old": 3}));
    let first = Write::PutSetting { key: "settings".to_owned(), value };
    let second = patch(
        "settings",
        json!({"chosen": {"theme": "day", "ratings": {"c/d": 2}, "profile": null}, "config": {"theme": "nord"}}),
    );
    store.write(vec![first, second.clone(), patch("new", json!({"a": {"b": 1}}))]).wait().expect("written");
    store.write(vec![second, patch("none", json!({}))]).wait().expect("repeated without harm");
    store.close();
    let store = open(dir.path());
    let wanted = json!({
        "chosen": {"theme": "day", "vi": true, "ratings": {"c/d": 2}, "profile": null},
        "config": {"theme": "nord"},
        "old": 3,
    });
    let all = [("new".to_owned(), json!({"a": {"b": 1}})), ("settings".to_owned(), wanted)];
    assert_eq!(store.settings("").wait().expect("answered"), all);
    store.close();
}
