//! Writing results to stdout: plain text, one JSON object, aligned tables; and notes to stderr.

use crate::words::{clean, clean_line, seconds};
use serde::Serialize;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// Bytes as they are.
pub fn bytes(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// Text from outside, made inert, with a newline at its end.
pub fn text(text: &str) -> io::Result<()> {
    let text = clean(text);
    bytes(text.as_bytes())?;
    if text.ends_with('\n') { Ok(()) } else { bytes(b"\n") }
}

/// One JSON value, for programs: on one line.
pub fn json<T: Serialize>(value: &T) -> io::Result<()> {
    let mut line = serde_json::to_vec(value).map_err(io::Error::other)?;
    line.push(b'\n');
    bytes(&line)
}

/// A remark for the person, on stderr.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr(), "fareway: {}", clean(text));
}

/// Columns aligned by what they show on a terminal; a column whose cells are all numbers stands right.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| clean_line(cell)).collect()).collect();
    let columns = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or(0);
    let cell = |row: &[String], column: usize| row.get(column).cloned().unwrap_or_default();
    let right: Vec<bool> = (0..columns)
        .map(|column| rows.iter().all(|row| is_number(&cell(row, column))) && !rows.is_empty())
        .collect();
    let width: Vec<usize> = (0..columns)
        .map(|column| {
            let heading = head.get(column).map_or(0, |h| h.width());
            rows.iter().map(|row| cell(row, column).width()).fold(heading, usize::max)
        })
        .collect();
    let mut out = String::new();
    let heading: Vec<String> = head.iter().map(|h| (*h).to_owned()).collect();
    for row in (!head.is_empty()).then_some(&heading).into_iter().chain(&rows) {
        let mut line = String::new();
        for column in 0..columns {
            let text = cell(row, column);
            let room = " ".repeat(width[column].saturating_sub(text.width()));
            let (before, after) = if right[column] { (room.as_str(), "") } else { ("", room.as_str()) };
            line.push_str(&format!("{before}{text}{after}  "));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    bytes(out.as_bytes())
}

fn is_number(cell: &str) -> bool {
    cell.chars().all(|c| c.is_ascii_digit() || "$.,~%+-–?ktMsm/ ".contains(c))
        && (cell.is_empty() || cell.contains(|c: char| c.is_ascii_digit() || "?-–".contains(c)))
}

/// Fields of comma-separated values (RFC 4180).
pub fn csv(head: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    let field = |text: &str| {
        if text.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let mut out = head.join(",") + "\n";
    for row in rows {
        out.push_str(&row.iter().map(|cell| field(cell)).collect::<Vec<_>>().join(","));
        out.push('\n');
    }
    bytes(out.as_bytes())
}

/// How old the prices are: `prices of 2026-11-24`.
pub fn prices_of(catalog: &crate::catalog::Catalog) -> String {
    let day =
        jiff::Timestamp::from_microsecond(catalog.as_of().0).map(|at| at.to_string()).unwrap_or_default();
    format!("prices of {}", day.get(..10).unwrap_or("an unknown day"))
}

/// What an answer took, on one line: who, tokens, cost, times, the name under which `why` knows it.
pub fn figures(receipt: &crate::words::Receipt) -> String {
    let usage = receipt.usage;
    let mut said = vec![format!("{} at {}", receipt.model, receipt.provider)];
    let mut tokens = format!("{} in, {} out", usage.input(), usage.output());
    if usage.cached_read > 0 {
        tokens.push_str(&format!(", {} cached", usage.cached_read));
    }
    if usage.reasoning > 0 {
        tokens.push_str(&format!(", {} thinking", usage.reasoning));
    }
    said.push(tokens);
    let demo = if receipt.demo { " (demo, not real money)" } else { "" };
    said.push(cost(&receipt.cost) + demo);
    if let Some(ttft) = receipt.ttft {
        said.push(format!("first token {}", seconds(ttft)));
    }
    said.push(seconds(receipt.total));
    if let Some(rate) = receipt.throughput() {
        said.push(format!("{rate:.0} tok/s"));
    }
    if receipt.attempts.len() > 1 {
        said.push(format!("{} attempts", receipt.attempts.len()));
    }
    said.push(receipt.generation.to_string());
    said.join(" · ")
}

/// An amount and how sure it is: `$0.00123`, `~$0.00123`, `free`, `cost unknown`.
pub fn cost(cost: &crate::words::Cost) -> String {
    use crate::words::CostSource;
    match (cost.booked, cost.source) {
        (_, CostSource::Free) => "free".into(),
        (Some(usd), CostSource::Estimate) => format!("~{}", usd.said()),
        (Some(usd), _) => usd.said(),
        (None, _) => "cost unknown".into(),
    }
}
