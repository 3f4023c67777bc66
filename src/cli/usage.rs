//! `fareway usage`: what was spent, by time and by what.

use super::shell::Shell;
use super::{Exit, Fail, out};
use crate::runtime::{now, reckon};
use crate::store::By;
use crate::words::{Dimension, Totals, seconds};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::{Value, json};
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
`~` marks what rests on our own token counts; `?` counts requests whose price nobody knows.")]
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
    let by = match args.of {
        Split::All => By::All,
        Split::Model | Split::Provider => By::Model,
        Split::Session => By::Session,
        Split::Tag => By::Tag,
        Split::Key => By::Key,
    };
    let mut rows: BTreeMap<(Date, String), Totals> = BTreeMap::new();
    let mut sum = Totals::default();
    for (key, totals) in store.rollups(number(from)..number(to) + 1, args.demo, by).wait()? {
        let period = match args.by {
            Period::Day => civil(key.day),
            Period::Week => week(civil(key.day)),
            Period::Month => civil(key.day).first_of_month(),
            Period::Total => from,
        };
        let name = match (&key.of, args.of) {
            (Dimension::All, _) => String::new(),
            (Dimension::Model(_, provider), Split::Provider) => provider.to_string(),
            (Dimension::Model(model, _), _) => model.to_string(),
            (Dimension::Session(id), _) => id.to_string(),
            (Dimension::Tag(name) | Dimension::Key(name), _) => name.clone(),
        };
        *rows.entry((period, name)).or_default() += &totals;
        sum += &totals;
    }
    if args.json {
        let zone = if shell.config.timezone.is_empty() { "system" } else { &shell.config.timezone };
        let rows: Vec<Value> =
            rows.iter().map(|((period, name), t)| object(&args, *period, name, t)).collect();
        out::json(&json!({
            "from": from.to_string(), "to": to.to_string(), "timezone": zone, "demo": args.demo,
            "rows": rows, "sum": figures(&sum),
        }))?;
    } else if args.csv {
        out::csv(CSV, &rows.iter().map(|((period, name), t)| fields(*period, name, t)).collect::<Vec<_>>())?;
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

fn table(args: &Args, rows: &BTreeMap<(Date, String), Totals>, sum: &Totals) -> Result<(), Fail> {
    let split = args.of != Split::All;
    let line = |period: String, name: &str, t: &Totals| {
        let mut cells = vec![period];
        if split {
            cells.push(name.to_owned());
        }
        cells.extend([
            money(t),
            t.requests.to_string(),
            t.usage.input().to_string(),
            t.usage.output().to_string(),
            percent(t.usage.cached_read, t.usage.input()),
            percent(t.failed, t.requests),
            t.ttft.quantile(0.5).map_or("-".into(), |us| seconds(std::time::Duration::from_micros(us))),
            t.throughput.quantile(0.5).map_or("-".into(), |n| format!("{}/s", n / 1000)),
        ]);
        cells
    };
    let label = |period: &Date| match args.by {
        Period::Day => period.to_string(),
        Period::Week => format!("week of {period}"),
        Period::Month => period.strftime("%Y-%m").to_string(),
        Period::Total => "total".into(),
    };
    let mut cells: Vec<Vec<String>> =
        rows.iter().map(|((period, name), t)| line(label(period), name, t)).collect();
    if rows.len() > 1 {
        cells.push(line("sum".into(), "", sum));
    }
    let mut head = vec![""];
    if split {
        head.push("OF");
    }
    head.extend(["SPENT", "REQUESTS", "IN", "OUT", "CACHED", "FAILED", "TTFT", "TOK/S"]);
    Ok(out::table(&head, &cells)?)
}

fn money(totals: &Totals) -> String {
    let about = if totals.estimated.is_zero() { "" } else { "~" };
    let unknown = if totals.unpriced > 0 { format!(" +{}?", totals.unpriced) } else { String::new() };
    format!("{about}{}{unknown}", totals.booked.said())
}

fn percent(part: u64, whole: u64) -> String {
    // a provider may have claimed any number of tokens
    let percent = (u128::from(part) * 100).checked_div(u128::from(whole));
    percent.map_or("-".into(), |percent| format!("{percent}%"))
}

fn object(args: &Args, period: Date, name: &str, totals: &Totals) -> Value {
    let mut object = json!({"period": period.to_string()});
    if args.of != Split::All {
        object["name"] = json!(name);
    }
    if let (Value::Object(object), Value::Object(figures)) = (&mut object, figures(totals)) {
        object.extend(figures);
    }
    object
}

fn figures(t: &Totals) -> Value {
    json!({
        "cost_usd": t.booked.to_string(),
        "estimated_usd": t.estimated.to_string(),
        "unpriced_requests": t.unpriced,
        "requests": t.requests,
        "failed": t.failed,
        "cancelled": t.cancelled,
        "fell_back": t.fell_back,
        "attempts": t.attempts,
        "usage": t.usage.in_full(),
        "ttft_us": {"p50": t.ttft.quantile(0.5), "p90": t.ttft.quantile(0.9), "p99": t.ttft.quantile(0.99)},
        "tokens_per_1000s": {"p10": t.throughput.quantile(0.1), "p50": t.throughput.quantile(0.5)},
    })
}

const CSV: &[&str] = &[
    "period",
    "name",
    "cost_usd",
    "estimated_usd",
    "unpriced_requests",
    "requests",
    "failed",
    "cancelled",
    "fell_back",
    "prompt",
    "completion",
    "cached_read",
    "cache_write",
    "reasoning",
];

fn fields(period: Date, name: &str, t: &Totals) -> Vec<String> {
    let usage = t.usage;
    let numbers = [
        t.unpriced,
        t.requests,
        t.failed,
        t.cancelled,
        t.fell_back,
        usage.prompt,
        usage.completion,
        usage.cached_read,
        usage.cache_write_5m.saturating_add(usage.cache_write_1h),
        usage.reasoning,
    ];
    let mut fields = vec![period.to_string(), name.to_owned(), t.booked.to_string(), t.estimated.to_string()];
    fields.extend(numbers.map(|n| n.to_string()));
    fields
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
