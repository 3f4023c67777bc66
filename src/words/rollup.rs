//! Running totals of the ledger by day and dimension, kept as rows arrive, so that a year opens at once.

use super::{
    Attempt, CostSource, EndpointId, GenerationRow, ModelId, Outcome, ProviderId, SessionId, Usage, Usd,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a total is of. Every generation counts once in each dimension that it has a value for; by model, its requests
/// count where it was answered, and what its attempts used and cost where they were made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Everything.
    All,
    /// A model at one endpoint of a provider, which may have several: regions, service tiers.
    Model(ModelId, ProviderId, EndpointId),
    Session(SessionId),
    Tag(String),
    Key(String),
}

impl Dimension {
    /// A model at the ordinary endpoint of a provider.
    pub fn at(model: ModelId, provider: ProviderId) -> Self {
        let endpoint = EndpointId::of(provider.as_str(), &model);
        Self::Model(model, provider, endpoint)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RollupKey {
    /// As [`GenerationRow::day`].
    pub day: i32,
    /// Demonstration money has totals of its own.
    pub demo: bool,
    pub of: Dimension,
}

/// Sums over generations. Adding is associative and commutative, so parts may be added in any order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    pub requests: u64,
    pub failed: u64,
    pub cancelled: u64,
    /// Generations that needed more than one attempt.
    pub fell_back: u64,
    pub attempts: u64,
    /// Attempts that failed, whoever answered in the end.
    pub failed_attempts: u64,
    pub usage: Usage,
    /// Money booked; requests of unknown price are counted in `unpriced` instead.
    pub booked: Usd,
    pub unpriced: u64,
    /// Of `booked`: what rests on our own token counts.
    pub estimated: Usd,
    /// Microseconds to first token.
    pub ttft: Sketch,
    /// Thousandths of a token per second.
    pub throughput: Sketch,
}

impl Totals {
    /// Every total that a row counts in, with what it adds there. The parts by model add up to everything.
    pub fn of(row: &GenerationRow) -> Vec<(RollupKey, Self)> {
        if !row.was_asked() {
            return Vec::new();
        }
        let receipt = &row.receipt;
        let all = Self::one(row);
        let mut parts = vec![(Dimension::All, all.clone())];
        parts.extend(row.session.map(|id| (Dimension::Session(id), all.clone())));
        let tags: BTreeSet<&String> = row.tags.iter().collect();
        parts.extend(tags.into_iter().map(|tag| (Dimension::Tag(tag.clone()), all.clone())));
        parts.extend(row.key_label.iter().map(|label| (Dimension::Key(label.clone()), all.clone())));
        let answered =
            Dimension::Model(receipt.model.clone(), receipt.provider.clone(), receipt.endpoint.clone());
        let mut elsewhere: BTreeMap<Dimension, Self> = BTreeMap::new();
        for attempt in &receipt.attempts {
            let there =
                Dimension::Model(attempt.model.clone(), attempt.provider.clone(), attempt.endpoint.clone());
            if there != answered {
                let known = receipt.cost.booked.is_some();
                *elsewhere.entry(there).or_default() += &Self::attempt(attempt, known);
            }
        }
        let mut here = all;
        for (there, part) in elsewhere {
            here.less(&part);
            parts.push((there, part));
        }
        parts.push((answered, here));
        let key = |of| RollupKey { day: row.day, demo: receipt.demo, of };
        parts.into_iter().map(|(of, totals)| (key(of), totals)).collect()
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rates are far below 2^52 and not negative"
    )]
    fn one(row: &GenerationRow) -> Self {
        let receipt = &row.receipt;
        let booked = receipt.cost.booked;
        let attempts = receipt.attempts.iter().fold(Self::default(), |mut sum, attempt| {
            sum += &Self::attempt(attempt, booked.is_some());
            sum
        });
        let mut totals = Self {
            requests: 1,
            failed: u64::from(matches!(row.outcome, Outcome::Failed(_))),
            cancelled: u64::from(row.outcome == Outcome::Cancelled),
            fell_back: u64::from(receipt.attempts.len() > 1),
            usage: receipt.usage,
            booked: booked.unwrap_or_default(),
            unpriced: u64::from(booked.is_none()),
            ..attempts
        };
        if let Some(ttft) = receipt.ttft {
            totals.ttft.add(u64::try_from(ttft.as_micros()).unwrap_or(u64::MAX));
        }
        if let Some(rate) = receipt.throughput() {
            totals.throughput.add((rate * 1000.0) as u64);
        }
        totals
    }

