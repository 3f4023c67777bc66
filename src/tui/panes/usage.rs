//! The usage dashboard: sums, bars over time, a breakdown, and the replies behind a bar.

use super::chart::{self, Bar, COLOURED, colour, sparkline};
use super::figures::{count, counted, total, usd};
use super::overlay::{frame, list, on, row, text};
use crate::app::panes::axis::{Measure, Span, civil, place};
use crate::app::panes::usage::{self, Asked, Figures, Replies, State, percent, spent};
use crate::app::{Model, seconds, short};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::{GenerationRow, Of, Outcome, Totals, clean_line};
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

const CHARTS: &str =
    "←→ bar · ↑↓ part · Enter its replies · a all · i what if · d w m · Tab by · $ t r · x demo · Esc";
const REPLIES: &str = "↑↓ · Enter why · i what if · Esc back";

pub fn draw(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &State) -> Option<Position> {
    let hints = if state.replies.is_some() { REPLIES } else { CHARTS };
    let asked = state.sums.asked();
    let kind = if asked.demo { "demo " } else { "" };
    let title = format!("Usage: {kind}{} by {}", asked.measure.name(), asked.by.name());
    let mut area = frame(canvas, whole, &title, hints, (110, 36));
    if state.reading {
        text(canvas, area, "Reading the ledger…", Meaning::Dim);
        return None;
    }
    let Some((at, chosen)) = state.chosen() else {
        let other = if asked.demo { "real" } else { "demo" };
        text(canvas, area, &format!("Nothing spent yet. `x` shows the {other} figures."), Meaning::Dim);
        return None;
    };
    let height = if state.replies.is_some() { 4 } else { (area.height / 3).clamp(3, 10) }.min(area.height);
    let chart = Rect { height, ..area };
    area = Rect { y: chart.bottom(), height: area.height - height, ..area };
    let window = Window::of(state, area.width);
    window.draw(canvas, chart, state);
    let head = row(&mut area);
    let panel = canvas.style(Meaning::Panel);
    let mut name = place(at, asked.span);
    let mut of = &chosen.totals;
    if let Some((part, totals)) = state.replies.as_ref().and_then(|replies| replies.of.as_ref()) {
        name = format!("{name}, {}", clean_line(&usage::name(part, model)));
        of = totals;
    }
    let style = on(canvas, panel, Meaning::Heading);
    let room = usize::from(head.width).saturating_sub(crate::tui::text::width(&name) + 2);
    canvas.text(head.x, head.y, head.width, &format!("{name}  {}", summary(of, room)), style);
    let said = health(&Figures::of(of));
    // a low screen keeps its rows for the parts
    for said in said.iter().take(if area.height > 6 { 2 } else { 1 }) {
        let line = row(&mut area);
        canvas.text(line.x, line.y, line.width, said, on(canvas, panel, Meaning::Dim));
    }
    match &state.replies {
        Some(replies) => draw_replies(canvas, area, replies, state.at),
        None => {
            let area = advice(canvas, area, state);
            breakdown(canvas, area, model, state, chosen, &window);
        }
    }
    None
}

/// The bars that are seen, newest at the right, and the parts that have colours in them.
struct Window<'a> {
    asked: Asked,
    wide: u16,
    bars: Vec<(i32, &'a usage::Bar)>,
    coloured: Vec<Of>,
}

impl<'a> Window<'a> {
    fn of(state: &'a State, width: u16) -> Self {
        let asked = state.sums.asked();
        let wide = match asked.span {
            Span::Day => 3,
            Span::Week => 6,
            Span::Month => 8,
        };
        let shown = usize::from(width / wide).max(1);
        // the chosen bar stays in view
        let bars = state.sums.window(state.bar.saturating_sub(shown - 1), shown);
        let mut coloured = state.sums.largest(&bars);
        coloured.truncate(COLOURED);
        Self { asked, wide, bars, coloured }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, state: &State) {
        let chosen = state.chosen().map(|(at, _)| at);
        let bar = |(at, bar): &(i32, &usage::Bar)| {
            let mut parts: Vec<u64> = self.coloured.iter().map(|of| state.sums.measured(bar, of)).collect();
            let known = parts.iter().fold(0, |sum: u64, part| sum.saturating_add(*part));
            // what has no tag or key, and all the small parts together
            parts.resize(COLOURED, 0);
            parts.push(self.asked.measure.of(&bar.totals).saturating_sub(known));
            Bar { label: label(*at, self.asked.span), parts, chosen: chosen == Some(*at) }
        };
        chart::stacked(canvas, area, self.wide, &self.bars.iter().map(bar).collect::<Vec<_>>());
    }

    fn colour(&self, of: &Of) -> Meaning {
        let place = self.coloured.iter().position(|known| known == of);
        colour(place.unwrap_or(COLOURED))
    }
}

fn label(at: i32, span: Span) -> String {
    match span {
        Span::Day => format!("{:>2}", civil(at).2),
        Span::Week => format!("{}-{}", civil(at).1, civil(at).2),
        Span::Month => place(at, span),
    }
}

