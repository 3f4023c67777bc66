//! Cost: documented examples, the rules for what is not listed, overrides, what is booked, and sums.

use fareway::metering::{Bill, Ended, bill, cost, estimate, in_force, mismatch};
use fareway::words::{At, Cost, CostSource, Override, Prices, Usage, Usd};
use proptest::prelude::*;

fn usd(text: &str) -> Usd {
    text.parse().expect("a decimal")
}

fn m(text: &str) -> Usd {
    usd(text).of_million()
}

fn prices(prompt: &str, completion: &str) -> Prices {
    Prices { prompt: m(prompt), completion: m(completion), ..Prices::default() }
}

fn claude() -> Prices {
    Prices {
        cached_read: Some(m("0.30")),
        cache_write_5m: Some(m("3.75")),
        cache_write_1h: Some(m("6")),
        search: Some(usd("0.01")),
        ..prices("3", "15")
    }
}

const NOON: At = At::from_secs(12 * 3600);

#[test]
fn usage_as_the_providers_document_it() {
    let gpt = Prices { cached_read: Some(m("1.25")), ..prices("2.50", "10") };
    let gemini = Prices {
        cached_read: Some(m("0.125")),
        overrides: vec![Override {
            min_prompt_tokens: Some(200_000),
            prompt: Some(m("2.50")),
            completion: Some(m("15")),
            cached_read: Some(m("0.25")),
            ..Override::default()
        }],
        ..prices("1.25", "10")
    };
    let sonar = Prices { request: Some(usd("0.005")), ..prices("1", "1") };
    let grok = Prices { search: Some(usd("0.025")), ..prices("3", "15") };
    let audio = Prices { audio_in: Some(m("40")), audio_out: Some(m("80")), ..prices("2.50", "10") };
    let table: &[(&str, Usage, &Prices, &str)] = &[
        // OpenAI: prompt_tokens 2006 of which cached 1920, completion 300
        (
            "openai",
            Usage { prompt: 86, cached_read: 1920, completion: 300, ..Usage::default() },
            &gpt,
            "0.005615",
        ),
        // OpenAI o-series: 1,000 in, 2,000 out of which 1,500 reasoning, billed as output
        (
            "openai reasoning",
            Usage { prompt: 1000, completion: 500, reasoning: 1500, ..Usage::default() },
            &gpt,
            "0.0225",
        ),
        // OpenAI audio: text and audio tokens apart
        (
            "openai audio",
            Usage { prompt: 100, audio_in: 1000, completion: 50, audio_out: 500, ..Usage::default() },
            &audio,
            "0.08075",
        ),
        // Anthropic: input_tokens 21 excludes 188,086 written to the cache for 5 minutes; 393 out
        (
            "anthropic write",
            Usage { prompt: 21, cache_write_5m: 188_086, completion: 393, ..Usage::default() },
            &claude(),
            "0.7112805",
        ),
        (
            "anthropic read",
            Usage { prompt: 21, cached_read: 188_086, completion: 393, ..Usage::default() },
            &claude(),
            "0.0623838",
        ),
        // Anthropic, both lifetimes in one request, and two searches at $10 a thousand
        (
            "anthropic 1h and search",
            Usage {
                prompt: 2048,
                cached_read: 1800,
                cache_write_5m: 148,
                cache_write_1h: 100,
                completion: 503,
                searches: 2,
                ..Usage::default()
            },
            &claude(),
            "0.035384",
        ),
        // Gemini: exactly 200,000 is not long; one more is, and then every category is
        ("gemini", Usage { prompt: 200_000, completion: 1000, ..Usage::default() }, &gemini, "0.26"),
        (
            "gemini long",
            Usage { prompt: 200_001, completion: 1000, ..Usage::default() },
            &gemini,
            "0.5150025",
        ),
        // cached tokens count towards the length
        (
            "gemini long by its cache",
            Usage { prompt: 1000, cached_read: 250_000, reasoning: 100, ..Usage::default() },
            &gemini,
            "0.0665",
        ),
        // Perplexity: a fee a request
        ("perplexity", Usage { prompt: 500, completion: 200, ..Usage::default() }, &sonar, "0.0057"),
        // xAI: searches by the piece
        ("xai", Usage { prompt: 1000, completion: 100, searches: 4, ..Usage::default() }, &grok, "0.1045"),
        // DeepSeek: hits and misses
        (
            "deepseek",
            Usage { prompt: 1000, cached_read: 9000, completion: 500, ..Usage::default() },
            &Prices { cached_read: Some(m("0.028")), ..prices("0.28", "0.42") },
            "0.000742",
        ),
    ];
    for (name, usage, prices, expected) in table {
        let cost = cost(usage, Some(prices), NOON);
        assert_eq!(cost.booked, Some(usd(expected)), "{name}");
        assert_eq!((cost.source, cost.ours), (CostSource::Catalog, cost.booked), "{name}");
        let sum: Usd = cost.lines.iter().map(|l| l.price * l.count).sum();
        assert_eq!(Some(sum), cost.booked, "{name}: the lines add up");
    }
}

