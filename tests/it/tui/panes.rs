//! Every pane at four sizes, as text; and any sequence of keys on all of them.

use crate::support::stage::{Stage, chosen, done, endpoint, failure, receipt, text};
use fareway::app::{Attached, Begun, Cards, Effect, Event, HealthRow, Hit, LineState, Quote};
use fareway::catalog::Host;
use fareway::words::{
    Delta, Dimension, FailureKind, GenerationRow, MessageId, ModelId, Outcome, Purpose, Quantization,
    Reasoning, Reply, RollupKey, Totals, Usd,
};
use proptest::prelude::*;
use std::time::Duration;

const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 40), (200, 60)];

const ANSWER: &str = "A monad is a monoid in the category of endofunctors, which says little to most people.\n\nThink of it as a way to put one step after another when each step may fail, wait, or give several results.\n\nThat is all there is to it.";

fn check(name: &str, play: impl Fn(&mut Stage)) {
    for (columns, rows) in SIZES {
        let mut stage = Stage::new(columns, rows);
        play(&mut stage);
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), stage.screen());
        });
    }
}

fn talk(stage: &mut Stage) {
    stage.exchange("What is a monad, in three sentences?", ANSWER);
}

#[test]
fn welcome() {
    check("welcome", |_| {});
}

/// Who has asked before is not taught again.
#[test]
fn new_session() {
    check("new_session", |stage| {
        talk(stage);
        stage.press("ctrl-n");
    });
}

#[test]
fn demo_only() {
    check("demo_only", |stage| {
        let cards = stage.model.cards.iter().filter(|c| c.demo() || !c.usable()).cloned().collect();
        stage.event(Event::Models(Cards::all(cards)));
        stage.types("/model demo/quick").press("enter");
    });
}

/// Everything that a reply may hold.
const PAGE: &str = include_str!("page.md");

#[test]
fn reading() {
    check("reading", |stage| {
        stage.exchange("Show me everything", PAGE);
        stage.screen();
        stage.press("alt-<");
    });
    check("reading_end", |stage| stage.exchange("Show me everything", PAGE));
}

#[test]
fn failed() {
    check("failed", |stage| {
        stage.types("hi").press("enter");
        let turn = stage.asked()[0];
        stage.reply(turn, chosen("openai"));
        let kind = FailureKind::Auth;
        let failure = fareway::words::Failure {
            nearest: vec!["openai/gpt-5-mini".into()],
            ..fareway::words::Failure::new(
                kind,
                "OpenAI rejected the key in OPENAI_API_KEY; set another one and start again.",
            )
        };
        let receipt = Box::new(receipt("openai", 0, 0, stage.model.now));
        stage.reply(turn, Reply::Failed { failure: Box::new(failure), receipt });
        stage.event(Event::Notice(
            fareway::app::Level::Error,
            "the store could not be written: No space left on device".into(),
        ));
    });
}

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
fn conversation() {
    check("conversation", |stage| {
        talk(stage);
        stage.types("And a comonad?");
    });
}

#[test]
fn streaming() {
    check("streaming", |stage| {
        talk(stage);
        stage.types("And a comonad?").press("enter");
        let turn = stage.asked()[0];
        stage.reply(turn, chosen("azure"));
        let from = fareway::words::EndpointId::new("azure:openai/gpt-5");
        stage.reply(turn, Reply::FellBack { from, failure: failure(FailureKind::Overloaded, Some(503)) });
        stage.reply(turn, chosen("openai"));
        stage.model.now = stage.model.now + Duration::from_millis(700);
        let piece = Reasoning { text: "The dual. ".repeat(30), ..Reasoning::default() };
        stage.reply(turn, Reply::Delta(Delta::Reasoning { index: 0, piece }));
        stage.model.now = stage.model.now + Duration::from_millis(1_200);
        stage.reply(turn, text("A comonad is the dual: it takes a value out of a context"));
        stage.model.now = stage.model.now + Duration::from_millis(800);
        stage.event(Event::Tick);
    });
}

