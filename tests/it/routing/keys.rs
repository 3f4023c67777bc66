//! Keys by position: which may be used, which cool down and for how long.

use super::support::{NOW, World, ask};
use fareway::routing::{KeyBook, Pick, plan};
use fareway::words::{Dice, Endpoint, Failure, FailureKind};
use std::sync::Arc;
use std::time::Duration;

fn endpoints() -> (Arc<Endpoint>, Arc<Endpoint>) {
    let rows: &[(&str, &str, &str)] = &[("aa", "1", "1")];
    let world = World::with_models(&[("maker/one", rows), ("maker/two", rows)]);
    let of = |model: &str| world.catalog.endpoints(&model.into())[0].clone();
    (of("maker/one"), of("maker/two"))
}

fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

#[test]
fn what_each_failure_does_to_a_key() {
    let (one, two) = endpoints();
    // failure, seconds asked for, how long the key rests at that model, and at the provider's other models
    let table = [
        (FailureKind::RateLimited, None, 2, 0),
        (FailureKind::RateLimited, Some(30), 30, 0),
        (FailureKind::RateLimited, Some(86_400), 3_600, 0),
        (FailureKind::Quota, None, 600, 600),
        (FailureKind::Auth, None, 600, 600),
        (FailureKind::Permission, None, 600, 0),
        (FailureKind::Overloaded, Some(9), 0, 0),
        (FailureKind::Server, None, 0, 0),
    ];
    for (kind, asked, here, elsewhere) in table {
        let mut keys = KeyBook::default().with("aa", 1);
        let failure = Failure { retry_after: asked.map(secs), ..Failure::new(kind, "no") };
        keys.failed(&one, 0, &failure, NOW);
        for (endpoint, rest) in [(&one, here), (&two, elsewhere)] {
            if rest > 0 {
                assert_eq!(keys.pick(endpoint, NOW), Pick::Cooling(NOW + secs(rest)), "{kind:?}");
            }
            assert_eq!(keys.pick(endpoint, NOW + secs(rest)), Pick::Key(0), "{kind:?}");
        }
    }
}

/// A cheaper endpoint whose key was refused is no matter of course; one that is only full, or dearer, is.
#[test]
fn a_refused_key_of_somebody_cheaper_is_told() {
    for (kind, keys, at, told) in [
        (FailureKind::Auth, 1, "aa", true),
        (FailureKind::Quota, 1, "aa", true),
        (FailureKind::Permission, 1, "aa", true),
        (FailureKind::RateLimited, 1, "aa", false),
        (FailureKind::Auth, 2, "aa", false),
        (FailureKind::Auth, 1, "bb", false),
    ] {
        let mut world = World::of(&[("aa", "1", "1"), ("bb", "2", "2")]);
        world.keys.set(&at.into(), keys);
        let endpoint = world.catalog.endpoints_of(at).next().expect("it serves the model").clone();
        world.keys.failed(&endpoint, 0, &Failure::new(kind, "no"), world.now);
        let decision = plan(world.input(&ask("maker/one")), &mut Dice::new(1)).expect("a plan");
        assert_eq!(decision.refused.is_some(), told, "{kind:?} {keys} {at}");
        assert_eq!(decision.why.contains("its key was refused"), told, "{}", decision.why);
        world.now = world.now + secs(600);
        let decision = plan(world.input(&ask("maker/one")), &mut Dice::new(1)).expect("a plan");
        assert_eq!(decision.refused, None, "ten minutes later it is tried again");
    }
}

#[test]
fn keys_are_tried_in_order_and_cool_downs_grow_until_an_answer() {
    let (one, _) = endpoints();
    let mut keys = KeyBook::default().with("aa", 2);
    let limited = Failure::new(FailureKind::RateLimited, "no");
    keys.failed(&one, 0, &limited, NOW);
    assert_eq!(keys.pick(&one, NOW), Pick::Key(1));
    keys.failed(&one, 1, &limited, NOW + secs(1));
    assert_eq!(keys.pick(&one, NOW + secs(1)), Pick::Cooling(NOW + secs(2)), "the first is back first");
    // refused again right after its rest: twice as long; a burst of refusals counts once
    keys.failed(&one, 0, &limited, NOW + secs(2));
    keys.failed(&one, 0, &limited, NOW + secs(2));
    keys.failed(&one, 1, &limited, NOW + secs(3));
    assert_eq!(keys.pick(&one, NOW + secs(3)), Pick::Cooling(NOW + secs(6)));
    keys.answered(&one, 0);
    assert_eq!(keys.pick(&one, NOW + secs(3)), Pick::Key(0));
}

#[test]
fn no_key_is_not_the_same_as_none_needed() {
    let world = World::of(&[("aa", "1", "1")]);
    let demo = world.catalog.endpoints(&"demo/swift".into())[0].clone();
    let real = world.catalog.endpoints(&"maker/one".into())[0].clone();
    let keys = KeyBook::default();
    assert_eq!((keys.pick(&demo, NOW), keys.pick(&real, NOW)), (Pick::Key(0), Pick::Missing));
    let keys = KeyBook::of(&world.catalog, |_| 0);
    assert_eq!(keys.pick(&demo, NOW), Pick::Key(0));
    assert!(!keys.has(&"openai".into()), "openai needs a key");
}
