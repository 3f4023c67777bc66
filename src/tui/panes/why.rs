//! The waterfall of one reply: how it was decided, who was tried, how long each took, what each cost.

use super::figures::{count, usd};
use super::overlay::{broken, frame, on, text};
use crate::app::panes::why::State;
use crate::app::{Model, seconds, short};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::{At, Outcome, Receipt, Verdict, clean_line};
use ratatui::layout::{Position, Rect};
use std::time::Duration;

pub fn draw(canvas: &mut Canvas<'_>, whole: Rect, _: &Model, state: &State) -> Option<Position> {
    let (title, hints, most) = ("Why this endpoint", "↑ ↓ · Esc", 110);
    let Some(receipt) = &state.receipt else {
        let area = frame(canvas, whole, title, hints, (most, 4));
        text(canvas, area, "The ledger has no such reply yet.", Meaning::Dim);
        return None;
    };
    let panel = canvas.style(Meaning::Panel);
    let columns = whole.width.min(most).saturating_sub(2);
    let rows: Vec<(String, Meaning)> = rows(receipt, usize::from(columns))
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

fn rows(receipt: &Receipt, width: usize) -> Vec<(String, Meaning)> {
    let mut rows = Vec::new();
    let cost = receipt.cost.booked.map_or("?".to_owned(), usd);
    rows.push((
        format!("{} at {}: {cost} ({})", receipt.model, receipt.provider, receipt.cost.source.name()),
        Meaning::Heading,
    ));
    if let Some(decision) = &receipt.decision {
        for step in &decision.resolved {
            rows.push((format!("  {step}"), Meaning::Dim));
        }
        rows.push((format!("  {} ({})", decision.why, decision.strategy), Meaning::Panel));
    }
    rows.push((String::new(), Meaning::Panel));
    rows.push(("Attempts".into(), Meaning::Heading));
    waterfall(receipt, width, &mut rows);
    if let Some(decision) = receipt.decision.as_ref().filter(|d| !d.considered.is_empty()) {
        rows.push((String::new(), Meaning::Panel));
        rows.push(("Considered".into(), Meaning::Heading));
        for one in &decision.considered {
            let (verdict, meaning) = match &one.verdict {
                Verdict::Kept { place } => (format!("{}.", place + 1), Meaning::Ok),
                Verdict::Moved { place, reason } => {
                    (format!("{}. moved: {reason}", place + 1), Meaning::Warn)
                }
                Verdict::Dropped { filter, reason } => {
                    (format!("out: {} ({reason})", filter.name()), Meaning::Dim)
                }
            };
            let mut line = format!("  {} {verdict}", one.endpoint);
            if let Some(estimate) = &one.estimate {
                line.push_str(&format!(" · ~{}", estimate.cost.map_or("?".to_owned(), usd)));
                if let Some(ttft) = estimate.ttft {
                    line.push_str(&format!(" · first {}", seconds(ttft)));
                }
                if let Some(rate) = estimate.throughput {
                    line.push_str(&format!(" · {rate:.0} tok/s"));
                }
            }
            if let Some(share) = one.share {
                line.push_str(&format!(" · share {:.0}%", share * 100.0));
            }
            rows.push((line, meaning));
        }
    }
    rows.push((String::new(), Meaning::Panel));
    rows.push(("Money".into(), Meaning::Heading));
    for line in &receipt.cost.lines {
        let sum = usd(line.price * line.count);
        rows.push((
            format!("  {:<16} {:>9} × {} = {sum}", line.category, count(line.count), line.price),
            Meaning::Panel,
        ));
    }
    if let Some(ours) = receipt.cost.ours.filter(|ours| Some(*ours) != receipt.cost.booked) {
        rows.push((format!("  by our catalog: {}", usd(ours)), Meaning::Dim));
    }
    rows
}

/// A bar for each attempt on one time axis: light while waiting for the first token, full while streaming.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "columns of a bar")]
fn waterfall(receipt: &Receipt, width: usize, rows: &mut Vec<(String, Meaning)>) {
    let begin = receipt.attempts.iter().map(|a| a.started).min().unwrap_or(At(0));
    let end = |a: &crate::words::Attempt| (a.started + a.total).since(begin);
    let whole = receipt.attempts.iter().map(end).max().unwrap_or_default().max(Duration::from_millis(1));
    let columns = (width / 3).clamp(8, 40);
    let place = |d: Duration| ((d.as_secs_f64() / whole.as_secs_f64()) * columns as f64).round() as usize;
    for attempt in &receipt.attempts {
        let from = place(attempt.started.since(begin)).min(columns);
        let to = place(end(attempt)).clamp(from, columns);
        let first = attempt.ttft.map_or(to, |t| place(attempt.started.since(begin) + t)).clamp(from, to);
        let bar = format!(
            "{}{}{}{}",
            " ".repeat(from),
            "░".repeat(first - from),
            "█".repeat((to - first).max(usize::from(first == from))),
            " ".repeat(columns.saturating_sub(to))
        );
        let (ended, meaning) = match &attempt.outcome {
            Outcome::Answered => ("answered".to_owned(), Meaning::Ok),
            Outcome::Cancelled => ("stopped".to_owned(), Meaning::Warn),
            Outcome::Failed(failure) => (short(failure), Meaning::Error),
        };
        let mut kind = String::new();
        if attempt.hedge {
            kind.push_str(" hedge");
        }
        if attempt.rescue {
            kind.push_str(" rescue");
        }
        let cost = attempt.cost.booked.map_or("?".to_owned(), usd);
        let line =
            format!("  {bar} {} {ended}{kind} · {} · {cost}", attempt.endpoint, seconds(attempt.total));
        rows.push((line, meaning));
    }
}