#[test]
fn selected_message() {
    check("selected", |stage| {
        talk(stage);
        stage.press("alt-up + p");
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

/// What the line costs stands beside the keys, and gives way to a price as a whole.
#[test]
fn a_slow_line() {
    let line = |stage: &mut Stage| {
        stage.types("/bandwidth").press("enter");
        stage.wait(Duration::from_secs(30));
        let (rate, round_trip) = (1_228, Some(Duration::from_millis(310)));
        stage.event(Event::Line(LineState { rate, round_trip, backlog: Duration::from_millis(900) }));
    };
    check("low_bandwidth", |stage| {
        talk(stage);
        line(stage);
    });
    let mut stage = Stage::new(80, 24);
    line(&mut stage);
    stage.types("a prompt");
    stage.wait(Duration::from_millis(200));
    let turn = stage.model.pending.quote.expect("a quote was asked for");
    let usd = |text: &str| Some(text.parse().expect("dollars"));
    stage.event(Event::Quoted {
        turn,
        quotes: vec![Quote {
            model: ModelId::new("openai/gpt-5"),
            endpoint: "openai".into(),
            refused: None,
            prompt_tokens: 132,
            exact: false,
            sending: usd("0.0004"),
            cost: usd("0.0006"),
            worst: usd("0.082"),
            context: Some(400_000),
            demo: false,
        }],
    });
    let screen = stage.screen();
    let foot = screen.lines().rev().nth(1).unwrap_or_default();
    assert!(foot.contains("at most $0.082") && !foot.contains('…'), "{foot}");
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

/// Spent but not known for how much, and not known yet: neither is zero.
#[test]
fn the_meter_says_what_it_does_not_know() {
    let mut stage = Stage::new(120, 40);
    stage.model.spent.today = Totals { requests: 2, unpriced: 2, ..Totals::default() };
    let line = |stage: &mut Stage| {
        let screen = stage.screen();
        screen.lines().find(|line| line.starts_with("today")).expect("the meter").to_owned()
    };
    assert!(line(&mut stage).starts_with("today  ?  "), "{}", line(&mut stage));
    stage.model.spent.today.booked = Usd::from_cents(12);
    assert!(line(&mut stage).starts_with("today  $0.12 +?  "), "{}", line(&mut stage));
    stage.model.begun = Begun::NotYet;
    assert!(line(&mut stage).starts_with("today –  "), "{}", line(&mut stage));
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

/// Something runs beside the conversation.
#[test]
fn job() {
    check("job", |stage| {
        talk(stage);
        stage.types("!make --directory=/a/rather/long/path check").press("enter y");
        stage.wait(Duration::from_secs(12));
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
        };
        stage.event(Event::Found { turn, hits: vec![hit.clone(), hit] });
    });
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
        let row = GenerationRow {
            at: stage.model.now,
            day: 20_700,
            session: None,
            message: None,
            purpose: Purpose::Chat,
            tags: Vec::new(),
            key_label: None,
            outcome: Outcome::Answered,
            receipt: receipt("openai", 1_204, 356, stage.model.now),
        };
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

#[test]
fn compare() {
    check("compare", |stage| {
        stage.types("which?").press("alt-m a").types("kimi").press("enter enter");
        let turns = stage.asked();
        for (turn, words) in turns.iter().zip(["The left answer, at length.", "The right one."]) {
            stage.reply(*turn, chosen("openai"));
            stage.reply(*turn, text(words));
        }
        stage.model.now = stage.model.now + Duration::from_secs(1);
        stage.reply(turns[0], done("openai", 4, 12));
    });
}

/// Six at once, one of them failed, the fourth chosen.
#[test]
fn compare_many() {
    check("compare_many", |stage| {
        stage.types("Which of you is best, and why?").press("alt-m");
        for name in ["kimi", "qwen", "quick", "kimi", "qwen"] {
            stage.press("a").types(name).press("enter");
        }
        stage.press("enter");
        let names =
            ["openai/gpt-5", "groq/kimi-k2", "local/qwen3", "demo/quick", "groq/kimi-k2", "local/qwen3"];
        for (n, (turn, name)) in stage.asked().into_iter().zip(names).enumerate() {
            let Reply::Chosen(mut by) = chosen("openai") else { panic!("a choice") };
            by.model = name.into();
            stage.model.now = stage.model.now + Duration::from_millis(90);
            stage.reply(turn, Reply::Chosen(by));
            if n == 4 {
                let receipt = Box::new(receipt("groq", 0, 0, stage.model.now));
                let failure = failure(FailureKind::RateLimited, Some(429));
                stage.reply(turn, Reply::Failed { failure, receipt });
                continue;
            }
            stage.reply(turn, text(&format!("{ANSWER}\n\n{}", "And one line more.\n\n".repeat(n * 9))));
            stage.model.now = stage.model.now + Duration::from_millis(400);
            if n < 3 {
                stage.reply(turn, done("openai", 12, 120));
            }
        }
        stage.press("right right right");
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

/// Prompts that wait, on a slow line that is said to be slow.
#[test]
fn queue_and_line() {
    check("queue", |stage| {
        stage.types("/bandwidth").press("enter").types("the first").press("enter");
        let turn = stage.asked()[0];
        stage.reply(turn, chosen("openai"));
        stage.reply(turn, text("It begins"));
        for n in 2..7 {
            stage.types(&format!("prompt {n}, which waits for the others")).press("enter");
        }
        stage.event(Event::Line(fareway::app::LineState {
            rate: 1_310,
            round_trip: Some(Duration::from_millis(184)),
            backlog: Duration::from_millis(900),
        }));
        stage.wait(Duration::from_secs(12));
    });
}

#[test]
fn meter_hidden() {
    check("meter_hidden", |stage| {
        talk(stage);
        stage.press("alt-l alt-l");
    });
}

/// Whatever opens over the conversation is in the pictures, at every size.
#[test]
fn every_pane_has_its_pictures() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut panes = 0;
    for entry in std::fs::read_dir(root.join("src/app/panes")).expect("the panes") {
        let name =
            entry.expect("an entry").path().file_stem().expect("a name").to_string_lossy().into_owned();
        // not a pane: the table of them, and the time axis of one
        if name == "mod" || name == "axis" {
            continue;
        }
        panes += 1;
        for (columns, rows) in SIZES {
            let picture = root.join(format!("tests/it/tui/snapshots/{name}_{columns}x{rows}.snap"));
            assert!(picture.exists(), "there is no {}", picture.display());
        }
    }
    assert!(panes > 15);
}

#[test]
fn completion_and_quote() {
    check("completion", |stage| {
        stage.types("/se");
    });
    check("quote", |stage| {
        stage.types("a prompt");
        stage.wait(Duration::from_millis(200));
        let turn = stage.model.pending.quote.expect("a quote was asked for");
        let quote = |model: &str, cost: Option<&str>| Quote {
            model: ModelId::new(model),
            endpoint: "deepinfra/fp8".into(),
            refused: None,
            prompt_tokens: 132,
            exact: false,
            sending: cost.map(|_| "0.0004".parse().expect("dollars")),
            cost: cost.map(|c| c.parse().expect("dollars")),
            worst: cost.map(|_| "0.082".parse().expect("dollars")),
            context: Some(400_000),
            demo: false,
        };
        let quotes = vec![quote("openai/gpt-5", Some("0.0006")), quote("groq/kimi-k2", None)];
        stage.event(Event::Quoted { turn, quotes });
    });
}

#[test]
fn meter_at_the_right() {
    check("meter_right", |stage| {
        talk(stage);
        stage.press("alt-l");
    });
}

#[test]
fn a_wide_table_is_scrolled_by_keys() {
    let cells = |word: &str| format!("|{}\n", format!(" {word} |").repeat(9));
    let table = format!("{}{}{}", cells("column"), cells("---"), cells("unbreakable"));
    check("wide_table", |stage| {
        stage.exchange("a table, please", &table);
        stage.screen();
        stage.press("shift-right");
    });
    let mut stage = Stage::new(80, 24);
    stage.exchange("a table, please", &table);
    let before = stage.screen();
    assert!(before.contains('›') && !before.contains('‹'), "{before}");
    stage.press("alt-up l");
    assert!(stage.screen().contains('‹'));
    stage.press("l l l l l l");
    assert!(!stage.screen().contains("e›"), "the last column is in view");
    stage.press("h h h h h h h esc");
    assert_eq!(stage.screen(), before);
}

#[test]
fn too_small_says_so_and_nothing_panics() {
    for columns in 1..30 {
        for rows in 1..14 {
            let mut stage = Stage::new(columns, rows);
            talk(&mut stage);
            stage.screen();
            for key in ["ctrl-k", "ctrl-p", "f1", "alt-u", "alt-p", "alt-w"] {
                stage.press(key);
                stage.screen();
                stage.press("esc esc");
            }
        }
    }
    assert!(Stage::new(23, 5).screen().starts_with("too small: 40x12"));
}

#[test]
fn what_a_model_writes_is_inert() {
    let mut stage = Stage::new(80, 24);
    stage.exchange("hi", "\u{1b}[2J\u{1b}]0;owned\u{7} \u{202e}evil\u{9b}31m");
    let screen = stage.screen();
    assert!(!screen.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')), "{screen:?}");
}

#[test]
fn the_view_stays_while_a_reply_streams_below() {
    let mut stage = Stage::new(80, 24);
    for n in 0..10 {
        stage.exchange(&format!("question {n}"), &format!("{ANSWER}\n\nanswer {n}"));
    }
    stage.types("more").press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, chosen("openai"));
    stage.screen();
    stage.press("pageup pageup");
    let before: Vec<String> = stage.screen().lines().take(15).map(str::to_owned).collect();
    for _ in 0..50 {
        stage.reply(turn, text("a new line\n\n"));
    }
    let after = stage.screen();
    assert_eq!(before[1..14], after.lines().take(15).map(str::to_owned).collect::<Vec<_>>()[1..14]);
    assert!(after.contains("new lines below"), "{after}");
    stage.press("alt->");
    assert!(stage.screen().contains("a new line"));
}

#[test]
fn a_long_conversation_lays_out_only_what_is_seen() {
    let mut stage = Stage::new(80, 24);
    let mut parent = None;
    let mut messages = Vec::new();
    for n in 0..20_000 {
        let id = MessageId::new(fareway::words::At::from_secs(n), &mut stage.model.dice);
        let role = if n % 2 == 0 { fareway::words::Role::User } else { fareway::words::Role::Assistant };
        messages.push(std::sync::Arc::new(fareway::words::Message::text(
            id,
            parent,
            role,
            format!("message {n}"),
            stage.model.now,
        )));
        parent = Some(id);
    }
    let session = stage.model.session().clone();
    let thread = fareway::app::Thread::new(session, messages, fareway::words::Unsent::default());
    stage.model.threads.insert(stage.model.here, thread);
    assert!(stage.screen().contains("message 19999"));
    stage.press("pageup pageup pageup");
    assert!(stage.screen().contains("message 199"));
    stage.press("alt-<");
    assert!(stage.screen().contains("message 0"));
    stage.press("pagedown");
    assert!(!stage.screen().contains("message 0\n"));
}

fn keys_in_play() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "enter",
        "esc",
        "tab",
        "up",
        "down",
        "left",
        "right",
        "pageup",
        "pagedown",
        "home",
        "end",
        "backspace",
        "delete",
        "ctrl-k",
        "ctrl-p",
        "ctrl-o",
        "ctrl-n",
        "ctrl-r",
        "ctrl-y",
        "ctrl-f",
        "ctrl-d",
        "ctrl-t",
        "ctrl-c",
        "f1",
        "f3",
        "?",
        "alt-up",
        "alt-down",
        "alt-m",
        "alt-p",
        "alt-u",
        "alt-w",
        "alt-e",
        "alt-l",
        "alt-1",
        "alt-0",
        "a",
        "d",
        "e",
        "y",
        "n",
        "q",
        "s",
        "x",
        "+",
        "/",
        "@",
        "!",
        "5",
        "界",
        "alt-z",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_keys_on_any_pane_never_panic(keys in prop::collection::vec(keys_in_play(), 0..80), size in 0usize..4) {
        let (columns, rows) = SIZES[size];
        let mut stage = Stage::new(columns, rows);
        talk(&mut stage);
        for key in keys {
            stage.press(key);
            for turn in stage.asked() {
                stage.reply(turn, chosen("openai"));
                stage.reply(turn, text("words"));
            }
            let pending: Vec<_> = stage.effects.drain(..).collect();
            prop_assert!(pending.iter().all(|e| !matches!(e, Effect::Redraw)));
            let screen = stage.screen();
            prop_assert!(screen.lines().count() > usize::from(rows));
            if let Some((x, y)) = stage.caret() {
                prop_assert!(x < columns && y < rows);
            }
        }
        let chip = fareway::words::Chip {
            label: "⟦a.txt⟧".into(),
            body: fareway::words::ChipBody::Text { name: "a.txt".into(), text: "x".into() },
        };
        stage.event(Event::Attached { turn: fareway::words::TurnId(9), chip: Ok(Box::new(Attached { chip, tokens: 1 })) });
    }
}
