//! A context that fills: what is offered at which price, what each way leaves, and the way back.

use crate::support::stage::{Stage, card, cards, chosen, done, endpoint, failure, text};
use fareway::app::panes::Overlay;
use fareway::app::panes::context::{Choice, Cost, Way};
use fareway::app::{Cards, Effect, Event};
use fareway::words::{FailureKind, Purpose, Reply, Usd};

/// Four exchanges, the first of them pinned, with `/context` open.
fn full() -> Stage {
    let mut stage = Stage::new(100, 30);
    for n in 0..4 {
        stage.exchange(&format!("question {n}"), &format!("answer {n}"));
    }
    stage.press("alt-up alt-up alt-up alt-up alt-up alt-up alt-up p esc");
    stage.types("/context").press("enter");
    stage.effects.clear();
    stage
}

fn choices(stage: &Stage) -> Vec<Choice> {
    let Some(Overlay::Context(state)) = stage.model.overlays.last() else { panic!("the pane is open") };
    state.choices(&stage.model)
}

/// The texts of the shown branch.
fn shown(stage: &Stage) -> Vec<String> {
    stage.model.thread().shown().map(|node| node.message.plain()).collect()
}

fn asked(stage: &Stage) -> Vec<(Purpose, String, usize)> {
    let one = |effect: &Effect| match effect {
        Effect::Ask { request, .. } => {
            Some((request.purpose, request.model.to_string(), request.messages.len()))
        }
        _ => None,
    };
    stage.effects.iter().filter_map(one).collect()
}

#[test]
fn what_is_left_out_stays_beside_it_and_comes_back() {
    let mut stage = full();
    let before = shown(&stage);
    stage.press("down enter");
    // the newest two exchanges, and the pinned one
    assert_eq!(shown(&stage), ["question 0", "answer 0", "question 2", "answer 2", "question 3", "answer 3"]);
    assert!(stage.model.notice().is_some_and(|n| n.text.starts_with("2 older messages are left out")));
    assert!(asked(&stage).is_empty(), "nobody was asked");
    let thread = stage.model.thread();
    assert_eq!(thread.branch(thread.path()[0]), (1, 2), "the whole one is a branch beside it");
    stage.types("/undo").press("enter");
    assert_eq!(shown(&stage), before);
}

#[test]
fn each_way_has_its_price_and_a_summary_its_writer() {
    let mut stage = full();
    // 1 pinned exchange and 2 newest stay, 1 goes: 356 tokens of its answer and a short question
    let ways: Vec<Way> = choices(&stage).iter().map(|choice| choice.way).collect();
    assert_eq!(ways, [Way::Summarise, Way::LeaveOut, Way::Larger, Way::Nothing]);
    let [summary, out, larger, nothing] = choices(&stage).try_into().expect("four");
    let usd =
        |cost: &Cost| if let Cost::About(usd) = cost { *usd } else { panic!("a known price: {cost:?}") };
    assert!(usd(&out.prompt) < usd(&summary.prompt) && usd(&summary.prompt) < usd(&nothing.prompt));
    assert!(
        usd(&summary.once) > "0.0015".parse::<Usd>().expect("dollars"),
        "half as many words at $10 a million"
    );
    assert_eq!((out.once, larger.prompt), (Cost::None, Cost::None), "no larger one is within reach");
    stage.press("right");
    assert_eq!(choices(&stage).len(), 2, "all but the pinned stays: nothing is older");
    stage.press("left m").types("kimi").press("enter");
    let summary = choices(&stage).remove(0);
    assert_eq!(
        (summary.text.as_str(), summary.once),
        ("Summarise the older ones with groq/kimi-k2", Cost::Unknown)
    );
    stage.press("enter");
    assert_eq!(asked(&stage), [(Purpose::Summary, "groq/kimi-k2".to_owned(), 3)]);
    assert!(stage.screen().contains("groq/kimi-k2 summarises older messages · "));
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("groq"));
    stage.reply(turn, text("They spoke of questions."));
    // who reads elsewhere meanwhile stays there
    let session = stage.model.here;
    stage.press("ctrl-n");
    let elsewhere = stage.model.here;
    stage.reply(turn, done("groq", 400, 20));
    assert_eq!(stage.model.here, elsewhere);
    let saved = stage.effects.iter().any(|effect| {
        matches!(effect, Effect::Save(saves) if saves.iter().any(|save| matches!(save,
            fareway::app::Save::Message { session: of, message }
                if *of == session && message.plain().contains("They spoke of questions."))))
    });
    assert!(saved);
}

#[test]
fn a_summary_that_is_stopped_changes_nothing() {
    let mut stage = full();
    let before = shown(&stage);
    stage.press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, text("They sp"));
    stage.press("esc");
    assert!(stage.effects.contains(&Effect::Stop { turn }));
    assert_eq!(shown(&stage), before);
}

/// A prompt is refused for its length: the ways open by themselves, and the one taken asks it again.
#[test]
fn what_did_not_fit_is_asked_again() {
    let mut stage = Stage::new(100, 30);
    let mut all = cards();
    all.push(card("big/context", vec![endpoint("groq", "big/context", Some(("1", "2")), 2_000_000)], true));
    stage.event(Event::Models(Cards::all(all)));
    for n in 0..2 {
        stage.exchange(&format!("question {n}"), &format!("answer {n}"));
    }
    let refuse = |stage: &mut Stage| {
        stage.types("one too many").press("enter");
        let turn = stage.asked()[0];
        stage.reply(turn, chosen("openai"));
        let receipt = Box::new(crate::support::stage::receipt("openai", 0, 0, stage.model.now));
        stage.reply(turn, Reply::Failed { failure: failure(FailureKind::ContextLength, Some(400)), receipt });
        stage.effects.clear();
    };
    refuse(&mut stage);
    assert!(stage.screen().contains("The prompt does not fit into the context"), "{}", stage.screen());
    stage.press("down enter");
    assert_eq!(shown(&stage), ["one too many", ""]);
    assert_eq!(asked(&stage), [(Purpose::Chat, "openai/gpt-5".to_owned(), 1)]);
    let turn = stage.asked()[0];
    stage.reply(turn, text("now it fits"));
    stage.reply(turn, done("openai", 9, 3));
    // a larger model is asked the same, as a branch beside the failure
    refuse(&mut stage);
    stage.press("down down enter");
    let Some(Overlay::Picker(state)) = stage.model.overlays.last() else { panic!("the picker is open") };
    assert_eq!(state.card(&stage.model).map(|c| c.id.as_str()), Some("big/context"), "the largest first");
    stage.press("enter");
    assert_eq!(asked(&stage), [(Purpose::Chat, "big/context".to_owned(), 3)]);
}

#[test]
fn it_is_said_once_that_the_context_fills() {
    let mut stage = Stage::new(100, 30);
    stage.types("/model local/qwen3").press("enter");
    let said = |stage: &mut Stage, prompt: u64| {
        stage.model.notices.clear();
        stage.types("more").press("enter");
        let turn = stage.asked()[0];
        stage.reply(turn, text("words"));
        stage.reply(turn, done("ollama", prompt, 100));
        stage.model.notices.iter().any(|n| n.text.contains("alt-s makes room"))
    };
    assert!(!said(&mut stage, 20_000));
    assert!(said(&mut stage, 27_000), "82 % of 32,768");
    assert!(!said(&mut stage, 28_000), "once");
}
