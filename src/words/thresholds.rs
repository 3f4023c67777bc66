//! Limits in the `provider` object: speed as a number or by percentile, and price caps. A slip in one is an error.

use super::Usd;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A cut-off: a number means the median. `p90` means "ninety of a hundred requests are at least this good".
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Percentiles {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p75: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<f64>,
}

impl<'de> Deserialize<'de> for Percentiles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(default, deny_unknown_fields)]
        #[derive(Default)]
        struct Full {
            p50: Option<f64>,
            p75: Option<f64>,
            p90: Option<f64>,
            p99: Option<f64>,
        }

        struct Form;

        impl Form {
            fn median<E: Error>(n: f64) -> Result<Percentiles, E> {
                checked(Percentiles { p50: Some(n), ..Percentiles::default() })
            }
        }

        impl<'de> Visitor<'de> for Form {
            type Value = Percentiles;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number (the median) or an object of p50, p75, p90, p99")
            }

            fn visit_f64<E: Error>(self, n: f64) -> Result<Percentiles, E> {
                Self::median(n)
            }

            #[allow(clippy::cast_precision_loss, reason = "seconds and tokens per second are small")]
            fn visit_u64<E: Error>(self, n: u64) -> Result<Percentiles, E> {
                Self::median(n as f64)
            }

            #[allow(clippy::cast_precision_loss, reason = "seconds and tokens per second are small")]
            fn visit_i64<E: Error>(self, n: i64) -> Result<Percentiles, E> {
                Self::median(n as f64)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Percentiles, A::Error> {
                let Full { p50, p75, p90, p99 } = Full::deserialize(MapAccessDeserializer::new(map))?;
                checked(Percentiles { p50, p75, p90, p99 })
            }
        }

        deserializer.deserialize_any(Form)
    }
}

fn checked<E: Error>(cutoffs: Percentiles) -> Result<Percentiles, E> {
    let Percentiles { p50, p75, p90, p99 } = cutoffs;
    match [p50, p75, p90, p99].into_iter().flatten().find(|n| !n.is_finite() || *n <= 0.0) {
        Some(bad) => Err(E::custom(format!("{bad} is no cut-off: it must be more than 0"))),
        None => Ok(cutoffs),
    }
}

/// Hard price caps: dollars per million tokens (`audio`: of audio), per request, per image. Strings or numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MaxPrice {
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "cap")]
    pub prompt: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "cap")]
    pub completion: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "cap")]
    pub request: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "cap")]
    pub image: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "cap")]
    pub audio: Option<Usd>,
}

fn cap<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Usd>, D::Error> {
    match Option::<Usd>::deserialize(deserializer)? {
        Some(cap) if cap < Usd::ZERO => {
            Err(D::Error::custom(format!("{cap} is no price: it must be 0 or more")))
        }
        cap => Ok(cap),
    }
}
