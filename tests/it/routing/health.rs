//! The health book: what is learned from attempts, and who must rest.

use super::support::{NOW, World};
use fareway::routing::{Admission, End, HealthBook, Quantiles, Standing};
use fareway::words::{At, Endpoint, Failure, FailureKind};
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

fn endpoint() -> Arc<Endpoint> {
    static ONE: LazyLock<Arc<Endpoint>> =
        LazyLock::new(|| World::of(&[("aa", "1", "1")]).catalog.endpoints(&"maker/one".into())[0].clone());
    ONE.clone()
}

fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn fail(book: &mut HealthBook, endpoint: &Endpoint, kind: FailureKind, now: At) {
    let ticket = book.started(endpoint, now);
    book.finished(ticket, End::Failed(&Failure::new(kind, "no")), now);
}

fn answer(book: &mut HealthBook, endpoint: &Endpoint, now: At) {
    let mut ticket = book.started(endpoint, now);
    book.first_token(&mut ticket, now + secs(1));
    book.finished(ticket, End::Answered { tokens: 100 }, now + secs(3));
}

#[test]
fn quantiles_are_right_to_a_bucket_and_fade() {
    let mut seconds = Quantiles::seconds();
    let hour = secs(3_600);
    // 1 to 100 in an order that favours neither end
    let mixed = || (0..400).map(|n| f64::from(n * 37 % 100 + 1));
    for n in mixed() {
        seconds.add(n / 10.0, NOW, hour);
    }
    let near = |measured: Option<f64>, wanted: f64| {
        let measured = measured.expect("measured");
        assert!((measured / wanted - 1.0).abs() < 0.12, "{measured} for {wanted}");
    };
    near(seconds.median(), 5.0);
    near(seconds.p90(), 9.0);
    near(seconds.p99(), 9.9);
    // ten half-lives later one new measurement outweighs a hundred old ones
    seconds.add(1.0, NOW + hour * 10, hour);
    near(seconds.median(), 1.0);
    assert!((seconds.count(NOW + hour * 10, hour) - 1.03).abs() < 0.01);
    // and thirty outweigh any number without a moment passing
    for _ in 0..30 {
        seconds.add(8.0, NOW + hour * 10, hour);
    }
    near(seconds.median(), 8.0);

    let mut rate = Quantiles::per_second();
    for n in mixed() {
        rate.add(n, NOW, hour);
    }
    near(rate.median(), 50.0);
    // nine of ten are at least this: smaller than the median
    near(rate.p90(), 10.0);
}

#[test]
fn first_token_and_throughput_are_kept_apart() {
    let (endpoint, mut book) = (endpoint(), HealthBook::default());
    answer(&mut book, &endpoint, NOW);
    let health = book.get(&endpoint.id).expect("asked");
    assert!((0.9..1.1).contains(&health.ttft.median().expect("measured")));
    assert!((46.0..54.0).contains(&health.throughput.median().expect("measured")));
}

#[test]
fn the_breaker_rests_longer_each_time_and_lets_one_probe_in() {
    let (endpoint, mut book) = (endpoint(), HealthBook::default());
    let admission = |book: &HealthBook, now| book.admission(&endpoint.id, now);
    for _ in 0..2 {
        fail(&mut book, &endpoint, FailureKind::Server, NOW);
        assert_eq!(admission(&book, NOW), Admission::Go);
    }
    fail(&mut book, &endpoint, FailureKind::Server, NOW);
    let mut now = NOW;
    for rest in [1, 2, 4, 8, 16, 20, 20, 20] {
        let until = now + secs(rest);
        assert_eq!(admission(&book, now), Admission::Rest(until), "after {rest} s");
        assert_eq!(admission(&book, until - Duration::from_micros(1)), Admission::Rest(until));
        assert_eq!(admission(&book, until), Admission::Probe);
        now = until;
        let probe = book.started(&endpoint, now);
        assert_eq!(admission(&book, now), Admission::Busy, "one probe at a time");
        book.finished(probe, End::Failed(&Failure::new(FailureKind::Server, "no")), now);
    }
    // a probe that is cancelled proves nothing: the next may go at once
    now = now + secs(20);
    let probe = book.started(&endpoint, now);
    book.finished(probe, End::Cancelled, now);
    assert_eq!(admission(&book, now), Admission::Probe);
    answer(&mut book, &endpoint, now);
    assert_eq!(admission(&book, now), Admission::Go);
}

