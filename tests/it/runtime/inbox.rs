//! The inbox joins neighbours and nothing else.

use fareway::runtime::join;
use fareway::words::{Delta, Reasoning, Reply, Stop, TurnId};

fn text(turn: u64, text: &str) -> (TurnId, Option<Reply>) {
    (TurnId(turn), Some(Reply::Delta(Delta::Text(text.into()))))
}

fn thought(turn: u64, index: u32, text: &str, signature: Option<&str>) -> (TurnId, Option<Reply>) {
    let piece =
        Reasoning { text: text.into(), signature: signature.map(str::to_owned), ..Reasoning::default() };
    (TurnId(turn), Some(Reply::Delta(Delta::Reasoning { index, piece })))
}

fn stop(turn: u64) -> (TurnId, Option<Reply>) {
    (TurnId(turn), Some(Reply::Delta(Delta::Stop { reason: Stop::Stop, native: "stop".into() })))
}

#[test]
fn only_neighbours_of_one_turn_and_kind_are_joined() {
    let mut heard = Vec::new();
    for next in [
        text(1, "a"),
        text(1, "b"),
        text(2, "c"),
        text(2, "d"),
        text(1, "e"),
        stop(1),
        text(1, "f"),
        thought(3, 0, "x", None),
        thought(3, 0, "y", None),
        thought(3, 0, "", Some("sig")),
        thought(3, 1, "z", None),
        (TurnId(3), None),
    ] {
        join(&mut heard, next);
    }
    let wanted = vec![
        text(1, "ab"),
        text(2, "cd"),
        text(1, "e"),
        stop(1),
        text(1, "f"),
        thought(3, 0, "xy", None),
        thought(3, 0, "", Some("sig")),
        thought(3, 1, "z", None),
        (TurnId(3), None),
    ];
    assert_eq!(heard, wanted);
}
