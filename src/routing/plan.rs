//! The plan: which endpoints are asked, in which order. Names, hard filters, soft wishes, strategy, price check.

use super::ask::{Ask, TierWish};
use super::candidate::Candidate;
use super::filter::{self, Rule};
use super::health::{HealthBook, Standing};
use super::keys::{KeyBook, KeysOf};
use super::names::{self, Names, Resolved, Target};
use super::sticky::StickyBook;
use super::strategy::{Draws, Ranking, Strategy, strategy};
use super::{auto, preferences, price, refuse, slug, soft};
use crate::catalog::Catalog;
use crate::words::{
    At, Decision, Dice, Endpoint, Failure, FailureKind, Filter, Partition, Preferences, ProviderId, Request,
    Sort, SortBy, Usd,
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
    Dearer,
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
            Self::Dearer => Filter::Dearer,
        }
    }
}

/// What was decided, in the form in which it was decided. Turning it into words ([`Plan::decision`]) takes longer
/// than deciding, so whoever is in a hurry asks the first endpoint before.
pub struct Plan<'a> {
    pub(super) ask: Ask<'a>,
    pub(super) targets: Vec<Target>,
    pub(super) steps: Vec<String>,
    /// Survivors, grouped by class.
    pub(super) candidates: Vec<Candidate<'a>>,
    /// Positions in `candidates`, best first.
    pub(super) order: Vec<u32>,
    /// What was ranked by, per candidate; smaller is better.
    pub(super) scores: Vec<f64>,
    /// The chance of being first, per candidate; not a number where nothing was drawn.
    pub(super) shares: Vec<f64>,
    pub(super) dropped: Vec<Dropped<'a>>,
    pub(super) strategy: &'static dyn Strategy,
    pub(super) ordered: bool,
    pub(super) auto: bool,
    /// Tokens in the cache that decided.
    pub(super) stuck: Option<u64>,
    /// What the first choice costs without a cache; what fallbacks are measured by.
    pub(super) base: Option<Usd>,
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
        if plan.order.is_empty() { Err(refuse::nobody(&plan, &input)) } else { Ok(plan) }
    }

    /// The endpoints to ask, best first.
    pub fn attempts(&self) -> impl Iterator<Item = &'a Arc<Endpoint>> + '_ {
        self.placed().map(|candidate| candidate.endpoint)
    }

    /// The candidates in order, best first.
    pub(super) fn placed(&self) -> impl Iterator<Item = &Candidate<'a>> + '_ {
        self.order.iter().map(|at| &self.candidates[*at as usize])
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
            candidates: Vec::new(),
            order: Vec::new(),
            scores: Vec::new(),
            shares: Vec::new(),
            dropped: Vec::new(),
            auto: false,
            stuck: None,
            base: None,
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
            let quality = input.catalog.model(target.model.as_str()).and_then(|m| m.quality("intelligence"));
            let stick = ask.request.session.filter(|_| !self.ordered);
            let stick = stick.and_then(|id| input.sticky.get(&id, &target.model, ask.now));
            let endpoints = input.catalog.endpoints(&target.model);
            let from = self.candidates.len();
            self.candidates.reserve(endpoints.len());
            let wishes = soft::any(&ask);
            // regions of one provider stand together: its keys are looked up once
            let mut keys: Option<(&ProviderId, KeysOf<'_>)> = None;
            for endpoint in endpoints {
                let keys = match keys {
                    Some((provider, keys)) if *provider == endpoint.provider => keys,
                    _ => keys.insert((&endpoint.provider, input.keys.at(&endpoint.provider))).1,
                };
                let key = filter::key(keys, &ask, endpoint);
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
                let mut candidate = Candidate::new(&ask, endpoint, input.health, cached);
                candidate.model = u32::try_from(at).unwrap_or(u32::MAX);
                candidate.quality = quality.unwrap_or(f64::NAN);
                candidate.standing = candidate.standing.max(key.unwrap_or(Standing::Well));
                candidate.wish = if wishes { soft::unmet(&ask, &candidate) } else { None };
                self.candidates.push(candidate);
            }
            for (endpoint, name) in soft::incapable(&ask, &mut self.candidates, from) {
                self.dropped.push(Dropped { endpoint, why: Objection::Parameter(name) });
            }
            if let TierWish::Only(tier) = ask.tier {
                keep_tier(tier, &mut self.candidates, from, &mut self.dropped);
            }
        }
    }

    /// Groups in order (model by model, or all together), better standing first, each put in order by its strategy.
    fn arrange(&mut self, dice: &mut Dice) {
        let mut candidates = std::mem::take(&mut self.candidates);
        let class = self.class();
        if !candidates.is_sorted_by_key(&class) {
            candidates.sort_by_key(&class);
        }
        let mut draws = Draws::new(dice);
        let (mut order, mut scores, mut shares) = (Vec::new(), Vec::new(), Vec::new());
        let mut stuck = None;
        for group in candidates.chunk_by(|a, b| class(a) == class(b)) {
            let strategy = self.strategy_for(self.targets.get(group[0].model as usize));
            let mut ranking = strategy.order(&self.ask, group, &mut draws);
            if self.ordered {
                // the named ones in the order they were named; the rest as they stand
                ranking.order.sort_by_key(|at| {
                    slug::place(&self.ask.wishes.order, group[*at as usize].endpoint).unwrap_or(usize::MAX)
                });
            } else if let TierWish::First(tier) = self.ask.tier {
                ranking.order.sort_by_key(|at| group[*at as usize].endpoint.tier() != Some(tier));
            } else if let Some(place) = stick(&ranking, group, strategy) {
                if order.is_empty() {
                    stuck = Some(group[ranking.order[place] as usize].cached);
                }
                ranking.order[..=place].rotate_right(1);
            }
            let before = u32::try_from(scores.len()).unwrap_or(u32::MAX);
            order.extend(ranking.order.iter().map(|at| before + at));
            scores.extend(ranking.scores);
            shares.extend(ranking.shares);
            shares.resize(scores.len(), f64::NAN);
        }
        drop(class);
        self.strategy = self.strategy_for(self.targets.first());
        (self.candidates, self.order, self.scores, self.shares) = (candidates, order, scores, shares);
        (self.draws, self.stuck) = (draws.drawn, stuck);
        if self.ask.wishes.allow_fallbacks == Some(false) {
            self.keep_the_first();
        }
    }

    /// What puts candidates behind one another before any strategy is asked: who must rest, soft wishes not met,
    /// the model, the standing.
    fn class(&self) -> impl Fn(&Candidate<'_>) -> (u8, u32, Standing) {
        let together = self.ask.wishes.sort.as_ref().is_some_and(|s| s.partition() == Partition::None);
        let named = self.ask.wishes.order.clone();
        move |candidate| {
            // whom the person named first is asked first, shaky or not; whoever rests cannot be asked at all
            let standing = match candidate.standing {
                Standing::Shaky | Standing::Failing if slug::place(&named, candidate.endpoint).is_some() => {
                    Standing::Well
                }
                standing => standing,
            };
            let last = if standing == Standing::Resting { 2 } else { u8::from(candidate.wish.is_some()) };
            (last, if together { 0 } else { candidate.model }, standing)
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
                dropped.push(Dropped { endpoint, why: Objection::NoFallbacks });
            }
            keep
        });
    }

    /// No fallback dearer than the person allowed. What is in a cache is left out of the comparison, or every
    /// neighbour of a cached endpoint would look dear; whoever is named in `order` is allowed by name.
    fn keep_to_the_price(&mut self) {
        let most = self.ask.wishes.max_dearer.unwrap_or(MAX_DEARER);
        let Some(first) = self.placed().next().copied() else { return };
        let (load, now) = (self.ask.load, self.ask.now);
        self.base = price::cost(first.endpoint, load, 0, now).filter(|_| most > 0.0);
        let Some(base) = self.base else { return };
        let limit = base.approximate() * most * (1.0 + 1e-9);
        let named = &self.ask.wishes.order;
        let (candidates, dropped) = (&self.candidates, &mut self.dropped);
        let mut head = true;
        self.order.retain(|at| {
            let candidate = &candidates[*at as usize];
            let endpoint = candidate.endpoint;
            let price = match candidate.cached {
                0 => candidate.price,
                _ => price::cost(endpoint, load, 0, now).map_or(f64::NAN, Usd::approximate),
            };
            let keep = std::mem::take(&mut head) || price <= limit || slug::place(named, endpoint).is_some();
            if !keep {
                dropped.push(Dropped { endpoint, why: Objection::Dearer });
            }
            keep
        });
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
fn keep_tier<'a>(
    tier: &str,
    candidates: &mut Vec<Candidate<'a>>,
    from: usize,
    dropped: &mut Vec<Dropped<'a>>,
) {
    let of_tier = |candidate: &Candidate<'_>| candidate.endpoint.tier() == Some(tier);
    let Some(rule) = filter::RULES.iter().find(|rule| rule.filter == Filter::ServiceTier) else { return };
    if !candidates[from..].iter().any(of_tier) {
        return;
    }
    let mut at = 0;
    candidates.retain(|one| {
        at += 1;
        let keep = at <= from || of_tier(one);
        if !keep {
            dropped.push(Dropped { endpoint: one.endpoint, why: Objection::Rule(rule) });
        }
        keep
    });
}

/// Used where a failure of ours has to be said.
pub(super) fn no_endpoint(message: String) -> Failure {
    Failure::new(FailureKind::NoEndpoint, message)
}
