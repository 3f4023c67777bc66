//! A plan in words: the value that the ledger keeps and `fareway why` shows.

use super::candidate::Candidate;
use super::health::Standing;
use super::keys::KeyBook;
use super::plan::{Dropped, Objection, Plan};
use super::{price, strategy};
use crate::words::{Considered, Decision, Estimate, Usd, Verdict};
use std::time::Duration;

impl Plan<'_> {
    /// Every candidate and what became of it.
    pub fn decision(&self, keys: &KeyBook) -> Decision {
        let refused = self.refused(keys);
        let mut considered = Vec::with_capacity(self.order.len() + self.dropped.len());
        considered.extend((0..).zip(&self.order).map(|(place, at)| self.kept(place, *at as usize)));
        considered.extend(self.dropped.iter().map(|dropped| self.left_out(dropped)));
        Decision {
            resolved: self.steps.clone(),
            strategy: self.strategy_name(),
            attempts: self.placed().map(|candidate| candidate.endpoint.id.clone()).collect(),
            considered,
            refused: refused.map(|candidate| candidate.endpoint.id.clone()),
            why: self.why(refused),
            draws: self.draws.clone(),
        }
    }

    /// The cheapest of those that would cost less than the first and cannot be asked because their keys were refused: a
    /// key that fails is a thing to be told of, not to be paid for.
    fn refused(&self, keys: &KeyBook) -> Option<&Candidate<'_>> {
        let first = self.placed().next()?;
        self.placed()
            .filter(|candidate| candidate.standing == Standing::Resting && candidate.price < first.price)
            .filter(|candidate| keys.refused(candidate.endpoint, self.ask.now).is_some())
            .min_by(|a, b| a.price.total_cmp(&b.price))
    }

    fn strategy_name(&self) -> String {
        let name = if !self.named(0).is_empty() { "order" } else { self.strategy.name() };
        if self.picked > 0 { format!("auto, {name}") } else { name.to_owned() }
    }

    fn kept(&self, place: u32, at: usize) -> Considered {
        let candidate = &self.candidates[at];
        let health = candidate.health();
        let moved = match self.standing(candidate) {
            Standing::Resting => Some(
                health
                    .and_then(|health| health.resting(self.ask.now))
                    .unwrap_or_else(|| "its keys cool down after a rate limit or a refusal".to_owned()),
            ),
            _ if candidate.wish.is_some() => candidate.wish.map(|wish| wish.reason().to_owned()),
            Standing::Failing => Some("answers fewer than 80 % of requests".to_owned()),
            Standing::Shaky => Some("failed just now, or answers fewer than 95 % of requests".to_owned()),
            Standing::Well => None,
        };
        Considered {
            endpoint: candidate.endpoint.id.clone(),
            model: candidate.endpoint.model.clone(),
            verdict: match moved {
                Some(reason) => Verdict::Moved { place, reason },
                None => Verdict::Kept { place },
            },
            estimate: Some(self.estimate(candidate)),
            score: Some(self.scores[at]).filter(|score| score.is_finite()),
            share: Some(self.shares[at]).filter(|share| share.is_finite()),
        }
    }

    fn standing(&self, candidate: &Candidate<'_>) -> Standing {
        self.classes(candidate.model).standing(candidate)
    }

    fn estimate(&self, candidate: &Candidate<'_>) -> Estimate {
        let health = candidate.health();
        Estimate {
            prompt_tokens: self.ask.load.prompt,
            cached_tokens: candidate.cached.min(self.ask.load.prompt),
            completion_tokens: self.ask.load.completion,
            cost: candidate.cost(&self.ask),
            ttft: health
                .and_then(|health| health.ttft.median())
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            throughput: health.and_then(|health| health.throughput.median()),
        }
    }

    fn left_out(&self, dropped: &Dropped<'_>) -> Considered {
        let Dropped { endpoint, why, at } = dropped;
        Considered {
            endpoint: endpoint.id.clone(),
            model: endpoint.model.clone(),
            verdict: Verdict::Dropped { filter: why.filter(), reason: self.reason(dropped) },
            estimate: at.map(|at| self.estimate(&self.candidates[at as usize])),
            score: None,
            share: None,
        }
    }

    /// What is wrong with it, after its name.
    pub(super) fn reason(&self, dropped: &Dropped<'_>) -> String {
        match &dropped.why {
            Objection::Rule(rule) => (rule.reason)(&self.ask, dropped.endpoint),
            Objection::NoKey => format!("no key for {}", dropped.endpoint.provider_name),
            Objection::Pinned => "is not the provider named in the model's name".to_owned(),
            Objection::Parameter(name) => {
                format!("does not support {name}; others that serve this model do")
            }
            Objection::Locked(reason) => (*reason).to_owned(),
            Objection::NoFallbacks => "fallbacks are switched off".to_owned(),
            Objection::Dearer => {
                let (load, now) = (self.ask.load, self.ask.now);
                dearer(price::cost(dropped.endpoint, load, 0, now), self.base.unwrap_or_default())
            }
        }
    }

    /// One phrase for a person.
    fn why(&self, refused: Option<&Candidate<'_>>) -> String {
        let Some(first) = self.placed().next() else { return String::new() };
        let model = first.model;
        // with `partition: none` everybody is measured with everybody
        let together = self.classes(model).together;
        let peers = || self.placed().filter(|candidate| together || candidate.model == model);
        let equals: Vec<&Candidate<'_>> = peers()
            .filter(|c| self.standing(c) == self.standing(first) && c.wish.is_some() == first.wish.is_some())
            .collect();
        let unwell = peers().count() - equals.len();
        let mut why = if let Some(cached) = self.stuck {
            format!("sticky: its cache holds {} tokens", thousands(cached.min(self.ask.load.prompt)))
        } else if super::slug::place(self.named(model), first.endpoint).is_some() {
            match self.ask.wishes.order.is_empty() {
                true => format!("first in {}'s own order", first.endpoint.model),
                false => "first in your order".to_owned(),
            }
        } else if self.targets.get(model as usize).is_some_and(|target| target.pin.is_some()) {
            "the provider you named".to_owned()
        } else if self.order.len() == 1 && self.dropped.is_empty() {
            "the only one that serves it".to_owned()
        } else if equals.len() <= 1 && unwell == 0 {
            "the only one that fits".to_owned()
        } else {
            self.by_strategy(first, &equals)
        };
        if let Some(wish) = first.wish {
            why.push_str(&format!(", though {}", wish.reason()));
        }
        if first.standing == Standing::Resting {
            why.push_str("; it rests, and nobody else is left");
        } else if model > 0 && !together {
            let asked = &self.targets[0].model;
            why.push_str(&match self.placed().any(|candidate| candidate.model == 0) {
                true => format!("; {asked} stands behind: slow, failing or resting"),
                false => format!("; {asked} has no endpoint that can answer now"),
            });
        } else if unwell > 0 {
            let stand = if unwell == 1 { "stands" } else { "stand" };
            why.push_str(&format!("; {unwell} {stand} behind: slow, failing or resting"));
        }
        if let Some(refused) = refused {
            why.push_str(&format!("; {} costs less, but its key was refused", refused.endpoint.id));
        }
        why
    }

    fn by_strategy(&self, first: &Candidate<'_>, equals: &[&Candidate<'_>]) -> String {
        let cheaper = equals.iter().filter(|other| other.price < first.price).count();
        let drawn = !strategy::is_sort(self.strategy);
        let share = self.order.first().map_or(f64::NAN, |at| self.shares[*at as usize]);
        match (drawn, cheaper) {
            (true, 0) if first.wish.is_none() => format!("cheapest of {} healthy", equals.len()),
            (true, 0) => format!("cheapest of {}", equals.len()),
            (true, _) if share.is_finite() => {
                format!("{} of {} (a {:.0} % chance)", self.strategy.praise(), equals.len(), share * 100.0)
            }
            _ => format!("{} of {}", self.strategy.praise(), equals.len()),
        }
    }
}

fn dearer(cost: Option<Usd>, first: Usd) -> String {
    match cost {
        None => "has no known price, so it may be dearer than the first choice by any factor".to_owned(),
        Some(cost) if first.is_zero() => {
            format!("costs about ${}; the first choice is free", cost.round(6))
        }
        Some(cost) => {
            let times = cost.approximate() / first.approximate();
            format!("costs {times:.1} times the first choice, more than `max_dearer` allows")
        }
    }
}

/// `12k`, `830`.
fn thousands(n: u64) -> String {
    if n >= 1_000 { format!("{}k", (n + 500) / 1_000) } else { n.to_string() }
}
