//! Budgets: which limits a request falls under, and what a person is told of them.
//!
//! The money itself is checked and set aside by the ledger, in one step for all processes ([`Purse`] has the rule).
//! With [`Basis::Worst`] a limit is never exceeded as long as no request costs more than its worst case; with
//! [`Basis::Likely`] it is exceeded at most by what the requests then in flight cost more than their estimates.
//!
//! [`Purse`]: crate::words::Purse
//! [`Basis::Worst`]: super::Basis::Worst
//! [`Basis::Likely`]: super::Basis::Likely

use super::limit::{Limit, Scope};
use super::reservation::{Ask, Refusal, Standing, Unpriced, Warning, percent};
use crate::words::{Cap, Of, Over, SessionId, Usd, Used};
use std::collections::BTreeSet;

/// All limits, and which of them a person was warned of.
#[derive(Clone, Debug, PartialEq)]
pub struct Budgets {
    pub limits: Vec<Limit>,
    pub unpriced: Unpriced,
    /// From this percentage on a limit is warned of.
    pub warn: u8,
    /// Limits that requests fell under since somebody looked last.
    touched: BTreeSet<(Limit, Of)>,
    /// Limits that were warned of, by the window's first day; and those nobody has heard of yet.
    warned: BTreeSet<(Limit, Of, i32)>,
    unheard: Vec<Warning>,
}

impl Default for Budgets {
    fn default() -> Self {
        Self::new(Vec::new(), Unpriced::default())
    }
}

/// A limit and what it means on a day for a request.
pub type Applied = (Limit, Cap);

impl Budgets {
    pub fn new(limits: Vec<Limit>, unpriced: Unpriced) -> Self {
        Self {
            limits,
            unpriced,
            warn: 80,
            touched: BTreeSet::new(),
            warned: BTreeSet::new(),
            unheard: Vec::new(),
        }
    }

    /// Warns from this percentage on.
    #[must_use]
    pub fn warning_at(self, percent: u8) -> Self {
        Self { warn: percent, ..self }
    }

    /// Every limit that the request falls under. `day` is today in the person's time zone, in days since 1970-01-01.
    ///
    /// # Errors
    /// Its price is unknown, and that is not allowed under a limit.
    pub fn applying(&self, day: i32, ask: &Ask) -> Result<Vec<Applied>, Refusal> {
        if ask.demo {
            return Ok(Vec::new());
        }
        let applying =
            self.limits.iter().filter_map(|limit| Some(applied(limit, of(&limit.scope, ask)?, day)));
        let applying: Vec<Applied> = applying.collect();
        match applying.first() {
            Some((limit, _)) if ask.amount.is_none() && self.unpriced == Unpriced::Refuse => {
                Err(Refusal::Unpriced {
                    limit: limit.clone(),
                    model: ask.model.clone(),
                    provider: ask.provider.clone(),
                })
            }
            _ => Ok(applying),
        }
    }

    /// Every limit there is, those on sessions by this one.
    pub fn all(&self, day: i32, session: Option<SessionId>) -> Vec<Applied> {
        let of = |limit: &Limit| match &limit.scope {
            Scope::Everything => Some(Of::All),
            Scope::EachSession => session.map(Of::Session),
            Scope::Provider(slug) => Some(Of::Provider(slug.clone())),
            Scope::Model(id) => Some(Of::Model(id.clone())),
            Scope::Key(label) => Some(Of::Key(label.clone())),
        };
        self.limits.iter().filter_map(|limit| Some(applied(limit, of(limit)?, day))).collect()
    }

    /// What the request was refused for.
    pub fn refusal(applied: &[Applied], wanted: Usd, over: Over) -> Option<Refusal> {
        let (limit, _) = applied.get(over.cap)?;
        let left = (limit.amount - over.used.sum()).max(Usd::ZERO);
        Some(Refusal::Over { limit: limit.clone(), used: over.used, wanted, left })
    }

    /// This is how these limits stand: those at the line of warning are told, once in their window.
    pub fn note(&mut self, day: i32, applied: &[Applied], used: &[Used]) {
        for ((limit, cap), used) in applied.iter().zip(used) {
            self.touched.insert((limit.clone(), cap.of.clone()));
            if percent(used.sum(), limit.amount) >= u64::from(self.warn)
                && self.warned.insert((limit.clone(), cap.of.clone(), limit.window.start(day)))
            {
                self.unheard.push(Warning { limit: limit.clone(), used: used.sum() });
            }
        }
    }

    /// The limits that requests fell under since this was asked last: a request may have cost more than was thought.
    pub fn touched(&mut self, day: i32) -> Vec<Applied> {
        std::mem::take(&mut self.touched).into_iter().map(|(limit, of)| applied(&limit, of, day)).collect()
    }

    /// Limits that came to the line of warning since this was asked last.
    pub fn warnings(&mut self) -> Vec<Warning> {
        self.touched.clear();
        std::mem::take(&mut self.unheard)
    }
}

/// Limits with how they stand.
pub fn standing(applied: Vec<Applied>, used: Vec<Used>) -> Vec<Standing> {
    applied.into_iter().zip(used).map(|((limit, _), used)| Standing { limit, used }).collect()
}

fn applied(limit: &Limit, of: Of, day: i32) -> Applied {
    (limit.clone(), Cap { of, from: limit.window.start(day), amount: limit.amount })
}

/// Whose spending the limit looks at for this request; `None`: it does not apply.
fn of(scope: &Scope, ask: &Ask) -> Option<Of> {
    match scope {
        Scope::Everything => Some(Of::All),
        Scope::EachSession => ask.session.map(Of::Session),
        Scope::Provider(slug) => (*slug == ask.provider).then(|| Of::Provider(slug.clone())),
        Scope::Model(id) => (*id == ask.model).then(|| Of::Model(id.clone())),
        Scope::Key(label) => (ask.key.as_ref() == Some(label)).then(|| Of::Key(label.clone())),
    }
}
