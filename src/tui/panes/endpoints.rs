//! A model in detail: what it is, what the person has had from it, and every endpoint with prices and live health.

use super::figures::{count, counted, total, usd};
use super::overlay::{on, row};
use crate::app::panes::picker::{State, details, stands_for};
use crate::app::{Card, HealthRow, Model, seconds};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::{DataPolicy, Endpoint, Totals, Usd, clean_line};
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use std::borrow::Cow;
use std::time::Duration;

pub fn draw(canvas: &mut Canvas<'_>, area: Rect, model: &Model, card: &Card, state: &State) {
    let panel = canvas.style(Meaning::Panel);
    let mut area = area;
    let head = row(&mut area);
    match state.own() {
        // what it is like follows from the model behind it
        Some((name, own)) => title(canvas, head, name, &stands_for(own)),
        None => title(canvas, head, &card.name, &card.description),
    }
    let about = row(&mut area);
    canvas.text(about.x, about.y, about.width, &facts(model, card), panel);
    table(canvas, area, card, state, details::shown(model, state.lines(card)));
}

/// A name, and what it is.
pub fn title(canvas: &mut Canvas<'_>, area: Rect, name: &str, about: &str) {
    let panel = canvas.style(Meaning::Panel);
    let heading = on(canvas, panel, Meaning::Heading).add_modifier(Modifier::BOLD);
    let x = canvas.text(area.x, area.y, area.width, &clean_line(name), heading) + 2;
    let dim = on(canvas, panel, Meaning::Dim);
    canvas.text(x, area.y, area.right().saturating_sub(x), &clean_line(about), dim);
}

fn facts(model: &Model, card: &Card) -> String {
    let mut facts = Vec::new();
    match model.mine.get(&card.id).filter(|mine| mine.requests > 0) {
        Some(mine) => facts.push(format!("you: {}", history(mine))),
        None => facts.push("not asked yet".to_owned()),
    }
    if let Some(rating) = model.settings.ratings.get(card.id.as_str()) {
        facts.push(format!("rated +{} -{}", rating.up, rating.down));
    }
    if let Some(quality) = card.quality {
        facts.push(format!("quality index {quality:.0}"));
    }
    if !card.efforts.is_empty() {
        let efforts: Vec<String> = card.efforts.iter().map(|e| format!("{e:?}").to_lowercase()).collect();
        facts.push(format!("effort {}", efforts.join(" ")));
    }
    if let Some(day) = &card.retires {
        facts.push(format!("switched off on {day}"));
    }
    clean_line(&facts.join(" · "))
}

/// `12 replies, $0.42, first token 0.6 s, 71 tok/s, 1 failed`.
fn history(mine: &Totals) -> String {
    let mut said = vec![counted(mine.requests, "reply", "replies"), spending(mine)];
    if let Some(ttft) = mine.ttft.quantile(0.5) {
        said.push(format!("first token {}", seconds(Duration::from_micros(ttft))));
    }
    if let Some(rate) = mine.throughput.quantile(0.5) {
        said.push(format!("{} tok/s", rate / 1000));
    }
    if mine.failed > 0 {
        said.push(format!("{} failed", mine.failed));
    }
    said.join(", ")
}

fn spending(mine: &Totals) -> String {
    match total(mine) {
        unknown if unknown == "?" => "price unknown".to_owned(),
        known => known,
    }
}

/// What the person has had from one endpoint: `$0.042 12× 606 ms 71/s`. What does not fit is left out, not cut.
fn mine(mine: &Totals) -> String {
    let first = mine.ttft.quantile(0.5).map(|ttft| seconds(Duration::from_micros(ttft)));
    let rate = mine.throughput.quantile(0.5).map(|rate| format!("{}/s", rate / 1000));
    let mut said = format!("{} {}×", total(mine), mine.requests);
    for more in [first, rate].into_iter().flatten() {
        if said.chars().count() + more.len() < usize::from(YOU.1) {
            said = format!("{said} {more}");
        }
    }
    said
}

/// A cell of an endpoint's row.
type Cell = fn(&Endpoint, Option<&HealthRow>) -> String;

fn million(price: Option<Usd>) -> String {
    price.map_or("?".to_owned(), |p| usd(p.per_million()).trim_start_matches('$').to_owned())
}

/// The person's own history, which has no column where there is none.
const YOU: (&str, u16) = ("you: spent, first, tok/s", 25);