#[test]
fn each_category_is_charged_at_its_own_price() {
    let all = Prices {
        cached_read: Some(m("3")),
        cache_write_5m: Some(m("4")),
        cache_write_1h: Some(m("5")),
        reasoning: Some(m("6")),
        audio_in: Some(m("7")),
        audio_out: Some(m("8")),
        image_out: Some(m("9")),
        image: Some(usd("0.01")),
        search: Some(usd("0.02")),
        ..prices("1", "2")
    };
    let (million, none) = (1_000_000, Usage::default());
    for (name, usage, expected) in [
        ("prompt", Usage { prompt: million, ..none }, "1"),
        ("completion", Usage { completion: million, ..none }, "2"),
        ("cached_read", Usage { cached_read: million, ..none }, "3"),
        ("cache_write_5m", Usage { cache_write_5m: million, ..none }, "4"),
        ("cache_write_1h", Usage { cache_write_1h: million, ..none }, "5"),
        ("reasoning", Usage { reasoning: million, ..none }, "6"),
        ("audio_in", Usage { audio_in: million, ..none }, "7"),
        ("audio_out", Usage { audio_out: million, ..none }, "8"),
        ("image_out", Usage { image_out: million, ..none }, "9"),
        ("images", Usage { images: 3, ..none }, "0.03"),
        ("searches", Usage { searches: 3, ..none }, "0.06"),
    ] {
        let cost = cost(&usage, Some(&all), NOON);
        assert_eq!(cost.booked, Some(usd(expected)), "{name}");
        assert_eq!(cost.lines.iter().map(|l| l.category.as_str()).collect::<Vec<_>>(), [name]);
    }
    // the fee stands on every request, whatever it used
    let fee = Prices { request: Some(usd("0.005")), ..all };
    assert_eq!(cost(&none, Some(&fee), NOON).booked, Some(usd("0.005")));
}

#[test]
fn what_is_not_listed_costs_what_the_rules_say() {
    let bare = prices("2", "8");
    let one = |usage: Usage| cost(&usage, Some(&bare), NOON).booked;
    let million = 1_000_000;
    let none = Usage::default();
    assert_eq!(one(Usage { cached_read: million, ..none }), Some(usd("2")));
    assert_eq!(one(Usage { cache_write_5m: million, ..none }), Some(usd("2")));
    assert_eq!(one(Usage { cache_write_1h: million, ..none }), Some(usd("2")));
    assert_eq!(one(Usage { audio_in: million, ..none }), Some(usd("2")));
    assert_eq!(one(Usage { reasoning: million, ..none }), Some(usd("8")));
    assert_eq!(one(Usage { audio_out: million, ..none }), Some(usd("8")));
    assert_eq!(one(Usage { image_out: million, ..none }), Some(usd("8")));
    assert_eq!(one(Usage { images: 3, searches: 2, ..none }), Some(Usd::ZERO));
    let writes = Prices { cache_write_5m: Some(m("2.5")), ..bare.clone() };
    assert_eq!(
        cost(&Usage { cache_write_1h: million, ..none }, Some(&writes), NOON).booked,
        Some(usd("2.5"))
    );
}

#[test]
fn unknown_is_not_nothing_and_free_is() {
    let usage = Usage { prompt: 10, completion: 10, ..Usage::default() };
    assert_eq!(cost(&usage, None, NOON), Cost::default());
    let free = cost(&usage, Some(&Prices::default()), NOON);
    assert_eq!((free.booked, free.source), (Some(Usd::ZERO), CostSource::Free));
    assert_eq!(estimate(&usage, Some(&prices("1", "1")), NOON).source, CostSource::Estimate);
    assert_eq!(estimate(&usage, None, NOON).source, CostSource::Unknown);
}

