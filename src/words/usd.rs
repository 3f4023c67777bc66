//! Money, exact: a whole number of 10⁻²⁴ dollars, never floating point.
//!
//! 10⁻²⁴ because public price lists hold per-token prices such as `2.0000000000000002E-7`; with it every
//! price in the catalogs is a whole number, price × tokens is exact, and an `i128` still holds 10¹⁴ dollars.
//! There sums stand still: whoever claims more must not stop the program.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};
use std::str::FromStr;

const DIGITS: u32 = 24;
const ONE: i128 = 10i128.pow(DIGITS);

/// An amount of United States dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(i128);

/// Why a text is not an amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsdError {
    #[error("`{0}` is not a decimal number")]
    NotANumber(String),
    #[error("`{0}` has more than 24 decimal places")]
    TooFine(String),
    #[error("`{0}` is too large an amount")]
    TooLarge(String),
}

impl Usd {
    pub const ZERO: Usd = Usd(0);
    /// Where sums stand still.
    pub const MAX: Usd = Usd(i128::MAX);

    /// From a whole number of 10⁻²⁴ dollars.
    pub const fn from_raw(raw: i128) -> Self {
        Self(raw)
    }

    /// As a whole number of 10⁻²⁴ dollars.
    pub const fn raw(self) -> i128 {
        self.0
    }

    pub const fn from_cents(cents: i64) -> Self {
        Self(cents as i128 * (ONE / 100))
    }

    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// This price per token, said per million tokens.
    pub const fn per_million(self) -> Self {
        Self(self.0.saturating_mul(1_000_000))
    }

    /// This price per million tokens, said per token; exact to 10⁻²⁴ dollars.
    pub const fn of_million(self) -> Self {
        Self(self.0 / 1_000_000)
    }

    /// For ratios, charts and scores only; money itself is never rounded.
    #[allow(clippy::cast_precision_loss, reason = "a ratio, not an amount")]
    pub fn approximate(self) -> f64 {
        self.0 as f64 / ONE as f64
    }

    /// `self × numerator ÷ denominator`, rounded toward zero at 10⁻²⁴ dollars; `None` on overflow or a zero denominator.
    pub fn scale(self, numerator: i128, denominator: i128) -> Option<Self> {
        self.0.checked_mul(numerator)?.checked_div(denominator).map(Self)
    }

    /// For people, with as many places as say something: `$12.30`, `$0.0042`, `$0.000012`. What is not nothing is not
    /// shown as nothing.
    pub fn said(self) -> String {
        if self.is_zero() {
            return "$0".to_owned();
        }
        let places = match self.0.unsigned_abs() / (ONE.unsigned_abs() / 10_000) {
            0 => 7,
            1..100 => 5,
            100..10_000 => 4,
            _ => 2,
        };
        let mut text = self.round(places);
        if !text.contains(|c| matches!(c, '1'..='9')) {
            return if self.0 < 0 { "-$0.0000001" } else { "<$0.0000001" }.to_owned();
        }
        // zeros behind the cents say nothing
        while text.ends_with('0') && text.split_once('.').is_some_and(|(_, cents)| cents.len() > 2) {
            text.pop();
        }
        match text.strip_prefix('-') {
            Some(owed) => format!("-${owed}"),
            None => format!("${text}"),
        }
    }

    /// Rounded half away from zero to `places` decimals, for a screen: `0.0042`.
    pub fn round(self, places: u32) -> String {
        let places = places.min(DIGITS);
        let unit = 10i128.pow(DIGITS - places);
        let half = unit / 2 * self.0.signum();
        let units = self.0.saturating_add(half) / unit;
        let scale = 10i128.pow(places);
        let sign = if units < 0 { "-" } else { "" };
        let units = units.unsigned_abs();
        let scale = scale.unsigned_abs();
        if places == 0 {
            format!("{sign}{units}")
        } else {
            format!("{sign}{}.{:0width$}", units / scale, units % scale, width = places as usize)
        }
    }
}

