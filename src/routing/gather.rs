//! Who may answer at all: every endpoint of every model that is named, past the hard filters.

use super::ask::{Ask, TierWish};
use super::candidate::Candidate;
use super::filter;
use super::health::Standing;
use super::keys::KeysOf;
use super::lock::Lock;
use super::names::Target;
use super::plan::{Dropped, Objection, Plan, PlanInput};
use super::sticky::Conversation;
use super::{price, slug, soft};
use crate::catalog::{Brief, Catalog, fingerprint};
use crate::words::{Endpoint, Filter, Sort, service_tier};
use std::sync::Arc;

impl<'a> Plan<'a> {
    /// Hard filters, then what only some endpoints of a model can do.
    pub(super) fn gather(&mut self, input: &PlanInput<'a>) {
        self.orders = self.targets.iter().map(|target| own_order(target, input.catalog)).collect();
        let known = (!input.sticky.is_empty()).then(|| Conversation::of(input.request));
        for at in 0..self.targets.len() {
            let target = &self.targets[at];
            if self.targets[..at].iter().any(|t| t.model == target.model && t.pin == target.pin) {
                continue;
            }
            let ask = patched(&self.ask, target);
            let from = self.candidates.len();
            self.of_target(at, &ask, input, known);
            for (endpoint, name) in soft::incapable(&ask, &mut self.candidates, from) {
                self.dropped.push(Dropped { endpoint, why: Objection::Parameter(name), at: None });
            }
            if let TierWish::Only(tier) = ask.tier {
                keep_tier(tier, &mut self.candidates, from, &mut self.dropped);
            }
        }
    }

    /// The endpoints of one model. A thousand are looked over: what nearly all have in common is read off their
    /// briefs, and the endpoint itself is opened only where a brief is not enough.
    fn of_target(
        &mut self,
        at: usize,
        ask: &Ask<'_>,
        input: &PlanInput<'a>,
        conversation: Option<Conversation>,
    ) {
        // taken out while `self` is looked at
        let mut candidates = std::mem::take(&mut self.candidates);
        let mut dropped = std::mem::take(&mut self.dropped);
        let target = &self.targets[at];
        let endpoints = input.catalog.endpoints(&target.model);
        let briefs = input.catalog.briefs(&target.model);
        let quality = input.catalog.model(target.model.as_str()).and_then(|m| m.quality("intelligence"));
        let number = u32::try_from(at).unwrap_or(u32::MAX);
        let conversation = conversation.filter(|_| self.named(number).is_empty());
        let stick = conversation.and_then(|known| input.sticky.get(known, &target.model, ask.now));
        let stick = stick.map(|stick| (fingerprint(&stick.endpoint), stick.cached));
        // whoever names a model of another family, or another provider, has changed horses knowingly
        let knowingly = |lock: &Lock| {
            at == 0 && self.picked == 0 && (target.pin.is_some() || target.model.author() != lock.author)
        };
        let lock = self.ask.lock.as_ref().filter(|lock| !knowingly(lock));
        let rules = filter::rules(ask);
        let plain = target.pin.is_none() && lock.is_none() && !filter::is_special(ask);
        let glance = filter::Glance::of(ask);
        let objection = |endpoint: &Endpoint, brief: &Brief, key: Option<Standing>| {
            if plain && glance.passes(brief) {
                key.is_none().then_some(Objection::NoKey)
            } else if target.pin.as_ref().is_some_and(|pin| !slug::matches(pin, endpoint)) {
                Some(Objection::Pinned)
            } else if let Some(rule) = filter::objection(&rules, ask, endpoint) {
                Some(Objection::Rule(rule))
            } else if key.is_none() {
                Some(Objection::NoKey)
            } else {
                lock.filter(|lock| !lock.lets(endpoint)).map(|lock| Objection::Locked(lock.reason))
            }
        };
        let wishes = soft::any(ask);
        // regions of one provider stand together: its keys are looked up once
        let mut keys: Option<(u16, KeysOf<'_>)> = None;
        let classes = self.classes(number);
        let load = price::InBrief::of(ask.load);
        let Some(first) = endpoints.first() else {
            (self.candidates, self.dropped) = (candidates, dropped);
            return;
        };
        // as nearly all of them are: nothing to object to and nothing to say of but the price
        let usual = Candidate {
            model: number,
            quality: quality.unwrap_or(f64::NAN),
            ..Candidate::new(first, input.health, f64::NAN)
        };
        let usual = Candidate { class: classes.of(&usual), ..usual };
        let by_tier = matches!(ask.tier, TierWish::First(_));
        let only_priced = plain && !wishes && !by_tier && stick.is_none();
        candidates.reserve(endpoints.len());
        for (endpoint, brief) in endpoints.iter().zip(briefs) {
            let keys = match keys {
                Some((provider, keys)) if provider == brief.provider => keys,
                _ => keys.insert((brief.provider, input.keys.at(&endpoint.provider))).1,
            };
            let usual = Candidate { endpoint, price: load.cost(brief), ..usual };
            if only_priced
                && keys.is_calm()
                && glance.passes(brief)
                && !usual.price.is_nan()
                && input.health.is_well(brief.fingerprint)
            {
                candidates.push(usual);
                continue;
            }
            let key = filter::key(keys, ask, endpoint);
            if let Some(why) = objection(endpoint, brief, key) {
                dropped.push(Dropped { endpoint, why, at: None });
                continue;
            }
            let cached = match stick {
                Some((stuck, cached)) if stuck == brief.fingerprint => cached,
                _ => 0,
            };
            let mut candidate = usual;
            candidate.look(ask, brief, cached);
            candidate.standing = candidate.standing.max(key.unwrap_or(Standing::Well));
            if wishes || brief.special {
                candidate.wish = soft::unmet(ask, &candidate);
            }
            candidate.class = classes.of(&candidate);
            candidates.push(candidate);
        }
        (self.candidates, self.dropped) = (candidates, dropped);
    }
}

/// Whom the model itself wants asked first; mostly nobody.
fn own_order<'a>(target: &Target, catalog: &'a Catalog) -> &'a [String] {
    catalog.model(target.model.as_str()).map_or(&[], |model| &model.order)
}

/// The ask as one target's name changes it.
fn patched<'a>(ask: &Arc<Ask<'a>>, target: &Target) -> Arc<Ask<'a>> {
    // `service_tier: default` and a named order both keep the tiers of `:nitro` and `:floor` out
    let open = ask.request.params.service_tier.is_none() && ask.wishes.order.is_empty();
    let pinned = target.pin.as_deref().and_then(service_tier).map(TierWish::Also);
    let tier = pinned.or(target.tier.filter(|_| open));
    if tier.is_none() && target.sort.is_none() {
        return Arc::clone(ask);
    }
    let mut own = Ask::clone(ask);
    own.tier = tier.unwrap_or(own.tier);
    own.wishes.sort = target.sort.map(Sort::By).or(own.wishes.sort);
    Arc::new(own)
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
            dropped.push(Dropped { endpoint: one.endpoint, why: Objection::Rule(rule), at: None });
        }
        keep
    });
}
