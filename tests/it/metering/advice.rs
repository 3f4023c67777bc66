//! Standing advice: said when the figures prove it, silent otherwise.

use super::ledger::row;
use fareway::catalog::Catalog;
use fareway::metering::{Advice, advise};
use fareway::words::{CostSource, GenerationRow, Usage, Usd};

/// 2026-11-23.
const TODAY: i32 = 20_780;
const NOW: i64 = 20_780 * 86_400;

fn said(rows: &[GenerationRow]) -> Vec<Advice> {
    advise(rows, &Catalog::bundled(), TODAY, |e| !e.demo)
}

#[test]
fn a_cheaper_host_of_the_same_model() {
    let catalog = Catalog::bundled();
    let small = Usage { prompt: 80_000, completion: 10_000, ..Usage::default() };
    let rows: Vec<_> = (0..50)
        .map(|n| row(&catalog, "groq:openai/gpt-oss-120b", small, NOW - n * 3600, n as u128))
        .collect();
    let advice = said(&rows);
    let Some(Advice::CheaperHost { from, was, would, .. }) = advice.first() else { panic!("{advice:?}") };
    assert_eq!((from.as_str(), *was), ("groq", "0.9".parse::<Usd>().expect("a decimal")));
    assert!(would < was);
    assert!(advice[0].to_string().starts_with("openai/gpt-oss-120b at "), "{}", advice[0]);
    let one = said(&rows[..1]);
    assert!(!one.iter().any(|a| matches!(a, Advice::CheaperHost { .. })), "a cent is not worth a word");
}

#[test]
fn a_cache_thrown_away_by_moving() {
    let catalog = Catalog::bundled();
    let warm = Usage { prompt: 60_000, completion: 100, ..Usage::default() };
    let sonnet =
        |tag: &str, at, usage| row(&catalog, &format!("{tag}:anthropic/claude-sonnet-4.5"), usage, at, 7);
    let moved = [
        sonnet("anthropic", NOW, warm),
        sonnet("openrouter", NOW + 60, warm),
        sonnet("anthropic", NOW + 120, warm),
    ];
    let advice = said(&moved);
    let Some(Advice::CacheLost { switches, lost, .. }) =
        advice.iter().find(|a| matches!(a, Advice::CacheLost { .. }))
    else {
        panic!("{advice:?}")
    };
    // twice 60,000 tokens at $3 instead of $0.30 per million
    assert_eq!((*switches, *lost), (2, "0.324".parse::<Usd>().expect("a decimal")));
    let cached = Usage { cached_read: 50_000, prompt: 10_000, ..warm };
    let stayed = [sonnet("anthropic", NOW, warm), sonnet("anthropic", NOW + 60, cached)];
    let late = [sonnet("anthropic", NOW, warm), sonnet("openrouter", NOW + 3_600, warm)];
    for quiet in [&stayed[..], &late[..]] {
        assert!(!said(quiet).iter().any(|a| matches!(a, Advice::CacheLost { .. })));
    }
}

#[test]
fn a_model_about_to_be_switched_off() {
    let catalog = Catalog::bundled();
    let usage = Usage { prompt: 10, completion: 10, ..Usage::default() };
    let rows = [row(&catalog, "anthropic:anthropic/claude-sonnet-4.5", usage, NOW, 1)];
    let text: Vec<String> = said(&rows).iter().map(ToString::to_string).collect();
    assert_eq!(
        text,
        ["anthropic/claude-sonnet-4.5 will be switched off at anthropic on 2026-11-30, in 7 days"]
    );
    assert!(advise(&rows, &catalog, TODAY - 90, |_| true).is_empty(), "three months ahead is no news");
}

#[test]
fn a_price_that_changed_and_one_that_is_not_charged() {
    let catalog = Catalog::bundled();
    let usage = Usage { prompt: 1_000, completion: 1_000, ..Usage::default() };
    let mut then = row(&catalog, "openai:openai/gpt-4o-mini", usage, NOW, 1);
    let attempt = &mut then.receipt.attempts[0];
    attempt.cost.lines[0].price = "0.0000001".parse().expect("a decimal");
    attempt.cost.source = CostSource::Provider;
    attempt.cost.booked = Some("0.001".parse().expect("a decimal"));
    let text: Vec<String> = said(&[then]).iter().map(ToString::to_string).collect();
    assert_eq!(
        text,
        [
            "openai:openai/gpt-4o-mini charged $0.001000 where its list price comes to $0.000750",
            "the prompt price of openai:openai/gpt-4o-mini is now $0.15 per million, it was $0.1",
        ]
    );
}

#[test]
fn nothing_to_say_is_said_with_nothing() {
    let catalog = Catalog::bundled();
    let usage = Usage { prompt: 100_000, completion: 10_000, ..Usage::default() };
    let play = [row(&catalog, "demo:demo/sage", usage, NOW, 1)];
    assert!(said(&play).is_empty());
    assert!(said(&[]).is_empty());
}
