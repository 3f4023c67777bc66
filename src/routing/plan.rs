//! The plan: which endpoints are asked, in which order. Names, hard filters, soft wishes, strategy, price check.

use super::ask::{Ask, TierWish};
use super::candidate::Candidate;
use super::filter::{self, Rule};
use super::health::{HealthBook, Standing};
use super::keys::KeyBook;
use super::names::{self, Names, Resolved, Target};
use super::sticky::StickyBook;
use super::strategy::{Draws, Ranking, Strategy, strategy};
use super::{auto, preferences, price, refuse, slug, soft};
use crate::catalog::Catalog;
use crate::words::{
    At, Decision, Dice, Endpoint, Failure, FailureKind, Filter, Partition, Preferences, Request, Sort,
    SortBy, Usd,
};
use std::borrow::Cow;
use std::sync::Arc;

/// Everything a plan is made from. The request has been through [`super::expand`].
#[derive(Clone, Copy, Debug)]
pub struct PlanInput<'a> {
    pub request: &'a Request,
    pub catalog: &'a Catalog,
    pub names: &'a Names,
    pub health: &'a HealthBook,
    pub keys: &'a KeyBook,
    pub sticky: &'a StickyBook,
    /// Input tokens where somebody counted them.
    pub prompt_tokens: Option<u64>,
    pub now: At,
}

/// A fallback may cost at most so many times the first choice, unless the person says otherwise.
pub const MAX_DEARER: f64 = 2.0;
/// A cache is not worth waiting half as long again, to somebody who asked for speed.
const STICKY_SLOWER: f64 = 1.5;

/// Which endpoint answers, and why.
pub fn plan(input: PlanInput<'_>, dice: &mut Dice) -> Result<Decision, Failure> {
    Plan::new(input, dice).map(|plan| plan.decision())
}

/// An endpoint that may not answer.
pub(super) struct Dropped<'a> {
    pub endpoint: &'a Arc<Endpoint>,
    pub why: Objection,
}

pub(super) enum Objection {
    Rule(&'static Rule),
    NoKey,
    Pinned,
    Parameter(&'static str),
    Locked(&'static str),
    NoFallbacks,
    Dearer { cost: Option<Usd>, first: Usd },
}

impl Objection {
    pub fn filter(&self) -> Filter {
        match self {
            Self::Rule(rule) => rule.filter,
            Self::NoKey => Filter::NoKey,
            Self::Pinned => Filter::AllowedProviders,
            Self::Parameter(_) => Filter::RequireParameters,
            Self::Locked(_) => Filter::Locked,
            Self::NoFallbacks => Filter::NoFallbacks,
            Self::Dearer { .. } => Filter::Dearer,
        }
    }
}

/// A survivor in its place.
#[derive(Clone, Copy)]
pub(super) struct Placed<'a> {
    pub candidate: Candidate<'a>,
    /// Stands behind others because of this soft wish.
    pub wish: Option<soft::Wish>,
    pub score: f64,
    pub share: f64,
}

/// What was decided, in the form in which it was decided. Turning it into words ([`Plan::decision`]) takes longer
/// than deciding, so whoever is in a hurry asks the first endpoint before.
pub struct Plan<'a> {
    pub(super) ask: Ask<'a>,
    pub(super) targets: Vec<Target>,
    pub(super) steps: Vec<String>,
    pub(super) placed: Vec<Placed<'a>>,
    pub(super) dropped: Vec<Dropped<'a>>,
    pub(super) strategy: &'static dyn Strategy,
    pub(super) ordered: bool,
    pub(super) auto: bool,
    pub(super) stuck: Option<u64>,
    pub(super) draws: Vec<f64>,
}

impl<'a> Plan<'a> {
    pub fn new(input: PlanInput<'a>, dice: &mut Dice) -> Result<Self, Failure> {
        let wishes = preferences::join(&[&input.request.preferences]);
        let ask = Ask::new(input.request, wishes, input.prompt_tokens, input.now);
        let Resolved { mut models, auto, mut steps, .. } =
            names::resolve(&input.request.model, input.catalog, input.names)?;
        if auto {
            let form = models.pop();
            let chosen = auto::choose(&ask, &input)?;
            steps.extend(chosen.steps);
            models.extend(chosen.models.into_iter().map(|model| Target {
                sort: form.as_ref().and_then(|form| form.sort),
                tier: form.as_ref().and_then(|form| form.tier),
                ..Target::plain(model)
            }));
        }
        for fallback in &input.request.fallbacks {
            match names::resolve(fallback, input.catalog, input.names) {
                Ok(resolved) if resolved.auto => {
                    steps.push(format!("the fallback {fallback} was left out: it has no model of its own"));
                }
                Ok(resolved) => {
                    steps.extend(resolved.steps);
                    models.extend(resolved.models);
                }
                // a slip in the list of fallbacks should not stop what the first model can answer
                Err(failure) => {
                    steps.push(format!("the fallback {fallback} was left out: {}", failure.message));
                }
            }
        }
        let mut plan = Self::over(ask, models, &input, dice);
        plan.steps = steps;
        plan.auto = auto;
        if plan.placed.is_empty() { Err(refuse::nobody(&plan, &input)) } else { Ok(plan) }
    }

