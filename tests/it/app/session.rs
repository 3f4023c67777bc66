//! Scripts of a session: what is pressed and heard, and what is asked of the shell.

use crate::support::stage::{Stage, chosen, done, failure, receipt, text};
use fareway::app::{Effect, Event, Level, Save};
use fareway::words::{
    Considered, Decision, Delta, FailureKind, Filter, MessageState, Outcome, Reasoning, Reply, Role, Usd,
    Verdict,
};
use std::time::Duration;

fn saves(effects: &[Effect]) -> Vec<&Save> {
    effects
        .iter()
        .filter_map(|e| if let Effect::Save(saves) = e { Some(saves) } else { None })
        .flatten()
        .collect()
}

#[test]
fn enter_sends_and_the_reply_is_kept() {
    let mut stage = Stage::new(80, 24);
    stage.types("What is a monad?").press("enter");
    let Some(Effect::Ask { turn, request }) = stage.effects.iter().find(|e| matches!(e, Effect::Ask { .. }))
    else {
        panic!("no request in {:?}", stage.effects);
    };
    let turn = *turn;
    assert_eq!(request.model.as_str(), "openai/gpt-5");
    assert_eq!(request.messages.len(), 1);
    assert_eq!(request.messages[0].plain(), "What is a monad?");
    // the prompt is kept before the draft is taken away
    let kept = saves(&stage.effects);
    let message =
        kept.iter().position(|s| matches!(s, Save::Message { message, .. } if message.role == Role::User));
    let draft = kept.iter().position(|s| matches!(s, Save::Draft { draft, .. } if draft.is_empty()));
    assert!(message.expect("the prompt is kept") < draft.expect("the draft is emptied"));
    assert_eq!(stage.model.session().title, "What is a monad?");

    stage.effects.clear();
    stage.reply(turn, chosen("openai"));
    stage.reply(turn, text("A monoid"));
    stage.reply(turn, text(" in the category of endofunctors."));
    assert!(stage.effects.is_empty(), "a token asks for nothing: {:?}", stage.effects);
    stage.reply(turn, done("openai", 10, 8));
    let last = stage.model.thread().last().expect("a reply");
    assert_eq!(last.plain(), "A monoid in the category of endofunctors.");
    assert_eq!(last.state, MessageState::Done);
    assert!(
        saves(&stage.effects)
            .iter()
            .any(|s| matches!(s, Save::Message { message, .. } if message.id == last.id))
    );
    assert!(stage.effects.iter().any(|e| matches!(e, Effect::Tally { .. })));
    assert_eq!(stage.model.spent.today.requests, 1);
    assert_eq!(stage.model.spent.today.booked.to_string(), "0.0000925");
}

#[test]
fn the_text_so_far_is_kept_every_half_second() {
    let mut stage = Stage::new(80, 24);
    stage.types("hi").press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("openai"));
    for _ in 0..20 {
        stage.model.now = stage.model.now + Duration::from_millis(100);
        stage.reply(turn, text("word "));
    }
    assert_eq!(saves(&stage.effects).len(), 4, "two seconds, a save each half");
}

#[test]
fn esc_stops_and_keeps_what_was_heard() {
    let mut stage = Stage::new(80, 24);
    stage.types("hi").press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("openai"));
    stage.reply(turn, text("Hello th"));
    stage.press("esc");
    assert!(stage.effects.contains(&Effect::Stop { turn }));
    let last = stage.model.thread().last().expect("the reply");
    assert_eq!((last.plain().as_str(), &last.state), ("Hello th", &MessageState::Stopped));
    assert!(last.receipt.as_ref().is_some_and(|r| r.usage.completion > 0));
    // a late token says nothing
    stage.reply(turn, text("ere"));
    assert_eq!(stage.model.thread().last().expect("the reply").plain(), "Hello th");
}

