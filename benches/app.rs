//! What a key, a frame and the picker cost: `cargo bench --profile fast --bench app`.

use crossterm::event::{Event as Terminal, KeyCode, KeyEvent, KeyModifiers};
use divan::Bencher;
use fareway::app::{Card, Cards, Event, Key, Keymap, Model, Settings, Thread, update};
use fareway::tui::Tui;
use fareway::tui::paint::Picture;
use fareway::tui::theme::Theme;
use fareway::words::{
    At, Chosen, Delta, Dice, Draft, Endpoint, EndpointId, Message, MessageId, ModelId, Prices, ProviderId,
    Reply, Role, Unsent, Usd,
};
use std::collections::BTreeMap;
use std::sync::Arc;

fn main() {
    divan::main();
}

fn endpoint(n: u32, provider: &str) -> Arc<Endpoint> {
    let model = ModelId::new(format!("author-{}/model-{n}", n % 40));
    let price = Usd::from_cents(i64::from(n % 900)).of_million();
    Arc::new(Endpoint {
        prices: Some(Prices { prompt: price, completion: price * 4, ..Prices::default() }),
        context: Some(1_000 * (n % 400)),
        parameters: ["tools", "reasoning"].into(),
        inputs: ["text"].into(),
        ..Endpoint::new(ProviderId::new(provider), model, "openai-chat")
    })
}

/// A session of so many messages, on a terminal of 120x40.
fn stage(messages: usize) -> (Model, Tui, Picture) {
    let keymap = Keymap::new(&BTreeMap::new()).expect("the defaults do not conflict");
    let at = At::from_secs(1_790_000_000);
    let mut model = Model::new(Settings::default(), keymap, Dice::new(7), at);
    (model.columns, model.rows) = (120, 40);
    model.begun = fareway::app::Begun::Done;
    model.cards = Cards::all(
        (0..2_000)
            .map(|n| Card {
                id: ModelId::new(format!("author-{}/model-{n}", n % 40)),
                name: format!("Model {n}"),
                endpoints: vec![endpoint(n, "one"), endpoint(n, "two")],
                within_reach: 2 * usize::from(n % 3 == 0),
                retires: None,
                description: String::new(),
                quality: None,
                efforts: Vec::new(),
            })
            .collect(),
    );
    let mut parent = None;
    let all: Vec<_> = (0..messages)
        .map(|n| {
            let id = MessageId::new(At::from_secs(i64::try_from(n).unwrap_or(0)), &mut model.dice);
            let role = if n % 2 == 0 { Role::User } else { Role::Assistant };
            let text = format!("Message {n} says **something** about `{n}`.\n\nAnd then a little more.");
            let message = Message::text(id, parent, role, text, at);
            parent = Some(id);
            Arc::new(message)
        })
        .collect();
    let session = model.session().clone();
    let thread = Thread::new(session, all, Unsent::default());
    model.threads.insert(model.here, thread);
    let tui = Tui::new(Theme::bundled("night").into_iter().collect());
    (model, tui, Picture::new(120, 40))
}

const SIZES: [usize; 2] = [20, 20_000];

/// A letter: composer, `update`, and the whole picture anew.
#[divan::bench(args = SIZES)]
fn key_to_picture(bencher: Bencher<'_, '_>, messages: usize) {
    let (mut model, mut tui, mut picture) = stage(messages);
    tui.view(&model, &mut picture);
    let letter = Terminal::Key(KeyEvent::new(KeyCode::Char('x'), KeyModifiers::NONE));
    let back = Terminal::Key(KeyEvent::new(KeyCode::Backspace, KeyModifiers::NONE));
    let mut even = false;
    bencher.bench_local(|| {
        even = !even;
        let event = if even { letter.clone() } else { back.clone() };
        if let Some(event) = tui.input(event, &model) {
            let at = model.now;
            divan::black_box(update(&mut model, at, event));
        }
        tui.view(&model, &mut picture);
    });
}

/// `update` of one letter, alone.
#[divan::bench(args = SIZES)]
fn update_of_a_key(bencher: Bencher<'_, '_>, messages: usize) {
    let (mut model, ..) = stage(messages);
    let draft = Draft { text: "a prompt that is being typed".into(), row: 0, column: 28, chips: Vec::new() };
    let at = model.now;
    bencher.bench_local(|| update(&mut model, at, Event::Edited(draft.clone())));
}

/// One picture when nothing changed.
#[divan::bench(args = SIZES)]
fn frame(bencher: Bencher<'_, '_>, messages: usize) {
    let (model, mut tui, mut picture) = stage(messages);
    tui.view(&model, &mut picture);
    bencher.bench_local(|| tui.view(&model, &mut picture));
}

/// A page up and its picture: three messages or so are laid out.
#[divan::bench(args = SIZES)]
fn page_up(bencher: Bencher<'_, '_>, messages: usize) {
    let (mut model, mut tui, mut picture) = stage(messages);
    tui.view(&model, &mut picture);
    bencher.bench_local(|| {
        let by = fareway::app::Order::Scroll(fareway::app::Scroll::Pages(-1));
        if let Some(event) = tui.order(&by, &model) {
            let at = model.now;
            update(&mut model, at, event);
        }
        tui.view(&model, &mut picture);
    });
}

