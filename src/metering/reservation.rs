//! Money to be set aside for one request: what is asked, warned of and refused.

use super::limit::Limit;
use crate::words::{ModelId, ProviderId, SessionId, Usd, Used};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a reservation is made for: the likely cost, or the most it can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    #[default]
    Likely,
    Worst,
}

/// What happens to a request whose price nobody knows when a limit applies to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unpriced {
    /// It is turned down: a budget over unknown prices is no budget.
    #[default]
    Refuse,
    /// It goes ahead and counts as nothing.
    Allow,
}

/// A request that wants money set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub session: Option<SessionId>,
    pub provider: ProviderId,
    pub model: ModelId,
    pub key: Option<String>,
    /// Likely or worst cost, as the person chose; `None`: unknown price.
    pub amount: Option<Usd>,
    /// Play money: no limit applies.
    pub demo: bool,
}

/// A limit that is nearly used up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub limit: Limit,
    /// Spent and set aside, this request included.
    pub used: Usd,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = (self.limit.amount - self.used).max(Usd::ZERO);
        write!(f, "{} % of {} is used or set aside; ${} is left", self.percent(), self.limit, left.round(4))
    }
}

impl Warning {
    pub fn percent(&self) -> u64 {
        percent(self.used, self.limit.amount)
    }
}

pub(super) fn percent(used: Usd, of: Usd) -> u64 {
    if of.is_zero() {
        return 100;
    }
    let share = used.raw().checked_mul(100).and_then(|n| n.checked_div(of.raw())).unwrap_or(100);
    u64::try_from(share).unwrap_or(0)
}

/// Why a request was turned down. Its text is what a person is asked about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(
        "This request may cost ${wanted}, and of {limit} ${left} is left; raise the budget or choose a cheaper model.",
        wanted = apart(*wanted, *left).0, left = apart(*wanted, *left).1
    )]
    Over { limit: Limit, used: Used, wanted: Usd, left: Usd },
    #[error(
        "Nobody lists a price for {model} at {provider}, so {limit} cannot be kept; give it a price in the config or allow unpriced models."
    )]
    Unpriced { limit: Limit, model: ModelId, provider: ProviderId },
}

impl Refusal {
    /// What forbids this endpoint, after its name: said of one that others stand in for.
    pub fn reason(&self) -> String {
        match self {
            Self::Over { limit, wanted, left, .. } => {
                let (wanted, left) = apart(*wanted, *left);
                format!("may cost ${wanted}, and of {limit} ${left} is left")
            }
            Self::Unpriced { limit, .. } => format!("has no known price, so {limit} cannot be kept"),
        }
    }
}

/// Two amounts with as many places as tell them apart.
fn apart(a: Usd, b: Usd) -> (String, String) {
    let places = (4..12).find(|places| a == b || a.round(*places) != b.round(*places)).unwrap_or(12);
    (a.round(places), b.round(places))
}

/// How a limit stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub limit: Limit,
    /// Booked, and set aside by requests under way in whichever process.
    pub used: Used,
}

impl Standing {
    pub fn percent(&self) -> u64 {
        percent(self.used.sum(), self.limit.amount)
    }
}
