//! What opens over the conversation at four sizes, as text.

use super::panes::{check, talk};
use crate::support::rows::answered;
use crate::support::stage::{Stage, cost, endpoint, receipt};
use fareway::app::panes::{Overlay, why};
use fareway::app::{Cards, Effect, Event, HealthRow, Hit, OwnName};
use fareway::catalog::Host;
use fareway::words::{
    Cost, CostSource, Dimension, Failure, FailureKind, MessageId, ModelId, ModelRef, Outcome, Quantization,
    RollupKey, Totals, Usage, Usd,
};
use std::time::Duration;

#[test]
fn what_if() {
    check("whatif", |stage| {
        talk(stage);
        stage.types("/whatif").press("enter");
        let turn = stage.model.pending.what_if.expect("it was asked for");
        let answer = |left_out: u64, would: &str| fareway::metering::WhatIf {
            requests: 12,
            unpriced: left_out,
            would: would.parse().expect("dollars"),
            was: "7.40".parse().expect("dollars"),
            assumptions: vec!["Reply lengths stay the same; another model would say more or less.".into()],
            ..Default::default()
        };
        let target = |name: &str| fareway::metering::Target::Model(ModelId::new(name));
        let answers = vec![
            (target("groq/kimi-k2"), answer(2, "1.92")),
            (target("anthropic/claude-sonnet-4.5"), answer(0, "11.20")),
        ];
        stage.event(Event::WhatIf { turn, requests: 12, answers });
    });
}

#[test]
fn many_sessions() {
    check("sessions_many", |stage| {
        talk(stage);
        let mut session = stage.model.session().clone();
        for n in 0..60 {
            let at = fareway::words::At::from_secs(1_789_000_000 - n * 86_400);
            session.id = fareway::words::SessionId::new(at, &mut stage.model.dice);
            session.title = format!("An older conversation about something, number {n}");
            session.updated = at;
            session.tags = if n % 7 == 0 { vec!["work".into(), "rust".into()] } else { Vec::new() };
            session.pinned = n == 11;
            stage.model.sessions.push(session.clone());
        }
        stage.press("ctrl-o down down");
    });
}

#[test]
fn picker() {
    check("picker", |stage| {
        stage.press("ctrl-k ctrl-d");
        let turn = stage.model.pending.health.expect("health was asked for");
        stage.event(Event::Health {
            turn,
            rows: vec![HealthRow {
                endpoint: endpoint("openai", "openai/gpt-5", None, 1).id.clone(),
                state: "healthy".into(),
                ttft_ms: Some(620),
                tokens_per_second: Some(71.0),
                errors: Some(0.01),
                mine: Totals { requests: 12, booked: "0.42".parse().expect("dollars"), ..Totals::default() },
                hosts: Vec::new(),
                hosts_as_of: String::new(),
            }],
        });
    });
}

/// The same list says what the choice is for.
#[test]
fn the_picker_for_another_model() {
    check("picker_again", |stage| {
        stage.exchange("What is a monad?", "A monoid.");
        stage.press("alt-r");
    });
}

