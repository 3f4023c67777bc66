//! Budgets: money set aside before a request is sent and settled after, so that nothing overruns them unseen.
//!
//! The rule: a reservation is granted only if, for every limit it falls under,
//! `spent + set aside by others + this reservation <= limit`. So with [`Basis::Worst`] a limit is never exceeded as
//! long as no request costs more than its worst case; with [`Basis::Likely`] it is exceeded at most by what the
//! requests then in flight cost more than their estimates. The value is plain: whoever shares it holds it under a lock.

use super::limit::{Limit, Scope};
use super::reservation::{Ask, Refusal, Reservation, Standing, Unpriced, Warning, percent};
use crate::words::{Dimension, ModelId, ProviderId, RollupKey, SessionId, Totals, Usd};
use std::collections::{BTreeMap, BTreeSet};

/// All limits, what was spent under each by day, and what is set aside.
#[derive(Clone, Debug, PartialEq)]
pub struct Budgets {
    pub limits: Vec<Limit>,
    pub unpriced: Unpriced,
    /// From this percentage on a limit is warned of.
    pub warn: u8,
    /// Spending by subject and day, for subjects that a limit may be on.
    spent: BTreeMap<Subject, BTreeMap<i32, Usd>>,
    held: BTreeMap<u64, Held>,
    next: u64,
    /// Limits that were warned of, by subject and the window's first day; and those nobody has heard of yet.
    warned: BTreeSet<(Limit, Subject, i32)>,
    unheard: Vec<Warning>,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            limits: Vec::new(),
            unpriced: Unpriced::default(),
            warn: 80,
            spent: BTreeMap::new(),
            held: BTreeMap::new(),
            next: 0,
            warned: BTreeSet::new(),
            unheard: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Everything,
    Session(SessionId),
    Provider(ProviderId),
    Model(ModelId),
    Key(String),
}

#[derive(Clone, Debug, PartialEq)]
struct Held {
    ask: Ask,
    day: i32,
}

impl Budgets {
    pub fn new(limits: Vec<Limit>, unpriced: Unpriced) -> Self {
        Self { limits, unpriced, ..Self::default() }
    }

    /// Warns from this percentage on.
    #[must_use]
    pub fn warning_at(self, percent: u8) -> Self {
        Self { warn: percent, ..self }
    }

    /// Takes over what the ledger says was spent before: feed it every rollup of the windows in question. Totals by
    /// model and by provider come from the same rows; tags and play money are passed over.
    pub fn remember(&mut self, key: &RollupKey, totals: &Totals) {
        if key.demo {
            return;
        }
        let mut add = |subject| add(&mut self.spent, subject, key.day, totals.booked);
        match &key.of {
            Dimension::All => add(Subject::Everything),
            Dimension::Model(model, provider) => {
                add(Subject::Model(model.clone()));
                add(Subject::Provider(provider.clone()));
            }
            Dimension::Session(session) => add(Subject::Session(*session)),
            Dimension::Key(label) => add(Subject::Key(label.clone())),
            Dimension::Tag(_) => {}
        }
    }

    /// Sets money aside, or says which limit forbids it. `day` is today in the person's time zone, in days since
    /// 1970-01-01; the request counts on that day however late it ends.
    pub fn reserve(&mut self, day: i32, ask: &Ask) -> Result<Reservation, Refusal> {
        let warnings = self.check(day, ask, None)?;
        let id = self.next;
        self.next += 1;
        self.held.insert(id, Held { ask: ask.clone(), day });
        self.tell(day, ask, &warnings);
        Ok(Reservation { id, warnings })
    }

    /// Limits that came to the line of warning since this was asked last; each is told once in its window.
    pub fn warnings(&mut self) -> Vec<Warning> {
        std::mem::take(&mut self.unheard)
    }

    fn tell(&mut self, day: i32, ask: &Ask, warnings: &[Warning]) {
        for warning in warnings {
            let Some(subject) = subject(&warning.limit.scope, ask) else { continue };
            let first = warning.limit.window.start(day);
            if self.warned.insert((warning.limit.clone(), subject, first)) {
                self.unheard.push(warning.clone());
            }
        }
    }

    /// The request moves to another endpoint (fallback, rescue): checks the new amount in place of the old one, which
    /// stays set aside if the answer is no. What earlier attempts cost is booked with [`Budgets::spend`] before.
    pub fn adjust(&mut self, reservation: &mut Reservation, ask: &Ask) -> Result<(), Refusal> {
        let day = self.held.get(&reservation.id).map_or(0, |held| held.day);
        reservation.warnings = self.check(day, ask, Some(reservation.id))?;
        self.held.insert(reservation.id, Held { ask: ask.clone(), day });
        self.tell(day, ask, &reservation.warnings.clone());
        Ok(())
    }

    /// Books what one attempt of a request under way cost; the reservation for the rest stays.
    pub fn spend(&mut self, reservation: &Reservation, provider: &ProviderId, model: &ModelId, actual: Usd) {
        let Some(held) = self.held.get(&reservation.id) else { return };
        let ask = Ask { provider: provider.clone(), model: model.clone(), ..held.ask.clone() };
        let day = held.day;
        self.book(day, &ask, actual);
    }

