//! `fareway why`: the decision behind a request, and how each attempt went, as a waterfall.

use super::shell::Shell;
use super::{Exit, Fail, export, out};
use crate::store::LedgerRange;
use crate::words::{Attempt, Cost, Decision, GenerationId, GenerationRow, Outcome, Verdict, seconds};
use serde_json::json;
use std::time::Duration;

/// Show why a request went where it went: candidates, filters, attempts, times, cost
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  fareway why                      the last request
  fareway why gen-01936f...        as `ask` and the ledger name it")]
pub struct Args {
    /// The request; by default the last one
    #[arg(value_parser = super::parse_generation)]
    generation: Option<GenerationId>,
    #[arg(long)]
    json: bool,
}

pub fn run(args: Args, shell: Shell) -> Result<Exit, Fail> {
    let store = shell.store()?;
    let row = match args.generation {
        Some(id) => store.generation(id).wait()?.map(|row| *row),
        None => store.generations(LedgerRange::default(), None, 1).wait()?.pop(),
    };
    let Some(row) = row else {
        return Err(Fail::usage(match args.generation {
            Some(id) => format!("no request {id} in the ledger; `fareway export` lists them"),
            None => "nothing was asked yet".to_owned(),
        }));
    };
    if args.json {
        let mut object = export::object(&row);
        object["decision"] = json!(row.receipt.decision);
        object["cost_lines"] = json!(row.receipt.cost.lines);
        out::json(&object)?;
        return Ok(Exit::Ok);
    }
    out::text(&head(&row))?;
    if let Some(decision) = &row.receipt.decision {
        candidates(decision)?;
    }
    if row.was_asked() {
        attempts(&row)?;
        bill(&row)?;
    }
    Ok(Exit::Ok)
}

fn head(row: &GenerationRow) -> String {
    let receipt = &row.receipt;
    let by = match row.outcome {
        _ if !row.was_asked() => "nobody was asked".to_owned(),
        Outcome::Answered => format!("answered by {} at {}", receipt.model, receipt.provider),
        Outcome::Cancelled | Outcome::Failed(_) => format!("last {} at {}", receipt.model, receipt.provider),
    };
    let when = super::sessions::when(row.at);
    let mut text = format!("{} · {when} · asked for {}, {by}", receipt.generation, receipt.requested);
    if receipt.demo {
        text.push_str(" (demo)");
    }
    if let Some(decision) = &receipt.decision {
        for step in &decision.resolved {
            text.push_str(&format!("\n  {step}"));
        }
        if !decision.why.is_empty() {
            text.push_str(&format!("\n  {}: {}", decision.strategy, decision.why));
        }
        if !decision.draws.is_empty() {
            let draws: Vec<String> = decision.draws.iter().map(|draw| format!("{draw:.4}")).collect();
            text.push_str(&format!("\n  drawn: {}", draws.join(", ")));
        }
    }
    if let Outcome::Failed(failure) = &row.outcome {
        text.push_str(&format!("\n  failed, {}: {failure}", failure.kind.error_type()));
        if let Some(filter) = failure.excluded_by.first() {
            text.push_str(&format!(" (the last endpoint was taken by `{filter}`)"));
        }
    }
    text
}

fn candidates(decision: &Decision) -> Result<(), Fail> {
    if decision.considered.is_empty() {
        return Ok(());
    }
    out::text("\nCandidates")?;
    let rows: Vec<Vec<String>> = decision
        .considered
        .iter()
        .map(|c| {
            let (place, reason) = match &c.verdict {
                Verdict::Kept { place } => (format!("{}.", place + 1), String::new()),
                Verdict::Moved { place, reason } => {
                    (format!("{}.", place + 1), format!("moved back: {reason}"))
                }
                Verdict::Dropped { filter, reason } => ("out".into(), format!("{}: {reason}", filter.name())),
            };
            let estimate = c.estimate.as_ref();
            vec![
                place,
                c.endpoint.to_string(),
                // who was out before prices were looked at has no estimate; who has no price is `?`
                estimate
                    .map_or("-".into(), |e| e.cost.map_or("?".into(), |usd| format!("${}", usd.round(6)))),
                estimate.and_then(|e| e.ttft).map_or("-".into(), seconds),
                estimate.and_then(|e| e.throughput).map_or("-".into(), |n| format!("{n:.0}/s")),
                c.score.map_or("-".into(), figure),
                c.share.map_or("-".into(), |share| format!("{:.0}%", share * 100.0)),
                reason,
            ]
        })
        .collect();
    Ok(out::table(&["", "ENDPOINT", "WOULD COST", "TTFT", "TOK/S", "SCORE", "CHANCE", ""], &rows)?)
}

