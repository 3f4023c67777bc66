//! The price before sending is that of the endpoint which routing asks first, under every wish.

use super::bench::{Bench, options, priced, request};
use crate::support::upstream::{Script, Upstream};
use fareway::gateway::Keys;
use fareway::words::{MaxPrice, ModelRef, Preferences, Prices, ProviderId, Sort, SortBy, Usd};

fn bench(upstream: &Upstream) -> Bench {
    let addresses = vec![upstream.base_url(); 4];
    let price = |place: usize| Usd::from_raw((4 - place as i128) * 1_000_000_000_000_000_000);
    let catalog = priced(&addresses, |place| Prices {
        prompt: price(place),
        completion: price(place),
        ..Prices::default()
    });
    let mut keys = Keys::default();
    // the cheapest, p3, has no key
    for place in 0..3 {
        keys.add(&ProviderId::new(format!("p{place}")), "sk-secret", "test");
    }
    Bench::of(catalog, keys, options())
}

#[tokio::test]
async fn what_is_shown_is_what_is_asked() {
    let by = |by| Preferences { sort: Some(Sort::By(by)), ..Preferences::default() };
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let cases = [
        ("test/model", by(SortBy::Price), Some("p2")),
        ("test/model", Preferences { order: named(&["p0"]), ..Preferences::default() }, Some("p0")),
        ("test/model", Preferences { only: named(&["p1"]), ..Preferences::default() }, Some("p1")),
        ("test/model", Preferences { ignore: named(&["p2"]), ..by(SortBy::Price) }, Some("p1")),
        ("test/model:floor", Preferences::default(), Some("p2")),
        ("p0/test/model", Preferences::default(), Some("p0")),
        // nothing said: whoever is drawn by the next request is who is shown
        ("test/model", Preferences::default(), None),
        ("test/model", Preferences::default(), None),
    ];
    let upstream = Upstream::with(|_| Script::says(&["yes"]));
    let bench = bench(&upstream);
    for (name, preferences, expected) in cases {
        let mut asked = request("hi");
        asked.generation = bench.gateway.new_generation();
        asked.model = ModelRef::new(name);
        asked.preferences = preferences.clone();
        let expanded = bench.gateway.expand(asked.clone()).expect("no preset");
        let shown = bench.gateway.preview(&expanded, 10).expect("somebody answers").endpoint;
        let heard = bench.ask(asked).await;
        assert_eq!(heard.receipt().provider, shown.provider, "{name} {preferences:?}");
        if let Some(expected) = expected {
            assert_eq!(shown.provider.as_str(), expected, "{name} {preferences:?}");
        }
    }
}

#[tokio::test]
async fn a_wish_that_leaves_nobody_is_told() {
    let upstream = Upstream::with(|_| Script::says(&["yes"]));
    let bench = bench(&upstream);
    let mut asked = request("hi");
    let cent = Some(Usd::from_cents(1));
    let max_price = Some(MaxPrice { prompt: cent, ..MaxPrice::default() });
    asked.preferences = Preferences { max_price, ..Preferences::default() };
    let failure = bench.gateway.preview(&asked, 10).expect_err("a cent a million is less than any price");
    assert_eq!(failure.excluded_by.first().map(String::as_str), Some("max_price"), "{failure:?}");
}
