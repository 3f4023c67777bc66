//! `fareway/auto`: the prompt is looked at here, and the best model for its kind within a cost band answers.
//! No network, no judge model: a table of words, the catalog's benchmarks, and what this request would cost.

mod task;

pub use task::{Kind, Task, classify};

use super::ask::Ask;
use super::filter;
use super::plan::{PlanInput, no_endpoint};
use super::price;
use super::sticky::Conversation;
use crate::catalog::Model;
use crate::words::{CostTier, Endpoint, Failure, ModelId, Usd};
use serde_json::Value;
use std::sync::Arc;

/// What the auto router chose, best first, and why.
pub struct Choice {
    pub models: Vec<ModelId>,
    pub steps: Vec<String>,
}

/// Scores this close to the best are as good: the cheapest of them is taken.
const NEAR: f64 = 0.95;
/// The chosen one and its fallbacks.
const CHOSEN: usize = 3;

struct Offer<'a> {
    model: &'a Model,
    cost: Option<Usd>,
    score: Option<f64>,
}

/// Models for this request, best first.
pub fn choose(ask: &Ask<'_>, input: &PlanInput<'_>) -> Result<Choice, Failure> {
    let task = classify(ask);
    let wishes = Wishes::of(ask);
    let rules = filter::rules(ask);
    let conversation = (!input.sticky.is_empty()).then(|| Conversation::of(input.request));
    let able = |model: &Model| -> Option<Option<Usd>> {
        let open = input.catalog.endpoints(&model.id).iter().filter(|endpoint| {
            filter::objection(&rules, ask, endpoint).is_none()
                && filter::key(input.keys.at(&endpoint.provider), ask, endpoint).is_some()
                && ask.lock.as_ref().is_none_or(|lock| lock.lets(endpoint))
        });
        // a model that holds the conversation in a cache is so much cheaper for the next turn
        let stick = conversation.and_then(|known| input.sticky.get(known, &model.id, ask.now));
        let cached =
            |endpoint: &Endpoint| stick.filter(|s| s.endpoint == endpoint.id).map_or(0, |s| s.cached);
        let cost = |endpoint: &Arc<Endpoint>| price::cost(endpoint, ask.load, cached(endpoint), ask.now);
        // the cheapest endpoint speaks for its model; one whose price is unknown speaks only when alone
        open.map(cost).reduce(|a, b| match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        })
    };
    let mut open: Vec<Offer<'_>> = input
        .catalog
        .models()
        .filter(|model| writes_text(model) && wishes.let_in(&model.id))
        .filter_map(|model| Some(Offer { model, cost: able(model)?, score: model.quality(task.benchmark()) }))
        .collect();
    // the demonstration stands in only where there is nothing real
    if open.iter().any(|option| !option.model.demo) {
        open.retain(|option| !option.model.demo);
    }
    let mut can: Vec<&Offer<'_>> = open.iter().filter(|option| task.can(ask, option.model)).collect();
    if can.is_empty() {
        can = open.iter().collect();
    }
    if can.is_empty() {
        let say = match &ask.lock {
            Some(lock) => {
                format!(
                    "only a model of {} can go on with the open tool loop, and none can be asked",
                    lock.author
                )
            }
            None if input.catalog.models().any(|model| writes_text(model) && able(model).is_some()) => {
                "`allowed_models` and `excluded_models` leave none of those that can; loosen them".to_owned()
            }
            None => "add a key, loosen the preferences, or name a model yourself".to_owned(),
        };
        return Err(no_endpoint(format!("fareway/auto found no model that can answer this: {say}")));
    }
    let ceiling = ceiling(&can, wishes.tier);
    can.retain(|option| option.cost <= ceiling || option.cost.is_none() && ceiling.is_none());
    Ok(pick(task, wishes.tier, ceiling, can))
}