    /// What an attempt adds by itself; its money only where all of the request's is known.
    fn attempt(attempt: &Attempt, known: bool) -> Self {
        let booked = attempt.cost.booked.filter(|_| known).unwrap_or_default();
        Self {
            attempts: 1,
            failed_attempts: u64::from(matches!(attempt.outcome, Outcome::Failed(_))),
            usage: attempt.usage,
            booked,
            estimated: if attempt.cost.source == CostSource::Estimate { booked } else { Usd::ZERO },
            ..Self::default()
        }
    }

    /// Adds everything but how long things took, which is nearly all of the work.
    pub fn add_counts(&mut self, rhs: &Self) {
        self.requests += rhs.requests;
        self.failed += rhs.failed;
        self.cancelled += rhs.cancelled;
        self.fell_back += rhs.fell_back;
        self.attempts += rhs.attempts;
        self.failed_attempts += rhs.failed_attempts;
        self.usage += rhs.usage;
        self.booked += rhs.booked;
        self.unpriced += rhs.unpriced;
        self.estimated += rhs.estimated;
    }

    /// Takes a part's attempts out of the whole.
    fn less(&mut self, part: &Self) {
        self.attempts = self.attempts.saturating_sub(part.attempts);
        self.failed_attempts = self.failed_attempts.saturating_sub(part.failed_attempts);
        self.usage = self.usage.saturating_sub(part.usage);
        self.booked -= part.booked;
        self.estimated -= part.estimated;
    }
}

impl std::ops::AddAssign<&Totals> for Totals {
    fn add_assign(&mut self, rhs: &Totals) {
        self.add_counts(rhs);
        self.ttft.merge(&rhs.ttft);
        self.throughput.merge(&rhs.throughput);
    }
}

/// A mergeable histogram with buckets one sixteenth of a power of two wide: a quantile is right to 4.5 %.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sketch(BTreeMap<u16, u32>);

const STEPS: u32 = 4;

impl Sketch {
    pub fn add(&mut self, value: u64) {
        *self.0.entry(bucket(value)).or_default() += 1;
    }

    pub fn merge(&mut self, other: &Sketch) {
        for (bucket, count) in &other.0 {
            *self.0.entry(*bucket).or_default() += count;
        }
    }

    pub fn count(&self) -> u64 {
        self.0.values().map(|n| u64::from(*n)).sum()
    }

    /// The value that `q` (0 to 1) of all values are at most; `None` when empty.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank among counts far below 2^52"
    )]
    pub fn quantile(&self, q: f64) -> Option<u64> {
        let rank = (q.clamp(0.0, 1.0) * self.count() as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (bucket, count) in &self.0 {
            seen += u64::from(*count);
            if seen >= rank {
                return Some(middle(*bucket));
            }
        }
        None
    }
}

/// Values below 16 have a bucket each; above, the exponent and the four bits under the leading one.
fn bucket(value: u64) -> u16 {
    if value < 1 << STEPS {
        return u16::try_from(value).unwrap_or(0);
    }
    let exponent = 63 - value.leading_zeros();
    let step = (value >> (exponent - STEPS)) & ((1 << STEPS) - 1);
    u16::try_from(u64::from(exponent - STEPS + 1) << STEPS | step).unwrap_or(u16::MAX)
}

fn middle(bucket: u16) -> u64 {
    let bucket = u64::from(bucket);
    if bucket < 1 << STEPS {
        return bucket;
    }
    let shift = (bucket >> STEPS) - 1;
    let low = ((1 << STEPS) | (bucket & ((1 << STEPS) - 1))) << shift;
    low + (1u64 << shift) / 2
}
