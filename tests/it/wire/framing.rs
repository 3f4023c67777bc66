//! Event streams and JSON bodies, cut anywhere.

use super::helpers::{heard, pieces, spoken, text};
use fareway::wire::{JsonValues, Sse};
use fareway::words::{Failure, FailureKind};
use proptest::prelude::*;

struct Never;
impl<T: std::error::Error> From<T> for Never {
    fn from(_: T) -> Self {
        Never
    }
}

fn events(pieces: &[&[u8]]) -> Vec<(String, String)> {
    let mut sse = Sse::default();
    let mut out = Vec::new();
    let mut hear = |event: fareway::wire::SseEvent<'_>| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        out.push((text(event.name), text(event.data)));
        Ok::<(), Never>(())
    };
    for piece in pieces {
        assert!(sse.feed(piece, &mut hear).is_ok());
    }
    assert!(sse.end(&mut hear).is_ok());
    out
}

#[test]
fn events_end_lines_in_three_ways() {
    let e = |name: &str, data: &str| (name.to_owned(), data.to_owned());
    for (bytes, expected) in [
        ("data: a\n\ndata: b\n\n", vec![e("", "a"), e("", "b")]),
        ("data: a\r\n\r\ndata: b\r\n\r\n", vec![e("", "a"), e("", "b")]),
        ("data: a\r\rdata: b\r\r", vec![e("", "a"), e("", "b")]),
        // a line may be cut between its two ends, which are one
        ("event: x\r\ndata: a\r\ndata: b\r\n\r\n", vec![e("x", "a\nb")]),
        ("data:a\n\n", vec![e("", "a")]),
        ("data:  a\n\n", vec![e("", " a")]),
        ("data: a\ndata: b\n\n", vec![e("", "a\nb")]),
        ("data\n\n", vec![e("", "")]),
        (": ping\n\ndata: a\n\n", vec![e("", "a")]),
        ("event: x\ndata: a\n\ndata: b\n\n", vec![e("x", "a"), e("", "b")]),
        ("event: x\n\ndata: b\n\n", vec![e("", "b")]),
        ("id: 1\nretry: 5\nfoo: bar\ndata: a\n\n", vec![e("", "a")]),
        ("data: last", vec![e("", "last")]),
        ("data: last\n", vec![e("", "last")]),
        ("\n\n\n", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(events(&[bytes.as_bytes()]), expected, "{bytes:?}");
        let bytewise: Vec<&[u8]> = bytes.as_bytes().chunks(1).collect();
        assert_eq!(events(&bytewise), expected, "{bytes:?} by the byte");
    }
}

#[test]
fn objects_come_when_they_are_complete() {
    let split = |pieces: &[&str]| {
        let mut values = JsonValues::default();
        let mut out = Vec::new();
        for piece in pieces {
            let fed: Result<(), Never> = values.feed(piece.as_bytes(), &mut |value| {
                out.push(String::from_utf8_lossy(value).into_owned());
                Ok(())
            });
            assert!(fed.is_ok());
        }
        (out, values.is_open())
    };
    let whole = r#"[{"a":"}\"]"},
 {"b":[{}]}] {"c":1}"#;
    let expected = vec![r#"{"a":"}\"]"}"#.to_owned(), r#"{"b":[{}]}"#.to_owned(), r#"{"c":1}"#.to_owned()];
    assert_eq!(split(&[whole]), (expected.clone(), false));
    for at in 0..whole.len() {
        assert_eq!(split(&[&whole[..at], &whole[at..]]), (expected.clone(), false), "cut at {at}");
    }
    assert_eq!(split(&[r#"{"a":"#]), (vec![], true));
}

#[test]
fn a_line_of_ten_megabytes_is_heard_and_an_endless_one_is_not() {
    let long = "x".repeat(10 << 20);
    let body = format!(
        "data: {{\"choices\":[{{\"delta\":{{\"content\":\"{long}\"}},\"finish_reason\":\"stop\"}}]}}\n\n"
    );
    let chunks: Vec<&[u8]> = body.as_bytes().chunks(16 << 10).collect();
    let (out, end) = pieces("openai-chat", &chunks);
    assert_eq!(end, Ok(()));
    assert_eq!(spoken(out)[0], text(&long));

    let endless = vec![b'x'; 1 << 20];
    let mut stream: Vec<&[u8]> = vec![b"data: "];
    stream.extend(std::iter::repeat_n(&endless[..], 65));
    let (_, end) = pieces("openai-chat", &stream);
    assert_eq!(
        end.map_err(|f| (f.kind, f.message)),
        Err((FailureKind::Malformed, "the provider sent an event of more than 64 MB".to_owned()))
    );
}

#[test]
fn bodies_that_are_no_answer() {
    let kind = |body: &str| heard("openai-chat", body.as_bytes()).1.map_err(|Failure { kind, .. }| kind);
    for (body, expected) in [
        ("", FailureKind::Empty),
        (" \n \n", FailureKind::Empty),
        ("<!DOCTYPE html><html><title>Sign in</title></html>", FailureKind::Malformed),
        ("hello there", FailureKind::Malformed),
        ("{\"id\":\"x\"", FailureKind::Cut),
        ("{}", FailureKind::Malformed),
        ("[]", FailureKind::Malformed),
        ("{\"id\":1,}", FailureKind::Malformed),
        (": ping\n\n: ping\n\n", FailureKind::Cut),
        ("data: {\"choices\":[{\"delta\":{\"content\":\"hal", FailureKind::Cut),
        ("data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\n", FailureKind::Cut),
        ("data: {broken}\n\ndata: [DONE]\n\n", FailureKind::Malformed),
    ] {
        assert_eq!(kind(body), Err(expected), "{body:?}");
    }
    let page = heard("openai-chat", b"<html><title>Sign in</title>").1.expect_err("a page is no answer");
    assert!(page.message.contains("Sign in"), "{}", page.message);
    assert_eq!(page.raw.as_deref(), Some("<html><title>Sign in</title>"));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), start in 0..5usize) {
        let starts: [&[u8]; 5] = [b"", b"data: {\"choices\":", b"{", b"event: x\ndata: ", b"[{\"a\":\""];
        for format in fareway::wire::FORMATS {
            let _ = pieces(format.name(), &[starts[start], &bytes]);
        }
    }
}