/// One token of a reply, heard and drawn.
#[divan::bench(args = SIZES)]
fn token_to_picture(bencher: Bencher<'_, '_>, messages: usize) {
    let (mut model, mut tui, mut picture) = stage(messages);
    let at = model.now;
    update(&mut model, at, Event::Edited(Draft { text: "hi".into(), row: 0, column: 2, chips: Vec::new() }));
    update(&mut model, at, Event::Key("enter".parse::<Key>().expect("a key")));
    let turn = *model.live.keys().next().expect("a reply is under way");
    let chosen = Chosen {
        endpoint: EndpointId::new("p:a/m"),
        model: ModelId::new("a/m"),
        provider: ProviderId::new("p"),
        provider_name: "P".into(),
        demo: false,
        prices: None,
        prompt_tokens: 10,
        searches: 0,
        tokens_per_mille: 1000,
        context: None,
        why: String::new(),
        dearer: None,
    };
    update(&mut model, at, Event::Reply { turn, reply: Reply::Chosen(Box::new(chosen)) });
    let mut n = 0;
    bencher.bench_local(|| {
        n += 1;
        let text = if n % 40 == 0 { "end.\n\n" } else { "word " };
        update(&mut model, at, Event::Reply { turn, reply: Reply::Delta(Delta::Text(text.into())) });
        tui.view(&model, &mut picture);
    });
}

/// A letter in the picker over 2,000 models, and its picture.
/// `sorted`: by the price of the reply instead of by match.
#[divan::bench(args = [false, true])]
fn picker_key(bencher: Bencher<'_, '_>, sorted: bool) {
    let (mut model, mut tui, mut picture) = stage(20);
    let at = model.now;
    update(&mut model, at, Event::Key("ctrl-k".parse().expect("a key")));
    for _ in 0..if sorted { 4 } else { 0 } {
        update(&mut model, at, Event::Key("tab".parse().expect("a key")));
    }
    let keys = ["m", "o", "d", "1", "backspace", "backspace", "backspace", "backspace"];
    let mut n = 0;
    bencher.bench_local(|| {
        update(&mut model, at, Event::Key(keys[n % keys.len()].parse().expect("a key")));
        n += 1;
        tui.view(&model, &mut picture);
    });
}

/// Opening a session: its tree and its first picture.
#[divan::bench(args = [2_000, 20_000])]
fn open_session(bencher: Bencher<'_, '_>, messages: usize) {
    let (model, ..) = stage(messages);
    let all: Vec<_> = model.thread().shown().map(|n| Arc::clone(&n.message)).collect();
    let session = model.session().clone();
    bencher.bench_local(|| Thread::new(session.clone(), all.iter().cloned(), Unsent::default()));
}

/// Opening the picker over 2,000 models, and its picture.
#[divan::bench]
fn picker_open(bencher: Bencher<'_, '_>) {
    let (mut model, mut tui, mut picture) = stage(20);
    let at = model.now;
    bencher.bench_local(|| {
        update(&mut model, at, Event::Key("ctrl-k".parse().expect("a key")));
        tui.view(&model, &mut picture);
        update(&mut model, at, Event::Key("esc".parse().expect("a key")));
    });
}

/// A letter in the search of the conversation, and its picture.
#[divan::bench(args = SIZES)]
fn find_key(bencher: Bencher<'_, '_>, messages: usize) {
    let (mut model, mut tui, mut picture) = stage(messages);
    let at = model.now;
    update(&mut model, at, Event::Key("f3".parse().expect("a key")));
    let keys = ["9", "9", "8", "backspace", "backspace", "backspace"];
    let mut n = 0;
    bencher.bench_local(|| {
        update(&mut model, at, Event::Key(keys[n % keys.len()].parse().expect("a key")));
        n += 1;
        tui.view(&model, &mut picture);
    });
}

/// Another width: the picture anew, at the end of the conversation and in its middle.
#[divan::bench(args = SIZES)]
fn resize(bencher: Bencher<'_, '_>, messages: usize) {
    let (mut model, mut tui, mut picture) = stage(messages);
    tui.view(&model, &mut picture);
    let at = model.now;
    let mut n = 0;
    bencher.bench_local(|| {
        n += 1;
        update(&mut model, at, Event::Resized { columns: 100 + n % 20, rows: 40 });
        tui.view(&model, &mut picture);
    });
}

/// One message of 1 MB: its first picture at a width, which lays all of it out; a page up in it.
#[divan::bench(args = ["another width", "a page up"])]
fn one_megabyte(bencher: Bencher<'_, '_>, what: &str) {
    let (mut model, mut tui, mut picture) = stage(2);
    let text =
        "A paragraph with **bold** words, `code` and [a link](https://example.invalid/).\n\n- one\n- two\n\n";
    let at = model.now;
    let id = MessageId::new(at, &mut model.dice);
    let message =
        Message::text(id, model.session().head, Role::Assistant, text.repeat(1_000_000 / text.len()), at);
    model.thread_mut().push(Arc::new(message));
    tui.view(&model, &mut picture);
    let mut n = 0;
    bencher.bench_local(|| {
        n += 1;
        if what == "a page up" {
            let by = fareway::app::Order::Scroll(fareway::app::Scroll::Pages(-1));
            if let Some(event) = tui.order(&by, &model) {
                update(&mut model, at, event);
            }
        } else {
            update(&mut model, at, Event::Resized { columns: 100 + n % 20, rows: 40 });
        }
        tui.view(&model, &mut picture);
    });
}