#[test]
fn falling_back_is_said_with_its_reason_live_and_later() {
    let mut stage = Stage::new(100, 24);
    stage.types("hi").press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("azure"));
    stage.model.now = stage.model.now + Duration::from_millis(200);
    let from = fareway::words::EndpointId::new("azure:openai/gpt-5");
    stage.reply(turn, Reply::FellBack { from, failure: failure(FailureKind::Overloaded, Some(503)) });
    stage.reply(turn, chosen("openai"));
    let note = "azure:openai/gpt-5 503 overloaded, 200 ms → openai:openai/gpt-5";
    assert!(stage.screen().contains(note), "{}", stage.screen());
    stage.reply(turn, text("Hello"));
    stage.reply(turn, done("openai", 3, 1));
    assert!(stage.screen().contains(note), "{}", stage.screen());
}

/// Who goes on, at what price, and the money of both parts, from the moment of the seam.
#[test]
fn a_rescue_is_said_with_its_price_and_the_meter_has_both_parts() {
    let mut stage = Stage::new(120, 24);
    stage.types("hi").press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("azure"));
    stage.reply(turn, text("One two three four"));
    let live = |stage: &Stage| stage.model.live[&turn].reading(stage.model.now);
    let before = live(&stage);
    let Reply::Chosen(mut next) = chosen("openai") else { panic!("it is chosen") };
    next.dearer = Some(fareway::words::Dearer::Times(2.0));
    let from = fareway::words::EndpointId::new("azure:openai/gpt-5");
    stage.reply(turn, Reply::Resumed { from, failure: failure(FailureKind::Cut, None), chosen: next });
    stage.reply(turn, text(" five six seven eight"));
    let screen = stage.screen();
    let note = format!(
        "azure:openai/gpt-5 cut off after {} tokens → continued by openai:openai/gpt-5 (2.0× the price)",
        before.usage.completion
    );
    assert!(screen.contains(&note), "{screen}");
    let after = live(&stage);
    assert_eq!(after.usage.prompt, 2 * before.usage.prompt, "{after:?}");
    assert!(after.usage.completion > before.usage.completion && after.cost > before.cost, "{after:?}");
    assert_eq!(
        stage.model.thread().last().expect("the reply").plain(),
        "One two three four five six seven eight"
    );
    // and when it is over it is said in the same words
    let mut receipt = receipt("openai", 1_204, 4, stage.model.now);
    receipt.attempts[0].outcome = Outcome::Failed(failure(FailureKind::Cut, None));
    receipt.attempts[0].ttft = Some(std::time::Duration::from_millis(100));
    receipt.attempts[0].usage = before.usage;
    (receipt.attempts[1].rescue, receipt.attempts[1].dearer) =
        (true, Some(fareway::words::Dearer::Times(2.0)));
    stage.reply(turn, Reply::Done(Box::new(receipt)));
    assert!(stage.model.live.is_empty() && stage.screen().contains(&note), "{}", stage.screen());
}

/// A budget's passing over stands beside the reply, while it is heard and later.
#[test]
fn whom_a_budget_forbade_is_said_live_and_later() {
    let mut stage = Stage::new(120, 24);
    stage.types("hi").press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("azure"));
    let azure = fareway::words::EndpointId::new("azure:openai/gpt-5");
    let from = azure.clone();
    stage.reply(turn, Reply::FellBack { from, failure: failure(FailureKind::Budget, None) });
    stage.reply(turn, chosen("openai"));
    stage.reply(turn, text("Hello"));
    let note = "azure:openai/gpt-5 over budget, not asked";
    assert!(stage.screen().contains(note), "{}", stage.screen());
    let mut receipt = receipt("openai", 3, 1, stage.model.now);
    receipt.attempts.remove(0);
    receipt.decision = Some(Box::new(Decision {
        considered: vec![Considered {
            endpoint: azure,
            model: receipt.model.clone(),
            verdict: Verdict::Dropped { filter: Filter::Budget, reason: "may cost too much".into() },
            estimate: None,
            score: None,
            share: None,
        }],
        ..Decision::default()
    }));
    stage.reply(turn, Reply::Done(Box::new(receipt)));
    assert!(stage.model.live.is_empty() && stage.screen().contains(note), "{}", stage.screen());
}

