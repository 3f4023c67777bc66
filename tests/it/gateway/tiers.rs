//! Service tiers: the endpoint that is priced is the one that is asked.

use super::bench::{Bench, Heard, options, request};
use crate::support::upstream::{Script, Upstream, stop, text, usage};
use fareway::catalog::{Catalog, EndpointRow, ModelRow, Overlay, ProviderRow, Rank, Source};
use fareway::gateway::Keys;
use fareway::words::{ModelId, ModelRef, Preferences, Prices, ProviderId, Usd};
use serde_json::Value;

fn prices(micro: i128) -> Option<Prices> {
    let price = Usd::from_raw(micro * 1_000_000_000_000_000_000);
    Some(Prices { prompt: price, completion: price, ..Prices::default() })
}

/// `test/model` at OpenAI: ordinary at 2, flex at 1, priority at 4 dollars a million.
fn bench(upstream: &Upstream) -> Bench {
    let openai = || ProviderId::new("openai");
    let row = |tag: Option<&str>, price| EndpointRow {
        tag: tag.map(str::to_owned),
        prices: prices(price),
        upstream_model: Some("scripted".to_owned()),
        ..EndpointRow::new(openai())
    };
    let endpoints = vec![row(None, 2), row(Some("openai/flex"), 1), row(Some("openai/priority"), 4)];
    let provider = ProviderRow { base_url: Some(upstream.base_url()), ..ProviderRow::new("openai") };
    let catalog = Catalog::bare().with(Overlay {
        source: Source { name: "test".to_owned(), rank: Rank::Config, at: None },
        providers: vec![provider],
        models: vec![ModelRow { endpoints, ..ModelRow::new(ModelId::new("test/model")) }],
    });
    let mut keys = Keys::default();
    keys.add(&openai(), "sk-secret", "test");
    Bench::of(catalog, keys, options())
}

async fn ask(name: &str, tier: Option<&str>, broken: &str) -> (Heard, Vec<Option<String>>) {
    let broken = broken.to_owned();
    let sent = move |body: &[u8]| {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        body["service_tier"].as_str().map(str::to_owned)
    };
    let tell = sent;
    let upstream = Upstream::with(move |seen| match tell(&seen.body) {
        Some(tier) if tier == broken => Script::error(503, "server_error", "no"),
        _ => Script::says(&["yes"]),
    });
    let bench = bench(&upstream);
    let mut asked = request("hi");
    asked.model = ModelRef::new(name);
    asked.preferences = Preferences { max_dearer: Some(0.0), ..Preferences::default() };
    asked.params.service_tier = tier.map(str::to_owned);
    let heard = bench.ask(asked).await;
    (heard, upstream.seen().iter().map(|seen| sent(&seen.body)).collect())
}

#[tokio::test]
async fn what_is_asked_is_what_is_priced() {
    for (name, tier, sent, endpoint, micro) in [
        ("test/model", None, None, "openai:test/model", 2),
        ("test/model", Some("flex"), Some("flex"), "openai/flex:test/model", 1),
        ("test/model", Some("priority"), Some("priority"), "openai/priority:test/model", 4),
        ("test/model", Some("default"), Some("default"), "openai:test/model", 2),
        ("test/model:floor", None, Some("flex"), "openai/flex:test/model", 1),
    ] {
        let (heard, seen) = ask(name, tier, "").await;
        let receipt = heard.receipt();
        assert_eq!(seen, [sent.map(str::to_owned)], "{name} {tier:?}");
        assert_eq!(receipt.endpoint.as_str(), endpoint, "{name} {tier:?}");
        // ten tokens in, one out, by the script
        let cost = Usd::from_raw(micro * 1_000_000_000_000_000_000) * 11;
        assert_eq!(receipt.cost.booked, Some(cost), "{name} {tier:?}");
    }
}

/// The ordinary endpoint stands in for a tier that fails: it is asked without one, for that is its price.
#[tokio::test]
async fn the_ordinary_endpoint_is_not_asked_for_a_tier() {
    let (heard, seen) = ask("test/model", Some("priority"), "priority").await;
    assert_eq!(seen, [Some("priority".to_owned()), Some("default".to_owned())]);
    assert_eq!(heard.receipt().endpoint.as_str(), "openai:test/model");
    assert_eq!(heard.receipt().cost.booked, Some(Usd::from_raw(2_000_000_000_000_000_000) * 11));
}

/// The provider's word on the tier it served decides the price, not what was asked.
#[tokio::test]
async fn what_was_served_is_what_is_booked() {
    for (name, asked, served, micro) in [
        ("test/model", Some("priority"), "default", Some(2)),
        ("test/model", Some("priority"), "priority", Some(4)),
        ("test/model", Some("flex"), "default", Some(2)),
        ("test/model", None, "priority", Some(4)),
        ("test/model", None, "flex", Some(1)),
        ("test/model", None, "auto", Some(2)),
        ("test/model", None, "a word of tomorrow", Some(2)),
        // OpenAI says a tier that nobody lists a price for: unknown, not the ordinary price and not zero
        ("test/model", None, "scale", None),
    ] {
        let upstream = Upstream::with(move |_| {
            let with = |mut chunk: Value| {
                chunk["service_tier"] = served.into();
                chunk
            };
            Script::stream()
                .event(&with(text("yes")))
                .event(&with(stop("stop")))
                .event(&with(usage(10, 1)))
                .done()
        });
        let bench = bench(&upstream);
        let mut wish = request("hi");
        wish.model = ModelRef::new(name);
        wish.params.service_tier = asked.map(str::to_owned);
        let heard = bench.ask(wish).await;
        let cost = micro.map(|micro: i128| Usd::from_raw(micro * 1_000_000_000_000_000_000) * 11);
        assert_eq!(heard.receipt().cost.booked, cost, "{name} asked {asked:?}, served {served}");
    }
}