impl fmt::Display for Usd {
    /// The exact decimal, no trailing zeros: `0.0000025`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let whole = self.0.unsigned_abs() / ONE.unsigned_abs();
        let rest = self.0.unsigned_abs() % ONE.unsigned_abs();
        if rest == 0 {
            return f.pad(&format!("{sign}{whole}"));
        }
        let rest = format!("{rest:0width$}", width = DIGITS as usize);
        f.pad(&format!("{sign}{whole}.{}", rest.trim_end_matches('0')))
    }
}

impl FromStr for Usd {
    type Err = UsdError;

    /// A decimal, with or without an exponent: `0.15`, `2.5E-7`, `-3`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(plain) = plain(text) {
            return Ok(plain);
        }
        let bad = || UsdError::NotANumber(text.to_owned());
        let trimmed = text.trim();
        let (mantissa, exponent) = match trimmed.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| bad())?),
            None => (trimmed, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if (whole.is_empty() && fraction.is_empty())
            || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
        {
            return Err(bad());
        }
        let joined = format!("{whole}{fraction}");
        let significant = joined.trim_start_matches('0');
        if significant.is_empty() {
            return Ok(Self::ZERO);
        }
        // value = significant × 10^(exponent − fraction digits); bring it to 10^-24
        let fraction_digits = i32::try_from(fraction.len()).map_err(|_| bad())?;
        let kept = significant.trim_end_matches('0');
        let dropped = i32::try_from(significant.len() - kept.len()).map_err(|_| bad())?;
        let power = exponent
            .checked_sub(fraction_digits)
            .and_then(|p| p.checked_add(dropped))
            .and_then(|p| p.checked_add(24))
            .ok_or_else(bad)?;
        let power = u32::try_from(power).map_err(|_| UsdError::TooFine(text.to_owned()))?;
        let large = || UsdError::TooLarge(text.to_owned());
        let value: i128 = kept.parse().map_err(|_| large())?;
        let raw = 10i128.checked_pow(power).and_then(|unit| value.checked_mul(unit)).ok_or_else(large)?;
        Ok(Self(if negative { -raw } else { raw }))
    }
}

/// The way of nearly every price in a list of thousands: at most 19 digits, no exponent, no sign.
fn plain(text: &str) -> Option<Usd> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() || text.len() > 20 {
        return None;
    }
    let mut value = 0u64;
    for b in whole.bytes().chain(fraction.bytes()) {
        let digit = b.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    let power = DIGITS.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    10i128.checked_pow(power)?.checked_mul(i128::from(value)).map(Usd)
}

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Usd {
    /// From a decimal string, or a JSON/TOML number by its shortest text.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Usd;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount of dollars, as a decimal string or a number")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Usd, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_u64<E: serde::de::Error>(self, n: u64) -> Result<Usd, E> {
                n.to_string().parse().map_err(E::custom)
            }

            fn visit_i64<E: serde::de::Error>(self, n: i64) -> Result<Usd, E> {
                n.to_string().parse().map_err(E::custom)
            }

            fn visit_f64<E: serde::de::Error>(self, n: f64) -> Result<Usd, E> {
                n.to_string().parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl Add for Usd {
    type Output = Usd;
    fn add(self, rhs: Usd) -> Usd {
        Usd(self.0.saturating_add(rhs.0))
    }
}

impl Sub for Usd {
    type Output = Usd;
    fn sub(self, rhs: Usd) -> Usd {
        Usd(self.0.saturating_sub(rhs.0))
    }
}

impl AddAssign for Usd {
    fn add_assign(&mut self, rhs: Usd) {
        *self = *self + rhs;
    }
}

impl SubAssign for Usd {
    fn sub_assign(&mut self, rhs: Usd) {
        *self = *self - rhs;
    }
}

impl Neg for Usd {
    type Output = Usd;
    fn neg(self) -> Usd {
        Usd(self.0.saturating_neg())
    }
}

impl Mul<u64> for Usd {
    type Output = Usd;
    /// Price × count, exact.
    fn mul(self, count: u64) -> Usd {
        Usd(self.0.saturating_mul(i128::from(count)))
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Usd>>(iter: I) -> Usd {
        iter.fold(Usd::ZERO, Add::add)
    }
}

impl<'a> Sum<&'a Usd> for Usd {
    fn sum<I: Iterator<Item = &'a Usd>>(iter: I) -> Usd {
        iter.copied().sum()
    }
}
