//! Prompts written while a reply is under way wait under it, and none of them is lost.

use crate::support::stage::{Stage, chosen, done, failure, text};
use fareway::app::{Began, Effect, Event, Opened, Place, Save, Thread};
use fareway::words::{ChipBody, FailureKind, Reply, Role, Stop, TurnId, Unsent};

/// A first prompt whose reply is under way, and these behind it.
fn busy(queued: &[&str]) -> (Stage, TurnId) {
    let mut stage = Stage::new(80, 24);
    stage.types("first").press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("openai"));
    stage.reply(turn, text("Hello"));
    for prompt in queued {
        stage.types(prompt).press("enter");
    }
    (stage, turn)
}

fn prompts(stage: &Stage) -> Vec<String> {
    stage.model.thread().shown().filter(|n| n.message.role == Role::User).map(|n| n.message.plain()).collect()
}

fn waiting(stage: &Stage) -> Vec<&str> {
    stage.model.thread().queue.iter().map(|draft| draft.text.as_str()).collect()
}

/// What the store was last told to keep of the composer.
fn kept(stage: &Stage) -> String {
    let saves =
        stage.effects.iter().rev().filter_map(|e| if let Effect::Save(s) = e { Some(s) } else { None });
    saves
        .flatten()
        .find_map(|save| if let Save::Draft { draft, .. } = save { Some(draft.clone()) } else { None })
        .map(|kept| {
            let waiting = kept.queue.iter().chain([&kept.draft]).filter(|draft| !draft.text.is_empty());
            waiting.map(|draft| draft.text.as_str()).collect::<Vec<_>>().join(" | ")
        })
        .expect("a draft was kept")
}

#[test]
fn they_go_out_one_after_the_other_when_the_reply_before_has_ended() {
    let (mut stage, turn) = busy(&["second", "third"]);
    assert_eq!(stage.asked(), [], "nothing is asked meanwhile");
    assert_eq!(waiting(&stage), ["second", "third"]);
    let screen = stage.screen();
    let rows: Vec<&str> = screen.lines().collect();
    let at = |words: &str| {
        rows.iter().position(|row| row.contains(words)).unwrap_or_else(|| panic!("{words}: {screen}"))
    };
    assert!(at("Hello") < at("queued: second") && at("queued: second") < at("queued: third"), "{screen}");

    stage.reply(turn, done("openai", 3, 1));
    let turn = stage.asked()[0];
    assert_eq!(
        (prompts(&stage), waiting(&stage)),
        (vec!["first".to_owned(), "second".into()], vec!["third"])
    );
    stage.reply(turn, chosen("openai"));
    stage.reply(turn, text("Two"));
    stage.reply(turn, done("openai", 3, 1));
    assert_eq!(stage.asked().len(), 1);
    assert_eq!(prompts(&stage), ["first", "second", "third"]);
    assert!(waiting(&stage).is_empty());
    // the third answers the second's reply
    let shown: Vec<Role> = stage.model.thread().shown().map(|n| n.message.role).collect();
    assert_eq!(shown, [Role::User, Role::Assistant].repeat(3));
}

#[test]
fn esc_and_up_take_the_last_one_back_and_then_esc_stops() {
    let (mut stage, turn) = busy(&["second", "third"]);
    stage.press("up");
    assert_eq!((stage.model.draft().text.as_str(), waiting(&stage)), ("third", vec!["second"]));
    stage.press("ctrl-u esc");
    assert_eq!((stage.model.draft().text.as_str(), waiting(&stage).len()), ("second", 0));
    assert!(stage.model.streaming());
    stage.press("esc");
    assert!(stage.effects.contains(&Effect::Stop { turn }));
}

#[test]
fn a_reply_that_was_stopped_failed_or_cut_holds_them() {
    let Reply::Done(receipt) = done("openai", 3, 1) else { panic!("a receipt") };
    let mut cut = receipt.clone();
    cut.stop = Some(Stop::Length);
    let ends = [
        None,
        Some(Reply::Failed { failure: failure(FailureKind::Server, Some(500)), receipt: receipt.clone() }),
        Some(Reply::Failed { failure: failure(FailureKind::Budget, None), receipt }),
        Some(Reply::Done(cut)),
    ];
    for end in ends {
        let (mut stage, turn) = busy(&["second", "third"]);
        match &end {
            Some(end) => stage.reply(turn, end.clone()),
            None => {
                stage.press("ctrl-c");
            }
        }
        assert_eq!(stage.asked(), [], "{end:?}");
        assert_eq!(waiting(&stage), ["second", "third"], "{end:?}");
        // a budget asks its own question first
        if !stage.model.overlays.is_empty() {
            stage.press("esc");
        }
        let screen = stage.screen();
        assert!(screen.contains("held: second"), "{screen}");
        assert!(screen.contains("Enter sends the held prompt"), "{screen}");
        stage.press("enter");
        assert_eq!(stage.asked().len(), 1, "{end:?}");
        assert_eq!(waiting(&stage), ["third"]);
    }
}