    /// The endpoints to ask, best first.
    pub fn attempts(&self) -> impl Iterator<Item = &'a Arc<Endpoint>> + '_ {
        self.placed.iter().map(|placed| placed.candidate.endpoint)
    }

    pub fn first(&self) -> Option<&'a Arc<Endpoint>> {
        self.attempts().next()
    }

    /// The endpoints of these models, filtered and ordered.
    fn over(ask: Ask<'a>, targets: Vec<Target>, input: &PlanInput<'a>, dice: &mut Dice) -> Self {
        let mut plan = Self {
            strategy: strategy(&ask.wishes),
            ordered: !ask.wishes.order.is_empty(),
            ask,
            targets,
            steps: Vec::new(),
            placed: Vec::new(),
            dropped: Vec::new(),
            auto: false,
            stuck: None,
            draws: Vec::new(),
        };
        plan.gather(input);
        plan.arrange(dice);
        plan.keep_to_the_price();
        plan
    }

    /// Hard filters, then what only some endpoints of a model can do.
    fn gather(&mut self, input: &PlanInput<'a>) {
        let several = self.targets.len() > 1;
        for (at, target) in self.targets.iter().enumerate() {
            if several && self.targets[..at].iter().any(|t| t.model == target.model && t.pin == target.pin) {
                continue;
            }
            let ask = patched(&self.ask, target);
            let rules = filter::rules(&ask);
            let quality = input.catalog.model(target.model.as_str()).and_then(|m| m.score("intelligence"));
            let stick = ask.request.session.filter(|_| !self.ordered);
            let stick = stick.and_then(|id| input.sticky.get(&id, &target.model, ask.now));
            let endpoints = input.catalog.endpoints(&target.model);
            let from = self.placed.len();
            self.placed.reserve(endpoints.len());
            for endpoint in endpoints {
                let key = filter::key(input.keys, &ask, endpoint);
                let objection = if target.pin.as_ref().is_some_and(|pin| !slug::matches(pin, endpoint)) {
                    Some(Objection::Pinned)
                } else if let Some(rule) = filter::objection(&rules, &ask, endpoint) {
                    Some(Objection::Rule(rule))
                } else if key.is_none() {
                    Some(Objection::NoKey)
                } else {
                    // somebody who names a model of another family has changed horses knowingly
                    self.ask
                        .lock
                        .as_ref()
                        .filter(|lock| at > 0 && !lock.lets(endpoint))
                        .map(|lock| Objection::Locked(lock.reason))
                };
                if let Some(why) = objection {
                    self.dropped.push(Dropped { endpoint, why });
                    continue;
                }
                let cached = stick.filter(|s| s.endpoint == endpoint.id).map_or(0, |s| s.cached);
                let mut candidate = Candidate::new(&ask, endpoint, input.health.get(&endpoint.id), cached);
                candidate.model = at;
                candidate.quality = quality;
                candidate.standing = candidate.standing.max(key.unwrap_or(Standing::Well));
                let wish = soft::unmet(&ask, &candidate);
                self.placed.push(Placed { candidate, wish, score: f64::NAN, share: f64::NAN });
            }
            for (endpoint, name) in soft::incapable(&ask, &mut self.placed, from) {
                self.dropped.push(Dropped { endpoint, why: Objection::Parameter(name) });
            }
            if let TierWish::Only(tier) = ask.tier {
                keep_tier(tier, &mut self.placed, from, &mut self.dropped);
            }
        }
    }

