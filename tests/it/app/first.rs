//! Who answers somebody who has chosen no model yet.

use crate::support::stage::{card, endpoint};
use fareway::app::{Card, first};
use fareway::catalog::Catalog;
use fareway::config::Config;
use fareway::runtime::first_model;
use fareway::words::{ModelRef, ProviderId, Usd};
use std::collections::BTreeSet;

/// A model within reach with its price for a million tokens of reply.
fn priced(model: &str, completion: &str, quality: Option<f64>) -> Card {
    let prices = (!completion.is_empty()).then_some(("0.1", completion));
    Card { quality, ..card(model, vec![endpoint("host", model, prices, 8_192)], true) }
}

fn chosen(cards: &[Card]) -> Option<&str> {
    let there = first(cards).map(|card| card.id.as_str());
    let back = first(cards.iter().rev()).map(|card| card.id.as_str());
    assert_eq!(there, back, "whatever order they stand in");
    there
}

#[test]
fn the_best_of_a_moderate_price_is_first() {
    let good = [
        priced("a/unrated", "0.2", None),
        priced("b/dear", "5.01", Some(70.0)),
        priced("c/preview", "1", Some(69.0)),
        Card { retires: Some("2026-12-31".into()), ..priced("d/retiring", "1", Some(69.0)) },
        priced("e/best", "5", Some(66.0)),
        priced("f/best-too", "4", Some(66.0)),
        priced("g/best-again", "4", Some(66.0)),
        priced("h/free", "0", Some(68.0)),
        priced("i/cheap", "0.1", Some(65.9)),
        card("j/far", vec![endpoint("host", "j/far", Some(("1", "1")), 8_192)], false),
    ];
    assert_eq!(chosen(&good), Some("f/best-too"), "the cheaper, then the name");
}

#[test]
fn where_that_cannot_be_had_the_next_best_is_first() {
    let rated = [
        priced("a/unrated", "0.2", None),
        priced("b/dear", "25", Some(70.0)),
        priced("c/less", "15", Some(60.0)),
    ];
    assert_eq!(chosen(&rated), Some("c/less"), "a known quality before an unknown one");
    let unrated = [
        priced("a/unknown", "", None),
        priced("b/chat-8b", "0.1", None),
        priced("c/chat-1.8b:free", "0", None),
        priced("d/chat-nano", "0.2", None),
        priced("e/chat-beta", "0.2", None),
        priced("f/chat-30b-a3b", "0.4", None),
        priced("g/chat", "0.5", None),
    ];
    assert_eq!(chosen(&unrated), Some("f/chat-30b-a3b"), "the cheapest");
    assert_eq!(chosen(&unrated[..5]), Some("a/unknown"), "else the first");
    let demo = card("demo/quick", vec![endpoint("demo", "demo/quick", Some(("0.1", "0.4")), 8_192)], true);
    assert_eq!(chosen(&[demo]), None);
}

/// By the bundled catalog, whatever it holds: rated, within reach, of a moderate price.
#[test]
fn a_key_is_enough_to_begin_with_a_sensible_model() {
    let (catalog, config) = (Catalog::bundled(), Config::default());
    let begin = |chosen: &str, keys: &[&str]| {
        let usable: BTreeSet<ProviderId> = keys.iter().map(ProviderId::new).collect();
        first_model(&ModelRef::new(chosen), &config, &catalog, &usable).to_string()
    };
    assert_eq!(begin("", &[]), "demo/sage");
    assert_eq!(begin("a/b", &["openrouter"]), "a/b");
    for provider in ["openrouter", "anthropic", "openai", "deepseek"] {
        let name = begin("", &[provider]);
        let model = catalog.model(&name).expect("it is known");
        assert!(model.quality("intelligence").is_some(), "{name}");
        let mine = catalog.endpoints(&model.id).iter().filter(|e| e.provider.as_str() == provider);
        let mut prices = mine.filter_map(|e| Some(e.prices.as_ref()?.completion.per_million()));
        assert!(prices.any(|price| !price.is_zero() && price <= Usd::from_cents(500)), "{name}");
    }
}
