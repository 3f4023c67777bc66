//! One prompt to several models: side by side, as tabs, one wins, none is lost.

use crate::support::stage::{Stage, chosen, done, text};
use fareway::app::{Effect, Mark, Place, Rating, Save};
use fareway::words::{Reply, TurnId};

/// Three models are asked on a terminal of 80x24; each has begun to answer under its own name.
fn three() -> (Stage, Vec<TurnId>) {
    let mut stage = Stage::new(80, 24);
    stage.types("which?").press("alt-m");
    for name in ["kimi", "qwen"] {
        stage.press("a").types(name).press("enter");
    }
    stage.press("enter");
    let turns = stage.asked();
    for (turn, name) in turns.iter().zip(["openai/gpt-5", "groq/kimi-k2", "local/qwen3"]) {
        let Reply::Chosen(mut by) = chosen("openai") else { panic!("a choice") };
        by.model = name.into();
        stage.reply(*turn, Reply::Chosen(by));
        stage.reply(*turn, text(&format!("{}last word of {name}", "a line\n\n".repeat(40))));
    }
    (stage, turns)
}

#[test]
fn at_80_columns_two_stand_side_by_side_and_all_have_a_tab() {
    let (mut stage, turns) = three();
    let screen = stage.screen();
    assert!(screen.contains(" 1… gpt-5   2… kimi-k2   3… qwen3"), "{screen}");
    assert!(screen.contains("1/3 openai/gpt-5 …") && screen.contains("2/3 groq/kimi-k2 …"), "{screen}");
    assert!(!screen.contains("3/3 local/qwen3"), "{screen}");
    stage.reply(turns[1], done("openai", 4, 2));
    stage.press("right right");
    let screen = stage.screen();
    assert!(screen.contains("2✓ kimi-k2") && screen.contains("3/3 local/qwen3 …"), "{screen}");
    // only the chosen one is stopped
    stage.press("s");
    assert!(stage.effects.contains(&Effect::Stop { turn: turns[2] }));
    assert!(!stage.effects.contains(&Effect::Stop { turn: turns[0] }));
    assert!(stage.screen().contains("3■ qwen3"));
}

#[test]
fn a_column_is_scrolled_alone_and_never_past_its_end() {
    let (mut stage, _) = three();
    assert!(stage.screen().contains("more rows"), "it is read from its beginning");
    let tops = |stage: &Stage| stage.model.compare.as_ref().map(|c| c.tops.clone()).unwrap_or_default();
    stage.press("down down");
    let few = tops(&stage)[0];
    assert!(few.before > 0);
    assert_eq!(tops(&stage)[1..], [Mark::default(); 2]);
    stage.press("right pagedown");
    assert!(tops(&stage)[1] > few && tops(&stage)[2] == Mark::default(), "{:?}", tops(&stage));
    stage.press("ctrl-end");
    let end = tops(&stage)[1];
    assert!(stage.screen().contains("last word of groq"), "{}", stage.screen());
    stage.press("down pagedown");
    assert_eq!(tops(&stage)[1], end);
    stage.press("ctrl-home");
    assert_eq!(tops(&stage)[1].before, 0);
    assert_eq!(stage.model.thread().place, Place::Bottom, "the conversation under it did not move");
}

#[test]
fn the_figures_are_the_chosen_columns_and_a_failure_is_said_once() {
    let (mut stage, turns) = three();
    stage.reply(turns[0], done("openai", 4, 2));
    let receipt = Box::new(crate::support::stage::receipt("groq", 0, 0, stage.model.now));
    let failure = crate::support::stage::failure(fareway::words::FailureKind::Overloaded, Some(503));
    stage.reply(turns[1], Reply::Failed { failure, receipt });
    let meter = |stage: &mut Stage| {
        let screen = stage.screen();
        screen.lines().find(|l| l.starts_with("reply")).unwrap_or("").to_owned()
    };
    assert!(meter(&mut stage).contains(" 2 out"), "{}", meter(&mut stage));
    stage.press("right");
    assert!(meter(&mut stage).contains(" 0 out"), "{}", meter(&mut stage));
    stage.press("right");
    assert!(meter(&mut stage).contains("~"), "{}", meter(&mut stage));
    // a long name gives way to the time of the first token
    let mut stage = Stage::new(80, 24);
    stage.types("which?").press("alt-m a").types("kimi").press("enter enter");
    for turn in stage.asked() {
        let Reply::Chosen(mut by) = chosen("openai") else { panic!("a choice") };
        by.model = "an-author/with-a-model-of-a-long-name".into();
        stage.reply(turn, Reply::Chosen(by));
        stage.reply(turn, text("short"));
        stage.reply(turn, done("openai", 4, 2));
    }
    let screen = stage.screen();
    assert!(screen.contains("first 800 ms"), "{screen}");
}

