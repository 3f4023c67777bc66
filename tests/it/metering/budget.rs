//! Budgets: windows, scopes, warnings, refusals, fallback, and that no interleaving overruns them.

use fareway::metering::{Ask, Budgets, Limit, Refusal, Scope, Standing, Unpriced, Window, standing};
use fareway::words::{
    Cap, Dimension, GenerationId, Hold, ModelId, Of, ProviderId, Purse, RollupKey, SessionId, Usd,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
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

/// Budgets over a purse, as a gateway has them over its ledger.
struct Desk {
    budgets: Budgets,
    purse: Purse,
    next: u64,
}

/// One attempt's money.
#[derive(Clone, Copy, Debug)]
struct Ticket(GenerationId, u64);

impl Desk {
    fn new(limits: Vec<Limit>) -> Self {
        Self { budgets: Budgets::new(limits, Unpriced::Refuse), purse: Purse::default(), next: 0 }
    }

    /// For the first attempt of a request, or for another one of the same.
    fn reserve_for(
        &mut self,
        generation: Option<GenerationId>,
        day: i32,
        ask: &Ask,
    ) -> Result<Ticket, Refusal> {
        let applied = self.budgets.applying(day, ask)?;
        let caps: Vec<Cap> = applied.iter().map(|(_, cap)| cap.clone()).collect();
        self.next += 1;
        let generation = generation.unwrap_or_else(|| GenerationId(Uuid::from_u128(u128::from(self.next))));
        let amount = ask.amount.unwrap_or_default();
        let hold = Hold {
            generation,
            ticket: self.next,
            day,
            session: ask.session,
            key_label: ask.key.clone(),
            model: ask.model.clone(),
            provider: ask.provider.clone(),
            amount,
        };
        for cap in caps.iter().filter(|cap| !self.purse.knows(&cap.of)).collect::<Vec<_>>() {
            self.purse.learn(cap.of.clone(), BTreeMap::new());
        }
        match self.purse.reserve(hold, &caps) {
            Ok(used) => {
                self.budgets.note(day, &applied, &used);
                Ok(Ticket(generation, self.next))
            }
            Err(over) => Err(Budgets::refusal(&applied, amount, over).expect("one of the caps")),
        }
    }

    fn reserve(&mut self, day: i32, ask: &Ask) -> Result<Ticket, Refusal> {
        self.reserve_for(None, day, ask)
    }

    fn settle(&mut self, Ticket(generation, ticket): Ticket, actual: Usd) {
        self.purse.settle(generation, ticket, actual);
    }

    /// The request is over, and all of it was spent at one endpoint.
    fn book(&mut self, ticket: Ticket, day: i32, ask: &Ask, actual: Usd) {
        self.settle(ticket, actual);
        let model = Dimension::at(ask.model.clone(), ask.provider.clone());
        let mut parts = vec![Dimension::All, model];
        parts.extend(ask.session.map(Dimension::Session));
        parts.extend(ask.key.clone().map(Dimension::Key));
        let key = |of| (RollupKey { day, demo: ask.demo, of }, actual);
        let parts: Vec<_> = parts.into_iter().map(key).collect();
        self.purse.booked(ticket.0, &parts);
    }

    fn standing(&self, day: i32, ask: &Ask) -> Vec<Standing> {
        let applied = self.budgets.applying(day, ask).expect("a known price");
        let caps: Vec<Cap> = applied.iter().map(|(_, cap)| cap.clone()).collect();
        let used = self.purse.used(day, &caps);
        standing(applied, used)
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
    let mut desk = Desk::new(vec![limit(Scope::Everything, Window::Day, "1")]);
    let quiet = desk.reserve(MONDAY, &ask("0.79")).expect("room");
    assert!(desk.budgets.warnings().is_empty());
    desk.book(quiet, MONDAY, &ask("0"), usd("0.79"));
    let warned = desk.reserve(MONDAY, &ask("0.21")).expect("exactly the limit is within it");
    let told = desk.budgets.warnings();
    assert_eq!(told.first().map(|w| (w.used, w.percent())), Some((usd("1"), 100)));
    let refused = desk.reserve(MONDAY, &ask("0.01")).expect_err("nothing is left");
    assert_eq!(
        refused.to_string(),
        "This request may cost $0.0100, and of the daily budget of $1.00 $0.0000 is left; raise the budget or choose a cheaper model."
    );
    let odd = limit(Scope::Everything, Window::Day, "0.0125");
    assert_eq!(odd.to_string(), "the daily budget of $0.0125", "somebody's own figure is not rounded");
    assert!(desk.reserve(MONDAY, &ask("0")).is_ok(), "what is free may always go ahead");
    assert!(desk.reserve(MONDAY + 1, &ask("1")).is_ok(), "tomorrow is another day");
    desk.settle(warned, usd("0.05"));
    assert!(desk.reserve(MONDAY, &ask("0.16")).is_ok(), "what was not used is free again");
    assert!(desk.budgets.warnings().iter().all(|w| w.used > usd("0.9")), "told again only for tomorrow");
}

#[test]
fn every_scope_looks_at_its_own_spending() {
    let session = SessionId(Uuid::from_u128(7));
    let mut desk = Desk::new(vec![
        limit(Scope::EachSession, Window::Total, "1"),
        limit(Scope::Provider(ProviderId::new("openai")), Window::Month, "5"),
        limit(Scope::Model(ModelId::new("openai/gpt-4o")), Window::Week, "3"),
        limit(Scope::Key("laptop".into()), Window::Day, "2"),
    ]);
    let mut which = |ask: &Ask| match desk.reserve(MONDAY, ask) {
        Ok(ticket) => {
            desk.settle(ticket, Usd::ZERO);
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
    let mut desk = Desk::new(vec![limit(Scope::EachSession, Window::Total, "1")]);
    let first = desk.reserve(MONDAY, &of(1)).expect("room");
    assert!(desk.reserve(MONDAY, &of(1)).is_err());
    assert!(desk.reserve(MONDAY, &of(2)).is_ok());
    desk.book(first, MONDAY, &of(1), usd("0.05"));
    assert!(desk.reserve(MONDAY, &of(1)).is_ok());
}

#[test]
fn an_unknown_price_is_refused_unless_allowed() {
    let unpriced = Ask { amount: None, ..ask("0") };
    let mut desk = Desk::new(vec![limit(Scope::Everything, Window::Month, "10")]);
    let refusal = desk.reserve(MONDAY, &unpriced).expect_err("a budget over unknown prices is none");
    assert!(refusal.to_string().contains("openai/gpt-4o at openai"), "{refusal}");
    desk.budgets.unpriced = Unpriced::Allow;
    assert!(desk.reserve(MONDAY, &unpriced).is_ok());
    assert!(Desk::new(vec![]).reserve(MONDAY, &unpriced).is_ok(), "no limit applies");
}

#[test]
fn a_fallback_is_checked_again_and_what_the_first_try_cost_stays() {
    let mut desk = Desk::new(vec![
        limit(Scope::Everything, Window::Day, "1"),
        limit(Scope::Provider(ProviderId::new("azure")), Window::Day, "10"),
    ]);
    let first = desk.reserve(MONDAY, &ask("0.30")).expect("room");
    desk.settle(first, usd("0.25"));
    let dearer = Ask { provider: ProviderId::new("azure"), ..ask("0.80") };
    let refused = desk.reserve_for(Some(first.0), MONDAY, &dearer).expect_err("0.25 + 0.80 > 1");
    assert!(matches!(refused, Refusal::Over { left, .. } if left == usd("0.75")), "{refused}");
    let fits = Ask { amount: Some(usd("0.75")), ..dearer.clone() };
    let second = desk.reserve_for(Some(first.0), MONDAY, &fits).expect("room");
    desk.settle(second, usd("0.70"));
    let held: Vec<_> = desk.standing(MONDAY, &dearer).iter().map(|s| s.used.held).collect();
    assert_eq!(held, [usd("0.95"), usd("0.70")], "each provider its own, until the request is booked");
    desk.book(second, MONDAY, &dearer, usd("0.95"));
    let standing = &desk.standing(MONDAY, &dearer)[0];
    assert_eq!((standing.used.spent, standing.used.held, standing.percent()), (usd("0.95"), Usd::ZERO, 95));
}

#[test]
fn the_ledger_is_remembered_by_its_days() {
    let mut desk = Desk::new(vec![
        limit(Scope::Everything, Window::Week, "10"),
        limit(Scope::Provider(ProviderId::new("openai")), Window::Total, "10"),
    ]);
    let days = BTreeMap::from([(MONDAY, usd("4")), (MONDAY - 1, usd("4"))]);
    desk.purse.learn(Of::All, days.clone());
    desk.purse.learn(Of::Provider(ProviderId::new("openai")), days);
    let spent = |desk: &Desk| -> Vec<Usd> {
        desk.standing(MONDAY + 1, &ask("0")).iter().map(|s| s.used.spent).collect()
    };
    assert_eq!(spent(&desk), [usd("4"), usd("8")], "this week's, and all of openai's");
    let nobody = GenerationId(Uuid::from_u128(99));
    let part = |demo, of| (RollupKey { day: MONDAY, demo, of }, usd("1"));
    let model = Dimension::at(ModelId::new("openai/o3"), ProviderId::new("openai"));
    desk.purse.booked(nobody, &[part(false, Dimension::All), part(false, model.clone())]);
    assert_eq!(spent(&desk), [usd("5"), usd("9")]);
    desk.purse.booked(nobody, &[part(true, Dimension::All), part(true, model)]);
    assert_eq!(spent(&desk), [usd("5"), usd("9")], "play money");
}

/// A purse that was made anew, because the process that had it is gone, knows what stands in the open rows.
#[test]
fn what_an_earlier_purse_had_set_aside_is_taken_over() {
    let mut desk = Desk::new(vec![limit(Scope::Everything, Window::Day, "1")]);
    let Ticket(generation, ticket) = desk.reserve(MONDAY, &ask("0.6")).expect("room");
    let hold = Hold {
        generation,
        ticket: Purse::INHERITED,
        day: MONDAY,
        session: None,
        key_label: None,
        model: ModelId::new("openai/gpt-4o"),
        provider: ProviderId::new("openai"),
        amount: usd("0.6"),
    };
    desk.purse = Purse::default();
    desk.purse.inherit(hold);
    assert!(desk.reserve(MONDAY, &ask("0.5")).is_err());
    desk.settle(Ticket(generation, ticket), usd("0.1"));
    let second = desk.reserve(MONDAY, &ask("0.9")).expect("0.1 + 0.9 = 1");
    desk.purse.forget(second.0);
    desk.purse.forget(generation);
    assert_eq!(desk.standing(MONDAY, &ask("0"))[0].used.held, Usd::ZERO);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A thousand steps in any order of reserving, falling back, ending and booking: with worst-case reservations no
    /// limit is ever exceeded, and at the end nothing is set aside.
    #[test]
    fn no_interleaving_overruns_a_limit(
        steps in proptest::collection::vec((0u8..5, 0usize..64, 1u32..400, 0u32..=100), 1000),
        cap in 100u32..5_000,
    ) {
        let cap = Usd::from_cents(i64::from(cap));
        let cents = |n: u32| Usd::from_cents(i64::from(n));
        let mut desk = Desk::new(vec![
            Limit { scope: Scope::Everything, window: Window::Day, amount: cap },
            Limit { scope: Scope::Model(ModelId::new("openai/gpt-4o")), window: Window::Total, amount: cap },
        ]);
        // requests under way: the ticket of the attempt, what it may cost, what earlier ones have cost
        let mut open: Vec<(Ticket, Usd, Usd)> = Vec::new();
        let mut spent = Usd::ZERO;
        for (what, which, amount, share) in steps {
            let worst = cents(amount);
            let request = Ask { amount: Some(worst), ..ask("0") };
            match what {
                0 | 1 => {
                    if let Ok(ticket) = desk.reserve(MONDAY, &request) {
                        open.push((ticket, worst, Usd::ZERO));
                    }
                }
                // the attempt fails at some cost, and another one is made if that is allowed
                2 if !open.is_empty() => {
                    let at = which % open.len();
                    let (ticket, held, before) = open[at];
                    let actual = held.scale(i128::from(share), 100).expect("small");
                    desk.settle(ticket, actual);
                    open[at] = match desk.reserve_for(Some(ticket.0), MONDAY, &request) {
                        Ok(next) => (next, worst, before + actual),
                        Err(_) => (ticket, Usd::ZERO, before + actual),
                    };
                }
                _ if !open.is_empty() => {
                    let (ticket, held, before) = open.swap_remove(which % open.len());
                    let actual = held.scale(i128::from(share), 100).expect("small");
                    spent += before + actual;
                    desk.book(ticket, MONDAY, &request, actual);
                    // the generation's row holds all of its attempts
                    let parts = [Dimension::All, Dimension::at(request.model.clone(), request.provider.clone())];
                    let parts = parts.map(|of| (RollupKey { day: MONDAY, demo: false, of }, before));
                    desk.purse.booked(ticket.0, &parts);
                }
                _ => {}
            }
            let held: Usd = open.iter().map(|(_, held, before)| *held + *before).sum();
            prop_assert!(spent + held <= cap);
            for standing in desk.standing(MONDAY, &request) {
                prop_assert_eq!((standing.used.spent, standing.used.held), (spent, held));
            }
        }
        for (ticket, held, before) in open.drain(..) {
            spent += held + before;
            desk.book(ticket, MONDAY, &ask("0"), held + before);
        }
        prop_assert!(spent <= cap);
        prop_assert!(desk.standing(MONDAY, &ask("0")).iter().all(|s| s.used.held == Usd::ZERO));
    }
}

#[test]
fn a_thousand_threads_do_not_overrun_it_either() {
    let cap = usd("3");
    let limits = vec![Limit { scope: Scope::Everything, window: Window::Day, amount: cap }];
    let desk = Mutex::new(Desk::new(limits));
    let granted = Mutex::new(0u32);
    std::thread::scope(|scope| {
        for worker in 0..20 {
            let (desk, granted) = (&desk, &granted);
            scope.spawn(move || {
                for turn in 0..50u32 {
                    let reserved = desk.lock().expect("no panic").reserve(MONDAY, &ask("0.01"));
                    if let Ok(ticket) = reserved {
                        *granted.lock().expect("no panic") += 1;
                        std::thread::yield_now();
                        // every other request is free in the end
                        let actual = if (turn + worker) % 2 == 0 { usd("0.01") } else { Usd::ZERO };
                        desk.lock().expect("no panic").book(ticket, MONDAY, &ask("0"), actual);
                    }
                }
            });
        }
    });
    let desk = desk.into_inner().expect("no panic");
    let standing = &desk.standing(MONDAY, &ask("0"))[0];
    assert_eq!(standing.used.held, Usd::ZERO);
    assert!(standing.used.spent <= cap, "half of a thousand requests would cost 5 dollars");
    assert!(granted.into_inner().expect("no panic") >= 300);
}
