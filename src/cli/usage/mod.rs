//! `fareway usage`: what was spent, by time and by what.

mod figures;

use super::shell::Shell;
use super::{Exit, Fail, out};
use crate::metering::{self, Figures, Window, percent};
use crate::runtime::{now, reckon};
use crate::store::By;
use crate::words::{Totals, Usd, seconds};
use figures::{CSV, fields, figures, object};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::json;
use std::collections::BTreeMap;

/// What was spent: money, tokens, requests, by time and by model, provider, session, tag or key
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  fareway usage                            the last 30 days, a line a day
  fareway usage --by month --of model      where the money went
  fareway usage --from 2026-11-01 --to 2026-11-30 --of provider --csv > november.csv
  fareway usage --demo                     the demo's play money, which is in no other total

Days begin in the config's time zone. Money is exact in --json and --csv, and rounded in the table.
`~` marks what rests on our own token counts; `?` is what nobody knows: a price (+N? requests), a rate of nothing.
$/M is what a million tokens really came to. CACHED is the share of input read from a cache, FAILED of requests that
failed, FELL BACK of those that took more than one attempt; TTFT and TOK/S are medians. --json and --csv have all
percentiles and counts; what is unknown is null there, or empty.")]
pub struct Args {
    /// A line for each
    #[arg(long, value_enum, default_value_t = Period::Day)]
    by: Period,
    /// Split by
    #[arg(long, value_enum, default_value_t = Split::All)]
    of: Split,
    /// First day, YYYY-MM-DD; by default 29 days ago (day), 11 weeks ago (week), a year ago (month)
    #[arg(long, value_name = "DATE", value_parser = super::parse_day)]
    from: Option<Date>,
    /// Last day; by default today
    #[arg(long, value_name = "DATE", value_parser = super::parse_day)]
    to: Option<Date>,
    /// The demo's play money instead
    #[arg(long)]
    demo: bool,
    /// A JSON object: rows and their sum
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Comma-separated values
    #[arg(long)]
    csv: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Period {
    Day,
    Week,
    Month,
    /// One line for the whole stretch
    Total,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Split {
    All,
    Model,
    Provider,
    Session,
    Tag,
    Key,
}

impl Period {
    fn window(self) -> Window {
        match self {
            Self::Day => Window::Day,
            Self::Week => Window::Week,
            Self::Month => Window::Month,
            Self::Total => Window::Total,
        }
    }
}

impl Split {
    fn split(self) -> metering::Split {
        match self {
            Self::All => metering::Split::Nothing,
            Self::Model => metering::Split::Model,
            Self::Provider => metering::Split::Provider,
            Self::Session => metering::Split::Session,
            Self::Tag => metering::Split::Tag,
            Self::Key => metering::Split::Key,
        }
    }

    /// The totals that it is made from.
    fn by(self) -> By {
        match self {
            Self::All => By::All,
            Self::Model | Self::Provider => By::Model,
            Self::Session => By::Session,
            Self::Tag => By::Tag,
            Self::Key => By::Key,
        }
    }
}

pub fn run(args: Args, shell: Shell) -> Result<Exit, Fail> {
    let store = shell.store()?;
    let today = civil(shell.config.day(now()));
    let to = args.to.unwrap_or(today);
    let from = args.from.unwrap_or_else(|| match args.by {
        Period::Day => to.saturating_sub(29.days()),
        Period::Week => week(to).saturating_sub(11.weeks()),
        Period::Month | Period::Total => to.first_of_month().saturating_sub(11.months()),
    });
    if from > to {
        return Err(Fail::usage(format!("--from {from} lies after --to {to}")));
    }
    let days = number(from)..=number(to);
    let found = store.rollups(number(from)..number(to) + 1, args.demo, args.of.by()).wait()?;
    let found = found.iter().map(|(key, totals)| (key, totals));
    let rows = metering::report(found, days, args.by.window(), args.of.split(), args.demo);
    let sum = rows.values().fold(Totals::default(), |mut sum, totals| {
        sum += totals;
        sum
    });
    if args.json {
        let zone = if shell.config.timezone.is_empty() { "system" } else { &shell.config.timezone };
        out::json(&json!({
            "from": from.to_string(), "to": to.to_string(), "timezone": zone, "demo": args.demo,
            "rows": rows.iter().map(|(at, totals)| object(&args, at, totals)).collect::<Vec<_>>(),
            "sum": figures(&sum),
        }))?;
    } else if args.csv {
        let head: Vec<&str> = CSV.iter().map(|(name, _)| *name).collect();
        let rows: Vec<Vec<String>> =
            rows.iter().map(|(at, totals)| fields(&object(&args, at, totals))).collect();
        out::csv(&head, &rows)?;
    } else if rows.is_empty() {
        let demo = if args.demo { "" } else { "; the demo's play money: --demo" };
        out::note(&format!("nothing was asked from {from} to {to}{demo}"));
    } else {
        table(&args, &rows, &sum)?;
        if !args.demo {
            let (catalog, usable) = (shell.recalled()?, shell.usable());
            for advice in reckon::advice(&store, &catalog, shell.config.day(now()), &usable)? {
                out::note(&advice.to_string());
            }
        }
    }
    Ok(Exit::Ok)
}

fn table(args: &Args, rows: &BTreeMap<(i32, String), Totals>, sum: &Totals) -> Result<(), Fail> {
    let split = args.of != Split::All;
    let line = |period: String, name: &str, t: &Totals| {
        let is = Figures::of(t);
        let mut cells = vec![period];
        if split {
            cells.push(name.to_owned());
        }
        cells.extend([
            money(t),
            is.per_million.map_or("?".into(), Usd::said),
            t.requests.to_string(),
            t.usage.input().to_string(),
            t.usage.output().to_string(),
            percent(is.cache_hit),
            percent(is.failure),
            percent(is.fallback),
            is.ttft.map_or("?".into(), |ttft| seconds(ttft.p50)),
            is.throughput.map_or("?".into(), |rate| format!("{:.0}/s", rate.p50)),
        ]);
        cells
    };
    let label = |day: i32| match args.by {
        Period::Day => civil(day).to_string(),
        Period::Week => format!("week of {}", civil(day)),
        Period::Month => civil(day).strftime("%Y-%m").to_string(),
        Period::Total => "total".into(),
    };
    let mut cells: Vec<Vec<String>> =
        rows.iter().map(|((day, name), t)| line(label(*day), name, t)).collect();
    if rows.len() > 1 {
        cells.push(line("sum".into(), "", sum));
    }
    let mut head = vec![""];
    if split {
        head.push("OF");
    }
    head.extend(["SPENT", "$/M", "REQUESTS", "IN", "OUT", "CACHED", "FAILED", "FELL BACK", "TTFT", "TOK/S"]);
    Ok(out::table(&head, &cells)?)
}

fn money(totals: &Totals) -> String {
    let about = if totals.estimated.is_zero() { "" } else { "~" };
    let unknown = if totals.unpriced > 0 { format!(" +{}?", totals.unpriced) } else { String::new() };
    match metering::spent(totals) {
        Some(spent) => format!("{about}{}{unknown}", spent.said()),
        None => "?".to_owned(),
    }
}

/// Days since 1970-01-01 as a date, and back.
pub fn civil(day: i32) -> Date {
    date(1970, 1, 1).saturating_add(day.days())
}

pub fn number(day: Date) -> i32 {
    date(1970, 1, 1).until(day).map_or(0, |span| span.get_days())
}

/// The Monday of a week.
fn week(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
}
