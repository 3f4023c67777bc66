//! Full-text search: words, beginnings, several scripts, what is deleted or edited, newest first, in any size of store.

use super::support::{message_id, open, put, session_id};
use fareway::store::{Search, Store, Write, tokens};
use fareway::words::MessageId;

fn words(text: &str) -> String {
    tokens(text).map(|token| token.word).collect::<Vec<_>>().join(" ")
}

#[test]
fn texts_become_words() {
    let cases = [
        ("Hello, World!", "hello world"),
        ("call flush_async now", "call flush_async flush async now"),
        ("see example.com/a", "see example.com example com a"),
        ("don't", "don't don t"),
        ("日本語", "日本 本語 語"),
        ("読む text 本", "読む む text 本"),
        ("Straße ÉTÉ", "strasse ete"),
        ("cafe\u{301} Cafés", "cafe cafes"),
        ("안녕하세요 세계", "안녕하세요 세계"),
        ("3.14 and v1.2", "3.14 3 14 and v1.2 v1 2"),
        ("…—!?", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(words(text), expected, "{text}");
    }
    assert!(tokens(&"a".repeat(10_000)).all(|token| token.word.len() <= 64));
}

fn found(store: &Store, query: &str) -> Vec<MessageId> {
    let search = Search { query: query.to_owned(), limit: 100, ..Search::default() };
    store.search(search).wait().expect("answered").into_iter().map(|hit| hit.message).collect()
}

fn ids<const N: usize>(numbers: [u64; N]) -> [MessageId; N] {
    numbers.map(message_id)
}

#[test]
fn all_words_must_be_there_and_the_last_may_be_a_beginning() {
    let store = Store::memory().expect("opens");
    let texts = [
        "The quick brown fox",
        "the lazy dog sleeps",
        "Quick! A flush_async deadlock",
        "今日は日本語で話す",
        "quicksand",
        "Ein Café in der Straße",
    ];
    store.write((0..).zip(texts).map(|(n, text)| put(n % 2, n, text)).collect()).wait().expect("written");
    let cases: [(&str, &[u64]); 24] = [
        ("the", &[1, 0]),
        ("qui", &[4, 2, 0]),
        ("quick ", &[2, 0]),
        ("quick", &[4, 2, 0]),
        ("brown quick", &[0]),
        ("THE Fo", &[0]),
        ("async", &[2]),
        ("flush_async", &[2]),
        ("日本語", &[3]),
        ("本", &[3]),
        ("語で", &[3]),
        ("cafe", &[5]),
        ("CAFÉ ", &[5]),
        ("strasse", &[5]),
        ("\"quick brown\"", &[0]),
        ("\"brown quick\"", &[]),
        ("\"quick br", &[0]),
        ("fox “the quick”", &[0]),
        ("\"flush async\"", &[2]),
        ("\"a flush_async dead", &[2]),
        ("\"日本語で\"", &[3]),
        ("cat", &[]),
        ("", &[]),
        ("  ?! ", &[]),
    ];
    for (query, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|n| message_id(*n)).collect();
        assert_eq!(found(&store, query), expected, "{query:?}");
    }
    let only =
        Search { query: "the".to_owned(), session: Some(session_id(1)), limit: 9, ..Search::default() };
    assert_eq!(store.search(only).wait().expect("answered").len(), 1);
}

#[test]
fn a_hit_shows_where() {
    let store = Store::memory().expect("opens");
    let text =
        format!("{}then\nthe Émile wörds and émiles end{}", "padding ".repeat(40), " padding".repeat(40));
    store.write(vec![put(1, 1, &text)]).wait().expect("written");
    let search = Search { query: "émile".to_owned(), limit: 1, ..Search::default() };
    let hit = store.search(search).wait().expect("answered").remove(0);
    assert!(!hit.snippet.contains('\n') && hit.snippet.len() < 200, "{}", hit.snippet);
    let marked: Vec<_> = hit.marks.iter().map(|mark| &hit.snippet[mark.clone()]).collect();
    assert_eq!(marked, ["Émile", "émile"]);
}

#[test]
fn an_excerpt_is_plain_words() {
    let cases = [
        ("# A title\n\nSome **bold `needle`** here, *so* ~~far~~.", "A title Some bold needle here, so far."),
        ("- [x] done\n- the needle\n> quoted\n1. one", "done the needle quoted 1. one"),
        ("```rust\nlet needle = a * b;\n```", "let needle = a * b;"),
        ("see [the needle](https://example.com/a?b=c) ![x](y.png) and a[0]", "see the needle x and a[0]"),
        ("see [it](https://example.com/needle)", "see it](https://example.com/needle)"),
        ("| a | needle |\n|---|---|\n| 1 | 2*3 |", "a needle 1 2*3"),
        ("__init__ needle \\* ~/bin x || y", "__init__ needle * ~/bin x || y"),
    ];
    for (text, expected) in cases {
        let store = Store::memory().expect("opens");
        store.write(vec![put(1, 1, text)]).wait().expect("written");
        let search = Search { query: "needle".to_owned(), limit: 1, ..Search::default() };
        let hit = store.search(search).wait().expect("answered").remove(0);
        assert_eq!(hit.snippet, expected, "{text}");
        assert_eq!(hit.snippet[hit.marks[0].clone()], *"needle");
        assert_eq!(text[hit.offset..][..6], *"needle");
    }
}

#[test]
fn the_words_of_a_phrase_are_marked_where_they_follow_each_other() {
    let store = Store::memory().expect("opens");
    store.write(vec![put(1, 1, "the fox is quick. A **quick**\nfox, though")]).wait().expect("written");
    let search = Search { query: "though \"quick fox\"".to_owned(), limit: 1, ..Search::default() };
    let hit = store.search(search).wait().expect("answered").remove(0);
    let marked: Vec<_> = hit.marks.iter().map(|mark| &hit.snippet[mark.clone()]).collect();
    assert_eq!(marked, ["quick", "fox", "though"]);
    assert_eq!(hit.offset, 22);
}

