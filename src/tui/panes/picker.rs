//! The model picker: one row a model, prices in columns, details of every endpoint underneath.

use super::message::{count, usd};
use super::overlay::{frame, line, list, on, row};
use crate::app::panes::picker::{Column, State};
use crate::app::{Card, Model};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::{Usd, clean_line};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

pub fn draw(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &State) -> Option<Position> {
    let hints = "Enter takes · Tab sorts · Ctrl-F favourite · Ctrl-D details · Alt+f l v t r k filters · @openai >100k <2.5";
    let title = format!("Models: {} of {}, by {}", state.matches.len(), model.cards.len(), state.sort.name());
    let mut area = frame(canvas, whole, &title, hints, (120, 40));
    let first = row(&mut area);
    let on_filters: Vec<&str> =
        state.filters.table().iter().filter(|(.., on)| *on).map(|(_, name, _)| *name).collect();
    let filters = on_filters.join(" ");
    let accent = on(canvas, canvas.style(Meaning::Panel), Meaning::Accent);
    let right = canvas.text_right(first.right(), first.y, first.width / 2, &filters, accent);
    let caret = line(canvas, Rect { width: right.saturating_sub(first.x + 1), ..first }, "› ", &state.query);
    if area.width >= 60 && area.height > 4 {
        let head = row(&mut area);
        columns(canvas, head, state.sort);
    }
    let details = match state.card(model) {
        Some(card) if state.details => {
            (u16::try_from(card.endpoints.len()).unwrap_or(9) + 3).min(area.height / 2)
        }
        _ => 0,
    };
    let rows = Rect { height: area.height - details, ..area };
    list(canvas, rows, state.matches.len(), state.at, |canvas, area, index, style| {
        let Some(card) = model.cards.get(state.matches[index] as usize) else { return };
        one(canvas, area, model, card, style);
    });
    if details > 0
        && let Some(card) = state.card(model)
    {
        let below = Rect { y: rows.bottom(), height: details, ..area };
        endpoints(canvas, below, card, state);
    }
    caret
}

/// Right edges of the columns, counted from the right: context, price out, price in; abilities; provider.
const CONTEXT: u16 = 8;
const PRICE: u16 = 11;

fn columns(canvas: &mut Canvas<'_>, area: Rect, sort: Column) {
    let panel = canvas.style(Meaning::Panel);
    let style = |canvas: &Canvas<'_>, column: Column| {
        let style = on(canvas, panel, Meaning::Dim);
        if column == sort { style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED) } else { style }
    };
    let wide = area.width >= 90;
    let mut right = area.right();
    let name = style(canvas, Column::Name);
    canvas.text(area.x + 2, area.y, area.width, "model", name);
    for (column, word, width) in [
        (Column::Context, "context", CONTEXT),
        (Column::PriceOut, "$/M out", PRICE),
        (Column::PriceIn, "$/M in", PRICE),
    ] {
        let look = style(canvas, column);
        canvas.text_right(right, area.y, width, word, look);
        right = right.saturating_sub(width);
    }
    let plain = on(canvas, panel, Meaning::Dim);
    canvas.text_right(right, area.y, 7, "can", plain);
    if wide {
        let look = style(canvas, Column::Provider);
        canvas.text(right.saturating_sub(29), area.y, 20, "provider", look);
    }
}