/// The fee of the request and that of the search it asks for are known when it is sent, not when usage comes.
#[test]
fn fees_stand_in_the_meter_from_the_start() {
    let mut stage = Stage::new(120, 24);
    stage.types("hi").press("enter");
    let turn = stage.asked()[0];
    let usd = |text: &str| text.parse::<Usd>().expect("dollars");
    let cost = |stage: &Stage| stage.model.live[&turn].reading(stage.model.now).cost.expect("a price");
    let asked = |fees: bool, searches: u64| {
        let Reply::Chosen(mut chosen) = chosen("openai") else { panic!("it is chosen") };
        let prices = chosen.prices.as_mut().expect("prices");
        prices.request = fees.then(|| usd("0.005"));
        prices.search = fees.then(|| usd("0.01"));
        chosen.searches = searches;
        Reply::Chosen(chosen)
    };
    stage.reply(turn, asked(false, 1));
    let without = cost(&stage);
    stage.reply(turn, asked(true, 0));
    assert_eq!(cost(&stage), without + usd("0.005"));
    stage.reply(turn, asked(true, 1));
    assert_eq!(cost(&stage), without + usd("0.015"));
}

#[test]
fn a_failure_says_what_to_do() {
    let mut stage = Stage::new(100, 24);
    stage.types("hi").press("enter");
    let turn = stage.asked()[0];
    let mut failure = failure(FailureKind::UnknownModel, None);
    failure.message = "There is no model openai/gpt-55; did you mean openai/gpt-5?".into();
    failure.nearest = vec!["openai/gpt-5".into()];
    let Reply::Done(receipt) = done("openai", 0, 0) else { panic!("a receipt") };
    stage.reply(turn, Reply::Failed { failure, receipt });
    assert!(stage.screen().contains("There is no model openai/gpt-55; did you mean openai/gpt-5?"));
    assert!(!stage.screen().contains("Nearest"), "said once");
}

#[test]
fn two_sessions_stream_at_once() {
    let mut stage = Stage::new(80, 24);
    stage.types("first").press("enter");
    let first = stage.asked()[0];
    let here = stage.model.here;
    stage.press("ctrl-n").types("second").press("enter");
    let second = stage.asked()[0];
    assert_ne!(stage.model.here, here);
    stage.reply(first, chosen("openai"));
    stage.reply(second, chosen("openai"));
    stage.reply(first, text("one"));
    stage.reply(second, text("two"));
    assert_eq!(stage.model.thread().last().expect("a reply").plain(), "two");
    stage.reply(first, done("openai", 1, 1));
    assert!(
        !stage.model.threads.contains_key(&here),
        "a finished session out of sight is not kept in memory"
    );
    stage.press("ctrl-o");
    assert!(stage.screen().contains("first"));
    stage.press("down enter");
    assert!(stage.effects.iter().any(|e| matches!(e, Effect::Open { session, .. } if *session == here)));
}

#[test]
fn thinking_is_folded_with_its_time_and_tokens() {
    let mut stage = Stage::new(80, 24);
    stage.types("hard question").press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("openai"));
    let piece = Reasoning { text: "Let me see. ".repeat(20), ..Reasoning::default() };
    stage.reply(turn, Reply::Delta(Delta::Reasoning { index: 0, piece }));
    stage.model.now = stage.model.now + Duration::from_millis(2_500);
    assert!(stage.screen().contains("▸ thinking 2.5 s, ~75 tokens"), "{}", stage.screen());
    stage.reply(turn, text("Done."));
    stage.model.now = stage.model.now + Duration::from_secs(9);
    assert!(stage.screen().contains("▸ thought for 2.5 s, ~75 tokens"));
    stage.press("alt-t");
    assert!(stage.screen().contains("Let me see."));
    stage.press("alt-t");
    // the provider did not say how much was thought: estimated; the time is the message's own from now on
    stage.reply(turn, done("openai", 10, 80));
    assert!(stage.screen().contains("▸ thought for 2.5 s, ~75 tokens"), "{}", stage.screen());
    let last = stage.model.thread().last().expect("a reply").clone();
    let kept = serde_json::to_value(&*last).expect("it is stored as text");
    assert_eq!(kept["thought_ms"], 2_500);
}

