//! How long a provider asks us to stay away, in every form that is in use.

use crate::words::At;
use serde_json::Value;
use std::time::Duration;

/// Longer waits than this are taken for a mistake (a date in another era, milliseconds read as seconds).
const LONGEST: Duration = Duration::from_secs(32 * 24 * 3600);

/// The wait asked for, from headers first, then the error's details, then its message.
///
/// `limited`: the failure is about rate; only then do `ratelimit` headers mean anything, since they stand on every
/// answer.
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
    let millis = |name: &str| header(name).and_then(|ms| seconds(ms).map(|s| s / 1000));
    let asked = millis("retry-after-ms")
        .or_else(|| header("retry-after").and_then(|value| seconds(value).or_else(|| date(value, now))))
        .or_else(|| millis("x-ms-retry-after-ms"))
        .or_else(|| details.and_then(|details| in_details(details, now)))
        .or_else(|| in_message(message))
        .or_else(|| if limited { resets(headers, now) } else { None })?;
    (asked <= LONGEST).then_some(asked)
}

/// A budget that a header tells of: when it is filled again, and whether it is used up.
struct Budget {
    reset: Duration,
    empty: bool,
}

/// `x-ratelimit-reset-requests` and its like, each with its `...-remaining-...`, and the drafts' `ratelimit`. Of several
/// budgets, the one that is used up; else the nearest reset.
fn resets(headers: &[(String, String)], now: At) -> Option<Duration> {
    let mut budgets = Vec::new();
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        if name == "ratelimit" {
            budgets.extend(policies(value));
        } else if name.contains("ratelimit") && name.contains("reset") {
            let remaining = name.replace("reset", "remaining");
            let remaining = headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(&remaining));
            let read = |text: &str| moment(text, now).or_else(|| date(text, now)).or_else(|| duration(text));
            let empty = remaining.is_some_and(|(_, left)| is_none_left(left));
            budgets.extend(read(value.trim()).map(|reset| Budget { reset, empty }));
        }
    }
    let used_up = budgets.iter().filter(|budget| budget.empty).map(|budget| budget.reset).max();
    used_up.or_else(|| budgets.iter().map(|budget| budget.reset).min())
}

fn is_none_left(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok_and(|n| n < 1.0)
}

/// `"api";r=0;t=30, "day";r=9;t=4000` of the newer drafts, `limit=9, remaining=0, reset=30` of the older.
fn policies(value: &str) -> Vec<Budget> {
    let each: Vec<&str> = if value.contains("reset=") { vec![value] } else { value.split(',').collect() };
    let one = |policy: &str| {
        let field = |names: [&str; 2]| {
            let fields = policy.split([';', ',']).filter_map(|field| field.split_once('='));
            fields.map(|(key, value)| (key.trim(), value.trim())).find(|(key, _)| names.contains(key))
        };
        let (_, reset) = field(["t", "reset"])?;
        let empty = field(["r", "remaining"]).is_some_and(|(_, left)| is_none_left(left));
        Some(Budget { reset: seconds(reset)?, empty })
    };
    each.into_iter().filter_map(one).collect()
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

/// A date with or without its weekday's comma: the three forms of HTTP (RFC 9110, 5.6.7), mail's with an offset, RFC 3339.
fn date(text: &str, now: At) -> Option<Duration> {
    let at = http_date(text)
        .or_else(|| jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp()))
        .or_else(|| text.parse::<jiff::Timestamp>().ok())?;
    Some(At(at.as_microsecond()).since(now))
}

fn http_date(text: &str) -> Option<jiff::Timestamp> {
    /// IMF-fixdate, RFC 850, asctime; always UTC.
    const FORMS: [&str; 3] = ["%d %b %Y %H:%M:%S", "%d-%b-%y %H:%M:%S", "%b %e %H:%M:%S %Y"];
    // the weekday says nothing that the date does not
    let (_, rest) = text.split_once(' ')?;
    let rest = rest.trim().trim_end_matches(" GMT");
    let read = |form| jiff::civil::DateTime::strptime(form, rest).ok();
    let civil = FORMS.into_iter().find_map(read)?;
    Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
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
                "retry_after_ms" | "retry-after-ms" => seconds(&text).map(|s| s / 1000),
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
    const PHRASES: [&str; 8] = [
        "try again in ",
        "retry in ",
        "retry after ",
        "try again after ",
        "reset after ",
        "resets in ",
        "wait for ",
        "please wait ",
    ];
    PHRASES.iter().find_map(|phrase| {
        let at = lower.find(phrase)? + phrase.len();
        leading_duration(&lower[at..]).map(|(wait, _)| wait)
    })
}
