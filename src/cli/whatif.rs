//! `fareway whatif`: a session, a day or a month priced again on another model, or at the cheapest hosts.

use super::shell::Shell;
use super::usage::{civil, number};
use super::{Exit, Fail, out, sessions};
use crate::metering::{Counter, Elsewhere, Target, WhatIf, what_if};
use crate::runtime::now;
use crate::store::{By, LedgerMark, LedgerRange, Store};
use crate::words::{At, Dimension, Endpoint, GenerationRow, ModelId, ModelRef, Totals};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Price what was asked again: on another model, or at the cheapest host of each
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  fareway whatif                                       this month at the cheapest hosts of the same models
  fareway whatif --model openai/gpt-5-mini             this month on another model
  fareway whatif --day 2026-11-20 --model a/one --model b/two
  fareway whatif --session sky --any --model x/y       also hosts that you have no key for

Nothing is asked again: the ledger's token counts are priced with today's prices. The assumptions are said each time.")]
pub struct Args {
    /// On this model, at the cheapest of its hosts (repeat for more); without: each request's own model, cheapest host
    #[arg(short, long, value_name = "NAME")]
    model: Vec<String>,
    /// Only this session (id or a part of the title), however old
    #[arg(long, value_name = "SESSION", conflicts_with_all = ["day", "from", "to"])]
    session: Option<String>,
    /// Only this day, YYYY-MM-DD
    #[arg(long, value_name = "DATE", conflicts_with_all = ["from", "to"])]
    day: Option<Date>,
    /// First day; by default the first of this month
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// Last day; by default today
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    /// Hosts without a key count too
    #[arg(long)]
    any: bool,
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, shell: &Shell) -> Result<Exit, Fail> {
    let store = shell.store()?;
    let catalog = shell.catalog()?;
    let targets = if args.model.is_empty() {
        vec![Target::CheapestHost]
    } else {
        let named = args.model.iter().map(|name| shell.resolve(&ModelRef::new(name)).map(Target::Model));
        named.collect::<Result<_, _>>()?
    };
    let (title, rows) = rows(args, shell, &store)?;
    let medians = medians(&store, shell.config.day(now()))?;
    let usable = shell.usable();
    let counter = Counter::default();
    let elsewhere = Elsewhere {
        catalog: &catalog,
        counter: &counter,
        usable: |endpoint: &Endpoint| !endpoint.demo && (args.any || usable(endpoint)),
        ttft: |model: &ModelId| medians.get(model).copied(),
    };
    let answers: Vec<(String, WhatIf)> =
        targets.iter().map(|target| (name(target), what_if(rows.iter(), target, &elsewhere))).collect();
    if args.json {
        out::json(&json!({
            "of": title, "requests": rows.len(),
            "answers": answers.iter().map(|(name, answer)| object(name, answer)).collect::<Vec<_>>(),
        }))?;
        return Ok(Exit::Ok);
    }
    if rows.is_empty() {
        out::note(&format!("nothing that costs real money was asked: {title}"));
        return Ok(Exit::Ok);
    }
    out::text(&format!("{title}: {} requests\n", rows.len()))?;
    out::table(
        &["ON", "WAS", "WOULD BE", "SAVED", "FIRST TOKEN", "PRICED", "LEFT OUT"],
        &answers.iter().map(|(name, answer)| cells(name, answer)).collect::<Vec<_>>(),
    )?;
    if let Some((_, answer)) = answers.first() {
        out::text("\nAssumed:")?;
        for sentence in &answer.assumptions {
            out::text(&format!("- {sentence}"))?;
        }
    }
    Ok(Exit::Ok)
}

fn name(target: &Target) -> String {
    match target {
        Target::Model(model) => model.to_string(),
        Target::CheapestHost => "the same models, cheapest hosts".into(),
    }
}

/// The rows that are priced again, and what to call them.
fn rows(args: &Args, shell: &Shell, store: &Store) -> Result<(String, Vec<GenerationRow>), Fail> {
    if let Some(name) = &args.session {
        let session = sessions::find(store, name)?;
        let wanted = LedgerRange { session: Some(session.id), ..LedgerRange::default() };
        return Ok((format!("session \"{}\"", session.title), all(store, wanted, |_| true)?));
    }
    let today = civil(shell.config.day(now()));
    let (from, to) = match args.day {
        Some(day) => (day, day),
        None => {
            let to = args.to.unwrap_or(today);
            (args.from.unwrap_or(to.first_of_month()), to)
        }
    };
    if from > to {
        return Err(Fail::usage(format!("--from {from} lies after --to {to}")));
    }
    let days = number(from)..=number(to);
    // rows are stored by the moment they ended; a civil day lies within two days of UTC's on either side
    let at = |day: i32| At::from_secs(i64::from(day) * 86_400);
    let wanted = LedgerRange { from: at(days.start() - 1), to: at(days.end() + 3), session: None };
    let title = if from == to { from.to_string() } else { format!("{from} to {to}") };
    Ok((title, all(store, wanted, |row| days.contains(&row.day))?))
}

fn all(
    store: &Store,
    wanted: LedgerRange,
    fits: impl Fn(&GenerationRow) -> bool,
) -> Result<Vec<GenerationRow>, Fail> {
    const PAGE: usize = 1000;
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = store.generations(wanted, before, PAGE).wait()?;
        before = page.last().map(LedgerMark::of);
        let last = page.len() < PAGE;
        found.extend(page.into_iter().filter(|row| !row.receipt.demo && fits(row)));
        if last {
            return Ok(found);
        }
    }
}

/// Median time to the first token of each model over the last ninety days.
fn medians(store: &Store, today: i32) -> Result<BTreeMap<ModelId, Duration>, Fail> {
    let mut sums: BTreeMap<ModelId, Totals> = BTreeMap::new();
    for (key, totals) in store.rollups(today - 90..today + 1, false, By::Model).wait()? {
        if let Dimension::Model(model, _) = key.of {
            *sums.entry(model).or_default() += &totals;
        }
    }
    let median = |(model, totals): (ModelId, Totals)| {
        totals.ttft.quantile(0.5).map(|us| (model, Duration::from_micros(us)))
    };
    Ok(sums.into_iter().filter_map(median).collect())
}

fn cells(name: &str, answer: &WhatIf) -> Vec<String> {
    let ttft = answer.ttft.map_or("-".into(), |(was, would)| {
        format!("{:.2}s -> {:.2}s", was.as_secs_f64(), would.as_secs_f64())
    });
    let mut left = Vec::new();
    if answer.unpriced > 0 {
        left.push(format!("{} without a known price", answer.unpriced));
    }
    if answer.impossible > 0 {
        left.push(format!("{} that no usable host could take", answer.impossible));
    }
    vec![
        name.to_owned(),
        format!("${}", answer.was.round(4)),
        format!("${}", answer.would.round(4)),
        format!("${}", answer.saved().round(4)),
        ttft,
        answer.requests.to_string(),
        left.join(", "),
    ]
}

fn object(name: &str, answer: &WhatIf) -> Value {
    json!({
        "on": name,
        "was_usd": answer.was.to_string(),
        "would_usd": answer.would.to_string(),
        "saved_usd": answer.saved().to_string(),
        "priced": answer.requests,
        "unpriced": answer.unpriced,
        "impossible": answer.impossible,
        "ttft_ms": answer.ttft.map(|(was, would)| json!({
            "was": super::heard::millis(was), "would": super::heard::millis(would),
        })),
        "assumptions": answer.assumptions,
    })
}
