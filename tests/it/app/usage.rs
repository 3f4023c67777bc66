//! The usage dashboard: from a bar to its replies, page by page, and back.

use crate::support::rows::answered;
use crate::support::stage::{Stage, receipt};
use fareway::app::panes::Overlay;
use fareway::app::panes::axis::{By, Measure, Span};
use fareway::app::panes::usage::{Asked, Sums};
use fareway::app::{Effect, Event, Which};
use fareway::words::{
    At, Dice, Dimension, GenerationId, ModelId, Of, ProviderId, RollupKey, SessionId, Totals, Usd,
};
use std::time::Duration;

/// 2026-11-23, a Monday.
const DAY: i32 = 20_780;

fn open(stage: &mut Stage) {
    stage.press("alt-u");
    let turn = stage.model.pending.rollups.expect("rollups were asked for");
    let model = |name: &str| Dimension::at(ModelId::new(name), "openai".into());
    let totals = |cents| Totals { requests: 1, booked: Usd::from_cents(cents), ..Totals::default() };
    let rows = [(Dimension::All, 3), (model("openai/gpt-5"), 2), (model("openai/gpt-5-mini"), 1)]
        .map(|(of, cents)| (RollupKey { day: DAY, demo: false, of }, totals(cents)));
    stage.event(Event::Rollups { turn, rows: rows.to_vec() });
}

fn page(stage: &mut Stage, count: usize, more: bool) {
    let turn = stage.model.pending.generations.expect("a page was asked for");
    let rows = (0..count)
        .map(|n| {
            let at = stage.model.now + Duration::from_secs(n as u64);
            let mut receipt = receipt("openai", 10, 5, at);
            receipt.generation = GenerationId::new(at, &mut stage.model.dice);
            answered(at, DAY, receipt)
        })
        .collect();
    stage.event(Event::Generations { turn, rows, more });
}

fn asked(stage: &Stage) -> Vec<Which> {
    let which = |effect: &Effect| match effect {
        Effect::Generations { which, .. } => Some(which.clone()),
        _ => None,
    };
    stage.effects.iter().filter_map(which).collect()
}

fn known(stage: &Stage) -> usize {
    match stage.model.overlays.last() {
        Some(Overlay::Usage(state)) => state.replies.as_ref().map_or(0, |replies| replies.rows.len()),
        other => panic!("the dashboard is open, not {other:?}"),
    }
}

/// Totals and models make the first picture; sessions, tags and keys come behind and take nothing away.
#[test]
fn what_comes_later_joins_what_is_shown() {
    let mut stage = Stage::new(120, 40);
    open(&mut stage);
    let bars = |stage: &Stage| match stage.model.overlays.last() {
        Some(Overlay::Usage(state)) => state.sums.clone(),
        other => panic!("the dashboard is open, not {other:?}"),
    };
    let first = bars(&stage);
    assert_eq!(first.len(), 1, "a bar before the rest is there");
    let turn = stage.model.pending.rollups.expect("the same question");
    let key = RollupKey { day: DAY, demo: false, of: Dimension::Tag("work".into()) };
    stage.event(Event::Rollups { turn, rows: vec![(key, Totals::default())] });
    assert_eq!(bars(&stage).bar(0), first.bar(0));
    stage.press("tab tab tab");
    assert_eq!(bars(&stage).bar(0).expect("the bar").1.order, [Of::Tag("work".into())]);
}

/// Sums that are carried on from key to key and from answer to answer are those of everything asked at once.
#[test]
fn the_sums_are_those_of_all_rows_whatever_was_asked_before() {
    let mut dice = Dice::new(4);
    let mut row = |n: i32| {
        let model = ModelId::new(format!("maker/model-{}", dice.below(5)));
        let of = match dice.below(5) {
            0 => Dimension::All,
            1 | 2 => Dimension::at(model, ProviderId::new(format!("host-{}", dice.below(3)))),
            3 => Dimension::Tag(format!("tag-{}", dice.below(3))),
            _ => Dimension::Session(SessionId::new(At(0), &mut Dice::new(dice.below(4) as u64))),
        };
        let cents = i64::try_from(dice.below(900)).expect("small");
        let totals = Totals { requests: 1, booked: Usd::from_cents(cents), ..Totals::default() };
        (RollupKey { day: DAY - n * 7 % 400, demo: dice.below(4) == 0, of }, totals)
    };
    let rows: Vec<_> = (0..600).map(&mut row).collect();
    let mut carried = Sums::new(asked_of(&mut Dice::new(1)));
    let mut keys = Dice::new(2);
    for (n, piece) in rows.chunks(37).enumerate() {
        carried.add(piece.to_vec());
        for _ in 0..keys.below(4) {
            carried.ask(asked_of(&mut keys));
        }
        let mut anew = Sums::new(carried.asked());
        anew.add(rows[..rows.len().min((n + 1) * 37)].to_vec());
        assert_eq!(carried, anew);
        let Some((at, bar)) = carried.bar(0) else { continue };
        for (of, part) in &bar.parts {
            let whole = carried.whole(at, of);
            assert_eq!((whole.requests, whole.booked), (part.requests, part.booked), "{of:?}");
        }
    }
}

fn asked_of(dice: &mut Dice) -> Asked {
    Asked {
        span: [Span::Day, Span::Week, Span::Month][dice.below(3)],
        by: By::ALL[dice.below(By::ALL.len())],
        measure: [Measure::Money, Measure::Tokens, Measure::Requests][dice.below(3)],
        demo: dice.below(3) == 0,
    }
}

#[test]
fn a_part_of_a_bar_opens_to_its_replies() {
    let mut stage = Stage::new(120, 40);
    open(&mut stage);
    stage.press("w down enter");
    let wanted = Which::Days {
        from: DAY,
        to: DAY + 6,
        demo: false,
        of: Some(Of::Model(ModelId::new("openai/gpt-5-mini"))),
        before: None,
    };
    assert_eq!(asked(&stage).last(), Some(&wanted), "the week, and only that model");
    stage.press("esc m a");
    let Some(Which::Days { from, to, of, .. }) = asked(&stage).pop() else { panic!("the whole month") };
    assert_eq!((from, to, of), (DAY - 22, DAY + 7, None));
}

#[test]
fn older_replies_are_read_when_the_end_comes_near() {
    let mut stage = Stage::new(120, 40);
    open(&mut stage);
    stage.press("a");
    page(&mut stage, 50, true);
    let pages = asked(&stage).len();
    stage.press("down down");
    assert_eq!(asked(&stage).len(), pages, "the end is far");
    stage.press("pagedown pagedown pagedown pagedown");
    assert_eq!(asked(&stage).len(), pages + 1, "asked once, however many keys come before the answer");
    assert!(matches!(asked(&stage).last(), Some(Which::Days { before: Some(_), .. })));
    page(&mut stage, 30, false);
    assert_eq!(known(&stage), 80);
    stage.press("pagedown pagedown pagedown pagedown pagedown");
    assert_eq!(asked(&stage).len(), pages + 1, "there are no more");
}

/// Another process spends from the same ledger: the sums on the screen are asked for again.
#[test]
fn what_is_booked_elsewhere_is_counted() {
    let mut stage = Stage::new(120, 40);
    stage.event(Event::Booked);
    assert!(matches!(stage.effects.as_slice(), [Effect::Tally { .. }]), "{:?}", stage.effects);
}