#[test]
fn what_is_sent_without_a_verdict_goes_on_from_the_chosen_column() {
    let (mut stage, turns) = three();
    for turn in turns {
        stage.reply(turn, done("openai", 4, 2));
    }
    stage.press("right");
    let chosen = stage.model.compare.as_ref().map(|c| c.replies[c.at]);
    stage.types("and then?").press("enter");
    assert!(stage.model.compare.is_none() && stage.model.settings.ratings.is_empty());
    let thread = stage.model.thread();
    assert_eq!(thread.path().len(), 4);
    assert_eq!(Some(thread.path()[1]), chosen);
}

#[test]
fn whoever_leaves_a_comparison_finds_an_answer_and_its_branches() {
    let (mut stage, turns) = three();
    let first = stage.model.here;
    stage.press("right ctrl-n");
    for turn in turns {
        stage.reply(turn, done("openai", 4, 2));
    }
    let head = stage.effects.iter().rev().find_map(|e| match e {
        Effect::Save(saves) => saves.iter().rev().find_map(|s| match s {
            Save::Session(s) if s.id == first => Some(s.head),
            _ => None,
        }),
        _ => None,
    });
    assert!(head.flatten().is_some());
    stage.press("ctrl-o").types("which").press("enter");
    // it was answered to the end without being shown, and is read anew from the store
    assert!(stage.effects.iter().any(|e| matches!(e, Effect::Open { session, .. } if *session == first)));
}

#[test]
fn comparing_asks_them_all_and_the_winner_goes_on() {
    let mut stage = Stage::new(120, 40);
    stage.types("which?").press("alt-m a").types("kimi").press("enter enter");
    let turns = stage.asked();
    assert_eq!(turns.len(), 2);
    for (turn, words) in turns.iter().zip(["left answer", "right answer"]) {
        let Reply::Chosen(mut by) = chosen("openai") else { panic!("a choice") };
        if words.starts_with("right") {
            by.model = "groq/kimi-k2".into();
        }
        stage.reply(*turn, Reply::Chosen(by));
        stage.reply(*turn, text(words));
    }
    let screen = stage.screen();
    assert!(screen.contains("left answer") && screen.contains("right answer"), "{screen}");
    stage.press("right s");
    assert!(stage.effects.contains(&Effect::Stop { turn: turns[1] }));
    stage.reply(turns[0], done("openai", 4, 2));
    stage.press("left enter");
    assert!(stage.model.compare.is_none());
    assert_eq!(stage.model.model().as_str(), "openai/gpt-5", "the winner goes on");
    assert_eq!(stage.model.thread().last().expect("the winner").plain(), "left answer");
    let prompt = stage.model.thread().path()[0];
    assert_eq!(stage.model.thread().children(Some(prompt)).len(), 2, "the other is kept as a branch");
    let ratings = &stage.model.settings.ratings;
    assert_eq!(ratings.get("openai/gpt-5"), Some(&Rating { up: 1, down: 0 }));
    assert_eq!(ratings.get("groq/kimi-k2"), Some(&Rating { up: 0, down: 1 }));
}

#[test]
fn a_winner_is_metered_and_nobody_answers_on_for_nothing() {
    let (mut stage, turns) = three();
    stage.reply(turns[0], done("openai", 4, 2));
    stage.press("enter");
    for turn in &turns[1..] {
        assert!(stage.effects.contains(&Effect::Stop { turn: *turn }), "it would only cost");
    }
    assert!(!stage.model.streaming(), "the next prompt has nobody to wait for");
    assert!(stage.model.notice().is_some_and(|n| n.text.ends_with("stopped, and branches beside it")));
    let screen = stage.screen();
    assert!(screen.lines().any(|l| l.starts_with("reply") && l.contains("4 in  2 out")), "{screen}");
    // without a verdict all go on, and the meter reads the branch on the screen
    let (mut stage, turns) = three();
    stage.reply(turns[0], done("openai", 4, 2));
    stage.press("esc");
    assert!(stage.model.compare.is_none() && stage.model.streaming());
    let screen = stage.screen();
    assert!(screen.lines().any(|l| l.starts_with("reply") && l.contains("4 in  2 out")), "{screen}");
}
