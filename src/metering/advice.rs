//! Standing advice, quiet and honest: only what the ledger and the catalog prove, with the figures.

use super::bill::{Mismatch, mismatch};
use super::cost::amount;
use super::price::in_force;
use crate::catalog::Catalog;
use crate::words::{Attempt, Endpoint, EndpointId, GenerationRow, ModelId, ProviderId, SessionId, Usd};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// One piece of advice. Its text is one sentence for a person.
#[derive(Clone, Debug, PartialEq)]
pub enum Advice {
    /// Another host of the same model would have been cheaper.
    CheaperHost { model: ModelId, from: ProviderId, to: ProviderId, was: Usd, would: Usd },
    /// Moving between hosts threw warm prompt caches away.
    CacheLost { model: ModelId, switches: u32, lost: Usd },
    /// An endpoint in use is about to be switched off.
    Retiring { model: ModelId, provider: ProviderId, day: String, in_days: i32 },
    /// The list price changed since it was last paid.
    PriceChanged { endpoint: EndpointId, price: String, was: Usd, now: Usd },
    /// A provider charged something else than its list price.
    Mischarged { endpoint: EndpointId, mismatch: Mismatch },
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CheaperHost { model, from, to, was, would } => write!(
                f,
                "{model} at {to} would have cost ${} instead of ${} at {from}",
                would.round(2),
                was.round(2)
            ),
            Self::CacheLost { model, switches, lost } => write!(
                f,
                "{model} changed hosts {switches} times in the middle of a conversation; its prompt cache was lost, about ${}",
                lost.round(2)
            ),
            Self::Retiring { model, provider, day, in_days: ..=0 } => {
                write!(f, "{model} was switched off at {provider} on {day}")
            }
            Self::Retiring { model, provider, day, in_days } => {
                write!(f, "{model} will be switched off at {provider} on {day}, in {in_days} days")
            }
            Self::PriceChanged { endpoint, price, was, now } => write!(
                f,
                "the {price} price of {endpoint} is now ${} per million, it was ${}",
                now.per_million(),
                was.per_million()
            ),
            Self::Mischarged { endpoint, mismatch } => write!(
                f,
                "{endpoint} charged ${} where its list price comes to ${}",
                mismatch.theirs.round(6),
                mismatch.ours.round(6)
            ),
        }
    }
}

/// Prompt caches live about this long after their last use.
const WARM: Duration = Duration::from_secs(600);
/// Shorter prompts are not cached anywhere.
const WORTH_CACHING: u64 = 2_000;
/// How long ahead a switch-off is told.
const AHEAD_DAYS: i32 = 45;

/// Advice on what was done lately (a week or so of ledger rows, in any order), most money first. `today` in days since
/// 1970-01-01; `usable` says whether there is a key for an endpoint and the preferences allow it. Play money is passed over.
pub fn advise<'a>(
    rows: impl IntoIterator<Item = &'a GenerationRow>,
    catalog: &Catalog,
    today: i32,
    usable: impl Fn(&Endpoint) -> bool,
) -> Vec<Advice> {
    let mut rows: Vec<&GenerationRow> = rows.into_iter().filter(|row| !row.receipt.demo).collect();
    rows.sort_by_key(|row| row.at);
    let attempts = || rows.iter().flat_map(|row| &row.receipt.attempts);
    let mut advice = cheaper_hosts(attempts(), catalog, &usable);
    advice.extend(caches_lost(&rows, catalog));
    advice.sort_by_key(|a| match a {
        Advice::CheaperHost { was, would, .. } => *would - *was,
        Advice::CacheLost { lost, .. } => -*lost,
        _ => Usd::ZERO,
    });
    advice.extend(retiring(attempts(), catalog, today));
    advice.extend(changed(attempts(), catalog));
    advice
}

/// What was paid at one host, and what each other host of the model would have taken for the same requests.
#[derive(Default)]
struct Paid {
    was: Usd,
    others: BTreeMap<ProviderId, Option<Usd>>,
}

