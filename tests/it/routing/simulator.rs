//! A short run of the simulator: deterministic, nothing left in flight, and better than what is commonly done.

#[path = "../../../benches/sim/mod.rs"]
mod sim;

use sim::{POLICIES, Score, run};

fn named(name: &str) -> Score {
    let policy = POLICIES.iter().find(|policy| policy.name.contains(name)).expect("a policy");
    run(policy, 1_500, 7)
}

#[test]
fn the_same_seed_plays_the_same_afternoon() {
    assert_eq!(named("(default)"), named("(default)"));
}

#[test]
fn whatever_befalls_the_endpoints_nothing_stays_in_flight() {
    for policy in POLICIES {
        let score = run(policy, 600, 3);
        assert_eq!(score.in_flight, 0, "{}", policy.name);
        assert_eq!(score.first.len() + score.failed, score.requests, "{}", policy.name);
    }
}

#[test]
fn health_and_price_beat_the_baselines() {
    let (ours, random, round_robin) = (named("(default)"), named("random"), named("round robin"));
    for other in [&random, &round_robin] {
        assert!(ours.cost < other.cost, "cheaper");
        assert!(ours.attempts < other.attempts, "fewer attempts in vain");
        assert!(ours.failed <= other.failed, "no more failures");
    }
    let (fast, lowest) = (named("sort: throughput"), named("lowest mean"));
    assert!(Score::quantile(&fast.total, 50) <= Score::quantile(&lowest.total, 50));
    assert!(Score::quantile(&fast.first, 99) <= Score::quantile(&lowest.first, 99));
}
