//! Budgets: windows, scopes, warnings, refusals, fallback, and that no interleaving overruns them.

use fareway::metering::{Ask, Budgets, Limit, Refusal, Reservation, Scope, Unpriced, Window};
use fareway::words::{Dimension, ModelId, ProviderId, RollupKey, SessionId, Totals, Usd};
use proptest::prelude::*;
use std::sync::Mutex;
use uuid::Uuid;

fn usd(text: &str) -> Usd {
    text.parse().expect("a decimal")
}

fn limit(scope: Scope, window: Window, amount: &str) -> Limit {
    Limit { scope, window, amount: usd(amount) }
}

fn ask(amount: &str) -> Ask {
    Ask {
        session: None,
        provider: ProviderId::new("openai"),
        model: ModelId::new("openai/gpt-4o"),
        key: None,
        amount: Some(usd(amount)),
        demo: false,
    }
}

/// 2026-11-23, a Monday.
const MONDAY: i32 = 20_780;

#[test]
fn windows_begin_where_people_say_they_do() {
    for (window, day, start) in [
        (Window::Day, MONDAY, MONDAY),
        (Window::Week, MONDAY, MONDAY),
        (Window::Week, MONDAY + 6, MONDAY),
        (Window::Week, MONDAY + 7, MONDAY + 7),
        (Window::Week, MONDAY - 1, MONDAY - 7),
        (Window::Month, MONDAY, MONDAY - 22),
        (Window::Month, MONDAY + 7, MONDAY - 22),
        (Window::Month, MONDAY + 8, MONDAY + 8),
        (Window::Week, 0, -3),
        (Window::Month, -1, -31),
        (Window::Total, MONDAY, i32::MIN),
    ] {
        assert_eq!(window.start(day), start, "{window:?} of {day}");
    }
}

#[test]
fn it_warns_at_eighty_percent_and_stops_at_a_hundred() {
    let mut budgets = Budgets::new(vec![limit(Scope::Everything, Window::Day, "1")], Unpriced::Refuse);
    let quiet = budgets.reserve(MONDAY, &ask("0.79")).expect("room");
    assert!(quiet.warnings.is_empty());
    budgets.settle(quiet, usd("0.79"));
    let warned = budgets.reserve(MONDAY, &ask("0.21")).expect("exactly the limit is within it");
    assert_eq!(warned.warnings.first().map(|w| (w.used, w.percent())), Some((usd("1"), 100)));
    let refused = budgets.reserve(MONDAY, &ask("0.01")).expect_err("nothing is left");
    assert_eq!(
        refused.to_string(),
        "This request may cost $0.0100, and of the daily budget of $1.00 $0.0000 is left; raise the budget or choose a cheaper model."
    );
    assert!(budgets.reserve(MONDAY, &ask("0")).is_ok(), "what is free may always go ahead");
    assert!(budgets.reserve(MONDAY + 1, &ask("1")).is_ok(), "tomorrow is another day");
    budgets.settle(warned, usd("0.05"));
    assert!(budgets.reserve(MONDAY, &ask("0.16")).is_ok(), "what was not used is free again");
}

#[test]
fn every_scope_looks_at_its_own_spending() {
    let session = SessionId(Uuid::from_u128(7));
    let limits = vec![
        limit(Scope::EachSession, Window::Total, "1"),
        limit(Scope::Provider(ProviderId::new("openai")), Window::Month, "5"),
        limit(Scope::Model(ModelId::new("openai/gpt-4o")), Window::Week, "3"),
        limit(Scope::Key("laptop".into()), Window::Day, "2"),
    ];
    let mut budgets = Budgets::new(limits, Unpriced::Refuse);
    let mut which = |ask: &Ask| match budgets.reserve(MONDAY, ask) {
        Ok(reservation) => {
            budgets.settle(reservation, Usd::ZERO);
            None
        }
        Err(Refusal::Over { limit, .. }) => Some(limit.scope),
        Err(other) => panic!("{other}"),
    };
    assert_eq!(which(&Ask { session: Some(session), ..ask("1.5") }), Some(Scope::EachSession));
    assert_eq!(which(&ask("1.5")), None, "outside a session");
    assert_eq!(which(&ask("3.5")), Some(Scope::Model(ModelId::new("openai/gpt-4o"))));
    let other = Ask { model: ModelId::new("openai/o3"), ..ask("6") };
    assert_eq!(which(&other), Some(Scope::Provider(ProviderId::new("openai"))));
    assert_eq!(which(&Ask { provider: ProviderId::new("groq"), ..other.clone() }), None);
    assert_eq!(which(&Ask { key: Some("laptop".into()), ..ask("2.5") }), Some(Scope::Key("laptop".into())));
    assert_eq!(which(&Ask { demo: true, ..ask("1000") }), None, "play money");
}

