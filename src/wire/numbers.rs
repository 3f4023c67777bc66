//! Numbers as providers really send them: counts as text or with a point, and what JSON does not know, `NaN` or 1e400.

use serde_json::Value;
use serde_json::value::RawValue;

/// What a count may be said as: `12`, `12.0`, `"12"`. `Ok(None)`: nothing was said (absent or null).
/// `Err`: something that no count is (negative, half a token, a word), so what stands beside it is not believed either.
pub fn count(said: Option<&Value>) -> Result<Option<u64>, NoCount> {
    match said {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(n)) => match (n.as_u64(), n.as_f64()) {
            (Some(n), _) => Ok(Some(n)),
            (None, Some(n)) => whole(n).map(Some),
            (None, None) => Err(NoCount),
        },
        Some(Value::String(text)) => {
            let text = text.trim();
            text.parse().or_else(|_| whole(text.parse().map_err(|_| NoCount)?)).map(Some)
        }
        Some(_) => Err(NoCount),
    }
}

/// Something was said that no count is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoCount;

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole, not negative, and below 2^53"
)]
fn whole(n: f64) -> Result<u64, NoCount> {
    let fits = n.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(&n);
    fits.then_some(n as u64).ok_or(NoCount)
}

/// As [`parse`], of what is known to be JSON in its form.
pub fn value(raw: &RawValue) -> Value {
    parse(raw.get().as_bytes())
}

/// A JSON value; numbers that JSON does not know stand in it as text. `Null` where it is none at all.
pub fn parse(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes)
        .or_else(|error| mended(bytes).map_or(Err(error), |mended| serde_json::from_slice(&mended)))
        .unwrap_or_default()
}

/// The same JSON with quotes around what stands where a number belongs and is none that JSON knows; `None`: nothing does.
pub fn mended(json: &[u8]) -> Option<Vec<u8>> {
    let (mut mended, mut at, mut kept) = (Vec::new(), 0, 0);
    while at < json.len() {
        match json[at] {
            b'"' => at = end_of_string(json, at),
            b'-' | b'+' | b'0'..=b'9' | b'A'..=b'Z' => {
                let rest = json[at..].iter().position(|b| b",}] \t\r\n\"".contains(b));
                let end = rest.map_or(json.len(), |n| at + n);
                if serde_json::from_slice::<Value>(&json[at..end]).is_err() {
                    let parts = [&json[kept..at], b"\"", &json[at..end], b"\""];
                    mended.extend(parts.concat());
                    kept = end;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    mended.extend_from_slice(&json[kept..]);
    (kept > 0).then_some(mended)
}

/// Behind the string that begins here.
fn end_of_string(json: &[u8], begin: usize) -> usize {
    let mut at = begin + 1;
    while let Some(byte) = json.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    json.len()
}