#[test]
fn a_probe_of_an_earlier_rest_decides_nothing() {
    let server = Failure::new(FailureKind::Server, "no");
    for end in [End::Cancelled, End::Failed(&server)] {
        let (endpoint, mut book) = (endpoint(), HealthBook::default());
        let straggler = book.started(&endpoint, NOW);
        for _ in 0..3 {
            fail(&mut book, &endpoint, FailureKind::Server, NOW);
        }
        let first = book.started(&endpoint, NOW + secs(1));
        // while that probe is out a call from before the rest is answered, and the endpoint falls ill once more
        book.finished(straggler, End::Answered { tokens: 1 }, NOW + secs(1));
        for _ in 0..3 {
            fail(&mut book, &endpoint, FailureKind::Server, NOW + secs(1));
        }
        let second = book.started(&endpoint, NOW + secs(2));
        book.finished(first, end, NOW + secs(2));
        assert_eq!(book.admission(&endpoint.id, NOW + secs(2)), Admission::Busy, "the second probe is out");
        book.finished(second, End::Answered { tokens: 1 }, NOW + secs(2));
        assert_eq!(book.admission(&endpoint.id, NOW + secs(2)), Admission::Go);
    }
}

#[test]
fn a_refusal_with_retry_after_is_a_rest_at_once() {
    let (endpoint, mut book) = (endpoint(), HealthBook::default());
    let ticket = book.started(&endpoint, NOW);
    let overloaded = Failure { retry_after: Some(secs(45)), ..Failure::new(FailureKind::Overloaded, "busy") };
    book.finished(ticket, End::Failed(&overloaded), NOW);
    assert_eq!(book.admission(&endpoint.id, NOW), Admission::Rest(NOW + secs(45)));
}

#[test]
fn standing_follows_the_published_tiers() {
    let endpoint = endpoint();
    // answered, failed, seconds since: standing
    let table = [
        (0u32, 0u32, 0, Standing::Well),
        (3, 1, 0, Standing::Shaky), // an outage just now
        (3, 1, 31, Standing::Well), // too few to speak of shares
        (40, 1, 31, Standing::Well),
        (18, 2, 31, Standing::Shaky),
        (14, 6, 31, Standing::Failing),
    ];
    for (answered, failed, later, standing) in table {
        let mut book = HealthBook::default();
        for n in 0..(answered + failed) {
            // failures spread evenly, so that the breaker stays out of it
            let now = NOW - secs(u64::from(100 - n.min(100)));
            let bad = failed > 0
                && n % ((answered + failed) / failed) == 0
                && n / ((answered + failed) / failed) < failed;
            if bad {
                fail(&mut book, &endpoint, FailureKind::Server, now)
            } else {
                answer(&mut book, &endpoint, now)
            }
        }
        if failed > 0 && later == 0 {
            fail(&mut book, &endpoint, FailureKind::Server, NOW);
        }
        let found =
            book.get(&endpoint.id).map_or(Standing::Well, |health| health.standing(NOW + secs(later)));
        assert_eq!(found, standing, "{answered} answered, {failed} failed");
    }
}

#[test]
fn the_callers_faults_and_429s_are_no_outage() {
    let (endpoint, mut book) = (endpoint(), HealthBook::default());
    for kind in [
        FailureKind::InvalidRequest,
        FailureKind::ContextLength,
        FailureKind::Moderation,
        FailureKind::RateLimited,
        FailureKind::Permission,
        FailureKind::Auth,
        FailureKind::Quota,
    ] {
        for _ in 0..10 {
            fail(&mut book, &endpoint, kind, NOW);
        }
        let health = book.get(&endpoint.id).expect("asked");
        assert_eq!((health.standing(NOW), health.failure_share(NOW)), (Standing::Well, None), "{kind:?}");
    }
}

