//! The usage dashboard: sums, bars over time, a breakdown, and the replies behind a bar.

use super::figures::{count, usd};
use super::overlay::{frame, list, on, row, text};
use crate::app::panes::usage::{Measure, Span, State, civil};
use crate::app::{Model, seconds, short};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::{GenerationRow, Outcome, Totals, clean_line};
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use std::time::Duration;

pub fn draw(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &State) -> Option<Position> {
    let hints = "← → bar · Enter its replies · d w m span · Tab by · $ t r measure · x demo · Esc";
    let kind = if state.demo { "demo " } else { "" };
    let title = format!("Usage: {kind}{} by {}", state.measure.name(), state.by.name());
    let mut area = frame(canvas, whole, &title, hints, (110, 36));
    if state.rows.is_none() {
        text(canvas, area, "Reading the ledger…", Meaning::Dim);
        return None;
    }
    let bars = state.bars();
    let Some((_, chosen)) = bars.len().checked_sub(1 + state.bar).and_then(|at| bars.get(at)) else {
        let other = if state.demo { "real" } else { "demo" };
        text(canvas, area, &format!("Nothing spent yet. `x` shows the {other} figures."), Meaning::Dim);
        return None;
    };
    let height =
        if state.generations.is_some() { 4 } else { (area.height / 3).clamp(3, 10) }.min(area.height);
    let chart = Rect { height, ..area };
    area = Rect { y: chart.bottom(), height: area.height - height, ..area };
    draw_bars(canvas, chart, state, &bars);
    let head = row(&mut area);
    let panel = canvas.style(Meaning::Panel);
    let place = state.chosen().map_or(String::new(), |at| name(at, state.span));
    canvas.text(
        head.x,
        head.y,
        head.width,
        &format!("{place}  {}", summary(chosen)),
        on(canvas, panel, Meaning::Heading),
    );
    let second = row(&mut area);
    canvas.text(second.x, second.y, second.width, &health(chosen), on(canvas, panel, Meaning::Dim));
    match &state.generations {
        Some(rows) => list(canvas, area, rows.len(), state.at, |canvas, area, index, style| {
            generation(canvas, area, &rows[index], style);
        }),
        None => breakdown(canvas, area, model, state),
    }
    None
}

/// Newest at the right; as many as there are columns for.
fn draw_bars(canvas: &mut Canvas<'_>, area: Rect, state: &State, bars: &[(i32, Totals)]) {
    if area.height < 2 {
        return;
    }
    let wide = match state.span {
        Span::Day => 3,
        Span::Week => 6,
        Span::Month => 8,
    };
    let shown = usize::from(area.width / wide).max(1);
    // the chosen bar stays in view
    let end = bars.len().saturating_sub(state.bar.saturating_sub(shown - 1));
    let from = end.saturating_sub(shown);
    let Some(window) = bars.get(from..end) else { return };
    let most = window.iter().map(|(_, t)| state.measure.of(t)).max().unwrap_or(0).max(1);
    let eighths = u64::from(area.height - 1) * 8;
    let chosen = bars.len() - 1 - state.bar;
    for (place, (at, totals)) in window.iter().enumerate() {
        let x = area.x + wide * u16::try_from(place).unwrap_or(0);
        let meaning = if from + place == chosen { Meaning::Accent } else { Meaning::Money };
        let style = on(canvas, canvas.style(Meaning::Panel), meaning);
        let mut filled = state.measure.of(totals) * eighths / most;
        if filled == 0 && state.measure.of(totals) > 0 {
            filled = 1;
        }
        for up in 0..area.height - 1 {
            let part = filled.saturating_sub(u64::from(up) * 8).min(8);
            if part > 0 {
                let block = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"][usize::try_from(part - 1).unwrap_or(0)];
                canvas.text(x, area.bottom() - 2 - up, wide - 1, &block.repeat(usize::from(wide - 1)), style);
            }
        }
        let label = match state.span {
            Span::Day => format!("{:>2}", civil(*at).2),
            Span::Week => format!("{}-{}", civil(*at).1, civil(*at).2),
            Span::Month => format!("{}-{:02}", at.div_euclid(12), at.rem_euclid(12) + 1),
        };
        canvas.text(
            x,
            area.bottom() - 1,
            wide,
            &label,
            on(
                canvas,
                canvas.style(Meaning::Panel),
                if from + place == chosen { Meaning::Accent } else { Meaning::Dim },
            ),
        );
    }
}

