//! The columns that the picker sorts by: what each compares, and which end stands first.

use crate::app::{Card, Model, Offer};
use crate::metering::spent;
use crate::words::Usd;
use std::cmp::Ordering;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// By match; without a query favourites, then recent ones.
    #[default]
    Relevance,
    Name,
    Provider,
    PriceIn,
    PriceOut,
    Context,
    /// A public benchmark's index, where the catalog has one.
    Quality,
    /// My verdicts: comparisons won and lost, replies rated.
    Rating,
    /// What I spent on it.
    Spent,
    /// My median time to the first token.
    Ttft,
    /// My median tokens a second.
    Rate,
}

/// What a column compares.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    Text(String),
    Money(Usd),
    Number(i64),
}

impl Column {
    pub const ALL: [Column; 11] = [
        Self::Relevance,
        Self::Name,
        Self::Provider,
        Self::PriceIn,
        Self::PriceOut,
        Self::Context,
        Self::Quality,
        Self::Rating,
        Self::Spent,
        Self::Ttft,
        Self::Rate,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Name => "name",
            Self::Provider => "provider",
            Self::PriceIn => "price in",
            Self::PriceOut => "price out",
            Self::Context => "context",
            Self::Quality => "quality",
            Self::Rating => "my rating",
            Self::Spent => "my spend",
            Self::Ttft => "my first token",
            Self::Rate => "my tok/s",
        }
    }

    /// The larger ones stand first.
    fn falls(self) -> bool {
        matches!(self, Self::Context | Self::Quality | Self::Rating | Self::Spent | Self::Rate)
    }

    /// What it compares of a model; `None`: not known, which stands last whichever way it is sorted.
    #[allow(clippy::cast_possible_truncation, reason = "a score has a few digits")]
    pub(super) fn value(self, model: &Model, card: &Card, offer: &Offer<'_>) -> Option<Value> {
        let mine = || model.mine.get(&card.id);
        let count = |n: u64| Value::Number(i64::try_from(n).unwrap_or(i64::MAX));
        match self {
            Self::Relevance => None,
            // as it is written in the list
            Self::Name => Some(Value::Text(card.id.as_str().to_lowercase())),
            Self::Provider => Some(Value::Text(offer.providers().to_lowercase())),
            Self::PriceIn => offer.prices().map(|p| Value::Money(p.prompt)),
            Self::PriceOut => offer.prices().map(|p| Value::Money(p.completion)),
            Self::Context => offer.context().map(|c| count(c.into())),
            Self::Quality => card.quality.map(|q| Value::Number((q * 100.0) as i64)),
            Self::Rating => {
                let rating = model.settings.ratings.get(card.id.as_str())?;
                Some(Value::Number(i64::from(rating.up) - i64::from(rating.down)))
            }
            Self::Spent => mine().and_then(spent).map(Value::Money),
            Self::Ttft => mine()?.ttft.quantile(0.5).map(count),
            Self::Rate => mine()?.throughput.quantile(0.5).map(count),
        }
    }

    /// Which of two values stands first.
    pub(super) fn order(self, backwards: bool, a: &Option<Value>, b: &Option<Value>) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) if self.falls() != backwards => b.cmp(a),
            (Some(a), Some(b)) => a.cmp(b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        }
    }
}
