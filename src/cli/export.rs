//! `fareway export`: the ledger for other programs, or everything for another machine.

use super::sessions::rfc3339;
use super::shell::Shell;
use super::{Exit, Fail, heard, out};
use crate::store::{LedgerMark, LedgerRange};
use crate::words::{GenerationRow, Outcome};
use serde_json::{Value, json};
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// Write out the ledger (a line a request), or everything the store holds
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  fareway export > ledger.jsonl
  fareway export --csv -o ledger.csv
  fareway export --everything -o backup.jsonl      sessions, messages, ledger, settings: `fareway export --restore FILE` reads it

A request that was refused before anybody was asked (a budget, no endpoint) has the outcome \"refused\" and no attempts;
it counts in no total of `fareway usage`. Sums over `cost_usd` of the lines with \"demo\": false equal `fareway usage --by total --json`.")]
pub struct Args {
    /// Comma-separated values instead of JSON Lines
    #[arg(long)]
    csv: bool,
    /// Sessions, messages, ledger and settings, for a backup or another machine
    #[arg(long, conflicts_with = "csv")]
    everything: bool,
    /// Add what such a backup holds to this store
    #[arg(long, value_name = "FILE", conflicts_with_all = ["csv", "everything", "output"])]
    restore: Option<PathBuf>,
    /// Write here instead of to stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

const PAGE: usize = 1000;

pub fn run(args: Args, shell: Shell) -> Result<Exit, Fail> {
    let store = shell.store()?;
    if let Some(path) = args.restore {
        let file = std::fs::File::open(&path)
            .map_err(|e| Fail::usage(format!("cannot read {}: {e}", path.display())))?;
        let lines = store.import_from(std::io::BufReader::new(file))?;
        out::note(&format!("{lines} records taken in"));
        return Ok(Exit::Ok);
    }
    let mut to: Box<dyn Write> = match &args.output {
        None => Box::new(std::io::stdout().lock()),
        Some(path) => Box::new(BufWriter::new(
            std::fs::File::create(path)
                .map_err(|e| Fail::new(Exit::Failed, format!("cannot write {}: {e}", path.display())))?,
        )),
    };
    if args.everything {
        store.export_to(&mut to)?;
        to.flush()?;
        return Ok(Exit::Ok);
    }
    if args.csv {
        writeln!(to, "{}", HEAD.join(","))?;
    }
    let mut before = None;
    loop {
        let rows = store.generations(LedgerRange::default(), before, PAGE).wait()?;
        for row in &rows {
            let object = object(row);
            if args.csv {
                let cells: Vec<String> = HEAD.iter().map(|name| cell(&object, name)).collect();
                writeln!(to, "{}", cells.join(","))?;
            } else {
                writeln!(to, "{object}")?;
            }
        }
        match rows.last() {
            Some(last) if rows.len() == PAGE => before = Some(LedgerMark::of(last)),
            _ => break,
        }
    }
    to.flush()?;
    Ok(Exit::Ok)
}

const HEAD: &[&str] = &[
    "generation",
    "at",
    "day",
    "demo",
    "session",
    "purpose",
    "requested",
    "model",
    "provider",
    "endpoint",
    "outcome",
    "cost_usd",
    "cost_source",
    "prompt",
    "completion",
    "cached_read",
    "cache_write_5m",
    "cache_write_1h",
    "reasoning",
    "audio_in",
    "audio_out",
    "image_out",
    "images",
    "searches",
    "ttft_ms",
    "total_ms",
    "attempts",
    "key",
];

fn cell(object: &Value, name: &str) -> String {
    let value = object.get(name).or_else(|| object["usage"].get(name)).unwrap_or(&Value::Null);
    match value {
        Value::Null => String::new(),
        Value::Array(items) => items.len().to_string(),
        Value::String(text) if text.contains([',', '"', '\n', '\r']) => {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A row of the ledger as programs see it.
pub fn object(row: &GenerationRow) -> Value {
    let receipt = &row.receipt;
    let (outcome, error) = match &row.outcome {
        Outcome::Answered => ("answered", None),
        Outcome::Cancelled => ("cancelled", None),
        Outcome::Failed(failure) if !row.was_asked() => ("refused", Some(failure)),
        Outcome::Failed(failure) => ("failed", Some(failure)),
    };
    json!({
        "generation": receipt.generation.to_string(),
        "at": rfc3339(row.at),
        "day": super::usage::civil(row.day).to_string(),
        "demo": receipt.demo,
        "session": row.session.map(|id| id.to_string()),
        "message": row.message.map(|id| id.to_string()),
        "purpose": row.purpose,
        "tags": row.tags,
        "key": row.key_label,
        "requested": receipt.requested,
        "model": receipt.model,
        "provider": receipt.provider,
        "endpoint": receipt.endpoint,
        "outcome": outcome,
        "error": error.map(|f| json!({"kind": f.kind, "message": f.message})),
        "finish_reason": receipt.stop.map(|stop| stop.name()),
        "cost_usd": receipt.cost.booked.map(|usd| usd.to_string()),
        "cost_source": receipt.cost.source.name(),
        "our_cost_usd": receipt.cost.ours.map(|usd| usd.to_string()),
        "usage": receipt.usage.in_full(),
        "ttft_ms": receipt.ttft.map(heard::millis),
        "total_ms": heard::millis(receipt.total),
        "attempts": receipt.attempts.iter().map(heard::attempt).collect::<Vec<_>>(),
    })
}
