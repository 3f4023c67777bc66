//! Titles by a cheap model: only when allowed, only of who has seen the text, never in the way.

use crate::support::stage::{Stage, chosen, done, failure, text};
use fareway::app::{Effect, Save};
use fareway::words::{FailureKind, Purpose, Reply, Request, Titled, TurnId};

fn asked_for_title(stage: &Stage) -> Option<(TurnId, Request)> {
    stage.effects.iter().find_map(|e| match e {
        Effect::Ask { turn, request } if request.purpose == Purpose::Title => {
            Some((*turn, (**request).clone()))
        }
        _ => None,
    })
}

fn talk(allowed: bool) -> Stage {
    let mut stage = Stage::new(100, 30);
    if allowed {
        stage.types("/titles").press("enter");
        assert!(stage.model.notice().is_some_and(|n| n.text.contains("costs a little")));
    }
    stage.types("What is a monad, in three sentences?").press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("openai"));
    stage.reply(turn, text("A monoid in the category of endofunctors."));
    stage.reply(turn, done("openai", 1_204, 356));
    stage
}

#[test]
fn without_leave_nothing_is_asked() {
    let stage = talk(false);
    assert_eq!(asked_for_title(&stage), None);
    assert_eq!(stage.model.session().titled, Titled::Locally);
}

#[test]
fn the_provider_that_answered_names_the_session_and_the_cost_is_said() {
    let mut stage = talk(true);
    let (turn, request) = asked_for_title(&stage).expect("a title is asked for");
    assert_eq!(request.preferences.only, ["openai"], "nobody else has seen the text");
    assert_eq!(request.tags, ["title"]);
    assert!(request.messages[0].plain().contains("What is a monad") && request.params.max_tokens.is_some());
    // the next prompt does not wait for it
    stage.types("And a comonad?").press("enter");
    assert_eq!(stage.asked().len(), 1 + 1, "the title and the next prompt");
    stage.reply(turn, chosen("openai"));
    stage.reply(turn, text("**Title: Monads, briefly.**\nanything else"));
    stage.reply(turn, done("openai", 60, 5));
    assert_eq!(stage.model.session().title, "Monads, briefly");
    assert_eq!(stage.model.session().titled, Titled::ByModel);
    let said = stage.model.notice().map(|n| n.text.clone()).unwrap_or_default();
    assert!(said.starts_with("titled by openai/gpt-5 for $0."), "{said}");
    assert_eq!(stage.model.window().title, "○ Monads, briefly · gpt-5", "the next reply is awaited");
    assert!(stage.effects.iter().any(|e| matches!(e, Effect::Tally { .. })), "the ledger is asked anew");
    let kept = |s: &Save| matches!(s, Save::Session(s) if s.title == "Monads, briefly");
    assert!(stage.effects.iter().any(|e| matches!(e, Effect::Save(saves) if saves.iter().any(kept))));
    assert_eq!(stage.model.thread().path().len(), 4, "it is no message");
}

#[test]
fn a_persons_title_and_a_failure_leave_things_as_they_are() {
    let mut stage = talk(true);
    let (turn, _) = asked_for_title(&stage).expect("a title is asked for");
    stage.types("/title Mine").press("enter");
    stage.reply(turn, chosen("openai"));
    stage.reply(turn, text("Theirs"));
    stage.reply(turn, done("openai", 60, 5));
    assert_eq!(
        (stage.model.session().title.as_str(), stage.model.session().titled),
        ("Mine", Titled::ByPerson)
    );

    let mut stage = talk(true);
    let (turn, _) = asked_for_title(&stage).expect("a title is asked for");
    let Reply::Done(receipt) = done("openai", 0, 0) else { panic!("a receipt") };
    stage.reply(turn, Reply::Failed { failure: failure(FailureKind::Overloaded, Some(503)), receipt });
    assert_eq!(stage.model.session().title, "What is a monad, in three sentences?");
    assert!(stage.model.live.is_empty());
}

/// What was typed names a session, not the file above it.
#[test]
fn the_first_words_are_those_that_were_typed() {
    let cases = [
        ("\n`a b.txt`\n```\nhello\n```\n  what is **it**", "what is it"),
        ("````\n```\nx\n```\n````\nFix `this`", "Fix this"),
        ("# Plan\nmore", "Plan"),
        ("`a.txt`\n```\nhello\n```\n", "a.txt"),
        ("`x` is what?", "x is what?"),
    ];
    for (prompt, title) in cases {
        let mut stage = Stage::new(80, 24);
        stage.event(fareway::app::Event::Paste(prompt.into()));
        stage.press("enter");
        assert_eq!(stage.model.session().title, title, "{prompt:?}");
    }
}