#[test]
fn sessions_do_not_share_theirs() {
    let of = |n| Ask { session: Some(SessionId(Uuid::from_u128(n))), ..ask("0.9") };
    let mut budgets = Budgets::new(vec![limit(Scope::EachSession, Window::Total, "1")], Unpriced::Refuse);
    let first = budgets.reserve(MONDAY, &of(1)).expect("room");
    assert!(budgets.reserve(MONDAY, &of(1)).is_err());
    assert!(budgets.reserve(MONDAY, &of(2)).is_ok());
    budgets.settle(first, usd("0.05"));
    assert!(budgets.reserve(MONDAY, &of(1)).is_ok());
}

#[test]
fn an_unknown_price_is_refused_unless_allowed() {
    let unpriced = Ask { amount: None, ..ask("0") };
    let limits = || vec![limit(Scope::Everything, Window::Month, "10")];
    let mut strict = Budgets::new(limits(), Unpriced::Refuse);
    let refusal = strict.reserve(MONDAY, &unpriced).expect_err("a budget over unknown prices is none");
    assert!(refusal.to_string().contains("openai/gpt-4o at openai"), "{refusal}");
    assert!(Budgets::new(limits(), Unpriced::Allow).reserve(MONDAY, &unpriced).is_ok());
    assert!(Budgets::new(vec![], Unpriced::Refuse).reserve(MONDAY, &unpriced).is_ok(), "no limit applies");
}

#[test]
fn a_fallback_is_checked_again_and_what_the_first_try_cost_stays() {
    let mut budgets = Budgets::new(vec![limit(Scope::Everything, Window::Day, "1")], Unpriced::Refuse);
    let mut reservation = budgets.reserve(MONDAY, &ask("0.30")).expect("room");
    let openai = ProviderId::new("openai");
    budgets.spend(&reservation, &openai, &ModelId::new("openai/gpt-4o"), usd("0.25"));
    let dearer = Ask { provider: ProviderId::new("azure"), ..ask("0.80") };
    let refused = budgets.adjust(&mut reservation, &dearer).expect_err("0.25 + 0.80 > 1");
    assert!(
        matches!(refused, Refusal::Over { held: Usd::ZERO, .. }),
        "its own reservation is not against it"
    );
    budgets.adjust(&mut reservation, &Ask { amount: Some(usd("0.75")), ..dearer.clone() }).expect("room");
    budgets.settle(reservation, usd("0.70"));
    let standing = budgets.standing(MONDAY, &dearer);
    assert_eq!((standing[0].spent, standing[0].held, standing[0].percent()), (usd("0.95"), Usd::ZERO, 95));
}