/// The cost up to which models are looked at: a share of those on offer, counted from the cheapest. A ceiling and
/// not a band: a model that is cheaper and better is never passed over.
fn ceiling(options: &[&Offer<'_>], tier: CostTier) -> Option<Usd> {
    let mut costs: Vec<Usd> = options.iter().filter_map(|option| option.cost).collect();
    costs.sort_unstable();
    let percent = match tier {
        CostTier::Low => 25,
        CostTier::Medium => 50,
        CostTier::High => 80,
        CostTier::Max => 100,
    };
    let at = (costs.len() * percent).div_ceil(100);
    costs.get(at.saturating_sub(1)).copied()
}

fn pick(task: Task, tier: CostTier, ceiling: Option<Usd>, mut left: Vec<&Offer<'_>>) -> Choice {
    let within = left.len();
    let cheaper = |a: &&Offer<'_>, b: &&Offer<'_>| {
        let unknown = |option: &Offer<'_>| option.cost.is_none();
        unknown(a).cmp(&unknown(b)).then(a.cost.cmp(&b.cost)).then(b.model.released.cmp(&a.model.released))
    };
    let mut chosen: Vec<&Offer<'_>> = Vec::new();
    while chosen.len() < CHOSEN && !left.is_empty() {
        let best = left.iter().filter_map(|option| option.score).fold(f64::NAN, f64::max);
        let good = |option: &&&Offer<'_>| best.is_nan() || option.score.is_some_and(|s| s >= best * NEAR);
        let Some(next) = left.iter().filter(good).copied().min_by(cheaper) else { break };
        left.retain(|option| option.model.id != next.model.id);
        chosen.push(next);
    }
    let mut steps = vec![format!("fareway/auto: looks like {} ({})", task.kind.name(), task.because)];
    if let Some(first) = chosen.first() {
        let score = match first.score {
            Some(score) => format!("among the best by {} ({score:.0})", task.benchmark()),
            None => "no benchmark tells them apart, so the cheapest".to_owned(),
        };
        let cost = match (first.cost, ceiling) {
            (Some(cost), Some(ceiling)) if !ceiling.is_zero() => {
                format!(
                    "about ${} of at most ${} (cost tier {})",
                    cost.round(5),
                    ceiling.round(5),
                    tier.name()
                )
            }
            (Some(cost), _) if cost.is_zero() => "free".to_owned(),
            (Some(cost), _) => format!("about ${}", cost.round(5)),
            (None, _) => "price unknown".to_owned(),
        };
        steps.push(format!("{} of {within} models: {score}, {cost}", first.model.id));
    }
    Choice { models: chosen.into_iter().map(|option| option.model.id.clone()).collect(), steps }
}

fn writes_text(model: &Model) -> bool {
    !model.id.as_str().contains(':') && (model.outputs.is_empty() || model.outputs.contains("text"))
}

/// What the request says about the choice: `cost_tier`, and OpenRouter's `auto-router` plugin with its patterns.
struct Wishes {
    tier: CostTier,
    allowed: Vec<String>,
    excluded: Vec<String>,
}

impl Wishes {
    fn of(ask: &Ask<'_>) -> Self {
        let plugin = ask.request.extra.get("plugins").and_then(Value::as_array).and_then(|plugins| {
            plugins.iter().find(|p| p.get("id").and_then(Value::as_str) == Some("auto-router"))
        });
        let list = |name: &str| -> Vec<String> {
            let list = plugin.and_then(|plugin| plugin.get(name)).and_then(Value::as_array);
            list.into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
        };
        let tier = plugin.and_then(|plugin| plugin.get("cost_tier")).and_then(Value::as_str);
        let tier = tier.and_then(|tier| match tier {
            "xhigh" => Some(CostTier::High),
            tier => CostTier::ALL.into_iter().find(|known| known.name() == tier),
        });
        Self {
            tier: tier.or(ask.wishes.cost_tier).unwrap_or_default(),
            allowed: list("allowed_models"),
            excluded: list("excluded_models"),
        }
    }

    /// Exclusions win.
    fn let_in(&self, model: &ModelId) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| fits(pattern, model.as_str()));
        (self.allowed.is_empty() || any(&self.allowed)) && !any(&self.excluded)
    }
}

/// `anthropic/*`, `*/claude-*`: a star stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|rest| fits(after, rest)))
        }),
    }
}
