//! Counting: the estimate against the real tokenizer, pieces against the whole, and learning.

use fareway::metering::{Counter, Live, Tally, Tokenizer};
use fareway::words::{At, Delta, Message, MessageId, ModelId, Role, Usage};
use proptest::prelude::*;

const PROSE: &str = "The ferry leaves at a quarter past seven, when the fog usually lifts from the harbour. \
Nobody hurries: the captain drinks his coffee, two dogs sleep on the deck, and the mail is carried aboard in a \
wooden crate that has been painted blue more often than anyone remembers. If you want a seat by the window, \
come early; if you'd rather stand outside, bring a coat. It costs $4.50 each way, or $38 for ten crossings.";

const CODE: &str = r#"
pub fn encode(&self, endpoint: &Endpoint, request: &Request) -> Result<Outgoing, Failure> {
    let mut body = serde_json::Map::new();
    body.insert("model".into(), endpoint.upstream_model.clone().into());
    for (index, message) in request.messages.iter().enumerate() {
        if message.role == Role::System && index > 0 {
            return Err(Failure::new(FailureKind::InvalidRequest, format!("system at {index}")));
        }
    }
    Ok(Outgoing { url: format!("{}/chat/completions", endpoint.base_url), headers: vec![], body })
}
"#;

const JSON: &str = r#"{"id":"chatcmpl-9f3a1","object":"chat.completion.chunk","created":1732406400,"model":"gpt-4o",
"choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"},"finish_reason":null}],"usage":{"prompt_tokens":1274,
"completion_tokens":88,"total_tokens":1362}}"#;

const GERMAN: &str = "Die Fähre legt um Viertel nach sieben ab, wenn sich der Nebel über dem Hafen gewöhnlich \
auflöst. Niemand beeilt sich: Der Kapitän trinkt seinen Kaffee, zwei Hunde schlafen auf dem Deck, und die Post \
wird in einer Holzkiste an Bord getragen, die schon öfter blau gestrichen wurde, als irgendjemand weiß.";

const RUSSIAN: &str = "Паром отходит в четверть восьмого, когда туман обычно поднимается над гаванью. Никто не \
торопится: капитан пьёт кофе, две собаки спят на палубе, а почту заносят на борт в деревянном ящике.";

const CHINESE: &str = "渡轮在七点一刻出发，那时港口的雾通常已经散去。没有人着急：船长喝着咖啡，两只狗在甲板上睡觉，\
邮件装在一个木箱里被搬上船。如果你想坐在窗边，请早点来。";

const JAPANESE: &str = "フェリーは七時十五分に出航します。その頃には港の霧もたいてい晴れています。誰も急ぎません。\
船長はコーヒーを飲み、二匹の犬は甲板で眠り、郵便は木箱に入れて運び込まれます。";

#[test]
fn the_estimate_is_near_the_real_tokenizer() {
    let model = ModelId::new("openai/gpt-4o");
    let counter = Counter::default();
    for (name, text) in [
        ("prose", PROSE),
        ("code", CODE),
        ("json", JSON),
        ("german", GERMAN),
        ("russian", RUSSIAN),
        ("chinese", CHINESE),
        ("japanese", JAPANESE),
    ] {
        let real = tokenizer(&model).count(text);
        let guess = counter.tokens(&model, &Tally::of(text));
        let off = (guess as f64 - real as f64) / real as f64;
        assert!(off.abs() <= 0.15, "{name}: {guess} for {real}, {:+.0} %", off * 100.0);
    }
}

#[test]
fn only_published_tokenizers_count_exactly() {
    for (id, known) in [
        ("openai/gpt-4o", true),
        ("openai/gpt-3.5-turbo", true),
        ("anthropic/claude-sonnet-4.5", false),
        ("demo/swift", false),
    ] {
        assert_eq!(Tokenizer::exists(&ModelId::new(id)), known, "{id}");
    }
    assert_eq!(Tokenizer::load(&ModelId::new("anthropic/claude-sonnet-4.5")), None);
    let gpt = tokenizer(&ModelId::new("openai/gpt-4o"));
    assert_eq!((gpt.count(""), gpt.count("hello world")), (0, 2));
    assert!(gpt.suits(&ModelId::new("openai/gpt-oss-120b")) && !gpt.suits(&ModelId::new("openai/gpt-4")));
}

