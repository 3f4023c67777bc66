//! In which order those who may answer are asked: classes, strategy, stickiness, and what a fallback may cost.

use super::ask::TierWish;
use super::candidate::Candidate;
use super::health::Standing;
use super::plan::{Dropped, MAX_DEARER, Objection, Plan};
use super::strategy::{Draws, Ranking, Strategy, sorted, strategy};
use super::{price, slug};
use crate::words::{Dice, Partition, Sort, SortBy, Usd};
use std::sync::Arc;

/// A cache is not worth waiting half as long again, to somebody who asked for speed.
const STICKY_SLOWER: f64 = 1.5;

impl Plan<'_> {
    /// Groups in order (model by model, or all together), better standing first, each put in order by its strategy.
    pub(super) fn arrange(&mut self, dice: &mut Dice) {
        let mut candidates = std::mem::take(&mut self.candidates);
        let class = candidates.first().map(|first| first.class);
        let mixed = candidates.iter().any(|candidate| Some(candidate.class) != class);
        if mixed && !candidates.is_sorted_by_key(|candidate| candidate.class) {
            candidates.sort_by_key(|candidate| candidate.class);
        }
        let mut draws = Draws::new(dice);
        let mut all = Ranking::default();
        let mut stuck = None;
        self.strategy = candidates.first().map_or(self.strategy, |first| self.strategy_for(first));
        for group in candidates.chunk_by(|a, b| !mixed || a.class == b.class) {
            let strategy = self.strategy_for(&group[0]);
            let named = self.named(group[0].model);
            let mut ranking = strategy.order(&self.ask, group, &mut draws);
            if !named.is_empty() {
                // the named ones in the order they were named; the rest as they stand
                ranking
                    .order
                    .sort_by_key(|at| slug::place(named, group[*at as usize].endpoint).unwrap_or(usize::MAX));
            } else if let Some(place) = stick(&ranking, group, strategy) {
                if all.order.is_empty() {
                    stuck = Some(group[ranking.order[place] as usize].cached);
                }
                ranking.order[..=place].rotate_right(1);
            }
            all.append(ranking);
        }
        self.candidates = candidates;
        (self.order, self.scores, self.shares) = (all.order, all.scores, all.shares);
        (self.draws, self.stuck) = (draws.drawn, stuck);
        if self.ask.wishes.allow_fallbacks == Some(false) {
            self.keep_the_first();
        }
    }

    /// How the endpoints of this target are told apart before any strategy is asked.
    pub(super) fn classes(&self, target: u32) -> Classes<'_> {
        let together = self.ask.wishes.sort.as_ref().is_some_and(|s| s.partition() == Partition::None);
        Classes { together, named: self.named(target), tier: self.ask.tier }
    }

    /// The strategy for those who stand beside this one: what the name or the person says; else what a named order or
    /// a service tier means; else the default.
    fn strategy_for(&self, one: &Candidate<'_>) -> &'static dyn Strategy {
        let wishes = &self.ask.wishes;
        let said = self.targets.get(one.model as usize).and_then(|target| target.sort);
        let meant = || match self.ask.tier {
            // a named order turns load balancing off: the rest stand by price
            _ if !self.named(one.model).is_empty() => Some(SortBy::Price),
            TierWish::First(_) => one.endpoint.tier().map(|_| SortBy::Throughput),
            TierWish::Only(_) => one.endpoint.tier().map(|_| SortBy::Price),
            TierWish::Ordinary | TierWish::Also(_) => None,
        };
        let sort = said.or(wishes.sort.as_ref().map(Sort::by)).or_else(meant);
        sort.map_or_else(|| strategy(wishes), sorted)
    }

    /// `allow_fallbacks: false`: of each model only the first endpoint, or those that `order` names.
    fn keep_the_first(&mut self) {
        let named = &self.ask.wishes.order;
        let mut seen = vec![false; self.targets.len()];
        let (candidates, dropped) = (&self.candidates, &mut self.dropped);
        self.order.retain(|at| {
            let Candidate { endpoint, model, .. } = candidates[*at as usize];
            let keep = if named.is_empty() {
                !std::mem::replace(&mut seen[model as usize], true)
            } else {
                slug::place(named, endpoint).is_some()
            };
            if !keep {
                dropped.push(Dropped { endpoint, why: Objection::NoFallbacks, at: Some(*at) });
            }
            keep
        });
    }

    /// No fallback dearer than the person allowed. Where the person set a factor it holds for everybody who is not named
    /// in `order`; else it holds for the models that `fareway/auto` named: whom the person listed is allowed by that.
    /// What is in a cache is left out of the comparison, or every neighbour of a cached endpoint would look dear.
    pub(super) fn keep_to_the_price(&mut self) {
        let most = self.ask.wishes.max_dearer.unwrap_or(MAX_DEARER);
        let Some(first) = self.placed().next().copied() else { return };
        if self.ask.wishes.max_dearer.is_none() && self.picked < 2 {
            return;
        }
        let (load, now) = (self.ask.load, self.ask.now);
        self.base = price::cost(first.endpoint, load, 0, now).filter(|_| most > 0.0);
        let Some(base) = self.base else { return };
        let limit = base.approximate() * most * (1.0 + 1e-9);
        // mostly nobody is too dear, and then a look at everybody in turn is all
        if self.candidates.iter().all(|candidate| candidate.cached == 0 && candidate.price <= limit) {
            return;
        }
        let ask = Arc::clone(&self.ask);
        let (candidates, dropped) = (&self.candidates, &mut self.dropped);
        let listed = &self.targets[self.picked..];
        let mut head = true;
        self.order.retain(|at| {
            let candidate = &candidates[*at as usize];
            let endpoint = candidate.endpoint;
            let price = match candidate.cached {
                0 => candidate.price,
                _ => price::cost(endpoint, load, 0, now).map_or(f64::NAN, Usd::approximate),
            };
            let keep = std::mem::take(&mut head)
                || price <= limit
                || (ask.wishes.max_dearer.is_none()
                    && (endpoint.model == first.endpoint.model
                        || listed.iter().any(|target| target.model == endpoint.model)))
                || slug::place(&ask.wishes.order, endpoint).is_some();
            if !keep {
                dropped.push(Dropped { endpoint, why: Objection::Dearer, at: Some(*at) });
            }
            keep
        });
    }
}