#[test]
fn an_absurd_count_is_unknown_and_stops_nothing() {
    let absurd = Usage { prompt: u64::MAX, cached_read: u64::MAX, completion: u64::MAX, ..Usage::default() };
    assert_eq!(
        cost(&absurd, Some(&Prices { prompt: usd("99999999"), ..Prices::default() }), NOON).booked,
        None
    );
    assert!(cost(&absurd, Some(&prices("1", "1")), NOON).booked.is_some());
    let _ = absurd + absurd;
}

#[test]
fn hours_and_days_are_utc_half_open_and_may_wrap_midnight() {
    let over = |start, end, days: &[u8]| Prices {
        overrides: vec![Override {
            utc_start: Some(start),
            utc_end: Some(end),
            utc_days: days.to_vec(),
            prompt: Some(m("1")),
            ..Override::default()
        }],
        ..prices("2", "2")
    };
    // 1970-01-01 was a Thursday (4)
    let at = |day: i64, hour: i64, minute: i64| At::from_secs(day * 86_400 + hour * 3600 + minute * 60);
    let table = [
        (over(1630, 2400, &[]), at(0, 16, 29), "2"),
        (over(1630, 2400, &[]), at(0, 16, 30), "1"),
        (over(1630, 2400, &[]), at(0, 23, 59), "1"),
        (over(1630, 30, &[]), at(0, 0, 29), "1"),
        (over(1630, 30, &[]), at(0, 0, 30), "2"),
        (over(1630, 30, &[]), at(0, 16, 30), "1"),
        (over(0, 2400, &[0, 6]), at(0, 12, 0), "2"),
        (over(0, 2400, &[4]), at(0, 12, 0), "1"),
        (over(0, 2400, &[0, 6]), at(2, 12, 0), "1"),
        (over(0, 2400, &[0, 6]), at(3, 12, 0), "1"),
        (over(0, 2400, &[0, 6]), at(4, 12, 0), "2"),
    ];
    for (n, (prices, at, expected)) in table.iter().enumerate() {
        assert_eq!(in_force(prices, 1, *at).prompt, m(expected), "case {n}");
    }
}

#[test]
fn a_later_override_wins_price_by_price() {
    let long = |n, prompt: Option<&str>, completion: Option<&str>| Override {
        min_prompt_tokens: Some(n),
        prompt: prompt.map(m),
        completion: completion.map(m),
        ..Override::default()
    };
    let prices = Prices {
        overrides: vec![long(32_000, Some("2"), Some("20")), long(128_000, Some("3"), None)],
        ..prices("1", "10")
    };
    let at = |input| {
        let now = in_force(&prices, input, NOON);
        (now.prompt, now.completion, now.cached_read)
    };
    assert_eq!(at(32_000), (m("1"), m("10"), m("1")));
    assert_eq!(at(32_001), (m("2"), m("20"), m("2")), "an unlisted price follows the prompt price in force");
    assert_eq!(at(128_001), (m("3"), m("20"), m("3")));
}