    /// The request has ended: what was set aside is free again, and `actual` is spent at the endpoint it ended with.
    pub fn settle(&mut self, reservation: Reservation, actual: Usd) {
        if let Some(Held { ask, day }) = self.held.remove(&reservation.id) {
            self.book(day, &ask, actual);
            // it may have cost more than was thought
            let nothing = Ask { amount: Some(Usd::ZERO), ..ask };
            let warnings = self.check(day, &nothing, None).unwrap_or_default();
            self.tell(day, &nothing, &warnings);
        }
    }

    /// How every limit stands, those on sessions by this one.
    pub fn all_standing(&self, day: i32, session: Option<SessionId>) -> Vec<Standing> {
        let subject = |limit: &Limit| match &limit.scope {
            Scope::Everything => Some(Subject::Everything),
            Scope::EachSession => session.map(Subject::Session),
            Scope::Provider(slug) => Some(Subject::Provider(slug.clone())),
            Scope::Model(id) => Some(Subject::Model(id.clone())),
            Scope::Key(label) => Some(Subject::Key(label.clone())),
        };
        let each = self.limits.iter().filter_map(|limit| Some((limit, subject(limit)?)));
        each.map(|(limit, subject)| self.stands(limit, &subject, day)).collect()
    }

    fn stands(&self, limit: &Limit, subject: &Subject, day: i32) -> Standing {
        Standing {
            limit: limit.clone(),
            spent: self.spent_in(limit, subject, day),
            held: self.held_in(limit, subject, day, None),
        }
    }

    /// How every limit stands for a request like this one; sessions by the one it is in.
    pub fn standing(&self, day: i32, ask: &Ask) -> Vec<Standing> {
        let applying = self.limits.iter().filter_map(|limit| Some((limit, subject(&limit.scope, ask)?)));
        applying.map(|(limit, subject)| self.stands(limit, &subject, day)).collect()
    }

    fn check(&self, day: i32, ask: &Ask, except: Option<u64>) -> Result<Vec<Warning>, Refusal> {
        if ask.demo {
            return Ok(Vec::new());
        }
        let mut warnings = Vec::new();
        for limit in &self.limits {
            let Some(subject) = subject(&limit.scope, ask) else { continue };
            let Some(wanted) = ask.amount else {
                if self.unpriced == Unpriced::Allow {
                    continue;
                }
                return Err(Refusal::Unpriced {
                    limit: limit.clone(),
                    model: ask.model.clone(),
                    provider: ask.provider.clone(),
                });
            };
            let spent = self.spent_in(limit, &subject, day);
            let held = self.held_in(limit, &subject, day, except);
            let used = spent + held + wanted;
            // what is free of charge may always go ahead
            if used > limit.amount && wanted > Usd::ZERO {
                let left = (limit.amount - spent - held).max(Usd::ZERO);
                return Err(Refusal::Over { limit: limit.clone(), spent, held, wanted, left });
            }
            if percent(used, limit.amount) >= u64::from(self.warn) {
                warnings.push(Warning { limit: limit.clone(), used });
            }
        }
        Ok(warnings)
    }

    fn spent_in(&self, limit: &Limit, subject: &Subject, day: i32) -> Usd {
        let from = limit.window.start(day);
        self.spent.get(subject).map_or(Usd::ZERO, |days| days.range(from..=day).map(|(_, usd)| *usd).sum())
    }

    fn held_in(&self, limit: &Limit, subject: &Subject, day: i32, except: Option<u64>) -> Usd {
        let from = limit.window.start(day);
        let of_others = self.held.iter().filter(|(id, _)| Some(**id) != except).map(|(_, held)| held);
        of_others
            .filter(|held| !held.ask.demo && held.day >= from && held.day <= day)
            .filter(|held| self::subject(&limit.scope, &held.ask).as_ref() == Some(subject))
            .filter_map(|held| held.ask.amount)
            .sum()
    }

    fn book(&mut self, day: i32, ask: &Ask, actual: Usd) {
        if ask.demo {
            return;
        }
        let subjects = [
            Some(Subject::Everything),
            Some(Subject::Provider(ask.provider.clone())),
            Some(Subject::Model(ask.model.clone())),
            ask.session.map(Subject::Session),
            ask.key.clone().map(Subject::Key),
        ];
        for subject in subjects.into_iter().flatten() {
            add(&mut self.spent, subject, day, actual);
        }
    }
}

fn add(spent: &mut BTreeMap<Subject, BTreeMap<i32, Usd>>, subject: Subject, day: i32, amount: Usd) {
    *spent.entry(subject).or_default().entry(day).or_default() += amount;
}

/// Whose spending the limit looks at for this request; `None`: it does not apply.
fn subject(scope: &Scope, ask: &Ask) -> Option<Subject> {
    match scope {
        Scope::Everything => Some(Subject::Everything),
        Scope::EachSession => ask.session.map(Subject::Session),
        Scope::Provider(slug) => (*slug == ask.provider).then(|| Subject::Provider(slug.clone())),
        Scope::Model(id) => (*id == ask.model).then(|| Subject::Model(id.clone())),
        Scope::Key(label) => (ask.key.as_ref() == Some(label)).then(|| Subject::Key(label.clone())),
    }
}
