//! What is looked for is gone to, row by row, and marked where it stands.

use crate::support::stage::{Stage, chosen, done, text};
use fareway::app::{Event, Hit, Opened};
use fareway::words::{Delta, Message, MessageId, ModelRef, Reasoning, Reply, Role, Session, SessionId};
use ratatui::style::Modifier;
use std::sync::Arc;

/// 300 lines, three of which hold a word that stands nowhere else.
fn long() -> String {
    let line = |n: usize| match n {
        20 | 150 | 280 => format!("* line {n} has **the** Needle in it\n"),
        _ => format!("* line {n} is hay\n"),
    };
    (0..300).map(line).collect()
}

fn shown(stage: &mut Stage) -> Vec<String> {
    stage.drawn(Modifier::UNDERLINED)
}

#[track_caller]
fn sees(stage: &mut Stage, words: &str) {
    let screen = stage.screen();
    assert!(screen.contains(words), "no {words:?} in\n{screen}");
}

#[test]
fn each_place_of_a_long_message_is_gone_to() {
    for (columns, rows) in [(80, 24), (40, 12)] {
        let mut stage = Stage::new(columns, rows);
        stage.exchange("Where is it?", &long());
        stage.screen();
        stage.press("f3").types("needle");
        sees(&mut stage, "line 280 ");
        assert_eq!(shown(&mut stage), ["Needle"]);
        stage.press("enter");
        sees(&mut stage, "line 150 ");
        sees(&mut stage, "2 of 3");
        assert_eq!(shown(&mut stage), ["Needle"]);
        // the typing has ended: letters are commands now
        stage.press("n");
        sees(&mut stage, "line 20 ");
        stage.press("n");
        sees(&mut stage, "line 280 ");
        stage.press("N N");
        sees(&mut stage, "line 150 ");
        // until there is another letter, or a slash
        stage.press("/").types("x");
        sees(&mut stage, "nothing");
        stage.press("esc");
        assert_eq!(shown(&mut stage), [""; 0]);
        sees(&mut stage, "line 150 ");
    }
}

#[test]
fn a_place_that_is_in_view_moves_nothing() {
    let mut stage = Stage::new(80, 24);
    stage.exchange("one", "first word, second word, third word");
    stage.screen();
    let before = stage.model.thread().place;
    stage.press("f3").types("word");
    for _ in 0..4 {
        stage.press("enter");
        assert_eq!(stage.model.thread().place, before);
    }
    sees(&mut stage, "2 of 3");
}

#[test]
fn words_that_the_wrap_took_apart_are_found_and_marked() {
    let mut stage = Stage::new(40, 24);
    stage.exchange("go", "The quick brown fox jumps over the lazy dog and over all the others too.");
    stage.screen();
    stage.press("f3").types("over the lazy dog");
    assert_eq!(shown(&mut stage), ["over the", "lazy dog"]);
    sees(&mut stage, "1 of 1");
}

#[test]
fn thinking_is_unfolded_when_it_holds_the_place() {
    let mut stage = Stage::new(80, 24);
    stage.types("think").press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("openai"));
    let piece = Reasoning { text: "a zebra, thought of\n".repeat(40), ..Reasoning::default() };
    stage.reply(turn, Reply::Delta(Delta::Reasoning { index: 0, piece }));
    stage.reply(turn, text("The zebra it is."));
    stage.reply(turn, done("openai", 3, 9));
    stage.screen();
    stage.press("f3").types("zebra");
    sees(&mut stage, "1 of 41");
    assert!(!stage.screen().contains("a zebra, thought of"), "the newest is not in the thinking");
    stage.press("enter");
    sees(&mut stage, "a zebra, thought of");
    assert_eq!(shown(&mut stage), ["zebra"]);
}

#[test]
fn a_search_over_all_sessions_lands_on_the_row() {
    let mut stage = Stage::new(80, 24);
    stage.screen();
    let (session, message) = (SessionId::nil(), MessageId::nil());
    let excerpt = "line 150 has the Needle in it line 151 is hay";
    let start = excerpt.find("Needle").expect("it is there");
    let hit = Hit {
        session,
        message,
        title: "hay".into(),
        excerpt: excerpt.into(),
        marks: vec![(start, start + "needle".len())],
        offset: long().find("Needle in it\n* line 151").expect("it is there"),
    };
    stage.press("ctrl-f").types("need");
    let turn = stage.model.pending.search.expect("a search");
    stage.event(Event::Found { turn, hits: vec![hit] });
    stage.press("enter");
    let turn = stage.model.pending.open.expect("the session is read");
    let at = stage.model.now;
    let long = Message::text(message, None, Role::User, long(), at);
    let opened = Opened {
        session: Session::new(session, ModelRef::new("openai/gpt-5"), at),
        messages: vec![Arc::new(long)],
        unsent: Default::default(),
        lost: Vec::new(),
    };
    stage.event(Event::Opened { turn, opened: Box::new(opened) });
    sees(&mut stage, "line 150 ");
    sees(&mut stage, "2 of 3");
    assert_eq!(shown(&mut stage), ["Needle"]);
    stage.press("n");
    sees(&mut stage, "line 20 ");
}
