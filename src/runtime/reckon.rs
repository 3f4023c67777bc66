//! Looking back over the ledger: what-if and standing advice, for the terminal and the command line alike.

use super::core::Core;
use crate::catalog::Catalog;
use crate::metering::{self, Advice, Counter, Elsewhere, Past, Target, WhatIf, what_if};
use crate::store::{By, LedgerMark, LedgerRange, Store, StoreError};
use crate::words::{
    At, Dimension, Endpoint, GenerationRow, ModelId, ProviderId, RollupKey, SessionId, Totals,
};
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

/// Rows that are priced again: of these civil days (the last one included), or of a session however old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Days(i32, i32),
    Session(SessionId),
}

/// How far back speeds are looked up.
const PAST_DAYS: i32 = 90;
/// How far back advice looks, and how many rows at most.
const ADVICE_DAYS: i32 = 14;
const ADVICE_ROWS: usize = 5_000;
const PAGE: usize = 1_000;

/// Bars of a day that the widest dashboard shows, and days that are read at once behind them.
const SHOWN: i32 = 40;
const PIECE: i32 = 90;

/// The totals of these days in the pieces that the dashboard asks for. The first is what its first picture shows: the
/// whole time axis, and the models of the newest bars. Behind it comes what may be a hundred times as much, older
/// models and then sessions, in pieces so that nobody waits long for the store.
pub fn pieces(days: Range<i32>) -> Vec<Vec<(By, Range<i32>)>> {
    let mut to = days.start.max(days.end - SHOWN);
    let mut pieces = vec![vec![(By::All, days.clone()), (By::Model, to..days.end)]];
    while to > days.start {
        let from = days.start.max(to - PIECE);
        pieces.push(vec![(By::Model, from..to)]);
        to = from;
    }
    pieces.push([By::Session, By::Tag, By::Key].map(|by| (by, days.clone())).to_vec());
    pieces
}

/// One such piece, real and of the demonstration: all of it is asked for before the first of it is there.
pub async fn totals(
    store: &Store,
    piece: &[(By, Range<i32>)],
) -> Result<Vec<(RollupKey, Totals)>, StoreError> {
    let ask = |demo| piece.iter().map(move |(by, days)| store.rollups(days.clone(), demo, *by));
    let asked: Vec<_> = [false, true].into_iter().flat_map(ask).collect();
    let mut rows = Vec::new();
    for answer in asked {
        rows.extend(answer.await?);
    }
    Ok(rows)
}

/// Every generation of the span that cost real money, newest first. Blocks.
pub fn rows(store: &Store, span: Span) -> Result<Vec<GenerationRow>, StoreError> {
    some(store, span, usize::MAX)
}

fn some(store: &Store, span: Span, most: usize) -> Result<Vec<GenerationRow>, StoreError> {
    // rows are stored by the moment they ended; a civil day lies within two days of UTC's on either side
    let at = |day: i32| At::from_secs(i64::from(day) * 86_400);
    let wanted = match span {
        Span::Days(from, to) => LedgerRange { from: at(from - 1), to: at(to + 3), session: None },
        Span::Session(id) => LedgerRange { session: Some(id), ..LedgerRange::default() },
    };
    let fits = |row: &GenerationRow| match span {
        Span::Days(from, to) => (from..=to).contains(&row.day),
        Span::Session(_) => true,
    };
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = store.generations(wanted, before, PAGE).wait()?;
        before = page.last().map(LedgerMark::of);
        let last = page.len() < PAGE;
        found.extend(page.into_iter().filter(|row| !row.receipt.demo && row.was_asked() && fits(row)));
        if last || found.len() >= most {
            return Ok(found);
        }
    }
}

/// Prices the rows again on each target. Blocks.
pub fn price_again(
    store: &Store,
    catalog: &Catalog,
    counter: &Counter,
    rows: &[GenerationRow],
    targets: &[Target],
    today: i32,
    usable: &dyn Fn(&Endpoint) -> bool,
) -> Result<Vec<(Target, WhatIf)>, StoreError> {
    let speeds = speeds(store, today)?;
    let past = |model: &ModelId, provider: Option<&ProviderId>| {
        let totals = match provider {
            Some(provider) => speeds.get(&(model.clone(), Some(provider.clone()))),
            None => speeds.get(&(model.clone(), None)),
        };
        #[allow(clippy::cast_precision_loss, reason = "a rate for people, far below 2^52")]
        totals.map_or_else(Past::default, |totals| Past {
            ttft: totals.ttft.quantile(0.5).map(Duration::from_micros),
            rate: totals.throughput.quantile(0.5).map(|milli| milli as f64 / 1000.0),
        })
    };
    let elsewhere = Elsewhere { catalog, counter, usable, past: &past };
    Ok(targets.iter().map(|target| (target.clone(), what_if(rows, target, &elsewhere))).collect())
}

/// Totals of each model lately, at each provider and at all.
fn speeds(store: &Store, today: i32) -> Result<BTreeMap<(ModelId, Option<ProviderId>), Totals>, StoreError> {
    let mut sums: BTreeMap<_, Totals> = BTreeMap::new();
    for (key, totals) in store.rollups(today - PAST_DAYS..today + 1, false, By::Model).wait()? {
        if let Dimension::Model(model, provider, _) = key.of {
            *sums.entry((model.clone(), Some(provider))).or_default() += &totals;
            *sums.entry((model, None)).or_default() += &totals;
        }
    }
    Ok(sums)
}

/// What the last fortnight's rows and the catalog prove. Blocks.
pub fn advice(
    store: &Store,
    catalog: &Catalog,
    today: i32,
    usable: &dyn Fn(&Endpoint) -> bool,
) -> Result<Vec<Advice>, StoreError> {
    let rows = some(store, Span::Days(today - ADVICE_DAYS + 1, today), ADVICE_ROWS)?;
    Ok(metering::advise(rows.iter(), catalog, today, |e| !e.demo && usable(e)))
}

/// Models whose provider lately billed something else than its list price comes to, in percent of ours. Blocks.
#[allow(clippy::cast_possible_truncation, reason = "a percentage for people")]
pub fn mischarged(
    store: &Store,
    catalog: &Catalog,
    today: i32,
) -> Result<BTreeMap<ModelId, i64>, StoreError> {
    let flag = |advice| match advice {
        Advice::Mischarged { endpoint, mismatch } => {
            let (_, model) = endpoint.as_str().split_once(':')?;
            Some((ModelId::new(model), mismatch.percent()?.round() as i64))
        }
        _ => None,
    };
    Ok(advice(store, catalog, today, &|_| true)?.into_iter().filter_map(flag).collect())
}

impl Core {
    /// The rows of the span on each target, with how many there are. Blocks.
    pub fn what_if(
        &self,
        span: Span,
        targets: &[Target],
        today: i32,
        usable: &dyn Fn(&Endpoint) -> bool,
    ) -> Result<(usize, Vec<(Target, WhatIf)>), StoreError> {
        let rows = rows(&self.store, span)?;
        let (catalog, counter) = (self.gateway.catalog(), self.gateway.counter());
        let usable = |e: &Endpoint| !e.demo && usable(e);
        let answers = price_again(&self.store, &catalog, &counter, &rows, targets, today, &usable)?;
        Ok((rows.len(), answers))
    }
}