/// How wide the bars are.
const BAR: u32 = 40;

fn attempts(row: &GenerationRow) -> Result<(), Fail> {
    out::text("\nAttempts (. waiting, # answering)")?;
    let attempts = &row.receipt.attempts;
    let begin = attempts.iter().map(|a| a.started).min().unwrap_or_default();
    let whole = attempts.iter().map(|a| a.started.since(begin) + a.total).max().unwrap_or_default();
    let rows: Vec<Vec<String>> = attempts
        .iter()
        .map(|attempt| {
            let outcome = match &attempt.outcome {
                Outcome::Answered => "answered".to_owned(),
                Outcome::Cancelled => "stopped".to_owned(),
                Outcome::Failed(failure) => format!("{}: {failure}", failure.kind.error_type()),
            };
            let part = attempt.part().map_or(String::new(), |part| format!("{part}: "));
            vec![
                attempt.endpoint.to_string(),
                bar(attempt, attempt.started.since(begin), whole),
                attempt.ttft.map_or("-".into(), seconds),
                seconds(attempt.total),
                out::cost(&attempt.cost),
                attempt.status.map_or(String::new(), |status| status.to_string()),
                format!("{part}{outcome}"),
            ]
        })
        .collect();
    Ok(out::table(&["ENDPOINT", "", "TTFT", "TOTAL", "COST", "HTTP", "OUTCOME"], &rows)?)
}

fn bar(attempt: &Attempt, offset: Duration, whole: Duration) -> String {
    let cells = |d: Duration| {
        let cells = d.as_micros() * u128::from(BAR) / whole.as_micros().max(1);
        usize::try_from(cells).unwrap_or(0).min(BAR as usize)
    };
    let (from, to) = (cells(offset), cells(offset + attempt.total));
    let first = attempt.ttft.map_or(to, |ttft| cells(offset + ttft));
    let waiting = first.saturating_sub(from);
    let answering = to.saturating_sub(first).max(usize::from(attempt.ttft.is_some()));
    format!(
        "{:BAR$}",
        format!("{}{}{}", " ".repeat(from), ".".repeat(waiting), "#".repeat(answering)),
        BAR = BAR as usize
    )
}

fn bill(row: &GenerationRow) -> Result<(), Fail> {
    let receipt = &row.receipt;
    if receipt.cost.lines.is_empty() {
        return Ok(());
    }
    out::text("\nBill")?;
    let parts: Vec<&Attempt> = receipt.billed().collect();
    let mut rows = Vec::new();
    if let [_, _, ..] = parts[..] {
        for part in parts {
            let who = match part.part() {
                Some(kind) => format!("{} ({kind})", part.endpoint),
                None => part.endpoint.to_string(),
            };
            rows.extend(items(&part.cost).chain([booked(&part.cost)]).map(|mut item| {
                item.insert(0, who.clone());
                item
            }));
        }
        let mut whole = booked(&receipt.cost);
        whole.insert(0, "together".into());
        rows.push(whole);
    } else {
        rows.extend(items(&receipt.cost).chain([booked(&receipt.cost)]));
    }
    Ok(out::table(&[], &rows)?)
}

fn items(cost: &Cost) -> impl Iterator<Item = Vec<String>> {
    cost.lines.iter().map(|line| {
        let amount = format!("${}", line.price * line.count);
        vec![line.category.clone(), line.count.to_string(), line.rate(), amount]
    })
}

fn booked(cost: &Cost) -> Vec<String> {
    let amount = cost.booked.map_or("unknown".into(), |usd| format!("${usd}"));
    vec!["booked".into(), String::new(), cost.source.name().into(), amount]
}

/// A score: smaller is better; the unit is the strategy's (dollars, seconds, ...).
fn figure(score: f64) -> String {
    if score.abs() >= 0.001 || score == 0.0 { format!("{score:.4}") } else { format!("{score:.2e}") }
}
