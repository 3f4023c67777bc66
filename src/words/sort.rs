//! `sort` of the `provider` object: a word, or what to sort by and whether models are sorted together.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// `sort`: a word, or `{by, partition}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Sort {
    By(SortBy),
    Full { by: SortBy, partition: Partition },
}

impl Sort {
    pub fn by(&self) -> SortBy {
        match self {
            Self::By(by) | Self::Full { by, .. } => *by,
        }
    }

    pub fn partition(&self) -> Partition {
        match self {
            Self::By(_) => Partition::Model,
            Self::Full { partition, .. } => *partition,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortBy {
    Price,
    Throughput,
    Latency,
    /// Quality first (`:exacto`).
    Exacto,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Partition {
    /// One model after the other.
    #[default]
    Model,
    /// All endpoints of all models together.
    None,
}

impl<'de> Deserialize<'de> for Sort {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Full {
            by: SortBy,
            partition: Option<Partition>,
        }

        struct Form;

        impl<'de> Visitor<'de> for Form {
            type Value = Sort;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("price, throughput, latency or exacto, or an object of by and partition")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Sort, E> {
                SortBy::deserialize(word.into_deserializer()).map(Sort::By)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Sort, A::Error> {
                let Full { by, partition } = Full::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Sort::Full { by, partition: partition.unwrap_or_default() })
            }
        }

        deserializer.deserialize_any(Form)
    }
}