#[test]
fn a_limit_is_learned_from_429s_and_rises_again() {
    let (endpoint, mut book) = (endpoint(), HealthBook::default());
    let mut tickets: Vec<_> = (0..10).map(|_| book.started(&endpoint, NOW)).collect();
    let limited = Failure::new(FailureKind::RateLimited, "slow down");
    book.finished(tickets.pop().expect("ten"), End::Failed(&limited), NOW);
    let standing = |book: &HealthBook| book.get(&endpoint.id).expect("asked").standing(NOW);
    assert_eq!(standing(&book), Standing::Resting, "nine under way, about six at once learned");
    for ticket in tickets.drain(..) {
        book.finished(ticket, End::Answered { tokens: 1 }, NOW);
    }
    assert_eq!(standing(&book), Standing::Well);
    let cap = book.get(&endpoint.id).and_then(|health| health.cap).expect("still remembered");
    assert!(cap > 8.0, "nine answers raised it: {cap}");
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Start,
    Token(usize),
    End(usize, u8),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        Just(Step::Start),
        (0usize..8).prop_map(Step::Token),
        (0usize..8, 0u8..5).prop_map(|(which, how)| Step::End(which, how)),
        (0u64..5_000).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 0..120)
}

proptest! {
    /// Any interleaving: what was started and finished leaves nothing in flight; a resting breaker admits nobody
    /// before its time, and never two probes at once.
    #[test]
    fn any_interleaving_leaves_nothing_in_flight(steps in steps()) {
        let (endpoint, mut book, mut now) = (endpoint(), HealthBook::default(), NOW);
        let mut under_way = Vec::new();
        let mut probes: Vec<usize> = Vec::new();
        let mut serial = 0;
        // until when it must be left alone, as it was said when the rest began
        let mut rest: Option<At> = None;
        for step in steps {
            match step {
                Step::Wait(millis) => now = now + Duration::from_millis(millis),
                Step::Start => {
                    let admission = book.admission(&endpoint.id, now);
                    match admission {
                        Admission::Rest(until) => prop_assert!(until > now),
                        Admission::Busy => prop_assert_eq!(probes.len(), 1),
                        Admission::Go | Admission::Probe => {
                            prop_assert!(rest.is_none_or(|until| until <= now), "nobody before its time");
                            serial += 1;
                            if admission == Admission::Probe {
                                prop_assert!(probes.is_empty(), "one probe at a time");
                                probes.push(serial);
                            }
                            under_way.push((serial, book.started(&endpoint, now)));
                        }
                    }
                }
                Step::Token(which) => {
                    if let Some((_, ticket)) = under_way.get_mut(which) {
                        book.first_token(ticket, now);
                    }
                }
                Step::End(which, how) => {
                    if which < under_way.len() {
                        let (serial, ticket) = under_way.swap_remove(which);
                        probes.retain(|probe| *probe != serial);
                        let failure = |kind| Failure::new(kind, "no");
                        match how {
                            0 => book.finished(ticket, End::Answered { tokens: 9 }, now),
                            1 => book.finished(ticket, End::Cancelled, now),
                            2 => book.finished(ticket, End::Failed(&failure(FailureKind::RateLimited)), now),
                            _ => book.finished(ticket, End::Failed(&failure(FailureKind::Server)), now),
                        }
                        // a straggler's answer also ends the rest: the probe is then one among others
                        if book.admission(&endpoint.id, now) == Admission::Go {
                            probes.clear();
                        }
                        rest = match (how, book.admission(&endpoint.id, now)) {
                            (0, _) => None,
                            (_, Admission::Rest(until)) => Some(until),
                            _ => rest,
                        };
                    }
                }
            }
            prop_assert_eq!(book.in_flight(), under_way.len() as u64);
        }
        for (_, ticket) in under_way {
            book.finished(ticket, End::Cancelled, now);
        }
        prop_assert_eq!(book.in_flight(), 0);
    }
}