#[test]
fn what_waits_is_on_disk_with_the_draft() {
    let (mut stage, turn) = busy(&["second", "third"]);
    assert_eq!(kept(&stage), "second | third");
    stage.types("fourth");
    stage.wait(std::time::Duration::from_secs(1));
    assert_eq!(kept(&stage), "second | third | fourth");
    stage.reply(turn, done("openai", 3, 1));
    assert_eq!(kept(&stage), "third | fourth");
}

#[test]
fn chips_of_two_prompts_keep_their_own_bodies_on_disk() {
    let (mut stage, _) = busy(&[]);
    for letter in ["a", "b"] {
        stage.terminal(crossterm::event::Event::Paste(letter.repeat(9_000)));
        stage.press("enter");
    }
    let kept = stage.model.thread().unsent();
    let chips = kept.queue.iter().flat_map(|draft| &draft.chips);
    let bodies: Vec<char> = chips
        .filter_map(|chip| if let ChipBody::Paste { text } = &chip.body { text.chars().next() } else { None })
        .collect();
    assert_eq!(bodies, ['a', 'b']);
}

#[test]
fn a_session_that_is_not_shown_goes_on_by_itself() {
    let (mut stage, turn) = busy(&["second"]);
    let first = stage.model.here;
    stage.press("ctrl-n");
    let here = stage.model.here;
    stage.effects.clear();
    stage.reply(turn, done("openai", 3, 1));
    assert_eq!(stage.model.here, here);
    let Some(Effect::Ask { request, .. }) = stage.effects.iter().find(|e| matches!(e, Effect::Ask { .. }))
    else {
        panic!("the queued prompt is asked: {:?}", stage.effects);
    };
    assert_eq!(request.session, Some(first));
    assert_eq!(request.messages.last().map(|m| m.plain()), Some("second".into()));
}

#[test]
fn who_reads_above_stays_there_when_the_next_one_goes_out() {
    let (mut stage, turn) = busy(&["second"]);
    stage.reply(turn, text(&"\n\na line".repeat(60)));
    stage.screen();
    stage.press("pageup");
    let place = stage.model.thread().place;
    assert_ne!(place, Place::Bottom);
    stage.reply(turn, done("openai", 3, 60));
    assert_eq!((stage.model.thread().place, prompts(&stage).len()), (place, 2));
}

/// A crash, or a look elsewhere: each prompt comes back as its own, what was edited and what it pushed aside too.
#[test]
fn what_was_not_sent_comes_back_as_it_stood() {
    let (mut stage, turn) = busy(&["second", "third"]);
    stage.types("fourth");
    let thread = stage.model.thread();
    let messages: Vec<_> = thread.shown().map(|node| node.message.clone()).collect();
    let kept = serde_json::to_string(&thread.unsent()).expect("it is kept");
    let read = || serde_json::from_str::<Unsent>(&kept).expect("it reads");
    let again = Thread::new(thread.session.clone(), messages.clone(), read());
    assert_eq!((&again.queue, &again.draft), (&thread.queue, &thread.draft));

    stage.reply(turn, done("openai", 3, 1));
    let turn = stage.asked()[0];
    stage.reply(turn, done("openai", 3, 1));
    let turn = stage.asked()[0];
    stage.reply(turn, done("openai", 3, 1));
    stage.press("alt-up alt-up e").types("!");
    let thread = stage.model.thread();
    let unsent = thread.unsent();
    let messages: Vec<_> = thread.shown().map(|node| node.message.clone()).collect();
    let again = Thread::new(thread.session.clone(), messages, unsent.clone());
    assert_eq!((again.fork.as_ref(), again.draft.text.as_str()), (thread.fork.as_ref(), "third!"));
    // what it followed is not there any more: no word is lost
    let again = Thread::new(thread.session.clone(), [], unsent);
    assert_eq!((again.fork.as_ref(), again.draft.text.as_str()), (None, "third!"));
    assert_eq!(again.queue.iter().map(|draft| draft.text.as_str()).collect::<Vec<_>>(), ["fourth"]);

    // what an older program kept reads, too
    let old: Unsent = serde_json::from_str(r#"{"text":"hi","row":0,"column":2}"#).expect("it reads");
    assert_eq!((old.draft.text.as_str(), old.queue.len(), old.fork), ("hi", 0, None));
}

#[test]
fn who_comes_back_is_told_of_what_waits() {
    let (stage, _) = busy(&["second"]);
    let thread = stage.model.thread();
    let (session, unsent) = (thread.session.clone(), thread.unsent());
    let last = Opened { session, messages: Vec::new(), unsent, lost: vec!["2 messages".into()] };
    let mut stage = Stage::bare(80, 24);
    stage.event(Event::Began(Box::new(Began { last: Some(last), ..Began::default() })));
    let said: Vec<&str> = stage.model.notices.iter().map(|notice| notice.text.as_str()).collect();
    let held = "a queued prompt is held: Enter sends the next one, Esc takes the last one back";
    assert_eq!(said, [held, "of this session 2 messages cannot be read; the rest is here"]);
}