#[test]
fn who_is_stopped_while_thinking_thought_until_then() {
    let mut stage = Stage::new(80, 24);
    stage.types("hard question").press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("openai"));
    let piece = Reasoning { text: "Let me see. ".repeat(20), ..Reasoning::default() };
    stage.reply(turn, Reply::Delta(Delta::Reasoning { index: 0, piece }));
    stage.model.now = stage.model.now + Duration::from_millis(1_300);
    stage.press("esc");
    assert!(stage.screen().contains("▸ thought for 1.3 s, 75 tokens"), "{}", stage.screen());
}

#[test]
fn asking_again_makes_a_branch_beside() {
    let mut stage = Stage::new(80, 24);
    stage.exchange("hi", "one");
    stage.press("ctrl-r");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("openai"));
    stage.reply(turn, text("two"));
    stage.reply(turn, done("openai", 1, 1));
    assert!(stage.screen().contains("openai/gpt-5 ‹2/2›"), "{}", stage.screen());
    stage.press("alt-up left");
    assert!(stage.screen().contains("‹1/2›"), "{}", stage.screen());
    assert_eq!(stage.model.thread().last().expect("a reply").plain(), "one");
}

#[test]
fn editing_a_prompt_keeps_the_old_branch() {
    let mut stage = Stage::new(80, 24);
    stage.exchange("first words", "one");
    stage.press("alt-up alt-up e");
    assert_eq!(stage.model.draft().text, "first words");
    stage.types("!").press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, done("openai", 1, 1));
    let root = stage.model.thread().children(None);
    assert_eq!(root.len(), 2, "both prompts are there");
    assert_eq!(stage.model.thread().message(root[1]).expect("the new one").plain(), "first words!");
}

#[test]
fn deleting_asks_first() {
    let mut stage = Stage::new(80, 24);
    stage.exchange("hi", "one");
    stage.press("alt-up d");
    assert!(stage.screen().contains("Delete?"));
    stage.press("enter");
    assert_eq!(stage.model.thread().path().len(), 2, "the first answer is the safe one");
    stage.press("d y");
    assert_eq!(stage.model.thread().path().len(), 1);
    assert!(
        saves(&stage.effects)
            .iter()
            .any(|s| matches!(s, Save::RemoveMessages { messages, .. } if messages.len() == 1))
    );
}

#[test]
fn ctrl_c_stops_then_clears_then_asks_then_quits() {
    let mut stage = Stage::new(80, 24);
    stage.types("hi").press("enter");
    let turn = stage.asked()[0];
    stage.types("draft").press("ctrl-c");
    assert!(stage.effects.contains(&Effect::Stop { turn }));
    stage.press("ctrl-c");
    assert_eq!(stage.model.draft().text, "");
    assert!(!stage.effects.contains(&Effect::Quit));
    stage.press("ctrl-c");
    assert_eq!(stage.effects.last(), Some(&Effect::Quit));
    let mut stage = Stage::new(80, 24);
    stage.press("ctrl-c");
    assert!(stage.screen().contains("Ctrl-C again quits"));
    stage.types("x").press("backspace ctrl-c");
    assert!(!stage.effects.contains(&Effect::Quit), "another key in between takes it back");
    stage.effects.clear();
    stage.press("ctrl-d");
    assert_eq!(stage.effects.last(), Some(&Effect::Quit));
}