/// What puts candidates behind one another: who must rest, soft wishes not met, the model, the standing.
pub(super) struct Classes<'a> {
    /// All models in one list.
    pub together: bool,
    named: &'a [String],
    tier: TierWish,
}

impl Classes<'_> {
    /// A number: smaller ones are asked first.
    pub fn of(&self, candidate: &Candidate<'_>) -> u64 {
        let standing = self.standing(candidate);
        let last = if standing == Standing::Resting { 2 } else { u64::from(candidate.wish.is_some()) };
        let model = if self.together { 0 } else { u64::from(candidate.model) };
        let tier = match self.tier {
            TierWish::First(tiers) if self.named.is_empty() => {
                let own = candidate.endpoint.tier();
                tiers.iter().position(|tier| own == Some(*tier)).unwrap_or(tiers.len()) as u64
            }
            _ => 0,
        };
        last << 40 | model << 8 | tier << 4 | standing as u64
    }

    /// As what it is placed: whom the person named first is asked first, shaky or not; whoever rests cannot be asked
    /// at all.
    pub fn standing(&self, candidate: &Candidate<'_>) -> Standing {
        match candidate.standing {
            Standing::Shaky | Standing::Failing if slug::place(self.named, candidate.endpoint).is_some() => {
                Standing::Well
            }
            standing => standing,
        }
    }
}

/// The place in the ranking of the endpoint whose cache is worth more than what others are cheaper.
fn stick(ranking: &Ranking, candidates: &[Candidate<'_>], strategy: &dyn Strategy) -> Option<usize> {
    let at = candidates.iter().position(|candidate| candidate.cached > 0)?;
    let sticky = &candidates[at];
    if sticky.standing == Standing::Resting {
        return None;
    }
    let others = candidates.iter().enumerate().filter(|(other, _)| *other != at);
    let cheapest = others.map(|(_, c)| c.price).filter(|p| !p.is_nan()).fold(f64::INFINITY, f64::min);
    let worth = if sticky.price.is_nan() { cheapest.is_infinite() } else { sticky.price <= cheapest };
    let fast = match strategy.name() {
        "sort:latency" | "sort:throughput" => {
            let best = ranking.scores.iter().copied().fold(f64::INFINITY, f64::min);
            ranking.scores[at] <= best * STICKY_SLOWER
        }
        _ => true,
    };
    if !(worth && fast) {
        return None;
    }
    ranking.order.iter().position(|place| *place as usize == at)
}
