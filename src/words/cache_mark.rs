//! Prompt-cache marks: whether one stands behind a part, and how long the provider is to keep what stands before it.

use serde::{Deserialize, Serialize};

/// A mark as it was given. Written as `false`, `true`, `"5m"` and `"1h"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Said", into = "Said")]
pub enum CacheMark {
    #[default]
    None,
    /// For as long as the provider keeps it when nothing is said: five minutes at Anthropic.
    Plain,
    FiveMinutes,
    /// A write that is kept so long costs more.
    OneHour,
}

impl CacheMark {
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    pub fn is_set(self) -> bool {
        !self.is_none()
    }

    /// This one; the other where none stands here.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self.is_none() { other } else { self }
    }

    /// `5m` or `1h`, when it was given.
    pub fn ttl(self) -> Option<&'static str> {
        match self {
            Self::None | Self::Plain => None,
            Self::FiveMinutes => Some("5m"),
            Self::OneHour => Some("1h"),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Said {
    Flag(bool),
    Kept(Kept),
}

#[derive(Serialize, Deserialize)]
enum Kept {
    #[serde(rename = "5m")]
    FiveMinutes,
    #[serde(rename = "1h")]
    OneHour,
}

impl From<Said> for CacheMark {
    fn from(said: Said) -> Self {
        match said {
            Said::Flag(false) => Self::None,
            Said::Flag(true) => Self::Plain,
            Said::Kept(Kept::FiveMinutes) => Self::FiveMinutes,
            Said::Kept(Kept::OneHour) => Self::OneHour,
        }
    }
}

impl From<CacheMark> for Said {
    fn from(mark: CacheMark) -> Self {
        match mark {
            CacheMark::None => Self::Flag(false),
            CacheMark::Plain => Self::Flag(true),
            CacheMark::FiveMinutes => Self::Kept(Kept::FiveMinutes),
            CacheMark::OneHour => Self::Kept(Kept::OneHour),
        }
    }
}
