//! What the window says around the picture, and who is called when nobody looks.

use crate::support::stage::{Stage, chosen, done, failure, receipt, text};
use fareway::app::{Effect, Event, Progress, Window};
use fareway::words::{FailureKind, Reply};
use std::time::Duration;

fn window(title: &str, progress: Progress) -> Window {
    Window { title: title.into(), progress }
}

fn called(stage: &Stage) -> Vec<&str> {
    stage
        .effects
        .iter()
        .filter_map(|e| match e {
            Effect::Notify(text) => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

#[test]
fn the_title_names_session_model_and_state_and_stays_while_tokens_come() {
    let mut stage = Stage::new(80, 24);
    assert_eq!(stage.model.window(), window("fareway · gpt-5", Progress::None));
    stage.types("What is a monad?").press("enter");
    let turn = stage.asked()[0];
    assert_eq!(stage.model.window(), window("○ What is a monad? · gpt-5", Progress::Working));
    stage.reply(turn, chosen("openai"));
    for _ in 0..100 {
        stage.reply(turn, text("a word "));
        assert_eq!(stage.model.window(), window("● What is a monad? · gpt-5", Progress::Working));
    }
    stage.reply(turn, done("openai", 10, 100));
    assert_eq!(stage.model.window(), window("What is a monad? · gpt-5", Progress::None));
    stage.model.settings.accessible = true;
    stage.types("more").press("enter");
    assert_eq!(stage.model.window().title, "waiting What is a monad? · gpt-5");
}

#[test]
fn what_ended_unseen_is_in_the_title_until_somebody_looks() {
    let mut stage = Stage::new(80, 24);
    for (fails, sign, progress) in [(false, "✓", Progress::None), (true, "✗", Progress::Failed)] {
        stage.types("hi").press("enter");
        let turn = stage.asked()[0];
        stage.event(Event::Focus(false));
        stage.reply(turn, chosen("openai"));
        if fails {
            let receipt = Box::new(receipt("openai", 1, 1, stage.model.now));
            stage
                .reply(turn, Reply::Failed { failure: failure(FailureKind::Overloaded, Some(503)), receipt });
        } else {
            stage.reply(turn, done("openai", 1, 1));
        }
        assert_eq!(stage.model.window(), window(&format!("{sign} hi · gpt-5"), progress));
        assert!(called(&stage).is_empty(), "it was short");
        stage.event(Event::Focus(true));
        assert_eq!(stage.model.window(), window("hi · gpt-5", Progress::None));
    }
}

#[test]
fn a_long_reply_calls_only_who_looks_elsewhere_and_wants_it() {
    // focused, notify, seconds, called
    let cases = [
        (false, true, 12, vec!["answered after 12 s: hi"]),
        (false, true, 4, vec![]),
        (true, true, 12, vec![]),
        (false, false, 12, vec![]),
    ];
    for (focused, notify, seconds, calls) in cases {
        let mut stage = Stage::new(80, 24);
        stage.model.settings.notify = notify;
        stage.types("hi").press("enter");
        let turn = stage.asked()[0];
        stage.event(Event::Focus(focused));
        stage.wait(Duration::from_secs(seconds));
        stage.reply(turn, chosen("openai"));
        stage.reply(turn, done("openai", 1, 1));
        assert_eq!(called(&stage), calls, "{focused} {notify} {seconds}");
    }
}

#[test]
fn a_comparison_calls_once_when_the_last_one_is_there() {
    let mut stage = Stage::new(120, 40);
    stage.types("which?").press("alt-m a").types("kimi").press("enter enter");
    let turns = stage.asked();
    assert_eq!(stage.model.window().title, "○ 2 which? · gpt-5");
    stage.event(Event::Focus(false));
    stage.wait(Duration::from_secs(9));
    stage.reply(turns[0], done("openai", 1, 1));
    assert!(called(&stage).is_empty());
    stage.reply(turns[1], done("openai", 1, 1));
    assert_eq!(called(&stage), ["answered after 9.0 s: which?"]);
}
