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
            cards: std::sync::Arc::new(crate::support::stage::cards()),
            last: Some(Opened { session, messages: Vec::new(), draft: kept }),
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
