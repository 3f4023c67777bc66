//! Layers of preferences and the one-key profiles.

use fareway::routing::{join, profile};
use fareway::words::{Preferences, Profile, Sort, SortBy};

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
    let strict =
        Preferences { zdr: Some(true), data_collection: Some("deny".to_owned()), ..Preferences::default() };
    let lax =
        Preferences { zdr: Some(false), data_collection: Some("allow".to_owned()), ..Preferences::default() };
    for layers in [[&strict, &lax], [&lax, &strict]] {
        let joined = join(&layers);
        assert_eq!((joined.zdr, joined.data_collection.as_deref()), (Some(true), Some("deny")));
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