/// Under a reseller stand the hosts among which it chooses, with their own prices and state.
#[test]
fn the_hosts_behind_an_endpoint() {
    let mut stage = Stage::new(140, 40);
    stage.press("ctrl-k ctrl-d");
    let turn = stage.model.pending.health.expect("health was asked for");
    let behind = endpoint("host", "openai/gpt-5", Some(("0.90", "7")), 128_000);
    let host = |tag: &str, degraded| Host {
        name: "DeepInfra".into(),
        tag: tag.into(),
        prices: behind.prices.clone(),
        quantization: Quantization::Fp8,
        context: behind.context,
        max_output: None,
        degraded,
        uptime: Some(0.999),
        ttft_ms: Some(540),
        rate: Some(88.0),
    };
    stage.event(Event::Health {
        turn,
        rows: vec![HealthRow {
            endpoint: endpoint("azure", "openai/gpt-5", None, 1).id.clone(),
            state: "no key".into(),
            ttft_ms: None,
            tokens_per_second: None,
            errors: None,
            mine: Totals { requests: 3, unpriced: 3, ..Totals::default() },
            hosts: vec![host("deepinfra/fp8", false), host("deepinfra", true)],
            hosts_as_of: "2026-11-24".into(),
        }],
    });
    let screen = stage.screen();
    let line = screen.lines().find(|line| line.contains("↳ DeepInfra fp8")).expect("a host");
    for said in ["0.90", "7.00", "up 99.9%", "540 ms", "88", "128k"] {
        assert!(line.contains(said), "{said}: {line}");
    }
    assert!(
        screen.lines().any(|line| line.contains("↳ DeepInfra ") && line.contains("degraded")),
        "{screen}"
    );
    let line =
        screen.lines().find(|line| line.contains("no key") && line.contains("3×")).expect("its history");
    assert!(line.contains(" ? 3×") && !line.contains("$0"), "an unknown price is no zero: {line}");
}

#[test]
fn sessions() {
    check("sessions", |stage| {
        talk(stage);
        stage.press("ctrl-n");
        stage.exchange("Plan a week in Lisbon", "Monday: Alfama.");
        stage.press("ctrl-o");
    });
}

#[test]
fn palette() {
    check("palette", |stage| {
        stage.press("ctrl-p").types("mod");
    });
}

#[test]
fn help() {
    check("help", |stage| {
        stage.press("?");
    });
}

#[test]
fn help_names() {
    check("help_names", |stage| {
        stage.press("? n pagedown");
    });
}

#[test]
fn keys() {
    check("keys", |stage| {
        stage.types("/keys").press("enter ctrl-k alt-enter f5 up").types("ß");
    });
}

#[test]
fn question() {
    check("question", |stage| {
        stage.types("!rm -rf build").press("enter");
    });
}

#[test]
fn search() {
    check("search", |stage| {
        stage.press("ctrl-f").types("monad");
        let turn = stage.model.pending.search.expect("a search was asked for");
        let hit = Hit {
            session: stage.model.here,
            message: MessageId::nil(),
            title: "What is a monad?".into(),
            excerpt: "A monad is a monoid in the category of endofunctors".into(),
            marks: vec![(2, 7)],
            offset: 2,
        };
        stage.event(Event::Found { turn, hits: vec![hit.clone(), hit] });
    });
}

/// On a narrow screen an excerpt begins where its word is seen.
#[test]
fn the_word_that_was_found_is_seen() {
    let mut stage = Stage::new(40, 12);
    stage.press("ctrl-f").types("needle");
    let turn = stage.model.pending.search.expect("a search was asked for");
    let excerpt = "a long way of words before the needle in the hay".to_owned();
    let at = excerpt.find("needle").expect("it is there");
    let marks = vec![(at, at + 6)];
    let title = "What is a monad?".into();
    let hit = Hit { session: stage.model.here, message: MessageId::nil(), title, excerpt, marks, offset: at };
    stage.event(Event::Found { turn, hits: vec![hit] });
    let screen = stage.screen();
    let row = screen.lines().find(|line| line.contains("What is")).unwrap_or_default();
    assert!(row.contains("…ore the needle in"), "{screen}");
}

/// Themes are called as one types them, not as they are written.
#[test]
fn a_theme_is_found_by_its_name_in_any_spelling() {
    let mut stage = Stage::new(80, 24);
    stage.model.themes = vec!["Night".into(), "High Contrast Dark".into(), "Dracula".into()];
    for (typed, theme) in [
        ("/theme dracula", "Dracula"),
        ("/theme high-contrast-dark", "High Contrast Dark"),
        ("/theme NIGHT", "Night"),
    ] {
        stage.types(typed).press("enter");
        assert!(stage.model.overlays.is_empty(), "{typed}");
        assert_eq!(stage.model.settings.theme, theme);
    }
    stage.types("/theme").press("enter").types("high-c");
    assert_eq!(stage.model.settings.theme, "High Contrast Dark", "previewed while it is typed");
    stage.press("esc");
    assert_eq!(stage.model.settings.theme, "Night", "and taken back");
}

