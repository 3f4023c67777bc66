//! The form of preferences: what is set there is what the next request asks for.

use crate::support::stage::Stage;
use crate::support::wishes;
use fareway::app::Effect;
use fareway::app::panes::preferences::FIELDS;
use fareway::words::{Preferences, Request};
use serde_json::json;

/// Opens the form and goes to this row.
fn at(stage: &mut Stage, name: &str) {
    let row = FIELDS.iter().position(|field| field.name == name).unwrap_or_else(|| panic!("no row {name}"));
    stage.press("alt-p");
    for _ in 0..row {
        stage.press("down");
    }
}

fn next_request(stage: &mut Stage) -> Request {
    stage.press("esc").types("hi").press("enter");
    let asked = stage.effects.iter().find_map(|e| match e {
        Effect::Ask { request, .. } => Some((**request).clone()),
        _ => None,
    });
    asked.expect("a request")
}

#[test]
fn every_field_of_the_provider_object_has_a_row() {
    let cases = [
        ("order", "Groq, azure/eu", json!({"order": ["groq", "azure/eu"]})),
        ("only", "openai", json!({"only": ["openai"]})),
        ("ignore", "groq groq", json!({"ignore": ["groq"]})),
        ("fallbacks", "", json!({"allow_fallbacks": true})),
        ("all parameters", "", json!({"require_parameters": true})),
        ("quantizations", "FP8 bf16", json!({"quantizations": ["fp8", "bf16"]})),
        ("min throughput", "40", json!({"preferred_min_throughput": {"p50": 40.0}})),
        ("max latency", "p50 1.5 p90=3", json!({"preferred_max_latency": {"p50": 1.5, "p90": 3.0}})),
        ("max price in", "$2.5", json!({"max_price": {"prompt": "2.5"}})),
        ("max price out", "10", json!({"max_price": {"completion": "10"}})),
        ("max price a request", "0.01", json!({"max_price": {"request": "0.01"}})),
        ("max price an image", "0.02", json!({"max_price": {"image": "0.02"}})),
        ("max price of audio", "3", json!({"max_price": {"audio": "3"}})),
        ("learning allowed", "", json!({"enforce_distillable_text": true})),
        ("spread", "", json!({"spread": "inverse_price_square"})),
        ("max dearer", "3", json!({"max_dearer": 3.0})),
        ("hedge after", "900", json!({"hedge_after_ms": 900})),
        ("cost tier", "", json!({"cost_tier": "low"})),
        ("rescue", "", json!({"rescue": "off"})),
        ("half-finished calls", "", json!({"unfinished": "stop"})),
        ("data collection", "", json!({"data_collection": "allow"})),
        ("zero retention", "", json!({"zdr": true})),
        ("sort", "", json!({"sort": "price"})),
        ("sort over", "", json!({"sort": {"by": "price", "partition": "none"}})),
        ("profile", "", json!({"profile": "balanced"})),
    ];
    // a field that comes later has no row until it stands here
    let all: Vec<String> =
        cases.iter().flat_map(|(_, _, fields)| fields.as_object().expect("fields").keys()).cloned().collect();
    let every = wishes::every();
    for name in every.as_object().expect("an object").keys() {
        assert!(all.contains(name), "{name} has no row in the form");
    }
    for (row, typed, expected) in cases {
        let mut stage = Stage::new(80, 24);
        at(&mut stage, row);
        if typed.is_empty() {
            stage.press("right");
        } else {
            stage.types(typed).press("enter");
        }
        let expected: Preferences = serde_json::from_value(expected).expect("preferences");
        assert_eq!(next_request(&mut stage).preferences, expected, "{row}");

        // and it goes back to its default
        let mut stage = Stage::new(80, 24);
        at(&mut stage, row);
        if typed.is_empty() {
            stage.press("right");
        } else {
            stage.types(typed).press("enter");
        }
        let back = if row == "sort over" { "delete up delete" } else { "delete" };
        stage.press(back);
        assert_eq!(next_request(&mut stage).preferences, Preferences::default(), "{row}");
    }
}

#[test]
fn a_value_that_is_none_is_refused_with_the_reason() {
    let cases = [
        ("quantizations", "fp7", "`fp7` is no value for quantizations"),
        ("min throughput", "fast", "`fast` is no value for min throughput"),
        ("max latency", "p42 1", "`p42 1` is no value for max latency"),
        ("max latency", "-1", "`-1` is no value for max latency"),
        ("max price in", "cheap", "`cheap` is no value for max price in"),
        ("max price out", "-1", "`-1` is no value for max price out"),
        ("hedge after", "soon", "`soon` is no value for hedge after"),
        ("temperature", "3", "`3` is no value for temperature"),
        ("only", "nobody", "no provider `nobody` is known"),
    ];
    for (row, typed, said) in cases {
        let mut stage = Stage::new(80, 24);
        at(&mut stage, row);
        stage.types(typed).press("enter");
        let notice = stage.model.notice().map(|n| n.text.clone()).unwrap_or_default();
        assert!(notice.contains(said), "{notice}");
    }
}

#[test]
fn enter_opens_the_value_to_be_changed() {
    let mut stage = Stage::new(80, 24);
    at(&mut stage, "order");
    stage.types("groq").press("enter enter").types(", azure").press("enter");
    assert_eq!(next_request(&mut stage).preferences.order, ["groq", "azure"]);
}

#[test]
fn one_key_chooses_a_profile() {
    for (key, name) in [("alt-1", "balanced"), ("alt-2", "cheapest"), ("alt-5", "private")] {
        let mut stage = Stage::new(80, 24);
        at(&mut stage, "seed");
        stage.press(key);
        let profile = next_request(&mut stage).preferences.profile;
        assert_eq!(profile.map(|p| p.name()), Some(name));
    }
}
