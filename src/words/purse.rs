//! Money spent and set aside, by what it goes to: what a budget is checked against, whoever asks.
//!
//! The rule: money is set aside only if under every cap `spent + set aside by others + this <= cap`. The value is
//! plain; where several processes share a ledger, its owner holds the one purse of all of them.

use super::{GenerationId, ModelId, Of, ProviderId, RollupKey, SessionId, Usd};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Money for one attempt of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    pub generation: GenerationId,
    /// Tells the attempts of a generation apart.
    pub ticket: u64,
    /// The civil day the request began on: it counts there however late it ends.
    pub day: i32,
    pub session: Option<SessionId>,
    pub key_label: Option<String>,
    pub model: ModelId,
    pub provider: ProviderId,
    pub amount: Usd,
}

impl Hold {
    fn is_of(&self, of: &Of) -> bool {
        match of {
            Of::All => true,
            Of::Model(id) => self.model == *id,
            Of::Provider(slug) => self.provider == *slug,
            Of::Session(id) => self.session == Some(*id),
            Of::Key(label) => self.key_label.as_ref() == Some(label),
            // no budget is on a tag
            Of::Tag(_) => false,
        }
    }
}

/// The most that may be spent on something from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cap {
    pub of: Of,
    pub from: i32,
    pub amount: Usd,
}

/// How much of a cap is used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// Booked.
    pub spent: Usd,
    /// Of requests under way: set aside, or spent by their attempts that have ended.
    pub held: Usd,
}

impl Used {
    pub fn sum(self) -> Usd {
        self.spent + self.held
    }
}

/// Which cap forbids it, by its place, and how that one stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Over {
    pub cap: usize,
    pub used: Used,
}

/// What was spent on whatever was asked about, and what is set aside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Purse {
    spent: BTreeMap<Of, BTreeMap<i32, Usd>>,
    held: BTreeMap<GenerationId, Vec<Hold>>,
}

impl Purse {
    /// Whether it was told what was spent on this before.
    pub fn knows(&self, of: &Of) -> bool {
        self.spent.contains_key(of)
    }

    /// What the ledger's totals say was spent on this, by day.
    pub fn learn(&mut self, of: Of, days: BTreeMap<i32, Usd>) {
        self.spent.insert(of, days);
    }

    /// The ledger's totals are others now: they are asked for again. What is set aside stays.
    pub fn forget_spent(&mut self) {
        self.spent.clear();
    }

    /// Sets money aside, or says which cap forbids it. How the caps stand with it is the answer. What is free of
    /// charge may always go ahead.
    pub fn reserve(&mut self, hold: Hold, caps: &[Cap]) -> Result<Vec<Used>, Over> {
        let mut standing = self.used(hold.day, caps);
        for (cap, (of, used)) in caps.iter().zip(&mut standing).enumerate() {
            if used.sum() + hold.amount > of.amount && hold.amount > Usd::ZERO {
                return Err(Over { cap, used: *used });
            }
            used.held += hold.amount;
        }
        if hold.amount > Usd::ZERO {
            self.held.entry(hold.generation).or_default().push(hold);
        }
        Ok(standing)
    }

    /// The attempt has ended and cost this much; that stands until its generation is booked. Of one whose money was
    /// set aside before this purse was made, all that is known is its generation.
    pub fn settle(&mut self, generation: GenerationId, ticket: u64, actual: Usd) {
        let Some(holds) = self.held.get_mut(&generation) else { return };
        let ended = holds.iter().position(|hold| hold.ticket == ticket);
        let ended = ended.or_else(|| holds.iter().position(|hold| hold.ticket == Self::INHERITED));
        let Some(place) = ended else { return };
        if actual.is_zero() {
            holds.remove(place);
        } else {
            holds[place].amount = actual;
            holds[place].ticket = Self::ENDED;
        }
        if holds.is_empty() {
            self.held.remove(&generation);
        }
    }

    /// The ticket of what an earlier purse set aside.
    pub const INHERITED: u64 = u64::MAX;
    /// The ticket of what was spent by an attempt that has ended.
    pub const ENDED: u64 = u64::MAX - 1;

    /// Takes over what an earlier purse had set aside or an attempt has spent.
    pub fn inherit(&mut self, hold: Hold) {
        if hold.amount > Usd::ZERO {
            self.held.entry(hold.generation).or_default().push(hold);
        }
    }

    /// The generation is in the ledger: this much of it in each of its totals.
    pub fn booked(&mut self, generation: GenerationId, parts: &[(RollupKey, Usd)]) {
        self.held.remove(&generation);
        for (key, amount) in parts.iter().filter(|(key, _)| !key.demo) {
            for (_, days) in self.spent.iter_mut().filter(|(of, _)| of.counts(&key.of)) {
                *days.entry(key.day).or_default() += *amount;
            }
        }
    }

    /// Whether anything is set aside for the generation.
    pub fn holds(&self, generation: GenerationId) -> bool {
        self.held.contains_key(&generation)
    }

    /// Nothing more is heard of the generation.
    pub fn forget(&mut self, generation: GenerationId) {
        self.held.remove(&generation);
    }

    /// How these caps stand on that day.
    pub fn used(&self, day: i32, caps: &[Cap]) -> Vec<Used> {
        caps.iter().map(|cap| Used { spent: self.spent_in(cap, day), held: self.held_in(cap, day) }).collect()
    }

    fn spent_in(&self, cap: &Cap, day: i32) -> Usd {
        let days = self.spent.get(&cap.of).into_iter();
        days.flat_map(|days| days.range(cap.from.min(day)..=day)).map(|(_, usd)| *usd).sum()
    }

    fn held_in(&self, cap: &Cap, day: i32) -> Usd {
        let holds = self.held.values().flatten();
        let counts = holds.filter(|hold| (cap.from..=day).contains(&hold.day) && hold.is_of(&cap.of));
        counts.map(|hold| hold.amount).sum()
    }
}