fn one(canvas: &mut Canvas<'_>, area: Rect, model: &Model, card: &Card, style: Style) {
    let dim = on(canvas, style, Meaning::Dim);
    let mut right = area.right();
    let price = |of: fn(&crate::words::Prices) -> Usd| match card.prices() {
        Some(p) if of(p).is_zero() => "free".to_owned(),
        Some(p) => usd(of(p).per_million()).trim_start_matches('$').to_owned(),
        None => "?".to_owned(),
    };
    if area.width >= 60 {
        let context = card.context().map_or("?".to_owned(), |c| count(c.into()));
        canvas.text_right(right, area.y, CONTEXT, &context, dim);
        right -= CONTEXT;
        for text in [price(|p| p.completion), price(|p| p.prompt)] {
            canvas.text_right(right, area.y, PRICE, &text, on(canvas, style, Meaning::Money));
            right -= PRICE;
        }
        canvas.text_right(right, area.y, 7, &card.abilities(), dim);
        right -= 9;
        if area.width >= 90 {
            canvas.text(right.saturating_sub(20), area.y, 19, &clean_line(&card.providers()), dim);
            right -= 21;
        }
    } else {
        let text = format!("{}/{}", price(|p| p.prompt), price(|p| p.completion));
        right = canvas.text_right(right, area.y, 14, &text, dim).saturating_sub(1);
    }
    let mark = match model.favourite(&card.id) {
        Some(at @ 0..9) => format!("{} ", at + 1),
        Some(_) => "★ ".to_owned(),
        None if card.id.as_str() == model.model().as_str() => "● ".to_owned(),
        None => "  ".to_owned(),
    };
    let x = canvas.text(area.x, area.y, 2, &mark, on(canvas, style, Meaning::Accent));
    let look = if card.usable { style } else { dim };
    let x = canvas.text(x, area.y, right.saturating_sub(x), &clean_line(card.id.as_str()), look);
    let mut facts = Vec::new();
    if card.demo() {
        facts.push("demo".to_owned());
    }
    if !card.usable {
        facts.push("no key".to_owned());
    }
    if let Some(day) = &card.retires {
        facts.push(format!("until {day}"));
    }
    if let Some(wins) = model.settings.wins.get(card.id.as_str()) {
        facts.push(format!("won {wins}"));
    }
    if !facts.is_empty() && right > x + 2 {
        canvas.text(x + 1, area.y, right - x - 1, &clean_line(&facts.join(" ")), dim);
    }
}

/// Every endpoint with prices, health and what the person has had from it.
fn endpoints(canvas: &mut Canvas<'_>, area: Rect, card: &Card, state: &State) {
    let panel = canvas.style(Meaning::Panel);
    let mut area = area;
    let head = row(&mut area);
    let style = on(canvas, panel, Meaning::Heading).add_modifier(Modifier::BOLD);
    canvas.text(
        head.x,
        head.y,
        head.width,
        &clean_line(&format!("{}  {}", card.name, card.description)),
        style,
    );
    for endpoint in &card.endpoints {
        let spot = row(&mut area);
        if spot.is_empty() {
            return;
        }
        let health = state.health.iter().find(|h| h.endpoint == endpoint.id);
        let mut text = clean_line(&endpoint.provider_name);
        match &endpoint.prices {
            Some(p) => {
                text.push_str(&format!(
                    "  {} in, {} out",
                    usd(p.prompt.per_million()),
                    usd(p.completion.per_million())
                ));
                if let Some(cached) = p.cached_read {
                    text.push_str(&format!(", {} cached", usd(cached.per_million())));
                }
            }
            None => text.push_str("  price unknown"),
        }
        if let Some(context) = endpoint.context {
            text.push_str(&format!("  {} context", count(context.into())));
        }
        if let Some(h) = health {
            text.push_str(&format!("  {}", clean_line(&h.state)));
            if let Some(ms) = h.ttft_ms {
                text.push_str(&format!("  first {ms} ms"));
            }
            if let Some(rate) = h.tokens_per_second {
                text.push_str(&format!("  {rate:.0} tok/s"));
            }
            if let Some(errors) = h.errors {
                text.push_str(&format!("  {:.0}% fail", errors * 100.0));
            }
            if h.mine.requests > 0 {
                text.push_str(&format!("  mine: {} in {}", usd(h.mine.booked), h.mine.requests));
            }
        }
        if endpoint.policy.trains {
            text.push_str("  may train");
        }
        canvas.text(spot.x + 2, spot.y, spot.width.saturating_sub(2), &text, panel);
    }
}