/// Who never chose a theme has the default, and gets it back.
#[test]
fn a_previewed_theme_is_taken_back_where_none_was_chosen() {
    let mut stage = Stage::new(80, 24);
    stage.model.themes = vec!["Night".into(), "Day".into(), "Nord".into()];
    let before = stage.ground();
    stage.types("/theme").press("enter down");
    assert_ne!(stage.ground(), before);
    stage.press("esc");
    assert_eq!(stage.ground(), before);
}

/// A paste is typed: what it should set off happens.
#[test]
fn a_paste_into_the_search_is_searched_for() {
    let mut stage = Stage::new(80, 24);
    stage.press("ctrl-f");
    stage.effects.clear();
    stage.event(Event::Paste("two words".into()));
    let mut asked = stage.effects.iter().filter_map(|e| match e {
        Effect::Search { text, .. } => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(asked.next_back(), Some("two words"));
}

#[test]
fn find() {
    check("find", |stage| {
        talk(stage);
        stage.press("f3").types("monad");
    });
}

#[test]
fn why() {
    check("why", |stage| {
        talk(stage);
        stage.press("alt-w");
    });
}

/// Each part of a rescued reply has its own items on the bill.
#[test]
fn why_of_a_rescue() {
    check("why_rescue", |stage| {
        let mut receipt = receipt("openai", 1_260, 300, stage.model.now);
        let broken = &mut receipt.attempts[0];
        broken.usage = Usage { prompt: 1_204, completion: 56, ..Usage::default() };
        broken.cost = Cost { source: CostSource::Estimate, ..cost(&broken.usage) };
        broken.ttft = Some(Duration::from_millis(90));
        broken.outcome =
            Outcome::Failed(Box::new(Failure::new(FailureKind::Cut, "the connection was closed")));
        receipt.attempts[1].rescue = true;
        receipt.cost = Cost::sum(receipt.attempts.iter().map(|attempt| &attempt.cost));
        receipt.decision = None;
        stage.model.overlays.push(Overlay::Why(why::State { receipt: Some(Box::new(receipt)), top: 0 }));
    });
}

#[test]
fn usage() {
    check("usage", |stage| {
        stage.press("alt-u");
        let turn = stage.model.pending.rollups.expect("rollups were asked for");
        let rows = (0..20)
            .flat_map(|day| {
                let totals = Totals {
                    requests: 3 + u64::from(day % 5_u32),
                    booked: Usd::from_cents(i64::from(10 + day * 7 % 50)),
                    ..Totals::default()
                };
                let part = Totals { booked: Usd::from_cents(i64::from(4 + day * 3 % 20)), ..totals.clone() };
                let rest = Totals { booked: totals.booked - part.booked, ..totals.clone() };
                let day = 20_700 + i32::try_from(day).expect("small");
                let model = |name: &str| Dimension::at(ModelId::new(name), "openai".into());
                [
                    (Dimension::All, totals),
                    (model("openai/gpt-5"), rest),
                    (model("anthropic/claude-haiku-4.5"), part),
                ]
                .map(|(of, totals)| (RollupKey { day, demo: false, of }, totals))
            })
            .collect();
        stage.event(Event::Rollups { turn, rows });
        let said = vec!["openai/gpt-5 at azure would have cost $1.20 instead of $1.92 at openai".to_owned()];
        stage.event(Event::Advice { turn, said });
        stage.press("left left");
    });
}

#[test]
fn usage_replies() {
    check("usage_replies", |stage| {
        stage.press("alt-u");
        let turn = stage.model.pending.rollups.expect("rollups were asked for");
        let totals = Totals { requests: 1, booked: Usd::from_cents(12), ..Totals::default() };
        let key = RollupKey { day: 20_700, demo: false, of: Dimension::All };
        stage.event(Event::Rollups { turn, rows: vec![(key, totals)] });
        stage.press("a");
        let turn = stage.model.pending.generations.expect("its replies were asked for");
        let now = stage.model.now;
        let row = answered(now, 20_700, receipt("openai", 1_204, 356, now));
        stage.event(Event::Generations { turn, rows: vec![row], more: false });
    });
}

#[test]
fn themes() {
    check("themes", |stage| {
        talk(stage);
        stage.types("/theme").press("enter down");
    });
}

#[test]
fn preferences() {
    check("preferences", |stage| {
        stage.press("alt-p right down right").press(&"down ".repeat(11)).types("2.5");
    });
}

#[test]
fn templates_personas_entry_context_versus() {
    check("templates", |stage| {
        stage.model.settings.templates.insert("review".into(), "Review this {{language}} code".into());
        stage.press("alt-e");
    });
    check("variable", |stage| {
        stage.model.settings.templates.insert("review".into(), "Review this {{language}} code".into());
        stage.press("alt-e enter").types("Rust");
    });
    check("personas", |stage| {
        stage.model.settings.personas.insert("terse".into(), "Answer in one sentence.".into());
        stage.types("/persona").press("enter");
    });
    check("entry", |stage| {
        talk(stage);
        stage.types("/title").press("enter");
    });
    check("context", |stage| {
        let mut cards = crate::support::stage::cards();
        let large = endpoint("groq", "google/gemini-2.5-flash", Some(("0.3", "2.5")), 1_048_576);
        cards.push(crate::support::stage::card("google/gemini-2.5-flash", vec![large], true));
        stage.event(Event::Models(Cards::all(cards)));
        for _ in 0..5 {
            talk(stage);
        }
        stage.press("alt-up alt-up alt-up alt-up alt-up alt-up alt-up p esc");
        stage.types("/context").press("enter left");
    });
    check("versus", |stage| {
        stage.types("Which is best?").press("alt-m");
    });
}

/// Names of the config's stand before the models, and the details say what one expands to.
#[test]
fn picker_own_names() {
    check("picker_own_names", |stage| {
        let name = |name: &str, model: &str, lays: &[&str]| {
            let lays = lays.iter().map(|l| (*l).to_owned()).collect();
            (name.to_owned(), OwnName { model: ModelRef::new(model), lays })
        };
        stage.model.settings.names = [
            name("fast", "groq/kimi-k2:nitro", &[]),
            name("@preset/review", "openai/gpt-5", &["temperature 0.2", "system prompt: You review code."]),
            name("@preset/terse", "", &["max_tokens 200"]),
        ]
        .into();
        stage.press("ctrl-k ctrl-d ctrl-home");
    });
}

/// A thousand models and more, some of them left by a filter and a condition, sorted by price.
#[test]
fn picker_filtered() {
    check("picker_filtered", |stage| {
        let cards = (0..1_200).map(|n: u32| {
            let name = format!("author-{}/model-{n:04}", n % 40);
            let price = (format!("{}.{}", n % 9, n % 10), format!("{}", n % 31));
            let context = 8_000 + n * 700;
            let one = endpoint("openai", &name, Some((&price.0, &price.1)), context);
            let other = endpoint("groq", &name, Some((&price.0, "31")), context);
            let mut card = crate::support::stage::card(&name, vec![one, other], true);
            card.within_reach = (n % 3) as usize;
            card
        });
        stage.event(Event::Models(Cards::all(cards.collect())));
        stage.model.settings.favourites = vec!["author-1/model-0721".into()];
        stage.press("ctrl-k tab tab tab tab alt-t alt-k").types("model <12 >400k").press("down down");
    });
    check("picker_nothing", |stage| {
        stage.press("ctrl-k alt-l").types("gpt");
    });
}