    /// Groups in order (model by model, or all together), better standing first, each put in order by its strategy.
    fn arrange(&mut self, dice: &mut Dice) {
        let together = self.ask.wishes.sort.as_ref().is_some_and(|s| s.partition() == Partition::None);
        let order = &self.ask.wishes.order;
        let named =
            |placed: &Placed<'_>| self.ordered && slug::place(order, placed.candidate.endpoint).is_some();
        let class = |placed: &Placed<'_>| {
            let candidate = &placed.candidate;
            // whom the person named first is asked first, shaky or not; whoever rests cannot be asked at all
            let standing = match candidate.standing {
                Standing::Resting => Standing::Resting,
                _ if named(placed) => Standing::Well,
                standing => standing,
            };
            let last = if standing == Standing::Resting { 2 } else { u8::from(placed.wish.is_some()) };
            (last, if together { 0 } else { candidate.model }, standing)
        };
        if !self.placed.is_sorted_by_key(class) {
            let mut placed = std::mem::take(&mut self.placed);
            placed.sort_by_key(class);
            self.placed = placed;
        }
        let mut draws = Draws::new(dice);
        let mut arranged = Vec::with_capacity(self.placed.len());
        let mut candidates = Vec::with_capacity(self.placed.len());
        for group in self.placed.chunk_by(|a, b| class(a) == class(b)) {
            candidates.clear();
            candidates.extend(group.iter().map(|placed| placed.candidate));
            let target = self.targets.get(group[0].candidate.model);
            let strategy = self.strategy_for(target);
            let mut ranking = strategy.order(&self.ask, &candidates, &mut draws);
            if self.ordered {
                // the named ones in the order they were named; the rest as they stand
                ranking.order.sort_by_key(|at| {
                    slug::place(&self.ask.wishes.order, candidates[*at as usize].endpoint)
                        .unwrap_or(usize::MAX)
                });
            } else if let Some(place) = self.stick(&ranking, &candidates, strategy) {
                if arranged.is_empty() {
                    self.stuck = Some(candidates[ranking.order[place] as usize].cached);
                }
                ranking.order[..=place].rotate_right(1);
            }
            arranged.extend(ranking.order.iter().map(|at| {
                let at = *at as usize;
                Placed {
                    score: ranking.scores.get(at).copied().unwrap_or(f64::NAN),
                    share: ranking.shares.get(at).copied().unwrap_or(f64::NAN),
                    ..group[at]
                }
            }));
        }
        self.draws = draws.drawn;
        self.placed = arranged;
        self.strategy = self.strategy_for(self.targets.first());
        if self.ask.wishes.allow_fallbacks == Some(false) {
            self.keep_the_first();
        }
    }

    fn strategy_for(&self, target: Option<&Target>) -> &'static dyn Strategy {
        match target.and_then(|target| target.sort) {
            Some(by) => strategy(&Preferences { sort: Some(Sort::By(by)), ..Preferences::default() }),
            // a named order turns load balancing off: the rest stand by price
            None if self.ordered && self.ask.wishes.sort.is_none() => {
                strategy(&Preferences { sort: Some(Sort::By(SortBy::Price)), ..Preferences::default() })
            }
            None => strategy(&self.ask.wishes),
        }
    }

    /// The place in the ranking of the endpoint whose cache is worth more than what others are cheaper.
    fn stick(
        &self,
        ranking: &Ranking,
        candidates: &[Candidate<'_>],
        strategy: &dyn Strategy,
    ) -> Option<usize> {
        let place = ranking.order.iter().position(|at| candidates[*at as usize].cached > 0)?;
        let at = ranking.order[place] as usize;
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
        (worth && fast).then_some(place)
    }

    /// `allow_fallbacks: false`: of each model only the first endpoint, or those that `order` names.
    fn keep_the_first(&mut self) {
        let order = self.ask.wishes.order.clone();
        let mut seen = vec![false; self.targets.len()];
        let dropped = &mut self.dropped;
        self.placed.retain(|placed| {
            let Candidate { endpoint, model, .. } = placed.candidate;
            let keep = if order.is_empty() {
                !std::mem::replace(&mut seen[model], true)
            } else {
                slug::place(&order, endpoint).is_some()
            };
            if !keep {
                dropped.push(Dropped { endpoint, why: Objection::NoFallbacks });
            }
            keep
        });
    }

    /// No fallback dearer than the person allowed. What is in a cache is left out of the comparison, or every
    /// neighbour of a cached endpoint would look dear; whoever is named in `order` is allowed by name.
    fn keep_to_the_price(&mut self) {
        let most = self.ask.wishes.max_dearer.unwrap_or(MAX_DEARER);
        let Some(first) = self.placed.first() else { return };
        let (load, now) = (self.ask.load, self.ask.now);
        let uncached = |candidate: &Candidate<'_>| match candidate.cached {
            0 => candidate.cost,
            _ => price::cost(candidate.endpoint, load, 0, now),
        };
        let Some(first) = uncached(&first.candidate).filter(|_| most > 0.0) else { return };
        let limit = first.approximate() * most * (1.0 + 1e-9);
        let order = &self.ask.wishes.order;
        let dropped = &mut self.dropped;
        let mut head = true;
        self.placed.retain(|placed| {
            let Candidate { endpoint, .. } = placed.candidate;
            let cost = uncached(&placed.candidate);
            let named = !order.is_empty() && slug::place(order, endpoint).is_some();
            let keep = std::mem::take(&mut head)
                || named
                || cost.is_some_and(|cost| cost.is_zero() || cost.approximate() <= limit);
            if !keep {
                dropped.push(Dropped { endpoint, why: Objection::Dearer { cost, first } });
            }
            keep
        });
    }
}

