//! Numbers of other people's JSON: prices by their decimal text, never through floating point; limits as whole numbers.

use crate::words::{Prices, Usd};
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

/// More than this for a token ($10,000 a million), or for a request, an image or a search, is a slip of somebody's
/// pen: the dearest there ever were cost a fifteenth of it.
const ABSURD_TOKEN: Usd = Usd::from_cents(1);
const ABSURD_UNIT: Usd = Usd::from_cents(10_000);

/// A price list whose every figure is a price; else none is known.
pub(super) fn sane(prices: Prices) -> Option<Prices> {
    let overrides = prices.overrides.iter().flat_map(|o| {
        [o.prompt, o.completion, o.cached_read, o.cache_write_5m, o.cache_write_1h, o.reasoning]
    });
    let mut tokens = [
        Some(prices.prompt),
        Some(prices.completion),
        prices.cached_read,
        prices.cache_write_5m,
        prices.cache_write_1h,
        prices.reasoning,
        prices.audio_in,
        prices.audio_out,
        prices.image_out,
    ]
    .into_iter()
    .chain(overrides)
    .flatten();
    let mut units = [prices.request, prices.image, prices.search].into_iter().flatten();
    let absurd = tokens.any(|price| price > ABSURD_TOKEN) || units.any(|price| price > ABSURD_UNIT);
    (!absurd).then_some(prices)
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