#[test]
fn a_wall_of_one_letter_does_not_stall_the_tokenizer() {
    let gpt = ModelId::new("openai/gpt-4o");
    let wall = format!("before {} after", "a".repeat(2_000_000));
    assert!(tokenizer(&gpt).count(&wall) > 1_000);
}

fn tokenizer(model: &ModelId) -> Tokenizer {
    Tokenizer::load(model).expect("OpenAI publishes its vocabulary")
}

/// What the live meter counts of a reply that comes in pieces of `size` characters.
fn streamed(text: &str, size: usize) -> u64 {
    let model = ModelId::new("openai/gpt-4o");
    let mut live = Live::new(Usage::default(), None, None, 1000, At(0));
    live.count_by(tokenizer(&model));
    let chars: Vec<char> = text.chars().collect();
    for piece in chars.chunks(size) {
        live.feed(&Delta::Text(piece.iter().collect()), At(1));
    }
    live.usage().completion
}

#[test]
fn a_streamed_reply_counts_as_the_tokenizer_counts_the_whole() {
    let model = ModelId::new("openai/gpt-4o");
    for text in [PROSE, CODE, JSON, GERMAN, RUSSIAN] {
        for size in [1, 3, 7, 50, 10_000] {
            assert_eq!(streamed(text, size), tokenizer(&model).count(text), "in pieces of {size}: {text}");
        }
    }
    // without spaces the tail is cut now and then: each cut may cost a token
    let chinese: String = CHINESE.repeat(20).chars().take(320).collect();
    let (pieces, whole) = (streamed(&chinese, 5), tokenizer(&model).count(&chinese));
    assert!(pieces >= whole && pieces - whole <= chinese.len() as u64 / 512 + 1, "{pieces} for {whole}");
}

#[test]
fn some_text_is_never_no_tokens() {
    let counter = Counter::default();
    assert_eq!(counter.tokens(&ModelId::new("a/b"), &Tally::default()), 0);
    assert_eq!(counter.tokens(&ModelId::new("a/b"), &Tally::of("a")), 1);
}

#[test]
fn it_learns_what_a_model_makes_of_text() {
    let model = ModelId::new("some/model");
    let mut counter = Counter::default();
    let text = Tally::of(&PROSE.repeat(10));
    let before = counter.tokens(&model, &text);
    for _ in 0..3 {
        counter.learn(&model, &text, before * 3 / 2);
    }
    let after = counter.tokens(&model, &text);
    assert!(after.abs_diff(before * 3 / 2) <= before / 100, "{before} -> {after}");
    // a report about something else teaches nothing
    counter.learn(&model, &text, before * 50);
    counter.learn(&model, &text, 1);
    counter.learn(&model, &Tally::of("hi"), 900);
    assert_eq!(counter.tokens(&model, &text), after);
    assert_eq!(counter.tokens(&ModelId::new("other/model"), &text), before);
    let kept = serde_json::to_string(&counter).expect("plain data");
    assert_eq!(serde_json::from_str::<Counter>(&kept).expect("plain data"), counter);
}

#[test]
fn a_message_weighs_its_frame_too() {
    let message = Message::text(MessageId::nil(), None, Role::User, PROSE, Default::default());
    assert_eq!(Tally::message(&message).milli(), Tally::of(PROSE).milli() + 4_000);
}

proptest! {
    #[test]
    fn pieces_weigh_what_the_whole_weighs(pieces in proptest::collection::vec("[a-zA-Z0-9 \\n.,(){}äßж漢か🦀]{0,12}", 0..20)) {
        let mut tally = Tally::default();
        for piece in &pieces {
            tally.push(piece);
        }
        prop_assert_eq!(tally, Tally::of(&pieces.concat()));
    }
}
