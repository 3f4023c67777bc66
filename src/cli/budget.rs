//! `fareway budget`: the limits of the config and how much of each is used.

use super::shell::Shell;
use super::{Exit, Fail, out};
use crate::metering::{Budgets, Limit, Unpriced};
use crate::runtime::{limits, now};
use crate::words::{Cap, Of, Usd, Used};
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
    used: Used,
    limit: Usd,
}

pub fn run(args: Args, shell: Shell) -> Result<Exit, Fail> {
    let store = shell.store()?;
    let budgets = &shell.config.budgets;
    let today = shell.config.day(now());
    let all = Budgets::new(limits(&shell.config), Unpriced::default()).all(today, None);
    let used = store.used(today, all.iter().map(|(_, cap)| cap.clone()).collect()).wait()?;
    let rows: Vec<Row> =
        all.into_iter().zip(used).map(|((limit, cap), used)| row(&limit, &cap, used)).collect();
    if args.json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                json!({
                    "of": row.of, "per": row.per, "spent_usd": row.used.spent.to_string(),
                    "set_aside_usd": row.used.held.to_string(), "limit_usd": row.limit.to_string(), "percent": percent(row),
                })
            })
            .collect();
        out::json(&json!({
            "timezone": shell.config.zone_name(), "session_usd": budgets.session.map(|usd| usd.to_string()),
            "unpriced_allowed": budgets.unpriced,
            "budgets": rows,
        }))?;
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
                row.used.spent.said(),
                if row.used.held.is_zero() { String::new() } else { row.used.held.said() },
                format!("${}", row.limit),
                format!("{percent}%"),
                mark.to_owned(),
            ]
        })
        .collect();
    out::table(&["OF", "PER", "SPENT", "UNDER WAY", "LIMIT", "USED", ""], &cells)?;
    out::note(&format!("days begin at midnight, {}", shell.config.zone_name()));
    out::note(match budgets.unpriced {
        true => "requests of unknown price go ahead and are in no sum (`[budgets] unpriced = true`)",
        false => {
            "a request of unknown price is refused (`[budgets] unpriced = true` lets it through, in no sum)"
        }
    });
    Ok(Exit::Ok)
}

fn percent(row: &Row) -> i128 {
    match row.limit.raw() {
        0 => 100,
        limit => row.used.sum().raw().saturating_mul(100) / limit,
    }
}

fn row(limit: &Limit, cap: &Cap, used: Used) -> Row {
    let of = match &cap.of {
        Of::Model(id) => id.to_string(),
        Of::Provider(slug) => slug.to_string(),
        Of::Key(label) => label.clone(),
        Of::All | Of::Session(_) | Of::Tag(_) => "everything".to_owned(),
    };
    Row { of, per: limit.window.name(), used, limit: limit.amount }
}