#[test]
fn quitting_while_a_reply_streams_asks_and_keeps_it() {
    let mut stage = Stage::new(80, 24);
    stage.types("hi").press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("openai"));
    stage.reply(turn, text("half"));
    stage.press("ctrl-d");
    assert!(stage.screen().contains("Quit?"));
    stage.press("y");
    assert!(stage.effects.contains(&Effect::Stop { turn }));
    assert!(
        saves(&stage.effects)
            .iter()
            .any(|s| matches!(s, Save::Message { message, .. } if message.plain() == "half"))
    );
    assert_eq!(stage.effects.last(), Some(&Effect::Quit));
}

#[test]
fn the_draft_is_kept_per_session_and_comes_back() {
    let mut stage = Stage::new(80, 24);
    stage.exchange("hi", "hello");
    let here = stage.model.here;
    stage.types("half a thought");
    stage.effects.clear();
    stage.wait(Duration::from_millis(400));
    assert!(saves(&stage.effects).iter().any(
        |s| matches!(s, Save::Draft { session, draft } if *session == here && draft.draft.text == "half a thought")
    ));
    stage.press("ctrl-n");
    assert_eq!(stage.model.draft().text, "");
}

#[test]
fn pastes_are_folded_refused_or_typed() {
    let mut stage = Stage::new(80, 24);
    stage.event(Event::Paste("two\nlines".into()));
    assert_eq!(stage.model.draft().text, "two\nlines");
    stage.event(Event::Paste("a line of text\n".repeat(1000)));
    assert!(stage.model.draft().text.contains("⟦pasted 1000 lines, 14 KB⟧"), "{}", stage.model.draft().text);
    stage.press("enter");
    let Some(Effect::Ask { request, .. }) = stage.effects.iter().find(|e| matches!(e, Effect::Ask { .. }))
    else {
        panic!("no request");
    };
    assert!(request.messages[0].plain().len() > 14_000, "what is sent is the text, not the label");

    // many short lines would push what was written out of sight; Up brings them back whole, also after a restart
    let mut stage = Stage::new(80, 24);
    let lines = "line\n".repeat(50);
    stage.types("see ").event(Event::Paste(lines.clone()));
    assert_eq!(stage.model.draft().text, "see ⟦pasted 50 lines, 250 B⟧");
    stage.press("enter");
    assert_eq!(stage.model.settings.history, [format!("see {}", lines.trim_end())]);

    let mut stage = Stage::new(80, 24);
    stage.event(Event::Paste("x".repeat(6 << 20)));
    assert!(stage.model.notice().is_some_and(|n| n.level == Level::Error && n.text.contains("at most 5 MB")));
    stage.event(Event::Paste("\u{0}\u{1}\u{2}".repeat(100)));
    assert!(stage.model.notice().is_some_and(|n| n.text.contains("not text")));
    assert_eq!(stage.model.draft().text, "");
}

#[test]
fn prompts_come_back_with_up() {
    let mut stage = Stage::new(80, 24);
    stage.exchange("first", "a");
    stage.exchange("second", "b");
    stage.types("unsent").press("up");
    assert_eq!(stage.model.draft().text, "second");
    stage.press("up");
    assert_eq!(stage.model.draft().text, "first");
    stage.press("up down down");
    assert_eq!(stage.model.draft().text, "unsent");
}

#[test]
fn commands_complete_and_run() {
    let mut stage = Stage::new(80, 24);
    stage.types("/tit");
    assert!(stage.screen().contains("/title"));
    stage.press("tab").types("My talk").press("enter");
    assert_eq!(stage.model.session().title, "My talk");
    stage.types("/nonsense").press("enter");
    assert!(stage.model.notice().is_some_and(|n| n.text.contains("there is no command /nonsense;")));
    stage.press("ctrl-u").types("/modle").press("enter");
    assert!(stage.model.notice().is_some_and(|n| n.text.contains("did you mean /model?")));
    assert!(!stage.effects.iter().any(|e| matches!(e, Effect::Ask { .. })));
}

