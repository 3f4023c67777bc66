//! Budgets: money set aside before a request is sent and settled after, so that nothing overruns them unseen.
//!
//! The rule: a reservation is granted only if, for every limit it falls under,
//! `spent + set aside by others + this reservation <= limit`. So with [`Basis::Worst`] a limit is never exceeded as
//! long as no request costs more than its worst case; with [`Basis::Likely`] it is exceeded at most by what the
//! requests then in flight cost more than their estimates. The value is plain: whoever shares it holds it under a lock.

use crate::words::{Dimension, ModelId, ProviderId, RollupKey, SessionId, Totals, Usd};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What a limit is on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All spending.
    Everything,
    /// Each session by itself.
    EachSession,
    Provider(ProviderId),
    Model(ModelId),
    /// The label of a `serve` key.
    Key(String),
}

/// The time a limit runs over, in civil days of the person's time zone; weeks start on Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    Day,
    Week,
    Month,
    Total,
}

impl Window {
    /// The first day of the window that `day` (days since 1970-01-01) lies in.
    pub fn start(self, day: i32) -> i32 {
        match self {
            Self::Day => day,
            // 1970-01-01 was a Thursday, three days after a Monday
            Self::Week => day.saturating_sub((day.saturating_add(3)).rem_euclid(7)),
            Self::Month => month_start(day),
            Self::Total => i32::MIN,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Total => "total",
        }
    }
}

fn month_start(day: i32) -> i32 {
    let date = jiff::civil::Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(i64::from(day)));
    date.map_or(day, |date| day - i32::from(date.day()) + 1)
}

/// One budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    pub scope: Scope,
    pub window: Window,
    pub amount: Usd,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let window = match self.window {
            Window::Day => "daily budget",
            Window::Week => "weekly budget",
            Window::Month => "monthly budget",
            Window::Total => "total budget",
        };
        match &self.scope {
            Scope::Everything => write!(f, "the {window}"),
            Scope::EachSession if self.window == Window::Total => write!(f, "this session's budget"),
            Scope::EachSession => write!(f, "this session's {window}"),
            Scope::Provider(slug) => write!(f, "the {window} of {slug}"),
            Scope::Model(id) => write!(f, "the {window} of {id}"),
            Scope::Key(label) => write!(f, "the {window} of the key `{label}`"),
        }?;
        write!(f, " of ${}", cents(self.amount))
    }
}

/// Two decimals, more when that would say nothing.
fn cents(amount: Usd) -> String {
    if amount.is_zero() || amount.raw().abs() >= Usd::from_cents(1).raw() {
        amount.round(2)
    } else {
        amount.to_string()
    }
}

/// What a reservation is made for: the likely cost, or the most it can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    #[default]
    Likely,
    Worst,
}

/// What happens to a request whose price nobody knows when a limit applies to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unpriced {
    /// It is turned down: a budget over unknown prices is no budget.
    #[default]
    Refuse,
    /// It goes ahead and counts as nothing.
    Allow,
}

/// A request that wants money set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub session: Option<SessionId>,
    pub provider: ProviderId,
    pub model: ModelId,
    pub key: Option<String>,
    /// Likely or worst cost, as the person chose; `None`: unknown price.
    pub amount: Option<Usd>,
    /// Play money: no limit applies.
    pub demo: bool,
}

/// Money set aside. Settle it exactly once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    id: u64,
    /// Limits that this brings to 80 % or beyond.
    pub warnings: Vec<Warning>,
}

/// A limit that is nearly used up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub limit: Limit,
    /// Spent and set aside, this request included.
    pub used: Usd,
}

impl Warning {
    pub fn percent(&self) -> u64 {
        percent(self.used, self.limit.amount)
    }
}

fn percent(used: Usd, of: Usd) -> u64 {
    if of.is_zero() {
        return 100;
    }
    let share = used.raw().checked_mul(100).and_then(|n| n.checked_div(of.raw())).unwrap_or(100);
    u64::try_from(share).unwrap_or(0)
}

/// Why a request was turned down. Its text is what a person is asked about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(
        "This request may cost ${wanted}, and of {limit} ${left} is left; raise the budget or choose a cheaper model.",
        wanted = wanted.round(4), left = left.round(4)
    )]
    Over { limit: Limit, spent: Usd, held: Usd, wanted: Usd, left: Usd },
    #[error(
        "Nobody lists a price for {model} at {provider}, so {limit} cannot be kept; give it a price in the config or allow unpriced models."
    )]
    Unpriced { limit: Limit, model: ModelId, provider: ProviderId },
}

/// How a limit stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub limit: Limit,
    pub spent: Usd,
    /// Set aside by requests under way.
    pub held: Usd,
}

impl Standing {
    pub fn percent(&self) -> u64 {
        percent(self.spent + self.held, self.limit.amount)
    }
}

/// All limits, what was spent under each by day, and what is set aside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Budgets {
    pub limits: Vec<Limit>,
    pub unpriced: Unpriced,
    /// Spending by subject and day, for subjects that a limit may be on.
    spent: BTreeMap<Subject, BTreeMap<i32, Usd>>,
    held: BTreeMap<u64, Held>,
    next: u64,
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
        Ok(Reservation { id, warnings })
    }

    /// The request moves to another endpoint (fallback, rescue): checks the new amount in place of the old one, which
    /// stays set aside if the answer is no. What earlier attempts cost is booked with [`Budgets::spend`] before.
    pub fn adjust(&mut self, reservation: &mut Reservation, ask: &Ask) -> Result<(), Refusal> {
        let day = self.held.get(&reservation.id).map_or(0, |held| held.day);
        reservation.warnings = self.check(day, ask, Some(reservation.id))?;
        self.held.insert(reservation.id, Held { ask: ask.clone(), day });
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
        }
    }

    /// How every limit stands for a request like this one; sessions by the one it is in.
    pub fn standing(&self, day: i32, ask: &Ask) -> Vec<Standing> {
        let applying = self.limits.iter().filter_map(|limit| Some((limit, subject(&limit.scope, ask)?)));
        applying
            .map(|(limit, subject)| Standing {
                limit: limit.clone(),
                spent: self.spent_in(limit, &subject, day),
                held: self.held_in(limit, &subject, day, None),
            })
            .collect()
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
            if percent(used, limit.amount) >= 80 {
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