/// Up to two sentences at the foot, when there is room for them; what is left of the area.
fn advice(canvas: &mut Canvas<'_>, area: Rect, state: &State) -> Rect {
    let rows = u16::try_from(state.advice.len().min(2)).unwrap_or(0).min(area.height / 4);
    let panel = canvas.style(Meaning::Panel);
    for (y, said) in (area.bottom() - rows..area.bottom()).zip(&state.advice) {
        let style = on(canvas, panel, Meaning::Warn);
        canvas.text(area.x, y, area.width, &format!("· {}", clean_line(said)), style);
    }
    Rect { height: area.height - rows, ..area }
}

/// Money, requests and tokens, in so many columns: what is estimated and how many have no price are said at length only
/// where there is room.
fn summary(totals: &Totals, room: usize) -> String {
    let unknown =
        if totals.unpriced > 0 { format!(" +{} of unknown price", totals.unpriced) } else { String::new() };
    let estimated = if totals.estimated.is_zero() {
        String::new()
    } else {
        format!(" (~{} estimated)", usd(totals.estimated))
    };
    let rest = format!(
        " · {} · {} in · {} out",
        counted(totals.requests, "request", "requests"),
        count(totals.usage.input()),
        count(totals.usage.output()),
    );
    let spent = spent(totals).map_or("?".to_owned(), usd);
    let forms = [
        format!("{spent}{unknown}{estimated}{rest}"),
        format!("{spent}{unknown}{rest}"),
        format!("{}{rest}", total(totals)),
    ];
    let fits = |text: &&String| crate::tui::text::width(text) <= room;
    let [.., least] = &forms;
    forms.iter().find(fits).unwrap_or(least).clone()
}

/// How well it went and what it really came to; then how fast it was.
fn health(is: &Figures) -> [String; 2] {
    let per_million = is.per_million.map_or("?".to_owned(), usd);
    let well = format!(
        "cache {} · failed {} · fell back {} · attempts failed {} · {per_million}/M",
        percent(is.cache_hit),
        percent(is.failure),
        percent(is.fallback),
        percent(is.failed_attempts),
    );
    let first = is.ttft.map_or("?".to_owned(), |ttft| {
        let [p50, p95, p99] = [ttft.p50, ttft.p95, ttft.p99].map(seconds);
        format!("p50 {p50} p95 {p95} p99 {p99}")
    });
    let rate = is
        .throughput
        .map_or("?".to_owned(), |rate| format!("p50 {:.0} p10 {:.0} p1 {:.0}", rate.p50, rate.p10, rate.p1));
    [well, format!("first token {first} · tok/s {rate}")]
}

fn breakdown(
    canvas: &mut Canvas<'_>,
    area: Rect,
    model: &Model,
    state: &State,
    chosen: &usage::Bar,
    window: &Window<'_>,
) {
    let measure = window.asked.measure;
    let most = chosen.order.first().map_or(1, |of| state.sums.measured(chosen, of)).max(1);
    // name, its course over the bars seen, its share of this bar, its value
    let course = (area.width / 5).min(24);
    let value = 13;
    let name = (area.width / 2).saturating_sub(course / 2);
    list(canvas, area, chosen.order.len(), state.at, |canvas, area, index, style| {
        let of = &chosen.order[index];
        let Some(totals) = chosen.parts.get(of) else { return };
        let said = match measure {
            Measure::Money => total(totals),
            Measure::Tokens => count(totals.usage.total()),
            Measure::Requests => totals.requests.to_string(),
        };
        canvas.text_right(area.right(), area.y, value, &said, on(canvas, style, Meaning::Money));
        let colour = on(canvas, style, window.colour(of));
        let x = canvas.text(area.x, area.y, area.width, "■ ", colour);
        canvas.text(x, area.y, name.saturating_sub(3), &clean_line(&usage::name(of, model)), style);
        let spark = Rect { x: area.x + name, width: course, ..area };
        let series: Vec<u64> = window.bars.iter().map(|(_, bar)| state.sums.measured(bar, of)).collect();
        sparkline(canvas, spark, &series, on(canvas, style, Meaning::Dim));
        let from = spark.right() + 1;
        let room = u64::from(area.right().saturating_sub(value + 1).saturating_sub(from));
        let filled = u128::from(measure.of(totals)) * u128::from(room) / u128::from(most);
        let bar = "█".repeat(usize::try_from(filled).unwrap_or(0));
        canvas.text(from, area.y, u16::try_from(room).unwrap_or(0), &bar, colour);
    });
}

fn draw_replies(canvas: &mut Canvas<'_>, area: Rect, replies: &Replies, at: usize) {
    if replies.rows.is_empty() {
        let say = if replies.reading { "Reading the ledger…" } else { "No replies." };
        text(canvas, area, say, Meaning::Dim);
        return;
    }
    list(canvas, area, replies.rows.len(), at, |canvas, area, index, style| {
        generation(canvas, area, &replies.rows[index], style);
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