fn cheaper_hosts<'a>(
    attempts: impl Iterator<Item = &'a Attempt>,
    catalog: &Catalog,
    usable: &impl Fn(&Endpoint) -> bool,
) -> Vec<Advice> {
    let mut paid: BTreeMap<(&ModelId, &ProviderId), Paid> = BTreeMap::new();
    for attempt in attempts {
        let Some(booked) = attempt.cost.booked.filter(|b| !b.is_zero()) else { continue };
        let paid = paid.entry((&attempt.model, &attempt.provider)).or_default();
        paid.was += booked;
        for other in catalog.endpoints(&attempt.model) {
            if other.provider == attempt.provider || other.tier().is_some() || !usable(other) {
                continue;
            }
            let fits = other.context.is_none_or(|c| attempt.usage.total() <= u64::from(c));
            let price = other.prices.as_ref().filter(|_| fits);
            let would = price.and_then(|p| amount(&attempt.usage, p, attempt.started));
            // one request that a host could not have taken rules it out
            let sum = paid.others.entry(other.provider.clone()).or_insert(Some(Usd::ZERO));
            *sum = sum.zip(would).map(|(sum, would)| sum + would);
        }
    }
    let worth_saying = |was: Usd, would: Usd| {
        let saved = was - would;
        saved >= Usd::from_cents(10) && saved.scale(10, 1).is_some_and(|tenfold| tenfold >= was)
    };
    let say = |((model, from), paid): ((&ModelId, &ProviderId), Paid)| {
        let others = paid.others.into_iter().filter_map(|(to, sum)| Some((to, sum?)));
        let (to, would) = others.min_by_key(|(_, sum)| *sum)?;
        let (model, from, was) = (model.clone(), from.clone(), paid.was);
        worth_saying(was, would).then_some(Advice::CheaperHost { model, from, to, was, would })
    };
    paid.into_iter().filter_map(say).collect()
}

fn caches_lost(rows: &[&GenerationRow], catalog: &Catalog) -> Vec<Advice> {
    let mut last: BTreeMap<(SessionId, &ModelId), &GenerationRow> = BTreeMap::new();
    let mut lost: BTreeMap<&ModelId, (u32, Usd)> = BTreeMap::new();
    for row in rows {
        let Some(session) = row.session else { continue };
        let now = &row.receipt;
        let before = last.insert((session, &now.model), row);
        let Some(before) = before else { continue };
        let was = &before.receipt;
        let cold = was.provider != now.provider
            && now.usage.cached_read == 0
            && row.at.since(before.at) < WARM
            && was.usage.input() >= WORTH_CACHING;
        if !cold {
            continue;
        }
        let Some(prices) = catalog.endpoint(&was.endpoint).and_then(|e| e.prices.as_ref()) else { continue };
        let rates = in_force(prices, was.usage.input(), before.at);
        let per_token = rates.prompt - rates.cached_read;
        if per_token <= Usd::ZERO {
            continue;
        }
        // what the new host read afresh though the old one had it
        let again = was.usage.input().min(now.usage.input());
        let (switches, sum) = lost.entry(&now.model).or_default();
        *switches += 1;
        *sum += per_token.scale(i128::from(again), 1).unwrap_or_default();
    }
    lost.into_iter()
        .filter(|(_, (_, sum))| *sum >= Usd::from_cents(5))
        .map(|(model, (switches, lost))| Advice::CacheLost { model: model.clone(), switches, lost })
        .collect()
}

fn retiring<'a>(attempts: impl Iterator<Item = &'a Attempt>, catalog: &Catalog, today: i32) -> Vec<Advice> {
    let used: BTreeMap<&EndpointId, &Attempt> = attempts.map(|a| (&a.endpoint, a)).collect();
    let soon = |(id, attempt): (&EndpointId, &Attempt)| {
        let day = catalog.facts(id)?.retires.clone()?;
        let date: jiff::civil::Date = day.parse().ok()?;
        let days = date.since(jiff::civil::Date::constant(1970, 1, 1)).ok()?.get_days();
        let in_days = days.saturating_sub(today);
        let told = in_days <= AHEAD_DAYS;
        let (model, provider) = (attempt.model.clone(), attempt.provider.clone());
        told.then_some(Advice::Retiring { model, provider, day, in_days })
    };
    used.into_iter().filter_map(soon).collect()
}

/// Compares what the last priced attempt at each endpoint paid with what the catalog says for the same moment and
/// prompt; and looks at what the provider itself charged.
fn changed<'a>(attempts: impl Iterator<Item = &'a Attempt>, catalog: &Catalog) -> Vec<Advice> {
    let last: BTreeMap<&EndpointId, &Attempt> =
        attempts.filter(|a| !a.cost.lines.is_empty()).map(|a| (&a.endpoint, a)).collect();
    let mut advice = Vec::new();
    for (id, attempt) in last {
        if let Some(mismatch) = mismatch(&attempt.cost) {
            advice.push(Advice::Mischarged { endpoint: id.clone(), mismatch });
        }
        let Some(prices) = catalog.endpoint(id).and_then(|e| e.prices.as_ref()) else { continue };
        let rates = in_force(prices, attempt.usage.input(), attempt.started);
        for line in &attempt.cost.lines {
            let now = match line.category.as_str() {
                "prompt" => rates.prompt,
                "completion" => rates.completion,
                "cached_read" => rates.cached_read,
                _ => continue,
            };
            if now != line.price {
                advice.push(Advice::PriceChanged {
                    endpoint: id.clone(),
                    price: line.category.clone(),
                    was: line.price,
                    now,
                });
            }
        }
    }
    advice
}