fn name(at: i32, span: Span) -> String {
    match span {
        Span::Month => format!("{}-{:02}", at.div_euclid(12), at.rem_euclid(12) + 1),
        Span::Day | Span::Week => {
            let (year, month, day) = civil(at);
            let word = if span == Span::Week { "week of " } else { "" };
            format!("{word}{year}-{month:02}-{day:02}")
        }
    }
}

fn summary(totals: &Totals) -> String {
    let unknown =
        if totals.unpriced > 0 { format!(" +{} of unknown price", totals.unpriced) } else { String::new() };
    let estimated = if totals.estimated.is_zero() {
        String::new()
    } else {
        format!(" (~{} estimated)", usd(totals.estimated))
    };
    format!(
        "{}{unknown}{estimated} · {} requests · {} in · {} out",
        usd(totals.booked),
        totals.requests,
        count(totals.usage.input()),
        count(totals.usage.output()),
    )
}

fn health(totals: &Totals) -> String {
    let percent = |part: u64, of: u64| (part * 100).checked_div(of).unwrap_or(0);
    let mut text = format!(
        "cache {}% · failed {}% · fell back {}%",
        percent(totals.usage.cached_read, totals.usage.input()),
        percent(totals.failed, totals.requests),
        percent(totals.fell_back, totals.requests),
    );
    let tokens = i128::from(totals.usage.total());
    if let Some(per_million) = totals.booked.scale(1_000_000, tokens) {
        text.push_str(&format!(" · {}/M", usd(per_million)));
    }
    if let (Some(p50), Some(p95)) = (totals.ttft.quantile(0.5), totals.ttft.quantile(0.95)) {
        let said = |us| seconds(Duration::from_micros(us));
        text.push_str(&format!(" · first token p50 {} p95 {}", said(p50), said(p95)));
    }
    if let Some(rate) = totals.throughput.quantile(0.5) {
        text.push_str(&format!(" · {} tok/s", rate / 1000));
    }
    text
}

fn breakdown(canvas: &mut Canvas<'_>, area: Rect, model: &Model, state: &State) {
    let parts = state.parts(model);
    let most = parts.first().map_or(1, |(_, t)| state.measure.of(t)).max(1);
    list(canvas, area, parts.len(), state.at, |canvas, area, index, style| {
        let (name, totals) = &parts[index];
        let value = match state.measure {
            Measure::Money => usd(totals.booked),
            Measure::Tokens => count(totals.usage.total()),
            Measure::Requests => totals.requests.to_string(),
        };
        let right = canvas.text_right(area.right(), area.y, 12, &value, on(canvas, style, Meaning::Money));
        let half = area.width / 2;
        canvas.text(area.x, area.y, half.saturating_sub(1), &clean_line(name), style);
        let room = u64::from(right.min(area.right().saturating_sub(12)).saturating_sub(area.x + half + 1));
        let filled = usize::try_from(state.measure.of(totals) * room / most).unwrap_or(0);
        canvas.text(
            area.x + half,
            area.y,
            u16::try_from(room).unwrap_or(0),
            &"█".repeat(filled),
            on(canvas, style, Meaning::Accent),
        );
    });
}

fn generation(canvas: &mut Canvas<'_>, area: Rect, row: &GenerationRow, style: Style) {
    let receipt = &row.receipt;
    let cost = receipt.cost.booked.map_or("?".to_owned(), usd);
    let ended = match &row.outcome {
        Outcome::Answered => String::new(),
        Outcome::Cancelled => "stopped".to_owned(),
        Outcome::Failed(failure) => short(failure),
    };
    let facts = format!(
        "{ended} {} → {} · {} · {cost}",
        count(receipt.usage.input()),
        count(receipt.usage.output()),
        seconds(receipt.total)
    );
    let at = canvas.text_right(
        area.right(),
        area.y,
        area.width * 2 / 3,
        facts.trim_start(),
        on(canvas, style, Meaning::Dim),
    );
    let who = format!("{} at {}", receipt.model, receipt.provider);
    canvas.text(area.x, area.y, at.saturating_sub(area.x + 1), &clean_line(&who), style);
}
