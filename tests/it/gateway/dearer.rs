//! Nobody moves to a dearer endpoint than the person allowed: not for a fault, and not at all for a key that fails.

use super::bench::{Bench, keys, options, priced, request};
use crate::support::upstream::{Script, Upstream};
use fareway::words::{Dearer, FailureKind, Filter, Prices, Reply, Usd, Verdict};

/// Two endpoints of one model; the second costs this many times the first.
fn bench(first: &Upstream, second: &Upstream, times: i128) -> Bench {
    let micro = 1_000_000_000_000_000_000;
    let prices = |place: usize| {
        let factor = if place == 0 { 1 } else { times };
        Prices {
            prompt: Usd::from_raw(micro * factor),
            completion: Usd::from_raw(2 * micro * factor),
            ..Prices::default()
        }
    };
    Bench::of(priced(&[first.base_url(), second.base_url()], prices), keys(2), options())
}

#[tokio::test]
async fn the_price_of_the_fallback_is_part_of_the_check() {
    // how many times as dear, how many are allowed, whether it is asked
    let cases = [
        // the same model: only where the person says so
        (3, None, true),
        (3, Some(2.0), false),
        (3, Some(4.0), true),
        (3, Some(0.0), true),
        (5, Some(4.0), false),
    ];
    for (times, allowed, asked) in cases {
        let first = Upstream::start([Script::error(500, "server_error", "no")]);
        let second = Upstream::start([Script::says(&["yes"])]);
        let bench = bench(&first, &second, times);
        let mut wish = request("hi");
        wish.preferences.max_dearer = allowed;
        // whom the person names in the order is allowed, whatever it costs
        wish.preferences.order = vec!["p0".to_owned()];
        let heard = bench.ask(wish).await;
        let name = format!("{times} times as dear, allowed {allowed:?}: {heard:?}");
        assert_eq!(heard.failure().is_none(), asked, "{name}");
        assert_eq!(second.seen().len(), usize::from(asked), "{name}");
        let told = heard.0.iter().rev().find_map(|reply| match reply {
            Reply::Chosen(chosen) => Some(chosen.dearer.map(|dearer| dearer.to_string())),
            _ => None,
        });
        assert_eq!(told, Some(asked.then(|| format!("{times}.0× the price"))), "{name}");
        if !asked {
            assert_eq!(heard.failure(), Some(FailureKind::Server), "{name}");
            let said = format!("was not asked: it costs {times}.0 times the first choice");
            assert!(heard.message().contains(&said), "{name}");
            let decision = heard.receipt().decision.as_ref().expect("it is kept");
            let dropped = decision
                .considered
                .iter()
                .find(|c| matches!(c.verdict, Verdict::Dropped { filter: Filter::Dearer, .. }));
            let estimate = dropped.and_then(|dropped| dropped.estimate.as_ref());
            assert!(
                estimate.and_then(|estimate| estimate.cost).is_some(),
                "{name}: it says what it would have cost"
            );
        }
        bench.settled(&heard);
    }
}

#[tokio::test]
async fn a_key_that_fails_never_moves_to_somebody_dearer() {
    let refusals = [
        (Script::error(401, "invalid_api_key", "no"), FailureKind::Auth, "authentication"),
        (Script::error(402, "insufficient_credits", "no"), FailureKind::Quota, "payment_required"),
        (Script::error(429, "insufficient_quota", "no"), FailureKind::Quota, "payment_required"),
    ];
    for (refusal, kind, error_type) in refusals {
        let first = Upstream::start([refusal.clone()]);
        let second = Upstream::start([Script::says(&["yes"])]);
        let bench = bench(&first, &second, 2);
        let heard = bench.ask(request("hi")).await;
        assert_eq!(heard.failure(), Some(kind), "{heard:?}");
        assert_eq!(kind.error_type(), error_type);
        assert!(heard.message().contains("no reason to pay more"), "{}", heard.message());
        assert!(second.seen().is_empty());
        bench.settled(&heard);
        // while the key is left alone the other one answers, and it is told why and what that costs
        let heard = bench.ask(request("hi")).await;
        assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CFCDn", "yes"), "{heard:?}");
        let told = heard.0.iter().rev().find_map(|reply| match reply {
            Reply::Chosen(chosen) => {
                Some((chosen.dearer.map(|dearer| dearer.to_string()), chosen.why.clone()))
            }
            _ => None,
        });
        let (price, why) = told.expect("somebody was chosen");
        assert_eq!(price.as_deref(), Some("2.0× the price"));
        assert!(why.ends_with("p0:test/model costs less, but its key was refused"), "{why}");
        let attempts = &heard.receipt().attempts;
        assert_eq!((attempts.len(), attempts[0].dearer), (1, Some(Dearer::Times(2.0))));
        bench.settled(&heard);
        // one that costs as much or less is asked
        let bench = self::bench(&first, &second, 1);
        let heard = bench.ask(request("hi")).await;
        assert_eq!(heard.text(), "yes", "{heard:?}");
        bench.settled(&heard);
    }
}
