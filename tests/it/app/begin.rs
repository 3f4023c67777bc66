//! The beginning: what is done before the store is open stays done.

use crate::support::stage::Stage;
use fareway::app::{Began, Effect, Event, Opened};

/// Enter before the store is open: the prompt waits for the session it belongs to.
#[test]
fn a_prompt_sent_before_the_session_is_there_is_sent_when_it_is() {
    let cases = [("", "early bird", vec!["early bird"], ""), ("half a ", "draft", vec![], "half a draft")];
    for (left, typed, sent, draft) in cases {
        let mut stage = Stage::bare(80, 24);
        stage.types(typed).press("enter");
        assert!(stage.asked().is_empty(), "nobody knows yet who is asked");
        let old = stage.model.session().clone();
        let id = fareway::words::SessionId::new(stage.model.now, &mut stage.model.dice);
        let session = fareway::words::Session { id, model: "openai/gpt-5".into(), ..old };
        let kept = fareway::words::Draft { text: left.into(), column: left.len(), ..Default::default() };
        stage.event(Event::Began(Box::new(Began {
            cards: fareway::app::Cards::all(crate::support::stage::cards()),
            last: Some(Opened { session, messages: Vec::new(), unsent: kept.into(), lost: Vec::new() }),
            ..Began::default()
        })));
        let asked: Vec<String> = stage
            .effects
            .iter()
            .filter_map(|e| match e {
                Effect::Ask { request, .. } => request.messages.last().map(|m| m.plain()),
                _ => None,
            })
            .collect();
        assert_eq!(asked, sent, "{left:?}");
        assert_eq!(stage.model.draft().text, draft);
        assert_eq!(stage.model.here, id);
    }
}

/// Everything but what is within reach is gathered when somebody looks, once.
#[test]
fn every_card_is_asked_for_when_something_looks_at_them() {
    let all = crate::support::stage::cards();
    let names = std::sync::Arc::new(all.iter().map(|card| card.id.clone()).collect());
    let near: Vec<_> = all.iter().filter(|card| card.usable()).cloned().collect();
    let some = || fareway::app::Cards::some(near.clone(), &names, all.len());
    let asked = |stage: &Stage| stage.effects.iter().filter(|e| **e == Effect::Models).count();
    let far = all.iter().find(|card| !card.usable()).expect("one is out of reach").id.clone();
    let begin = |name: &str| {
        let mut stage = Stage::bare(120, 40);
        let session = fareway::words::Session { model: name.into(), ..stage.model.session().clone() };
        let last =
            Some(Opened { session, messages: Vec::new(), unsent: Default::default(), lost: Vec::new() });
        stage.event(Event::Began(Box::new(Began { cards: some(), last, ..Began::default() })));
        stage
    };
    let mut stage = begin(near[0].id.as_str());
    stage.types("hello").press("f1").press("esc");
    assert_eq!(asked(&stage), 0, "nothing looks further");
    assert!(stage.model.cards.len() < all.len() && stage.model.cards.known() == all.len());
    stage.press("ctrl-k").press("esc").press("ctrl-k");
    assert_eq!(asked(&stage), 1);
    stage.event(Event::Models(fareway::app::Cards::all(all.clone())));
    assert!(stage.model.card(far.as_str()).is_some());
    // what was gathered before comes too late
    stage.event(Event::Models(some()));
    assert!(stage.model.cards.is_whole());

    let stage = begin(far.as_str());
    assert_eq!(asked(&stage), 1, "the session's own model is out of reach");
    let stage = begin("fareway/auto");
    assert_eq!(asked(&stage), 0, "no such card will come");
}
