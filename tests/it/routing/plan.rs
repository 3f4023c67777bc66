//! Plans by value: who is asked first, who stands behind, who is left out.

use super::support::{World, ask, ask_with};
use fareway::routing::plan;
use fareway::words::{Decision, Dice, Filter, Preferences, Verdict};
use proptest::prelude::*;

fn tags(decision: &Decision) -> Vec<&str> {
    decision.attempts.iter().map(|id| id.as_str().split_once(':').expect("a tag").0).collect()
}

#[test]
fn price_weighted_draws_cheap_ones_more_often() {
    // the published example, prices 1 and 3: nine to one
    let world = World::of(&[("aa", "1", "1"), ("cc", "3", "3")]);
    let request = ask_with("maker/one", Preferences { max_dearer: Some(0.0), ..Preferences::default() });
    let mut dice = Dice::new(1);
    let first = (0..2_000).filter(|_| {
        let decision = plan(world.input(&request), &mut dice).expect("a plan");
        tags(&decision)[0] == "aa"
    });
    let share = first.count();
    assert!((1_740..1_860).contains(&share), "{share} of 2000, nine tenths expected");
}

#[test]
fn a_fallback_dearer_than_allowed_is_left_out() {
    let world = World::of(&[("aa", "1", "1"), ("bb", "1.9", "1.9"), ("cc", "50", "50")]);
    let sorted = Preferences {
        sort: Some(fareway::words::Sort::By(fareway::words::SortBy::Price)),
        ..Preferences::default()
    };
    let decision = plan(world.input(&ask_with("maker/one", sorted)), &mut Dice::new(1)).expect("a plan");
    assert_eq!(tags(&decision), ["aa", "bb"]);
    let dropped = decision.considered.last().expect("three were considered");
    assert!(
        matches!(&dropped.verdict, Verdict::Dropped { filter: Filter::Dearer, reason } if reason.contains("50.0 times"))
    );
}

proptest! {
    #[test]
    fn same_seed_same_decision(seed: u64) {
        let world = World::of(&[("aa", "1", "1"), ("bb", "1.5", "1.5"), ("cc", "1.2", "1.9")]);
        let request = ask("maker/one");
        let once = plan(world.input(&request), &mut Dice::new(seed)).expect("a plan");
        let again = plan(world.input(&request), &mut Dice::new(seed)).expect("a plan");
        prop_assert_eq!(once, again);
    }
}
