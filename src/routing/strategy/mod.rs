//! How survivors are put in order: a file a strategy.

mod latency;
mod price;
mod price_weighted;
mod quality;
pub mod shares;
mod throughput;
mod typical;

use super::ask::Ask;
use super::candidate::Candidate;
use crate::words::{Dice, Preferences, SortBy, SpreadRule};

/// Puts candidates of equal standing in order, best first.
pub trait Strategy: Sync {
    /// As `Decision::strategy` says it.
    fn name(&self) -> &'static str;

    /// What being first means, for a person: `cheapest`, `fastest`.
    fn praise(&self) -> &'static str;

    /// A permutation of the candidates' positions, with what it was made from.
    fn order(&self, ask: &Ask<'_>, candidates: &[Candidate<'_>], draws: &mut Draws<'_>) -> Ranking;
}

/// An order and how it came about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranking {
    /// Positions of candidates, best first; each exactly once.
    pub order: Vec<u32>,
    /// What was ranked by, per candidate; smaller is better.
    pub scores: Vec<f64>,
    /// The chance of being first, per candidate; empty: nothing was drawn by shares.
    pub shares: Vec<f64>,
}

impl Ranking {
    /// Those of the next group, behind these.
    pub fn append(&mut self, mut next: Self) {
        next.shares.resize(next.scores.len(), f64::NAN);
        if self.scores.is_empty() {
            *self = next;
            return;
        }
        let before = u32::try_from(self.scores.len()).unwrap_or(u32::MAX);
        self.order.extend(next.order.iter().map(|at| before + at));
        self.scores.append(&mut next.scores);
        self.shares.append(&mut next.shares);
    }
}

/// The strategy that these preferences ask for. An explicit `order` is laid over it by the plan.
pub fn strategy(wishes: &Preferences) -> &'static dyn Strategy {
    match (&wishes.sort, wishes.spread.unwrap_or_default()) {
        (Some(sort), _) => sorted(sort.by()),
        (None, SpreadRule::InversePriceSquare) => &price_weighted::PriceWeighted,
        (None, SpreadRule::Shares) => &shares::Shares,
    }
}

/// The strategy that sorts so.
pub fn sorted(by: SortBy) -> &'static dyn Strategy {
    match by {
        SortBy::Price => &price::Price,
        SortBy::Latency => &latency::Latency,
        SortBy::Throughput => &throughput::Throughput,
        SortBy::Exacto => &quality::Quality,
    }
}

/// Whether it sorts, rather than spreads requests by chance.
pub fn is_sort(strategy: &dyn Strategy) -> bool {
    strategy.name().starts_with("sort:")
}

/// Dice that write down what they showed.
pub struct Draws<'a> {
    dice: &'a mut Dice,
    pub drawn: Vec<f64>,
}

impl<'a> Draws<'a> {
    pub fn new(dice: &'a mut Dice) -> Self {
        Self { dice, drawn: Vec::new() }
    }

    pub fn unit(&mut self) -> f64 {
        let drawn = self.dice.unit();
        self.drawn.push(drawn);
        drawn
    }

    /// A position by weight, where `all` is their sum; `None` when no weight is positive.
    fn by_weight(&mut self, weights: &[f64], all: f64) -> Option<usize> {
        if !all.is_finite() || all <= 0.0 {
            return None;
        }
        let mut left = self.unit() * all;
        for (place, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 && *weight > 0.0 {
                return Some(place);
            }
        }
        weights.iter().rposition(|weight| *weight > 0.0)
    }
}

/// So many places are put in order; nobody ever gets to the others, and sorting a thousand takes longer than all else.
const SORTED: usize = 64;

/// Positions by score, smallest first and not-a-numbers last; equals stay in catalog order, the maker's own first.
/// The score's last bits give way to the position, so that one number is compared: with a thousand endpoints scores
/// that differ by less than a part in 10¹² are equal.
#[allow(clippy::cast_possible_truncation, reason = "only the position's bits are left")]
fn ascending(scores: &[f64]) -> Vec<u32> {
    let places = (scores.len() as u64).next_power_of_two() - 1;
    let mut keyed: Vec<u64> =
        scores.iter().zip(0..).map(|(score, place)| sortable(*score) & !places | place).collect();
    if keyed.len() > SORTED {
        keyed.select_nth_unstable(SORTED);
        keyed[..SORTED].sort_unstable();
    } else {
        keyed.sort_unstable();
    }
    keyed.into_iter().map(|key| (key & places) as u32).collect()
}

/// A whole number that sorts as the score does (`f64::total_cmp`, every not-a-number last). Without a branch, so that
/// several are reckoned at once.
#[inline]
fn sortable(score: f64) -> u64 {
    const SIGN: u64 = 1 << 63;
    let bits = if score.is_nan() { f64::NAN.to_bits() & !SIGN } else { score.to_bits() };
    // all bits of a negative number are turned over, of a positive one only its sign
    bits ^ (0u64.wrapping_sub(bits >> 63) | SIGN)
}

/// Ascending by score, unknown (not a number) last; then the first place is drawn among those within `near` times
/// the best score: two are drawn, the one with less in flight wins. Whoever always takes the minimum sends everything
/// to one endpoint until it breaks, and never learns that another has become better.
fn rank(scores: Vec<f64>, near: f64, candidates: &[Candidate<'_>], draws: &mut Draws<'_>) -> Ranking {
    let mut order = ascending(&scores);
    let equals = equals(&scores, &order, near);
    draw_first(&mut order, equals, candidates, draws);
    Ranking { order, scores, shares: Vec::new() }
}

/// How many, from the first place on, score as well as the best: within `near` times it.
fn equals(scores: &[f64], order: &[u32], near: f64) -> usize {
    let key = |place: &u32| scores[*place as usize];
    let best = order.first().map_or(f64::NAN, key);
    order.iter().take_while(|place| best.is_nan() || key(place) <= best * near + 1e-12).count()
}

/// One of the first `equals` comes first: two are drawn, the one with less in flight wins.
fn draw_first(order: &mut [u32], equals: usize, candidates: &[Candidate<'_>], draws: &mut Draws<'_>) {
    if equals > 1 {
        let mut pick = || below(draws.unit(), equals);
        let (one, other) = (pick(), pick());
        let busy = |place: usize| candidates[order[place] as usize].in_flight();
        let first = if busy(other) < busy(one) { other } else { one };
        order[..=first].rotate_right(1);
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a position in a list"
)]
fn below(unit: f64, n: usize) -> usize {
    ((unit * n as f64) as usize).min(n.saturating_sub(1))
}