/// The ask as one target's name changes it.
fn patched<'b, 'a>(ask: &'b Ask<'a>, target: &Target) -> Cow<'b, Ask<'a>> {
    // `service_tier: default` and a named order both keep the tiers of `:nitro` and `:floor` out
    let tier =
        target.tier.filter(|_| ask.request.params.service_tier.is_none() && ask.wishes.order.is_empty());
    match tier {
        Some(tier) => Cow::Owned(Ask { tier, ..ask.clone() }),
        None => Cow::Borrowed(ask),
    }
}

/// `service_tier: flex`: the ordinary endpoints only where the model has none of that tier.
fn keep_tier<'a>(tier: &str, placed: &mut Vec<Placed<'a>>, from: usize, dropped: &mut Vec<Dropped<'a>>) {
    let of_tier = |placed: &Placed<'_>| slug::tier(placed.candidate.endpoint) == Some(tier);
    if !placed[from..].iter().any(of_tier) {
        return;
    }
    let rule = filter::RULES.iter().find(|rule| rule.filter == Filter::ServiceTier);
    let mut at = 0;
    placed.retain(|one| {
        at += 1;
        let keep = at <= from || of_tier(one);
        if let (false, Some(rule)) = (keep, rule) {
            dropped.push(Dropped { endpoint: one.candidate.endpoint, why: Objection::Rule(rule) });
        }
        keep
    });
}

/// Used where a failure of ours has to be said.
pub(super) fn no_endpoint(message: String) -> Failure {
    Failure::new(FailureKind::NoEndpoint, message)
}