/// Heads, widths and cells behind the provider's name; those that do not fit are left out from the right.
const CELLS: &[(&str, u16, Cell)] = &[
    ("$/M in", 7, |e, _| million(e.prices.as_ref().map(|p| p.prompt))),
    ("out", 7, |e, _| million(e.prices.as_ref().map(|p| p.completion))),
    ("state", 12, |_, h| h.map_or(String::new(), |h| clean_line(&h.state))),
    (YOU.0, YOU.1, |_, h| h.map(|h| &h.mine).filter(|had| had.requests > 0).map_or(String::new(), mine)),
    ("first", 6, |_, h| {
        let ms = h.and_then(|h| h.ttft_ms);
        ms.map_or(String::new(), |ms| seconds(Duration::from_millis(ms)))
    }),
    ("tok/s", 5, |_, h| h.and_then(|h| h.tokens_per_second).map_or(String::new(), |r| format!("{r:.0}"))),
    ("fails", 5, |_, h| h.and_then(|h| h.errors).map_or(String::new(), |e| format!("{:.0}%", e * 100.0))),
    ("context", 7, |e, _| e.context.map_or("?".to_owned(), |c| count(c.into()))),
    ("cached", 6, |e, _| {
        e.prices.as_ref().and_then(|p| p.cached_read).map_or(String::new(), |p| million(Some(p)))
    }),
    ("prompts", 10, |e, _| {
        let said = match (e.policy.declared, e.policy.trains, e.policy.retains) {
            (false, ..) => "",
            (true, true, _) => "trained on",
            (true, false, true) => "kept",
            (true, false, false) => "not kept",
        };
        said.to_owned()
    }),
];

const PROVIDER: u16 = 18;

fn table(canvas: &mut Canvas<'_>, area: Rect, card: &Card, state: &State, rows: usize) {
    let panel = canvas.style(Meaning::Panel);
    let mut area = area;
    let mut room = area.width.saturating_sub(PROVIDER);
    let asked = state.health.iter().any(|row| row.mine.requests > 0);
    let wanted = CELLS.iter().filter(|(head, ..)| asked || *head != YOU.0);
    let fitting = wanted.take_while(|(_, width, _)| {
        let fits = *width < room;
        room = room.saturating_sub(width + 1);
        fits
    });
    let shown: Vec<_> = fitting.collect();
    let dim = on(canvas, panel, Meaning::Dim);
    let spot = row(&mut area);
    put(canvas, spot, &shown, dim, |(head, ..)| (*head).to_owned());
    let lines = lines(card, &state.health);
    let all = lines.len();
    let top = state.top.min(all.saturating_sub(rows));
    for line in lines.iter().skip(top).take(rows) {
        let spot = row(&mut area);
        if spot.is_empty() {
            return;
        }
        let style = if line.apart { dim } else { panel };
        canvas.text(spot.x + 2, spot.y, PROVIDER - 2, &line.name, style);
        put(canvas, spot, &shown, style, |(.., cell)| cell(&line.endpoint, line.health.as_deref()));
    }
    if rows < all {
        let spot = row(&mut area);
        let said = format!("{} to {} of {all}: PgUp, PgDn", top + 1, top + rows);
        canvas.text(spot.x + 2, spot.y, spot.width.saturating_sub(2), &said, dim);
    }
}

/// A row of the table.
struct Line<'a> {
    name: String,
    endpoint: Cow<'a, Endpoint>,
    health: Option<Cow<'a, HealthRow>>,
    /// A host behind the reseller above it, or out of reach.
    apart: bool,
}

/// Every endpoint, and under a reseller the hosts that it chooses among.
fn lines<'a>(card: &'a Card, health: &'a [HealthRow]) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for (n, endpoint) in card.endpoints.iter().enumerate() {
        let row = health.iter().find(|h| h.endpoint == endpoint.id);
        let name = match endpoint.tier() {
            Some(tier) => format!("{} {tier}", clean_line(&endpoint.provider_name)),
            None => clean_line(&endpoint.provider_name),
        };
        let (endpoint, health) = (Cow::Borrowed(&**endpoint), row.map(Cow::Borrowed));
        lines.push(Line { name, endpoint: endpoint.clone(), health, apart: n >= card.within_reach });
        for host in row.into_iter().flat_map(|row| &row.hosts) {
            let tag = host.tag.split_once('/').map_or("", |(_, rest)| rest);
            let state = match (host.degraded, host.uptime) {
                (true, _) => "degraded".to_owned(),
                (false, Some(up)) => format!("up {:.1}%", up * 100.0),
                (false, None) => String::new(),
            };
            lines.push(Line {
                name: clean_line(format!("↳ {} {tag}", host.name).trim_end()),
                endpoint: Cow::Owned(Endpoint {
                    prices: host.prices.clone(),
                    context: host.context,
                    policy: DataPolicy::default(),
                    ..endpoint.clone().into_owned()
                }),
                health: Some(Cow::Owned(HealthRow {
                    endpoint: endpoint.id.clone(),
                    state,
                    ttft_ms: host.ttft_ms,
                    tokens_per_second: host.rate,
                    errors: None,
                    mine: Totals::default(),
                    hosts: Vec::new(),
                    hosts_as_of: String::new(),
                })),
                apart: true,
            });
        }
    }
    lines
}

/// A row of cells behind the provider's name.
fn put(
    canvas: &mut Canvas<'_>,
    spot: Rect,
    shown: &[&(&str, u16, Cell)],
    style: Style,
    cell: impl Fn(&(&str, u16, Cell)) -> String,
) {
    let mut right = spot.x + PROVIDER;
    for column in shown {
        right += column.1 + 1;
        canvas.text_right(right, spot.y, column.1, &cell(column), style);
    }
}
