//! A reply that was cut at its length limit and is gone on with: one text, one receipt, one reason.

use crate::support::rows;
use crate::support::stage::{Stage, chosen, done, receipt, text};
use fareway::app::panes::Overlay;
use fareway::app::{Effect, Event};
use fareway::words::{Receipt, Reply, Stop};

/// A session with a reply that was cut, and that reply's receipt.
fn cut(columns: u16, rows: u16) -> (Stage, Box<Receipt>) {
    let mut stage = Stage::new(columns, rows);
    stage.types("tell me").press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("openai"));
    stage.reply(turn, text("Once upon"));
    let Reply::Done(mut first) = done("openai", 3, 2) else { panic!("a receipt") };
    first.stop = Some(Stop::Length);
    stage.reply(turn, Reply::Done(first.clone()));
    (stage, first)
}

#[test]
fn a_cut_reply_can_be_continued() {
    let (mut stage, first) = cut(80, 24);
    assert!(stage.screen().contains("the reply was cut at its length limit"), "{}", stage.screen());
    stage.press("alt-g");
    assert!(!stage.screen().contains("the reply was cut at its length limit"), "{}", stage.screen());
    let Some(Effect::Ask { turn, request }) = stage.effects.iter().rfind(|e| matches!(e, Effect::Ask { .. }))
    else {
        panic!("no request");
    };
    let turn = *turn;
    assert_eq!(request.messages.last().expect("a prefill").plain(), "Once upon");
    stage.reply(turn, chosen("openai"));
    stage.reply(turn, text(" a time"));
    // the meter has both parts, from the moment of the seam
    let whole = |stage: &Stage| stage.model.metered().expect("figures");
    let own = stage.model.live[&turn].shown();
    let both = first.cost.booked.zip(own.cost).map(|(first, rest)| first + rest);
    assert_eq!((whole(&stage).cost, whole(&stage).usage.prompt), (both, 3 + own.usage.prompt));
    let Reply::Done(rest) = done("openai", 5, 2) else { panic!("a receipt") };
    let both = first.cost.booked.zip(rest.cost.booked).map(|(first, rest)| first + rest);
    stage.reply(turn, Reply::Done(rest));
    let last = stage.model.thread().last().expect("the reply").clone();
    assert_eq!(last.plain(), "Once upon a time");
    let sum = last.receipt.as_deref().expect("a receipt");
    assert_eq!((sum.cost.booked, sum.usage.prompt, sum.usage.completion), (both, 8, 4));
    assert_eq!((sum.stop, sum.attempts.len()), (Some(Stop::Stop), 2 * first.attempts.len()));
    assert_eq!((whole(&stage).cost, whole(&stage).usage), (both, sum.usage));
    let seam = "openai:openai/gpt-5 cut short after 2 tokens → continued";
    assert!(stage.screen().contains(seam), "{}", stage.screen());
    // the day and the session have each part once
    assert_eq!(stage.model.session_total().booked, both.expect("a price"));
}

/// The reason behind a reply of two parts has both, also where the ledger is asked for the decision of the last.
#[test]
fn what_was_continued_and_stopped_is_explained_whole() {
    let (mut stage, first) = cut(120, 40);
    stage.press("alt-g");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("openai"));
    stage.reply(turn, text(" a time"));
    stage.press("esc");
    let whole = stage.model.metered().expect("figures");
    assert!(whole.cost > first.cost.booked, "{whole:?}");
    stage.press("alt-w");
    let parts = first.attempts.len() + 1;
    let shown = |stage: &Stage| match stage.model.overlays.last() {
        Some(Overlay::Why(why)) => why.receipt.clone().expect("a receipt"),
        other => panic!("{other:?}"),
    };
    assert_eq!((shown(&stage).attempts.len(), shown(&stage).cost.booked), (parts, whole.cost));
    let turn = stage.model.pending.generations.expect("the decision is asked for");
    let last = receipt("openai", 5, 2, stage.model.now);
    let last = Receipt { attempts: last.attempts[1..].to_vec(), ..last };
    let row = rows::answered(stage.model.now, 20_780, last);
    stage.event(Event::Generations { turn, rows: vec![row], more: false });
    assert_eq!((shown(&stage).attempts.len(), shown(&stage).cost.booked), (parts, whole.cost));
    assert!(shown(&stage).decision.is_some());
}