#[test]
fn the_ledger_is_remembered_and_play_money_is_not() {
    let limits = vec![
        limit(Scope::Everything, Window::Week, "10"),
        limit(Scope::Provider(ProviderId::new("openai")), Window::Total, "10"),
    ];
    let mut budgets = Budgets::new(limits, Unpriced::Refuse);
    let totals = Totals { booked: usd("4"), ..Totals::default() };
    let model = Dimension::Model(ModelId::new("openai/gpt-4o"), ProviderId::new("openai"));
    for (day, demo, of) in [
        (MONDAY, false, Dimension::All),
        (MONDAY - 1, false, Dimension::All),
        (MONDAY, true, Dimension::All),
        (MONDAY, false, model.clone()),
        (MONDAY - 1, false, model),
        (MONDAY, false, Dimension::Tag("work".into())),
    ] {
        budgets.remember(&RollupKey { day, demo, of }, &totals);
    }
    let spent: Vec<Usd> = budgets.standing(MONDAY + 1, &ask("0")).iter().map(|s| s.spent).collect();
    assert_eq!(spent, [usd("4"), usd("8")], "this week's, and all of openai's");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A thousand requests in any order of reserving, moving and ending: with worst-case reservations no limit is
    /// ever exceeded, and at the end nothing is set aside.
    #[test]
    fn no_interleaving_overruns_a_limit(
        steps in proptest::collection::vec((0u8..4, 0usize..64, 1u32..400, 0u32..=100), 1000),
        cap in 100u32..5_000,
    ) {
        let cap = Usd::from_cents(i64::from(cap));
        let cents = |n: u32| Usd::from_cents(i64::from(n));
        let mut budgets = Budgets::new(
            vec![
                Limit { scope: Scope::Everything, window: Window::Day, amount: cap },
                Limit { scope: Scope::Model(ModelId::new("openai/gpt-4o")), window: Window::Total, amount: cap },
            ],
            Unpriced::Refuse,
        );
        let mut open: Vec<(Reservation, Usd)> = Vec::new();
        let mut spent = Usd::ZERO;
        for (what, which, amount, share) in steps {
            let worst = cents(amount);
            let request = Ask { amount: Some(worst), ..ask("0") };
            match what {
                0 | 1 => {
                    if let Ok(reservation) = budgets.reserve(MONDAY, &request) {
                        open.push((reservation, worst));
                    }
                }
                2 if !open.is_empty() => {
                    let at = which % open.len();
                    let (reservation, held) = &mut open[at];
                    if budgets.adjust(reservation, &request).is_ok() {
                        *held = worst;
                    }
                }
                _ if !open.is_empty() => {
                    let (reservation, held) = open.swap_remove(which % open.len());
                    let actual = held.scale(i128::from(share), 100).expect("small");
                    spent += actual;
                    budgets.settle(reservation, actual);
                }
                _ => {}
            }
            let held: Usd = open.iter().map(|(_, held)| *held).sum();
            prop_assert!(spent + held <= cap);
            for standing in budgets.standing(MONDAY, &request) {
                prop_assert_eq!((standing.spent, standing.held), (spent, held));
            }
        }
        for (reservation, held) in open.drain(..) {
            spent += held;
            budgets.settle(reservation, held);
        }
        prop_assert!(spent <= cap);
        prop_assert!(budgets.standing(MONDAY, &ask("0")).iter().all(|s| s.held == Usd::ZERO));
    }
}

#[test]
fn a_thousand_threads_do_not_overrun_it_either() {
    let cap = usd("3");
    let limits = vec![Limit { scope: Scope::Everything, window: Window::Day, amount: cap }];
    let budgets = Mutex::new(Budgets::new(limits, Unpriced::Refuse));
    let granted = Mutex::new(0u32);
    std::thread::scope(|scope| {
        for worker in 0..20 {
            let (budgets, granted) = (&budgets, &granted);
            scope.spawn(move || {
                for turn in 0..50u32 {
                    let reserved = budgets.lock().expect("no panic").reserve(MONDAY, &ask("0.01"));
                    if let Ok(reservation) = reserved {
                        *granted.lock().expect("no panic") += 1;
                        std::thread::yield_now();
                        // every other request is free in the end
                        let actual = if (turn + worker) % 2 == 0 { usd("0.01") } else { Usd::ZERO };
                        budgets.lock().expect("no panic").settle(reservation, actual);
                    }
                }
            });
        }
    });
    let budgets = budgets.into_inner().expect("no panic");
    let standing = budgets.standing(MONDAY, &ask("0"));
    assert_eq!(standing[0].held, Usd::ZERO);
    assert!(standing[0].spent <= cap, "half of a thousand requests would cost 5 dollars");
    assert!(granted.into_inner().expect("no panic") >= 300);
}
