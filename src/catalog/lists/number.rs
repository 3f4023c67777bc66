//! Numbers of other people's JSON: prices by their decimal text, never through floating point; limits as whole numbers.

use crate::words::Usd;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A price as it is written, as a string or a number; anything else, and anything negative, is no price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Price(pub Option<Usd>);

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get().trim_matches('"');
        Ok(Self(text.parse::<Usd>().ok().filter(|price| *price >= Usd::ZERO)))
    }
}

impl Price {
    /// Zero means "not charged separately" for everything but prompt and completion.
    pub fn unless_zero(self) -> Option<Usd> {
        self.0.filter(|price| !price.is_zero())
    }

    /// A price per million tokens, as one per token.
    pub fn of_million(self) -> Option<Usd> {
        self.0.map(Usd::of_million)
    }
}

/// A limit in tokens; zero, null, fractions and texts are no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Limit(pub Option<u32>);

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get().trim_matches('"').trim_end_matches(".0");
        Ok(Self(text.parse().ok().filter(|limit| *limit > 0)))
    }
}

/// A list of texts; anything else is an empty one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Texts(pub Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self(serde_json::from_str(raw.get()).unwrap_or_default()))
    }
}

/// A value of that type, or nothing when it is of another.
pub(super) fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + serde::de::DeserializeOwned,
{
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).unwrap_or_default())
}
