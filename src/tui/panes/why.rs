//! Why one reply went where it went: who was tried and how that went, who was considered, what it cost.

use super::figures::{count, usd};
use super::overlay::{broken, frame, on, text, wrapped};
use crate::app::panes::why::State;
use crate::app::{Model, seconds, short};
use crate::tui::text::{fit, width as columns_of};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::{At, Attempt, Considered, Cost, Decision, Outcome, Receipt, Verdict, clean_line};
use ratatui::layout::{Position, Rect};
use std::time::Duration;

type Rows = Vec<(String, Meaning)>;

pub fn draw(canvas: &mut Canvas<'_>, whole: Rect, _: &Model, state: &State) -> Option<Position> {
    let (title, hints, most) = ("Why this endpoint", "↑ ↓ · Esc", 110);
    let Some(receipt) = &state.receipt else {
        let area = frame(canvas, whole, title, hints, (most, 4));
        text(canvas, area, "The ledger has no such reply yet.", Meaning::Dim);
        return None;
    };
    let panel = canvas.style(Meaning::Panel);
    let columns = whole.width.min(most).saturating_sub(2);
    let rows: Rows = rows(receipt, usize::from(columns))
        .into_iter()
        .flat_map(|(line, meaning)| broken(&line, columns).into_iter().map(move |line| (line, meaning)))
        .collect();
    let area =
        frame(canvas, whole, title, hints, (most, u16::try_from(rows.len()).unwrap_or(36).min(34) + 2));
    let top = state.top.min(rows.len().saturating_sub(usize::from(area.height)));
    for (y, (line, meaning)) in (area.y..area.bottom()).zip(rows.into_iter().skip(top)) {
        canvas.text(area.x, y, area.width, &clean_line(&line), on(canvas, panel, meaning));
    }
    None
}

fn rows(receipt: &Receipt, width: usize) -> Rows {
    let mut rows = Rows::new();
    let cost = receipt.cost.booked.map_or("?".to_owned(), usd);
    let head = match receipt.provider.as_str() {
        "" => format!("{}: nobody was asked", receipt.requested),
        provider => format!("{} at {provider}: {cost} ({})", receipt.model, receipt.cost.source.name()),
    };
    rows.push((head, Meaning::Heading));
    if let Some(decision) = &receipt.decision {
        decided(decision, &mut rows);
    }
    if !receipt.attempts.is_empty() {
        section("Attempts", &mut rows);
        attempts(receipt, width, &mut rows);
    }
    if let Some(decision) = receipt.decision.as_ref().filter(|decision| !decision.considered.is_empty()) {
        section("Considered", &mut rows);
        considered(&decision.considered, width, &mut rows);
    }
    if !receipt.cost.lines.is_empty() {
        section("Money", &mut rows);
        money(receipt, &mut rows);
    }
    rows
}

fn section(name: &str, rows: &mut Rows) {
    rows.push((String::new(), Meaning::Panel));
    rows.push((name.to_owned(), Meaning::Heading));
}

/// How the name was understood, how the first was chosen, and the dice: with them the draw can be repeated.
fn decided(decision: &Decision, rows: &mut Rows) {
    for step in &decision.resolved {
        rows.push((format!("  {step}"), Meaning::Dim));
    }
    if !decision.why.is_empty() {
        rows.push((format!("  {} ({})", decision.why, decision.strategy), Meaning::Panel));
    }
    if !decision.draws.is_empty() {
        let draws: Vec<String> = decision.draws.iter().map(|draw| format!("{draw:.4}")).collect();
        rows.push((format!("  drawn: {}", draws.join(", ")), Meaning::Dim));
    }
}

