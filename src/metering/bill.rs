//! What is booked for an attempt: the provider's own amount, its usage, or our count, in that order, and when nothing.

use super::cost::{cost, estimate};
use crate::words::{At, Cost, CostSource, Prices, Usage, Usd};

/// Everything that decides what an attempt is booked at.
#[derive(Clone, Copy, Debug)]
pub struct Bill<'a> {
    /// The last usage the provider reported.
    pub reported: Option<&'a Usage>,
    /// What we counted: the prompt as sent, the reply as heard.
    pub counted: Usage,
    /// The amount the provider says it charged.
    pub amount: Option<Usd>,
    pub prices: Option<&'a Prices>,
    /// When it was sent: the prices of that moment hold.
    pub at: At,
    pub ended: Ended,
    /// The provider promises not to charge for an answer that is empty or ends in an error (OpenRouter does).
    pub insured: bool,
}

/// How an attempt ended, as far as money goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With its end mark.
    Complete,
    /// We hung up: the person stopped it, the client left, a hedge won.
    Stopped,
    /// It failed after it had begun to answer.
    Broken,
    /// It failed, or was left, before its first token.
    Refused,
}

/// The cost of an attempt. In this order:
///
/// 1. The provider says an amount: that is booked, and ours is kept beside it. One that cannot be is not: then it goes
///    on as if it said none, and what comes out is marked as an estimate, since nobody knows what was charged.
/// 2. The provider reports usage: usage × the price in force. If it is insured and the answer is empty or ended in an
///    error, tokens are free; searches and the request fee are not.
/// 3. It was refused and nothing was reported: nothing. Providers do not charge for requests they turn down.
/// 4. Otherwise our own count × the price in force, marked as an estimate. Providers that go on after we hang up may
///    charge for more than we heard; only their own statement can say.
pub fn bill(bill: &Bill<'_>) -> Cost {
    let failed = matches!(bill.ended, Ended::Broken | Ended::Refused);
    let mut ours = match bill.reported {
        Some(usage) => {
            let empty = usage.output() == 0 && bill.ended != Ended::Complete;
            let waived = bill.insured && (failed || empty);
            let charged =
                if waived { Usage { searches: usage.searches, ..Usage::default() } } else { *usage };
            cost(&charged, bill.prices, bill.at)
        }
        None if bill.ended == Ended::Refused || (bill.insured && failed) => nothing(bill.prices),
        None => estimate(&bill.counted, bill.prices, bill.at),
    };
    match bill.amount {
        Some(amount) if believed(amount, ours.ours) => {
            ours.booked = Some(amount);
            ours.source = CostSource::Provider;
        }
        Some(_) if ours.source == CostSource::Catalog => ours.source = CostSource::Estimate,
        _ => {}
    }
    ours
}

/// Whether a reply can have cost what its provider says: not less than nothing, at most $1,000, and, from a dollar on,
/// at most a hundred times what we reckon, where we reckon anything.
pub fn believed(amount: Usd, ours: Option<Usd>) -> bool {
    let (dollar, most) = (Usd::from_cents(100), Usd::from_cents(100_000));
    let far = |ours: Usd| !ours.is_zero() && amount > ours * 100;
    (Usd::ZERO..=most).contains(&amount) && (amount <= dollar || !ours.is_some_and(far))
}

fn nothing(prices: Option<&Prices>) -> Cost {
    let source = if prices.is_some() { CostSource::Catalog } else { CostSource::Unknown };
    Cost { booked: Some(Usd::ZERO), source, ours: Some(Usd::ZERO), lines: Vec::new() }
}

/// The provider's amount and ours, where they are more than 1 % apart: our price list is out of date, or the bill is
/// wrong. To be shown on the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    pub theirs: Usd,
    pub ours: Usd,
}

impl Mismatch {
    /// How far theirs is from ours, in percent of ours; `None` when ours is nothing.
    pub fn percent(&self) -> Option<f64> {
        let ours = self.ours.approximate();
        (ours != 0.0).then(|| (self.theirs.approximate() - ours) / ours * 100.0)
    }
}

/// `Some` when a provider-reported cost differs from ours by more than 1 %. Amounts under a millionth of a dollar are
/// not compared: providers round there.
pub fn mismatch(cost: &Cost) -> Option<Mismatch> {
    let (CostSource::Provider, Some(theirs), Some(ours)) = (cost.source, cost.booked, cost.ours) else {
        return None;
    };
    let apart = Usd::from_raw((theirs - ours).raw().abs());
    let larger = theirs.max(ours);
    let noticeable = Usd::from_raw(1_000_000_000_000_000_000);
    let limit = larger.scale(1, 100)?;
    (apart > limit && apart > noticeable).then_some(Mismatch { theirs, ours })
}