#[test]
fn what_is_booked() {
    let prices = prices("1", "2");
    let usage = Usage { prompt: 1000, completion: 500, ..Usage::default() };
    let counted = Usage { prompt: 900, completion: 100, ..Usage::default() };
    let empty = Usage { prompt: 1000, ..Usage::default() };
    let base = Bill {
        reported: Some(&usage),
        counted,
        amount: None,
        prices: Some(&prices),
        at: NOON,
        ended: Ended::Complete,
        insured: false,
    };
    let table: &[(&str, Bill<'_>, Option<&str>, CostSource)] = &[
        ("usage", base, Some("0.002"), CostSource::Catalog),
        ("amount", Bill { amount: Some(usd("0.0021")), ..base }, Some("0.0021"), CostSource::Provider),
        ("amount 0", Bill { amount: Some(Usd::ZERO), ..base }, Some("0"), CostSource::Provider),
        ("no usage", Bill { reported: None, ..base }, Some("0.0011"), CostSource::Estimate),
        (
            "stopped",
            Bill { reported: None, ended: Ended::Stopped, ..base },
            Some("0.0011"),
            CostSource::Estimate,
        ),
        ("cut", Bill { reported: None, ended: Ended::Broken, ..base }, Some("0.0011"), CostSource::Estimate),
        ("refused", Bill { reported: None, ended: Ended::Refused, ..base }, Some("0"), CostSource::Catalog),
        ("refused, yet counted", Bill { ended: Ended::Refused, ..base }, Some("0.002"), CostSource::Catalog),
        (
            "insured error",
            Bill { ended: Ended::Broken, insured: true, ..base },
            Some("0"),
            CostSource::Catalog,
        ),
        (
            "insured and empty",
            Bill { reported: Some(&empty), ended: Ended::Stopped, insured: true, ..base },
            Some("0"),
            CostSource::Catalog,
        ),
        ("empty, not insured", Bill { reported: Some(&empty), ..base }, Some("0.001"), CostSource::Catalog),
        ("unpriced", Bill { prices: None, ..base }, None, CostSource::Unknown),
        (
            "unpriced, but they say",
            Bill { prices: None, amount: Some(usd("0.5")), ..base },
            Some("0.5"),
            CostSource::Provider,
        ),
        ("below nothing", Bill { amount: Some(usd("-0.5")), ..base }, Some("0.002"), CostSource::Estimate),
        ("a fortune", Bill { amount: Some(usd("1000000")), ..base }, Some("0.002"), CostSource::Estimate),
        ("no amount at all", Bill { amount: Some(Usd::MAX), ..base }, Some("0.002"), CostSource::Estimate),
        ("1,000 times ours", Bill { amount: Some(usd("2")), ..base }, Some("0.002"), CostSource::Estimate),
        ("500 times ours, cents", Bill { amount: Some(usd("1")), ..base }, Some("1"), CostSource::Provider),
        (
            "a fortune, unpriced",
            Bill { prices: None, amount: Some(usd("1000.01")), ..base },
            None,
            CostSource::Unknown,
        ),
    ];
    for (name, case, booked, source) in table {
        let cost = bill(case);
        assert_eq!((cost.booked, cost.source), (booked.map(usd), *source), "{name}");
    }
}

#[test]
fn more_than_one_percent_apart_raises_a_flag() {
    let cost = |theirs: &str, ours: &str| Cost {
        booked: Some(usd(theirs)),
        ours: Some(usd(ours)),
        source: CostSource::Provider,
        lines: vec![],
    };
    assert_eq!(mismatch(&cost("1.01", "1")), None);
    assert!(mismatch(&cost("1.02", "1")).is_some());
    assert!(mismatch(&cost("0.98", "1")).is_some());
    assert_eq!(mismatch(&cost("0.000000001", "0.000000002")), None, "below what providers round to");
    assert_eq!(mismatch(&cost("2", "1")).and_then(|m| m.percent()), Some(100.0));
    let catalog = Cost { source: CostSource::Catalog, ..cost("2", "1") };
    assert_eq!(mismatch(&catalog), None);
}

fn any_usage() -> impl Strategy<Value = Usage> {
    proptest::array::uniform11(0u64..2_000_000).prop_map(|n| Usage {
        prompt: n[0],
        completion: n[1],
        cached_read: n[2],
        cache_write_5m: n[3],
        cache_write_1h: n[4],
        reasoning: n[5],
        audio_in: n[6],
        audio_out: n[7],
        image_out: n[8],
        images: n[9],
        searches: n[10],
    })
}

proptest! {
    #[test]
    fn the_parts_add_up_to_the_whole_in_any_order(
        parts in proptest::collection::vec(any_usage(), 1..8),
        p in 0i128..10_i128.pow(20),
        c in 0i128..10_i128.pow(20),
    ) {
        let prices = Prices { prompt: Usd::from_raw(p), completion: Usd::from_raw(c), ..Prices::default() };
        let booked = |usage: &Usage| cost(usage, Some(&prices), NOON).booked.expect("an amount");
        let whole = parts.iter().fold(Usage::default(), |sum, part| sum + *part);
        let forwards: Usd = parts.iter().map(booked).sum();
        let backwards: Usd = parts.iter().rev().map(booked).sum();
        prop_assert_eq!(forwards, booked(&whole));
        prop_assert_eq!(backwards, booked(&whole));
    }

    #[test]
    fn an_amount_survives_its_text(raw in -(10_i128.pow(36))..10_i128.pow(36)) {
        let amount = Usd::from_raw(raw);
        prop_assert_eq!(amount.to_string().parse::<Usd>(), Ok(amount));
        let json = serde_json::to_string(&amount).expect("a string");
        prop_assert_eq!(serde_json::from_str::<Usd>(&json).expect("an amount"), amount);
    }

    #[test]
    fn a_plain_decimal_and_its_exponent_form_are_the_same_amount(value in 0u64..100_000_000_000_000, places in 0u32..25) {
        let slow: Usd = format!("{value}e-{places}").parse().expect("an amount");
        prop_assert_eq!(slow.to_string().parse::<Usd>(), Ok(slow));
        let plain = slow.round(24);
        prop_assert_eq!(plain.parse::<Usd>(), Ok(slow));
    }
}
