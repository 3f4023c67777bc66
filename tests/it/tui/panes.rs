//! The conversation and what stands around it at four sizes, as text; and any sequence of keys on every pane.

use crate::support::stage::{Stage, chosen, done, failure, receipt, text};
use fareway::app::{Attached, Begun, Cards, Effect, Event, LineState, Quote};
use fareway::words::{Delta, FailureKind, MessageId, ModelId, Reasoning, Reply, Totals, Usd};
use proptest::prelude::*;
use std::time::Duration;

const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 40), (200, 60)];

const ANSWER: &str = "A monad is a monoid in the category of endofunctors, which says little to most people.\n\nThink of it as a way to put one step after another when each step may fail, wait, or give several results.\n\nThat is all there is to it.";

pub fn check(name: &str, play: impl Fn(&mut Stage)) {
    for (columns, rows) in SIZES {
        let mut stage = Stage::new(columns, rows);
        play(&mut stage);
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), stage.screen());
        });
    }
}

pub fn talk(stage: &mut Stage) {
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
        let failure = fareway::words::Failure::new(
            kind,
            "OpenAI rejected the key in OPENAI_API_KEY; set another one and start again.",
        );
        let receipt = Box::new(receipt("openai", 0, 0, stage.model.now));
        stage.reply(turn, Reply::Failed { failure: Box::new(failure), receipt });
        stage.event(Event::Notice(
            fareway::app::Level::Error,
            "the store could not be written: No space left on device".into(),
        ));
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

/// Where there is no room for everything, what the reply will likely cost stands beside what the others likely would.
#[test]
fn a_narrow_quote_compares_like_with_like() {
    let mut stage = Stage::new(80, 24);
    stage.types("a prompt");
    stage.wait(Duration::from_millis(200));
    let turn = stage.model.pending.quote.expect("a quote was asked for");
    let quote = |model: &str, cost: &str| Quote {
        model: ModelId::new(model),
        endpoint: "deepinfra/fp8".into(),
        refused: None,
        prompt_tokens: 132,
        exact: false,
        sending: Some("0.0004".parse().expect("dollars")),
        cost: Some(cost.parse().expect("dollars")),
        worst: Some("0.48".parse().expect("dollars")),
        context: Some(400_000),
        demo: false,
    };
    let quotes = vec![quote("a/one", "0.0061"), quote("b/two", "0.0073"), quote("c/dear", "0.25")];
    stage.event(Event::Quoted { turn, quotes });
    let screen = stage.screen();
    let said = "~132 tokens · likely ~$0.0061, at most $0.48 · two ~$0.0073 · dear ~$0.25";
    assert!(screen.contains(said), "{screen}");
    assert!(!screen.contains("sending"), "{screen}");
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
