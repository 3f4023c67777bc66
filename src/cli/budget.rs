//! `fareway budget`: the limits of the config and how much of each is used.

use super::shell::Shell;
use super::{Exit, Fail, out};
use crate::config::Limits;
use crate::runtime::now;
use crate::store::{Of, Store};
use crate::words::{ModelId, ProviderId, Usd};
use serde_json::json;

/// Show spending limits and how much of each is used
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Limits are set in the config; a request that would go over one is not sent (exit code 3):
  [budgets]
  day = \"5.00\"
  [budgets.providers.openai]
  month = \"20.00\"
Days, weeks (from Monday) and months begin in the config's time zone. Demo money never counts.")]
pub struct Args {
    #[arg(long)]
    json: bool,
}

struct Row {
    of: String,
    per: &'static str,
    spent: Usd,
    limit: Usd,
}

pub fn run(args: Args, shell: Shell) -> Result<Exit, Fail> {
    let store = shell.store()?;
    let budgets = &shell.config.budgets;
    let today = shell.config.day(now());
    let all = Limits { day: budgets.day, week: budgets.week, month: budgets.month, total: budgets.total };
    let mut rows = used(&store, today, "everything", &Of::All, &all)?;
    for (slug, limits) in &budgets.providers {
        rows.extend(used(&store, today, slug, &Of::Provider(ProviderId::new(slug)), limits)?);
    }
    for (id, limits) in &budgets.models {
        rows.extend(used(&store, today, id, &Of::Model(ModelId::new(id)), limits)?);
    }
    for key in &shell.config.serve.keys {
        let limits = Limits { day: key.day, week: key.week, month: key.month, total: key.total };
        rows.extend(used(&store, today, &key.label, &Of::Key(key.label.clone()), &limits)?);
    }
    if args.json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                json!({
                    "of": row.of, "per": row.per, "spent_usd": row.spent.to_string(),
                    "limit_usd": row.limit.to_string(), "percent": percent(row),
                })
            })
            .collect();
        out::json(&json!({"session_usd": budgets.session.map(|usd| usd.to_string()), "budgets": rows}))?;
        return Ok(Exit::Ok);
    }
    if let Some(limit) = budgets.session {
        out::text(&format!("each session: ${limit}"))?;
    }
    if rows.is_empty() {
        if budgets.session.is_none() {
            out::note("no budget is set; `fareway budget --help` shows how");
        }
        return Ok(Exit::Ok);
    }
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let percent = percent(row);
            let mark = match percent {
                100.. => "reached",
                n if n >= i128::from(budgets.warn) => "nearly reached",
                _ => "",
            };
            vec![
                row.of.clone(),
                row.per.to_owned(),
                format!("${}", row.spent.round(4)),
                format!("${}", row.limit),
                format!("{percent}%"),
                mark.to_owned(),
            ]
        })
        .collect();
    out::table(&["OF", "PER", "SPENT", "LIMIT", "USED", ""], &cells)?;
    Ok(Exit::Ok)
}

fn percent(row: &Row) -> i128 {
    if row.limit.is_zero() { 100 } else { row.spent.raw().saturating_mul(100) / row.limit.raw() }
}

fn used(store: &Store, today: i32, name: &str, of: &Of, limits: &Limits) -> Result<Vec<Row>, Fail> {
    let date = super::usage::civil(today);
    let monday = today - i32::from(date.weekday().to_monday_zero_offset());
    let first = today - i32::from(date.day()) + 1;
    let mut rows = Vec::new();
    for (per, limit, from) in [
        ("day", limits.day, today),
        ("week", limits.week, monday),
        ("month", limits.month, first),
        ("total", limits.total, 0),
    ] {
        if let Some(limit) = limit {
            let spent = store.totals(from..today + 1, false, of.clone()).wait()?.booked;
            rows.push(Row { of: name.to_owned(), per, spent, limit });
        }
    }
    Ok(rows)
}
