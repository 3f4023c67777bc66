//! The picker: what a filter leaves, what each column puts first, and what a key on a row does.

use crate::support::stage::{Stage, card, endpoint};
use fareway::app::panes::Overlay;
use fareway::app::panes::picker::Column;
use fareway::app::{Cards, Effect, Event, OwnName, Rating, Save};
use fareway::words::{Effort, ModelId, ModelRef, Totals, Usd};
use std::collections::BTreeMap;

const GPT: &str = "openai/gpt-5";
const SONNET: &str = "anthropic/claude-sonnet-4.5";
const KIMI: &str = "groq/kimi-k2";
const QWEN: &str = "local/qwen3";
const QUICK: &str = "demo/quick";

/// The names listed now, from the top.
fn listed(stage: &Stage) -> Vec<&str> {
    let Some(Overlay::Picker(state)) = stage.model.overlays.last() else { panic!("the picker is open") };
    state.matches.iter().filter_map(|row| state.name(&stage.model, *row)).collect()
}

fn open() -> Stage {
    let mut stage = Stage::new(120, 40);
    stage.press("ctrl-k");
    stage
}

fn totals(requests: u64, cents: i64, ttft_ms: u64, rate: u64) -> Totals {
    let mut totals = Totals { requests, booked: Usd::from_cents(cents), ..Totals::default() };
    totals.ttft.add(ttft_ms * 1000);
    totals.throughput.add(rate * 1000);
    totals
}

#[test]
fn a_filter_leaves_what_it_says() {
    // keys, then words, then what stays (in any order)
    let cases: &[(&str, &str, &[&str])] = &[
        ("", "", &[GPT, SONNET, KIMI, QWEN, QUICK]),
        ("alt-f", "", &[QWEN]),
        ("alt-l", "", &[QWEN]),
        ("alt-k", "", &[GPT, KIMI, QWEN, QUICK]),
        ("alt-v alt-t", "", &[GPT, SONNET, KIMI, QWEN, QUICK]),
        ("alt-r", "", &[]),
        // at least 32k, 128k, 200k, 1M of context
        ("alt-c", "", &[GPT, SONNET, KIMI, QWEN]),
        ("alt-c alt-c", "", &[GPT, SONNET, KIMI]),
        ("alt-c alt-c alt-c alt-c", "", &[SONNET]),
        // at most half a dollar, then ten: an unknown price is not a low one
        ("alt-p", "", &[QWEN, QUICK]),
        ("alt-p alt-p alt-p alt-p", "", &[GPT, QWEN, QUICK]),
        ("", "@azure", &[GPT]),
        ("", "@anthropic @groq", &[SONNET, KIMI]),
        ("", ">300k", &[GPT, SONNET]),
        ("", "<10 >100k", &[GPT]),
        ("", "<$1", &[QWEN, QUICK]),
        ("", "snet", &[SONNET]),
        ("alt-k", "snet", &[]),
        ("", "zzzz", &[]),
    ];
    for (keys, words, left) in cases {
        let mut stage = open();
        stage.press(keys).types(words);
        let mut found = listed(&stage);
        found.sort_unstable();
        let mut wanted = left.to_vec();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{keys} {words}");
    }
}

/// Two servers of one model: only the dear one has a key, only the cheap one takes images.
fn split() -> Stage {
    let model = "maker/split";
    let mut cheap = (*endpoint("poe", model, Some(("1", "2")), 100_000)).clone();
    cheap.inputs = ["image"].into();
    let mut dear = (*endpoint("openai", model, Some(("4", "8")), 64_000)).clone();
    dear.inputs = fareway::words::Terms::default();
    let mut split = card(model, vec![dear.into(), cheap.into()], true);
    split.within_reach = 1;
    let mut stage = Stage::new(120, 40);
    stage.event(Event::Models(Cards::all(vec![split])));
    stage.press("ctrl-k");
    stage
}

