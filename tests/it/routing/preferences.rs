//! Layers of preferences and the one-key profiles.

use super::support::ask_with;
use crate::support::wishes;
use fareway::routing::{Names, Preset, expand, join, profile};
use fareway::words::{DataCollection, Preferences, Profile, Sort, SortBy};
use serde_json::json;

fn only(names: &[&str]) -> Preferences {
    Preferences { only: names.iter().map(|n| (*n).to_owned()).collect(), ..Preferences::default() }
}

fn sort(by: SortBy) -> Preferences {
    Preferences { sort: Some(Sort::By(by)), ..Preferences::default() }
}

#[test]
fn what_is_given_above_stands() {
    let request = Preferences { max_dearer: Some(1.0), ..sort(SortBy::Latency) };
    let config = Preferences { max_dearer: Some(5.0), hedge_after_ms: Some(9), ..sort(SortBy::Price) };
    let joined = join(&[&request, &Preferences::default(), &config]);
    assert_eq!(joined.sort, Some(Sort::By(SortBy::Latency)));
    assert_eq!((joined.max_dearer, joined.hedge_after_ms), (Some(1.0), Some(9)));
}

#[test]
fn who_may_answer_can_only_narrow() {
    let table: [(&[&str], &[&str], &[&str]); 5] = [
        (&["a", "b"], &[], &["a", "b"]),
        (&[], &["a"], &["a"]),
        (&["a", "b"], &["b", "c"], &["b"]),
        (&["google-vertex"], &["google-vertex/us-east5", "x"], &["google-vertex/us-east5"]),
        (&["a"], &["b"], &["(nobody)"]),
    ];
    for (above, below, left) in table {
        assert_eq!(join(&[&only(above), &only(below)]).only, left, "{above:?} over {below:?}");
    }
    let ignoring = |name: &str| Preferences { ignore: vec![name.to_owned()], ..Preferences::default() };
    assert_eq!(join(&[&ignoring("a"), &ignoring("b")]).ignore, ["a", "b"]);
}

#[test]
fn privacy_can_only_be_tightened() {
    let strict = Preferences {
        zdr: Some(true),
        data_collection: Some(DataCollection::Deny),
        ..Preferences::default()
    };
    let lax = Preferences {
        zdr: Some(false),
        data_collection: Some(DataCollection::Allow),
        ..Preferences::default()
    };
    for layers in [[&strict, &lax], [&lax, &strict]] {
        let joined = join(&layers);
        assert_eq!((joined.zdr, joined.data_collection), (Some(true), Some(DataCollection::Deny)));
    }
}

#[test]
fn a_profile_stands_under_its_own_layer_and_over_those_below() {
    let named = |profile| Preferences { profile: Some(profile), ..Preferences::default() };
    // under what is given beside it
    let beside = Preferences { profile: Some(Profile::Fastest), ..sort(SortBy::Price) };
    assert_eq!(join(&[&beside]).sort, Some(Sort::By(SortBy::Price)));
    // over the config
    assert_eq!(
        join(&[&named(Profile::Fastest), &sort(SortBy::Price)]).sort,
        Some(Sort::By(SortBy::Throughput))
    );
    // back to the default choice
    assert_eq!(join(&[&named(Profile::Balanced), &sort(SortBy::Price)]).sort, None);
    // and joining again changes nothing
    for profile in Profile::ALL {
        let once = join(&[&named(profile), &sort(SortBy::Price)]);
        assert_eq!(join(&[&once]), once, "{profile:?}");
    }
    assert_eq!(profile(Profile::Private).zdr, Some(true));
}

/// Every field of OpenRouter's `provider` object and of ours, as it is written in a request, a preset or the config.
#[test]
fn every_field_holds_from_every_layer() {
    let fields = wishes::every();
    let all: Preferences = serde_json::from_value(fields.clone()).expect("every field");
    assert_eq!(serde_json::to_value(&all).expect("JSON"), fields, "and back");
    for (name, value) in fields.as_object().expect("an object") {
        let one: Preferences = serde_json::from_value(json!({ name: value })).expect(name);
        assert_ne!(one, Preferences::default(), "{name}");
        let preset = Preset { preferences: one.clone(), ..Preset::default() };
        let names = Names { presets: [("p".to_owned(), preset)].into(), ..Names::default() };
        let none = Preferences::default();
        for (layer, model, request, config) in [
            ("request", "m", &one, &none),
            ("preset", "m@preset/p", &none, &none),
            ("config", "m", &none, &one),
        ] {
            let laid = expand(ask_with(model, request.clone()), &names, config).expect("a request");
            assert_eq!(laid.preferences, one, "{name} in the {layer}");
        }
    }
}