/// A bar for each attempt on one time axis: light while waiting for the first token, full while streaming.
fn attempts(receipt: &Receipt, width: usize, rows: &mut Rows) {
    let begin = receipt.attempts.iter().map(|a| a.started).min().unwrap_or(At(0));
    let end = |a: &Attempt| (a.started + a.total).since(begin);
    let whole = receipt.attempts.iter().map(end).max().unwrap_or_default().max(Duration::from_millis(1));
    let columns = (width / 4).clamp(8, 32);
    for attempt in &receipt.attempts {
        let bar = bar(attempt, attempt.started.since(begin), whole, columns);
        let (ended, meaning) = match &attempt.outcome {
            Outcome::Answered => ("answered".to_owned(), Meaning::Ok),
            Outcome::Cancelled => ("stopped".to_owned(), Meaning::Warn),
            Outcome::Failed(failure) => (short(failure), Meaning::Error),
        };
        let head = format!("  {bar} {} · {ended}", attempt.endpoint);
        let mut facts = Vec::new();
        // the failure's own word begins with the status where it is the reason
        let told = matches!(&attempt.outcome, Outcome::Failed(failure) if failure.status == attempt.status);
        facts.extend(attempt.status.filter(|_| !told).map(|status| format!("HTTP {status}")));
        facts.extend(attempt.part().map(str::to_owned));
        facts.extend(attempt.key.filter(|key| *key > 0).map(|key| format!("key {}", key + 1)));
        facts.extend(attempt.ttft.map(|ttft| format!("first {}", seconds(ttft))));
        facts.push(seconds(attempt.total));
        facts.push(attempt.cost.booked.map_or("?".to_owned(), usd));
        let (facts, indent) = (facts.join(" · "), 3 + columns);
        if columns_of(&head) + 3 + columns_of(&facts) <= width {
            rows.push((format!("{head} · {facts}"), meaning));
        } else {
            rows.push((head, meaning));
            note(&facts, indent, width, rows);
        }
        if let Outcome::Failed(failure) = &attempt.outcome {
            note(&format!("{}: {}", failure.kind.error_type(), failure.message), indent, width, rows);
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "columns of a bar")]
fn bar(attempt: &Attempt, offset: Duration, whole: Duration, columns: usize) -> String {
    let place = |d: Duration| ((d.as_secs_f64() / whole.as_secs_f64()) * columns as f64).round() as usize;
    let from = place(offset).min(columns);
    let to = place(offset + attempt.total).clamp(from, columns);
    let first = attempt.ttft.map_or(to, |ttft| place(offset + ttft)).clamp(from, to);
    // too short for the axis, but it was there
    let mark = if attempt.ttft.is_some() { "█" } else { "░" }.to_owned();
    format!(
        "{}{}{}{}{}",
        " ".repeat(from),
        "░".repeat(first - from),
        if from == to { mark } else { String::new() },
        "█".repeat(to - first),
        " ".repeat(columns.saturating_sub(to.max(from + 1)))
    )
}

/// A remark under a row, as many rows as it needs.
fn note(said: &str, indent: usize, width: usize, rows: &mut Rows) {
    let room = u16::try_from(width.saturating_sub(indent).max(12)).unwrap_or(u16::MAX);
    for row in wrapped(said, room) {
        rows.push((format!("{}{}", " ".repeat(indent), row.text()), Meaning::Dim));
    }
}

/// A column's title, and what it shows of an endpoint.
type Column = (&'static str, fn(&Considered) -> Option<String>);

/// The columns of the table. A narrow pane shows the first ones.
const COLUMNS: [Column; 5] = [
    ("cost", |one| Some(one.estimate.as_ref()?.cost.map_or("?".to_owned(), usd))),
    ("score", |one| one.score.map(score)),
    ("chance", |one| Some(format!("{:.0}%", one.share? * 100.0))),
    ("first", |one| Some(seconds(one.estimate.as_ref()?.ttft?))),
    ("tok/s", |one| Some(format!("{:.0}", one.estimate.as_ref()?.throughput?))),
];
const CELL: usize = 9;

/// A table: who, in which place, and what was expected there. What moved somebody stands under the name.
fn considered(all: &[Considered], width: usize, rows: &mut Rows) {
    let shown = if width < 70 { &COLUMNS[..2] } else { &COLUMNS[..] };
    let longest = all.iter().map(|one| one.endpoint.as_str().len()).max().unwrap_or(0);
    let name = longest.min(width.saturating_sub(5 + CELL * shown.len()));
    let titles: String = shown.iter().map(|(title, _)| format!("{title:>CELL$}")).collect();
    rows.push((format!("     {:name$}{titles}", ""), Meaning::Dim));
    for one in all {
        let (place, moved, meaning) = match &one.verdict {
            Verdict::Kept { place } => (format!("{}.", place + 1), None, Meaning::Ok),
            Verdict::Moved { place, reason } => {
                (format!("{}.", place + 1), Some(format!("moved back: {reason}")), Meaning::Warn)
            }
            Verdict::Dropped { filter, reason } => {
                ("out".to_owned(), Some(format!("{}: {reason}", filter.name())), Meaning::Dim)
            }
        };
        let mut line = format!("{place:>4} {:name$}", fit(one.endpoint.as_str(), name));
        if one.estimate.is_some() {
            for (_, cell) in shown {
                line.push_str(&format!("{:>CELL$}", cell(one).unwrap_or_else(|| "–".to_owned())));
            }
        }
        rows.push((line, meaning));
        if let Some(moved) = moved {
            note(&moved, 7, width, rows);
        }
    }
}

/// Four digits that say something; the unit is the strategy's (dollars, seconds, ...).
fn score(score: f64) -> String {
    match score.abs() {
        s if s >= 100.0 => format!("{score:.0}"),
        s if s >= 1.0 => format!("{score:.2}"),
        s if s >= 0.001 || s == 0.0 => format!("{score:.4}"),
        _ => format!("{score:.1e}"),
    }
}

/// The bill, item by item; part by part where several are on it.
fn money(receipt: &Receipt, rows: &mut Rows) {
    let parts: Vec<&Attempt> = receipt.billed().collect();
    if let [_, _, ..] = parts[..] {
        for part in parts {
            let kind = part.part().map_or(String::new(), |kind| format!(", {kind}"));
            let cost = part.cost.booked.map_or("?".to_owned(), usd);
            let source = part.cost.source.name();
            rows.push((format!("  {}{kind}: {cost} ({source})", part.endpoint), Meaning::Panel));
            items(&part.cost, "    ", rows);
        }
    } else {
        items(&receipt.cost, "  ", rows);
    }
    if let Some(ours) = receipt.cost.ours.filter(|ours| Some(*ours) != receipt.cost.booked) {
        rows.push((format!("  by our catalog: {}", usd(ours)), Meaning::Dim));
    }
}

fn items(cost: &Cost, indent: &str, rows: &mut Rows) {
    for line in &cost.lines {
        let sum = usd(line.price * line.count);
        rows.push((
            format!("{indent}{:<16} {:>9} × {} = {sum}", line.category, count(line.count), line.rate()),
            Meaning::Panel,
        ));
    }
}
