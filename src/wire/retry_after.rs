//! How long a provider asks us to stay away, in every form that is in use.

use crate::words::At;
use serde_json::Value;
use std::time::Duration;

/// Longer waits than this are taken for a mistake (a date in another era, milliseconds read as seconds).
const LONGEST: Duration = Duration::from_secs(32 * 24 * 3600);

/// The wait asked for, from headers first, then the error's details, then its message.
///
/// `limited`: the failure is about rate; only then do `x-ratelimit-reset*` headers mean anything, since they stand on
/// every answer.
pub fn retry_after(
    headers: &[(String, String)],
    details: Option<&Value>,
    message: &str,
    limited: bool,
    now: At,
) -> Option<Duration> {
    let header = |name: &str| {
        headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    let asked = header("retry-after-ms")
        .and_then(|ms| seconds(ms).map(|s| s / 1000))
        .or_else(|| header("retry-after").and_then(|value| seconds(value).or_else(|| date(value, now))))
        .or_else(|| header("x-ms-retry-after-ms").and_then(|ms| seconds(ms).map(|s| s / 1000)))
        .or_else(|| details.and_then(|details| in_details(details, now)))
        .or_else(|| in_message(message))
        .or_else(|| if limited { resets(&header, now) } else { None })?;
    (asked <= LONGEST).then_some(asked)
}

/// `x-ratelimit-reset*` in its three meanings. Of several budgets, the one that is used up; else the nearest reset.
fn resets<'h>(header: &impl Fn(&str) -> Option<&'h str>, now: At) -> Option<Duration> {
    const BUDGETS: &[(&str, &str)] = &[
        ("x-ratelimit-reset-requests", "x-ratelimit-remaining-requests"),
        ("x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens"),
        ("anthropic-ratelimit-requests-reset", "anthropic-ratelimit-requests-remaining"),
        ("anthropic-ratelimit-input-tokens-reset", "anthropic-ratelimit-input-tokens-remaining"),
        ("anthropic-ratelimit-output-tokens-reset", "anthropic-ratelimit-output-tokens-remaining"),
        ("anthropic-ratelimit-tokens-reset", "anthropic-ratelimit-tokens-remaining"),
        ("x-ratelimit-reset", "x-ratelimit-remaining"),
        ("ratelimit-reset", "ratelimit-remaining"),
    ];
    let read = |text: &str| moment(text, now).or_else(|| date(text, now)).or_else(|| duration(text));
    let used_up = BUDGETS
        .iter()
        .filter(|(_, remaining)| {
            header(remaining).and_then(|n| n.parse::<f64>().ok()).is_some_and(|n| n < 1.0)
        })
        .filter_map(|(reset, _)| header(reset).and_then(read))
        .max();
    used_up.or_else(|| BUDGETS.iter().filter_map(|(reset, _)| header(reset).and_then(read)).min())
}

/// A bare number: seconds, or a moment as seconds or milliseconds since 1970.
fn moment(text: &str, now: At) -> Option<Duration> {
    let wait = seconds(text)?;
    let ahead = |at: At| at.since(now);
    Some(match wait.as_secs() {
        0..1_000_000_000 => wait,
        s @ 1_000_000_000..100_000_000_000 => ahead(At::from_secs(i64::try_from(s).ok()?)),
        ms => ahead(At::from_millis(i64::try_from(ms).ok()?)),
    })
}

/// A number of seconds, maybe with a fraction.
fn seconds(text: &str) -> Option<Duration> {
    let n: f64 = text.trim().parse().ok()?;
    Duration::try_from_secs_f64(n).ok()
}

/// An HTTP date (RFC 9110) or RFC 3339.
fn date(text: &str, now: At) -> Option<Duration> {
    let at = jiff::fmt::rfc2822::parse(text)
        .map(|zoned| zoned.timestamp())
        .or_else(|_| text.parse::<jiff::Timestamp>())
        .ok()?;
    Some(At(at.as_microsecond()).since(now))
}

/// `20s`, `1m2.5s`, `6ms`, `1h`, `2m`, `1d`; nothing else.
pub fn duration(text: &str) -> Option<Duration> {
    let (wait, rest) = leading_duration(text.trim())?;
    rest.is_empty().then_some(wait)
}

fn leading_duration(mut text: &str) -> Option<(Duration, &str)> {
    let mut sum = None;
    loop {
        let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        if digits == 0 {
            break;
        }
        let Ok(n) = text[..digits].parse::<f64>() else { break };
        let rest = text[digits..].trim_start_matches(' ');
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let unit = match &rest[..letters] {
            "ms" | "millisecond" | "milliseconds" => 0.001,
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hr" | "hour" | "hours" => 3600.0,
            "d" | "day" | "days" => 86400.0,
            _ => break,
        };
        let piece = Duration::try_from_secs_f64(n * unit).ok()?;
        sum = Some(sum.unwrap_or(Duration::ZERO).saturating_add(piece));
        text = rest[letters..].trim_start_matches(' ');
    }
    sum.map(|sum| (sum, text))
}

/// Google's `RetryInfo`, OpenRouter's `metadata.headers`, fields such as `retry_after`.
fn in_details(details: &Value, now: At) -> Option<Duration> {
    match details {
        Value::Array(list) => list.iter().find_map(|detail| in_details(detail, now)),
        Value::Object(map) => map.iter().find_map(|(key, value)| {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(n) => n.to_string(),
                Value::Array(_) | Value::Object(_) => return in_details(value, now),
                _ => return None,
            };
            match key.to_ascii_lowercase().as_str() {
                "retrydelay" | "retry_delay" => duration(&text).or_else(|| seconds(&text)),
                "retry_after" | "retry-after" | "retry_after_seconds" => {
                    seconds(&text).or_else(|| duration(&text)).or_else(|| date(&text, now))
                }
                "x-ratelimit-reset" => moment(&text, now),
                _ => None,
            }
        }),
        _ => None,
    }
}

/// `Please try again in 20s.`, `Please retry in 23.5s`, `retry after 60 seconds`.
fn in_message(message: &str) -> Option<Duration> {
    let lower = message.to_ascii_lowercase();
    ["try again in ", "retry in ", "retry after ", "try again after ", "wait for ", "please wait "]
        .iter()
        .find_map(|phrase| {
            let at = lower.find(phrase)? + phrase.len();
            leading_duration(&lower[at..]).map(|(wait, _)| wait)
        })
}