#[test]
fn a_row_says_what_one_would_get() {
    let row = |stage: &mut Stage| {
        let screen = stage.screen();
        let row = screen.lines().find(|l| l.contains("maker/split")).unwrap_or("").to_owned();
        row.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let mut stage = split();
    assert_eq!(row(&mut stage), "maker/split 4.00 8.00 64k ·t··· Openai", "the price with the key at hand");
    stage.types("@poe");
    assert_eq!(row(&mut stage), "maker/split no key 1.00 2.00 100k vt··· Poe");
    stage.press("ctrl-u alt-v");
    assert_eq!(row(&mut stage), "maker/split no key 1.00 2.00 100k vt··· Poe");
    // one endpoint has to have it all
    stage.press("alt-k");
    assert_eq!(row(&mut stage), "", "with my keys nobody looks at images");
    stage.press("alt-v alt-k").types("<5 >70k");
    assert_eq!(row(&mut stage), "maker/split no key 1.00 2.00 100k vt··· Poe");
}

#[test]
fn details_follow_the_row_and_page_through_all_endpoints() {
    let mut stage = Stage::new(80, 24);
    let names: Vec<String> = (0..30).map(|n| format!("server-{n:02}")).collect();
    let endpoints = names.iter().map(|n| endpoint(n, "maker/much", Some(("1", "2")), 1_000)).collect();
    let all = vec![
        card("maker/little", vec![endpoint("one", "maker/little", None, 9)], true),
        card("maker/much", endpoints, true),
    ];
    stage.event(Event::Models(Cards::all(all)));
    stage.press("ctrl-k ctrl-d").types("much");
    let asked = |stage: &Stage| {
        stage.effects.iter().rev().find_map(|e| match e {
            Effect::Health { model, .. } => Some(model.to_string()),
            _ => None,
        })
    };
    assert_eq!(asked(&stage).as_deref(), Some("maker/much"), "typing led to another model");
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..30 {
        let screen = stage.screen();
        seen.extend(names.iter().filter(|n| screen.contains(&n[1..])).cloned());
        stage.press("pagedown");
    }
    assert_eq!(seen.len(), 30);
    assert!(stage.screen().contains(" of 30: PgUp, PgDn"));
    stage.press("pageup pagedown");
    assert!(stage.screen().contains("Server-29"), "{}", stage.screen());
}

#[test]
fn every_column_sorts_with_the_unknown_last_both_ways() {
    let mut stage = open();
    let turn = stage.model.pending.mine.expect("the history was asked for");
    let rows = BTreeMap::from([
        (ModelId::new(GPT), totals(9, 120, 700, 60)),
        (ModelId::new(KIMI), totals(2, 5, 300, 240)),
    ]);
    stage.event(Event::Mine { turn, rows });
    stage.model.settings.ratings = BTreeMap::from([
        (QUICK.to_owned(), Rating { up: 0, down: 2 }),
        (KIMI.to_owned(), Rating { up: 3, down: 1 }),
    ]);
    // what stands first and, among the known, last
    let cases: &[(Column, &str, &str, usize)] = &[
        (Column::Name, SONNET, GPT, 5),
        (Column::Provider, SONNET, GPT, 5),
        (Column::PriceIn, QWEN, SONNET, 4),
        (Column::PriceOut, QWEN, SONNET, 4),
        (Column::Context, SONNET, QUICK, 5),
        (Column::Quality, GPT, GPT, 1),
        (Column::Rating, KIMI, QUICK, 2),
        (Column::Spent, GPT, KIMI, 2),
        (Column::Ttft, KIMI, GPT, 2),
        (Column::Rate, KIMI, GPT, 2),
    ];
    assert_eq!(cases.len() + 1, Column::ALL.len(), "every column but relevance");
    for (column, first, last, known) in cases {
        stage.press("tab");
        let Some(Overlay::Picker(state)) = stage.model.overlays.last() else { panic!("the picker is open") };
        assert_eq!(state.sort, *column);
        let found = listed(&stage);
        assert_eq!((found[0], found[known - 1]), (*first, *last), "{column:?} {found:?}");
        stage.press("alt-i");
        let found = listed(&stage);
        assert_eq!((found[0], found[known - 1]), (*last, *first), "{column:?} reversed {found:?}");
        stage.press("alt-i");
    }
    stage.press("tab");
    assert_eq!(listed(&stage)[0], GPT, "round to relevance: the session's own model");
}

#[test]
fn enter_is_for_this_session_and_alt_s_for_new_ones() {
    let mut stage = open();
    stage.types("kimi").press("enter");
    assert_eq!(stage.model.model().as_str(), KIMI);
    assert_eq!(stage.model.settings.model, ModelRef::default(), "no default was chosen");
    stage.press("ctrl-n");
    assert_eq!(stage.model.model().as_str(), KIMI, "without a default the last one goes on");
    stage.press("ctrl-k").types("qwen").press("alt-s esc ctrl-n");
    assert_eq!(stage.model.model().as_str(), QWEN);
    // the two used last change places
    stage.press("ctrl-k").types("gpt").press("enter alt-0");
    assert_eq!(stage.model.model().as_str(), QWEN);
    stage.press("alt-0");
    assert_eq!(stage.model.model().as_str(), GPT);
    stage.press("ctrl-k").types("qwen").press("alt-s");
    assert_eq!(stage.model.settings.model, ModelRef::default(), "Alt-S again takes it back");
}

#[test]
fn a_name_that_no_list_has_is_taken_as_it_stands() {
    let mut stage = Stage::new(80, 24);
    own_names(&mut stage);
    for name in ["fast", "@preset/review", "groq/kimi-k2:nitro"] {
        stage.types(&format!("/model {name}")).press("enter");
        assert!(stage.model.overlays.is_empty(), "{name}");
        assert_eq!(stage.model.model().as_str(), name);
    }
    // no name of the config's: it may be meant all the same
    stage.press("ctrl-k").types("someone/new-model");
    assert!(stage.screen().contains("Enter asks for"), "{}", stage.screen());
    stage.press("enter");
    assert_eq!(stage.model.model().as_str(), "someone/new-model");
    stage.press("ctrl-k").types("no such words").press("enter");
    assert_eq!(stage.model.overlays.len(), 1);
    for condition in ["@nobody", ">9m"] {
        stage.press("ctrl-u").types(condition).press("enter");
        assert_eq!(stage.model.overlays.len(), 1, "{condition} is no name");
    }
}

/// Names of the person's own: an alias, an alias of it, a preset, and one for whichever model is asked.
fn own_names(stage: &mut Stage) {
    let name = |name: &str, model: &str, lays: &[&str]| {
        let lays = lays.iter().map(|l| (*l).to_owned()).collect();
        (name.to_owned(), OwnName { model: ModelRef::new(model), lays })
    };
    stage.model.settings.names = [
        name("fast", "groq/kimi-k2:nitro", &[]),
        name("faster", "fast", &[]),
        name("@preset/review", GPT, &["temperature 0.2", "system prompt: You review code."]),
        name("@preset/terse", "", &["max_tokens 200"]),
    ]
    .into();
}

#[test]
fn a_name_of_ones_own_has_the_context_of_what_it_stands_for() {
    for (name, model) in [("@preset/review", GPT), ("faster", KIMI), ("fast:floor", KIMI)] {
        let mut stage = Stage::new(120, 40);
        own_names(&mut stage);
        let card = |name: &str, stage: &Stage| stage.model.card(name).map(|card| card.id.to_string());
        assert_eq!(card(name, &stage), Some(model.to_owned()), "{name}");
        stage.model.thread_mut().session.model = ModelRef::new(name);
        assert!(stage.screen().contains("0% of "), "{name}: {}", stage.screen());
        stage
            .model
            .settings
            .names
            .insert("fast".into(), OwnName { model: "fast".into(), ..OwnName::default() });
        assert_eq!(card("fast", &stage), None, "an alias of itself");
    }
}

#[test]
fn names_of_ones_own_stand_before_the_models() {
    let own = ["@preset/review", "@preset/terse", "fast", "faster"];
    // keys, words, what stands first, all that are listed of one's own
    let cases: &[(&str, &str, &[&str], &[&str])] = &[
        ("", "", &own, &own),
        ("", "review", &["@preset/review"], &["@preset/review"]),
        ("", "@pre", &["@preset/review", "@preset/terse"], &["@preset/review", "@preset/terse"]),
        ("", "FAST", &["fast", "faster"], &["fast", "faster"]),
        // within a name, and under a sort that knows nothing of them, they stand behind
        ("", "i", &[], &["@preset/review"]),
        ("tab tab tab", "", &[], &own),
        ("tab tab tab", "fas", &["fast", "faster"], &["fast", "faster"]),
        // a filter looks at the model behind the name
        ("alt-l", "", &[], &[]),
        ("alt-v", "", &["@preset/review", "fast", "faster"], &["@preset/review", "fast", "faster"]),
        ("", "@groq", &[], &[]),
    ];
    for (keys, words, first, all) in cases {
        let mut stage = Stage::new(120, 40);
        own_names(&mut stage);
        stage.press("ctrl-k").press(keys).types(words);
        let found = listed(&stage);
        assert!(found.starts_with(first), "{keys} {words}: {found:?}");
        assert!(found.get(first.len()).is_none_or(|next| !own.contains(next)), "{keys} {words}: {found:?}");
        let mine: Vec<&str> = found.into_iter().filter(|name| own.contains(name)).collect();
        assert_eq!(mine, *all, "{keys} {words}");
    }
}

#[test]
fn a_name_of_ones_own_is_taken_with_enter() {
    let mut stage = Stage::new(120, 40);
    own_names(&mut stage);
    for (words, taken) in [
        ("review", "@preset/review"),
        // a preset without a model goes with the session's
        ("terse", "openai/gpt-5@preset/terse"),
        ("fast", "fast"),
        ("terse", "fast@preset/terse"),
        ("terse", "fast@preset/terse"),
    ] {
        stage.press("ctrl-k").types(words).press("enter");
        assert!(stage.model.overlays.is_empty(), "{words}");
        assert_eq!(stage.model.model().as_str(), taken, "{words}");
    }
    // the model behind a preset keeps its suffix, whether a list has it or not
    let strange = OwnName { model: "new/one:nitro".into(), ..OwnName::default() };
    stage.model.settings.names.insert("@preset/strange".into(), strange);
    stage.press("ctrl-k").types("strange").press("enter ctrl-k").types("terse").press("enter");
    assert_eq!(stage.model.model().as_str(), "new/one:nitro@preset/terse");
    // the picker opens on it, and its keys hold for it
    stage.press("ctrl-k").types("review").press("enter ctrl-k ctrl-f ctrl-x esc");
    assert!(stage.model.settings.favourites.contains(&ModelRef::new("@preset/review")));
    assert!(stage.model.settings.hidden.is_empty());
    assert!(stage.screen().contains("stands in the config"), "{}", stage.screen());
}

#[test]
fn favourites_are_on_alt_and_a_digit() {
    let mut stage = open();
    stage.types("kimi").press("ctrl-f esc ctrl-k").types("qwen").press("ctrl-f esc alt-1");
    assert_eq!(stage.model.model().as_str(), KIMI);
    stage.press("alt-2");
    assert_eq!(stage.model.model().as_str(), QWEN);
    stage.press("alt-3");
    assert_eq!(stage.model.model().as_str(), QWEN, "there is no third");
    assert!(stage.model.notice().is_some_and(|n| n.text.contains("no favourite 3")));
    let kept = stage.effects.iter().any(|e| {
        matches!(e, Effect::Save(saves) if saves.iter().any(|s| matches!(s, Save::Settings(s) if s.favourites.len() == 2)))
    });
    assert!(kept);
    // a digit on a row gives it that place, the same once more takes it away
    stage.press("ctrl-k ctrl-u").types("sonnet").press("alt-1");
    let names =
        |stage: &Stage| stage.model.settings.favourites.iter().map(|f| f.to_string()).collect::<Vec<_>>();
    assert_eq!(names(&stage), [SONNET, KIMI, QWEN]);
    stage.press("alt-3");
    assert_eq!(names(&stage), [KIMI, QWEN, SONNET]);
    stage.press("alt-3");
    assert_eq!(names(&stage), [KIMI, QWEN]);
}

#[test]
fn a_hidden_model_is_gone_until_hidden_ones_are_listed() {
    let mut stage = open();
    stage.types("kimi").press("ctrl-x ctrl-u");
    assert!(!listed(&stage).contains(&KIMI));
    stage.press("alt-h");
    assert!(listed(&stage).contains(&KIMI));
    stage.types("kimi").press("ctrl-x alt-h ctrl-u");
    assert!(listed(&stage).contains(&KIMI));
    assert!(stage.model.settings.hidden.is_empty());
}

#[test]
fn the_effort_goes_round_what_the_model_takes() {
    let mut stage = Stage::new(120, 40);
    let mut cards = stage.model.cards.to_vec();
    let card = cards.iter_mut().find(|c| c.id.as_str() == GPT).expect("the session's model");
    card.efforts = vec![Effort::Low, Effort::High];
    stage.event(Event::Models(Cards::all(cards)));
    stage.press("ctrl-k");
    let effort = |stage: &Stage| stage.model.session().params.reasoning.as_ref().and_then(|r| r.effort);
    let mut seen = Vec::new();
    for _ in 0..3 {
        stage.press("alt-e");
        seen.push(effort(&stage));
    }
    assert_eq!(seen, [Some(Effort::Low), Some(Effort::High), None]);
    // the whole form opens over the picker and leaves it where it was
    stage.press("alt-o");
    let screen = stage.screen();
    assert!(screen.contains("Preferences of this session"), "{screen}");
    let Some(Overlay::Preferences(form)) = stage.model.overlays.last() else { panic!("the form is open") };
    assert_eq!(fareway::app::panes::preferences::FIELDS[form.at].name, "temperature");
    stage.press("esc");
    assert!(stage.screen().contains("Models: 5 of 5"));
}

#[test]
fn a_rating_counts_for_its_model_and_is_taken_back() {
    let mut stage = Stage::new(120, 40);
    stage.exchange("hi", "Hello.");
    let rating = |stage: &Stage| stage.model.settings.ratings.get(GPT).copied();
    stage.press("alt-up +");
    assert_eq!(rating(&stage), Some(Rating { up: 1, down: 0 }));
    stage.press("-");
    assert_eq!(rating(&stage), Some(Rating { up: 0, down: 1 }));
    stage.press("-");
    assert_eq!(rating(&stage), None);
}

#[test]
fn the_picker_opens_on_the_sessions_model() {
    let mut stage = Stage::new(80, 24);
    stage.press("ctrl-k").types("qwen").press("enter ctrl-k");
    let Some(Overlay::Picker(state)) = stage.model.overlays.last() else { panic!("the picker is open") };
    assert_eq!(state.card(&stage.model).map(|c| c.id.as_str()), Some(QWEN));
}

#[test]
fn the_cursor_stays_with_its_model_when_the_list_changes_underneath() {
    let mut stage = Stage::new(120, 40);
    stage.press("ctrl-k down down");
    let on = |stage: &Stage| {
        let Some(Overlay::Picker(state)) = stage.model.overlays.last() else { panic!("the picker is open") };
        state.card(&stage.model).map(|c| c.id.clone())
    };
    let before = on(&stage);
    // a favourite stands first as soon as the rows are chosen anew
    stage.press("alt-1");
    stage.event(Event::Models(Cards::all(stage.model.cards.to_vec())));
    assert_eq!(on(&stage), before);
    stage.press("alt-s");
    assert_eq!(Some(stage.model.settings.model.as_str()), before.as_ref().map(|id| id.as_str()));
}

#[test]
fn by_name_is_by_the_name_that_is_shown() {
    let mut stage = Stage::new(120, 40);
    stage.press("ctrl-k tab");
    let ids = listed(&stage);
    assert!(ids.is_sorted(), "{ids:?}");
}