/// An index of the time when words kept their accents: it is found by at once, and renewed in a pause, whole.
#[test]
fn an_index_of_an_earlier_version_is_renewed() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    let texts = ["un café noir", "a plain cafe", "le thé", "das Café", "tea"];
    store.write((0..).zip(texts).map(|(n, text)| put(1, n, text)).collect()).wait().expect("written");
    store.close();
    let db = sled::open(dir.path().join("store")).expect("opens");
    for number in 0..5u32 {
        let key = |kind: &[u8]| [kind, &number.to_be_bytes()].concat();
        db.remove(key(b"n2")).expect("removed").expect("the words of each text");
        if number > 2 {
            let words = if number == 3 { "café\0das\0" } else { "tea\0" };
            db.insert(key(b"n1"), [&number.to_be_bytes(), words.as_bytes()].concat()).expect("written");
        }
    }
    // a word: bytes shared with the one before, its own, texts, the distances between their numbers
    let mut block = Vec::new();
    for (word, numbers) in
        [("a", &[1u8][..]), ("cafe", &[1]), ("café", &[0]), ("le", &[2]), ("noir", &[0]), ("plain", &[1])]
            .into_iter()
            .chain([("thé", &[2][..]), ("un", &[0])])
    {
        block.extend([0, word.len() as u8]);
        block.extend(word.as_bytes());
        block.push(1);
        block.extend(numbers);
    }
    db.insert([&b"t1"[..], &0u32.to_be_bytes(), b"a"].concat(), block).expect("written");
    db.flush().expect("on disk");
    drop(db);
    let store = open(dir.path());
    assert_eq!(found(&store, "noir"), ids([0]), "what has no accent is found at once");
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while found(&store, "cafe ") != ids([3, 1, 0]) {
        assert!(std::time::Instant::now() < until, "it is renewed: {:?}", found(&store, "cafe "));
        std::thread::yield_now();
    }
    assert_eq!(found(&store, "THÉ"), ids([2]));
    assert_eq!(found(&store, "tea"), ids([4]));
    store.close();
}

#[test]
fn what_is_edited_or_deleted_is_found_as_it_is_now() {
    let store = Store::memory().expect("opens");
    store
        .write(vec![put(1, 1, "apple"), put(1, 2, "apple pear"), put(2, 3, "apple")])
        .wait()
        .expect("written");
    store.write(vec![put(1, 1, "banana")]).wait().expect("written");
    assert_eq!(found(&store, "apple"), ids([3, 2]));
    assert_eq!(found(&store, "banana"), ids([1]));
    store
        .write(vec![Write::DeleteMessages { session: session_id(1), messages: vec![message_id(2)] }])
        .wait()
        .expect("written");
    assert_eq!(found(&store, "apple"), ids([3]));
    store.write(vec![Write::DeleteSession(session_id(2))]).wait().expect("written");
    assert_eq!(found(&store, "apple"), ids([]));
}

/// More texts than a segment holds, so that most are found in segments: the answers must be those of a plain scan.
#[test]
fn segments_answer_as_a_scan_would() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    let text = |n: u64| {
        let words = ["alpha", "beta", "gamma", "delta", "epsilon", "alphabet", "日本語", "été"];
        let mut text: Vec<String> = words
            .iter()
            .enumerate()
            .filter(|(k, _)| ((n * 2_654_435_761) >> (k + 3)) & 3 == 0)
            .map(|(_, word)| (*word).to_owned())
            .collect();
        text.push(format!("unique{n}"));
        text.join(" ")
    };
    const TEXTS: u64 = 2600;
    for from in (0..TEXTS).step_by(200) {
        store.write((from..from + 200).map(|n| put(n % 9, n, &text(n))).collect()).wait().expect("written");
    }
    // some of what is in segments changes
    store.write(vec![put(7, 7, "alpha rewritten"), put(8, 8, "nothing")]).wait().expect("written");
    let now = |n| match n {
        7 => "alpha rewritten".to_owned(),
        8 => "nothing".to_owned(),
        n => text(n),
    };
    let mut order: Vec<u64> = (0..TEXTS).filter(|n| *n != 7 && *n != 8).collect();
    order.extend([7, 8]);
    order.reverse();
    for query in [
        "alpha",
        "alpha ",
        "alphab",
        "al",
        "beta delta",
        "beta delta g",
        "日本",
        "本語 été",
        "unique17",
        "unique17 ",
        "zeta",
        "e",
    ] {
        let wanted: Vec<String> = query.split_whitespace().map(fareway::words::folded).collect();
        let open = !query.ends_with(' ');
        let expected: Vec<_> = order
            .iter()
            .filter(|n| {
                let text = now(**n);
                let words: Vec<String> = tokens(&text).map(|token| token.word).collect();
                wanted.iter().enumerate().all(|(k, wanted)| {
                    let last = open && k + 1 == query.split_whitespace().count();
                    words
                        .iter()
                        .any(|word| if last { word.starts_with(wanted.as_str()) } else { word == wanted })
                })
            })
            .map(|n| message_id(*n))
            .collect();
        let mut hits = Vec::new();
        let mut before = None;
        loop {
            let search = Search { query: query.to_owned(), before, limit: 333, ..Search::default() };
            let page = store.search(search).wait().expect("answered");
            let Some(last) = page.last() else {
                break;
            };
            before = Some(last.place);
            hits.extend(page.iter().map(|hit| hit.message));
        }
        assert_eq!(hits, expected, "{query:?}");
    }
    store.close();
}