#[test]
fn a_shell_command_runs_only_after_a_yes() {
    let mut stage = Stage::new(80, 24);
    stage.types("!ls -l").press("enter");
    assert!(stage.screen().contains("Run this command in your shell?"));
    stage.press("esc");
    assert!(!stage.effects.iter().any(|e| matches!(e, Effect::Run { .. })));
    stage.press("enter y");
    assert!(stage.effects.iter().any(|e| matches!(e, Effect::Run { command, .. } if command == "ls -l")));
}

#[test]
fn a_budget_asks_one_question() {
    let mut stage = Stage::new(100, 24);
    stage.types("hi").press("enter");
    let turn = stage.asked()[0];
    let Reply::Done(receipt) = done("openai", 0, 0) else { panic!("a receipt") };
    stage.reply(turn, Reply::Failed { failure: failure(FailureKind::Budget, None), receipt });
    assert!(stage.screen().contains("A budget says no."));
    stage.press("c");
    assert!(stage.screen().contains("by price out"), "cheaper models, the cheapest first");
    stage.press("enter");
    assert!(
        stage
            .effects
            .iter()
            .any(|e| matches!(e, Effect::Ask { request, .. } if request.model.as_str() != "openai/gpt-5"))
    );
}

#[test]
fn what_was_typed_before_the_store_answered_is_not_lost() {
    let mut stage = Stage::bare(80, 24);
    stage.types("early");
    stage.event(Event::Began(Box::default()));
    assert_eq!(stage.model.draft().text, "early");
}

#[test]
fn a_late_answer_says_nothing() {
    let mut stage = Stage::new(80, 24);
    stage.press("ctrl-f").types("ab");
    let turns: Vec<_> = stage
        .effects
        .iter()
        .filter_map(|e| if let Effect::Search { turn, .. } = e { Some(*turn) } else { None })
        .collect();
    let hit = fareway::app::Hit {
        session: stage.model.here,
        message: fareway::words::MessageId::nil(),
        title: "stale".into(),
        excerpt: "a".into(),
        marks: vec![(0, 1)],
        offset: 0,
    };
    stage.event(Event::Found { turn: turns[0], hits: vec![hit.clone()] });
    assert!(!stage.screen().contains("stale"));
    stage.event(Event::Found { turn: turns[1], hits: vec![hit] });
    assert!(stage.screen().contains("stale"));
}

#[test]
fn what_is_saved_for_every_session_holds_in_a_new_one() {
    let mut stage = Stage::new(80, 24);
    stage.model.settings.params.temperature = Some(0.25);
    stage.types("hello");
    stage.press("enter");
    let Some(Effect::Ask { request, .. }) = stage.effects.iter().find(|e| matches!(e, Effect::Ask { .. }))
    else {
        panic!("asked")
    };
    assert_eq!(request.params.temperature, Some(0.25));
    assert_eq!(request.message, stage.model.thread().last().map(|m| m.id), "the ledger names what it wrote");
}

#[test]
fn a_reply_stopped_before_anybody_took_the_prompt_cost_nothing() {
    let mut stage = Stage::new(80, 24);
    stage.types("hello").press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("openai"));
    let failure = failure(FailureKind::RateLimited, Some(429));
    let until = stage.model.now + Duration::from_secs(30);
    stage.reply(turn, Reply::Waiting { endpoint: "openai".into(), until, failure });
    stage.press("esc");
    let screen = stage.screen();
    assert!(screen.lines().any(|l| l.starts_with("reply  $0") && l.contains("0 in  0 out")), "{screen}");
    let last = stage.model.thread().last().expect("the reply");
    let receipt = last.receipt.as_deref().expect("a receipt");
    assert_eq!((receipt.usage, receipt.cost.booked), (Default::default(), Some(Usd::ZERO)));
}
