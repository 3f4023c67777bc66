//! The plan: which endpoints are asked, in which order. Names, hard filters, soft wishes, strategy, price check.

use super::ask::Ask;
use super::candidate::Candidate;
use super::filter::Rule;
use super::health::HealthBook;
use super::keys::KeyBook;
use super::names::{self, Names, Resolved, Target};
use super::sticky::{Conversation, StickyBook};
use super::strategy::{Strategy, strategy};
use super::{auto, preferences, refuse};
use crate::catalog::Catalog;
use crate::words::{At, Decision, Dice, Endpoint, Failure, FailureKind, Filter, Request, Usd};
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

/// A model that `fareway/auto` names as a fallback may cost at most so many times the first choice, unless the person
/// says otherwise. Whom the person lists is allowed by being listed.
pub const MAX_DEARER: f64 = 2.0;

/// Which endpoint answers, and why.
pub fn plan(input: PlanInput<'_>, dice: &mut Dice) -> Result<Decision, Failure> {
    Plan::new(input, dice).map(|plan| plan.decision(input.keys))
}

/// The same; where nobody may answer, the decision beside the failure: every candidate and the filter that took it.
pub fn decide(input: PlanInput<'_>, dice: &mut Dice) -> Result<Decision, Box<Refused>> {
    let plan = Plan::made(input, dice)
        .map_err(|failure| Box::new(Refused { failure, decision: Decision::default() }))?;
    let decision = plan.decision(input.keys);
    if plan.order.is_empty() {
        return Err(Box::new(Refused { failure: refuse::nobody(&plan, &input), decision }));
    }
    Ok(decision)
}

/// A request that nobody may answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    pub failure: Failure,
    pub decision: Decision,
}

/// An endpoint that may not answer.
pub(super) struct Dropped<'a> {
    pub endpoint: &'a Arc<Endpoint>,
    pub why: Objection,
    /// Its place among the candidates, if it came so far.
    pub at: Option<u32>,
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
    pub(super) ask: Arc<Ask<'a>>,
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
    /// Whom each target's model wants asked first where the person does not say.
    pub(super) orders: Vec<&'a [String]>,
    /// How many of the targets, the first ones, were chosen by `fareway/auto`.
    pub(super) picked: usize,
    /// Tokens in the cache that decided.
    pub(super) stuck: Option<u64>,
    /// What the first choice costs without a cache; what fallbacks are measured by.
    pub(super) base: Option<Usd>,
    pub(super) draws: Vec<f64>,
}

impl<'a> Plan<'a> {
    pub fn new(input: PlanInput<'a>, dice: &mut Dice) -> Result<Self, Failure> {
        let plan = Self::made(input, dice)?;
        if plan.order.is_empty() { Err(refuse::nobody(&plan, &input)) } else { Ok(plan) }
    }

    /// The plan, which may hold nobody.
    fn made(input: PlanInput<'a>, dice: &mut Dice) -> Result<Self, Failure> {
        let wishes = preferences::join(&[&input.request.preferences]);
        let mut ask = Ask::new(input.request, wishes, input.prompt_tokens, input.now);
        if let Some(lock) = ask.lock.as_mut().filter(|lock| lock.account && lock.provider.is_none()) {
            lock.provider = input.sticky.last(Conversation::of(input.request), input.now).cloned();
        }
        let Resolved { mut models, auto, mut steps, .. } =
            names::resolve(&input.request.model, input.catalog, input.names)?;
        let mut picked = 0;
        if auto {
            let form = models.pop();
            let chosen = auto::choose(&ask, &input)?;
            steps.extend(chosen.steps);
            models.extend(chosen.models.into_iter().map(|model| Target {
                sort: form.as_ref().and_then(|form| form.sort),
                tier: form.as_ref().and_then(|form| form.tier),
                ..Target::plain(model)
            }));
            picked = models.len();
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
        let mut plan = Self::over(ask, models, picked, &input, dice);
        plan.steps = steps;
        Ok(plan)
    }

    /// The endpoints to ask, best first.
    pub fn attempts(&self) -> impl Iterator<Item = &'a Arc<Endpoint>> + '_ {
        self.placed().map(|candidate| candidate.endpoint)
    }

    /// The candidates in order, best first.
    pub(super) fn placed(&self) -> impl Iterator<Item = &Candidate<'a>> + '_ {
        self.order.iter().map(|at| &self.candidates[*at as usize])
    }

    /// Whom to ask first for this target: the person's order, else its model's own.
    pub(super) fn named(&self, target: u32) -> &[String] {
        match self.ask.wishes.order.as_slice() {
            [] => self.orders.get(target as usize).copied().unwrap_or_default(),
            named => named,
        }
    }

    pub fn first(&self) -> Option<&'a Arc<Endpoint>> {
        self.attempts().next()
    }

    /// The first choice, and the tokens of the prompt that its cache is believed to hold.
    pub fn first_with_cache(&self) -> Option<(&'a Arc<Endpoint>, u64)> {
        let first = self.placed().next()?;
        Some((first.endpoint, first.cached.min(self.ask.load.prompt)))
    }

    /// The endpoints of these models, filtered and ordered.
    fn over(
        ask: Ask<'a>,
        targets: Vec<Target>,
        picked: usize,
        input: &PlanInput<'a>,
        dice: &mut Dice,
    ) -> Self {
        let mut plan = Self {
            strategy: strategy(&ask.wishes),
            orders: Vec::new(),
            ask: Arc::new(ask),
            targets,
            steps: Vec::new(),
            candidates: Vec::new(),
            order: Vec::new(),
            scores: Vec::new(),
            shares: Vec::new(),
            dropped: Vec::new(),
            picked,
            stuck: None,
            base: None,
            draws: Vec::new(),
        };
        plan.gather(input);
        plan.arrange(dice);
        plan.keep_to_the_price();
        plan
    }
}

/// Used where a failure of ours has to be said.
pub(super) fn no_endpoint(message: String) -> Failure {
    Failure::new(FailureKind::NoEndpoint, message)
}
