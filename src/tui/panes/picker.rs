//! The model picker: one row a model, figures in columns, details of every endpoint underneath.

use super::endpoints;
use super::figures::{count, total, usd};
use super::overlay::{frame, items, line, list, on, row, text};
use crate::app::panes::picker::{Column, For, Row, State, details, stands_for};
use crate::app::{Card, Model, Offer, OwnName};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::{Prices, Usd, clean_line};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

/// What the name keeps when columns are added.
const NAME: u16 = 34;

pub fn draw(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &State) -> Option<Position> {
    let hints = if state.details {
        "Enter · Ctrl-D closes · Tab sorts · Ctrl-F favourite · Alt-1…9 its place · Alt-S default · Esc"
    } else {
        "Enter · Tab sorts · Ctrl-D details · Ctrl-F favourite · Alt-1…9 its place · Alt-S default · Ctrl-X hides · Alt-I reverses · Esc"
    };
    let way = if state.backwards { " (reversed)" } else { "" };
    let what = match state.purpose {
        For::Session => "Models",
        For::Again(_) => "Ask another model",
        For::Versus => "Compare with",
        For::Summary => "Who summarises",
    };
    let all = model.cards.known() + state.own.len();
    let title = format!("{what}: {} of {all}, by {}{way}", state.matches.len(), state.sort.name());
    let mut area = frame(canvas, whole, &title, hints, details::LARGEST);
    let first = row(&mut area);
    let mut right = first.right();
    if first.width < details::NARROW {
        let words: Vec<&str> =
            state.filters.table().iter().filter(|(.., on)| *on).map(|(_, name, _)| *name).collect();
        let accent = on(canvas, canvas.style(Meaning::Panel), Meaning::Accent);
        right = canvas.text_right(right, first.y, first.width / 2, &words.join(" "), accent);
    }
    let query = Rect { width: right.saturating_sub(first.x + 1), ..first };
    let caret = line(canvas, query, "› ", &state.query);
    if state.query.is_empty() {
        let dim = on(canvas, canvas.style(Meaning::Panel), Meaning::Dim);
        let hint = items("a name · @provider · >100k context · <2.5 $/M out", usize::from(query.width) - 2);
        canvas.text(query.x + 2, query.y, query.width.saturating_sub(2), &hint, dim);
    }
    if area.width >= details::NARROW && area.height > 6 {
        filters(canvas, row(&mut area), state);
        sampling(canvas, &mut area, model);
        heads(canvas, row(&mut area), state);
    }
    let card = state.card(model);
    let details = if state.details && (card.is_some() || state.own().is_some()) {
        details::rows(model, card.map_or(0, |card| state.lines(card))).min(area.height)
    } else {
        0
    };
    let rows = Rect { height: area.height - details, ..area };
    list(canvas, rows, state.matches.len(), state.at, |canvas, area, index, style| {
        match state.matches[index] {
            Row::Own(at) => own(canvas, area, model, &state.own[at as usize], style),
            Row::Model(at) => {
                if let Some(card) = model.cards.get(at as usize) {
                    one(canvas, area, model, card, state, style);
                }
            }
        }
    });
    if state.matches.is_empty() && !rows.is_empty() {
        let mut said = "No model fits: take a word or a filter away.".to_owned();
        if state.verbatim() {
            said.push_str(" Enter asks for the name as it stands: an alias, a preset, a model that is new.");
        }
        text(
            canvas,
            Rect { x: rows.x + 2, width: rows.width.saturating_sub(2), ..rows },
            &said,
            Meaning::Dim,
        );
    }
    if details > 0 {
        let below = Rect { y: rows.bottom(), height: details, ..area };
        match (card, state.own()) {
            (Some(card), _) => endpoints::draw(canvas, below, model, card, state),
            (None, Some((name, own))) => endpoints::title(canvas, below, name, &stands_for(own)),
            (None, None) => {}
        }
    }
    caret
}

/// Every filter by its name, the letter for Alt marked, those that hold in colour.
fn filters(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    let panel = canvas.style(Meaning::Panel);
    let dim = on(canvas, panel, Meaning::Dim);
    let mut x = canvas.text(area.x, area.y, area.width, "Alt+ ", dim);
    for (letter, name, holds) in state.filters.table() {
        let style = if holds {
            on(canvas, panel, Meaning::Accent).add_modifier(Modifier::BOLD | Modifier::REVERSED)
        } else {
            dim
        };
        let at = name.find(letter).unwrap_or(0);
        let (before, rest) = name.split_at(at);
        let marked = style.add_modifier(Modifier::UNDERLINED | Modifier::BOLD);
        for (text, style) in [(before, style), (&rest[..1], marked), (&rest[1..], style)] {
            if !text.is_empty() {
                x = canvas.text(x, area.y, area.right().saturating_sub(x), text, style);
            }
        }
        x += 1;
    }
}

/// How this session asks: reasoning and sampling, at the foot.
fn sampling(canvas: &mut Canvas<'_>, area: &mut Rect, model: &Model) {
    area.height -= 1;
    let session = model.session();
    let params = &session.params;
    let effort = params.reasoning.as_ref().and_then(|r| r.effort).map(|e| format!("{e:?}").to_lowercase());
    let chosen: Vec<String> = [
        params.temperature.map(|t| format!("temperature {t}")),
        params.top_p.map(|t| format!("top p {t}")),
        params.max_tokens.map(|t| format!("at most {t} tokens")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let sampling = if chosen.is_empty() { "sampling default".to_owned() } else { chosen.join(", ") };
    let effort = effort.unwrap_or_else(|| "default".into());
    let mut text = format!("this session: effort {effort} (Alt-E) · {sampling} (Alt-O)");
    if let Some(profile) = session.preferences.profile.or(model.settings.profile) {
        text.push_str(&format!(" · profile {}", profile.name()));
    }
    let dim = on(canvas, canvas.style(Meaning::Panel), Meaning::Dim);
    canvas.text(area.x, area.bottom(), area.width, &text, dim);
}

/// A column of figures at the right of the names.
struct Figure {
    /// What sorts by it, if anything does.
    column: Option<Column>,
    head: &'static str,
    width: u16,
    meaning: Meaning,
    cell: Cell,
}

type Cell = fn(&Model, &Card, &Offer<'_>) -> String;

const fn figure(column: Column, head: &'static str, width: u16, cell: Cell) -> Figure {
    Figure { column: Some(column), head, width, meaning: Meaning::Dim, cell }
}

/// Every column, from the one that is given room first. What is sorted by always has room.
const FIGURES: &[Figure] = &[
    Figure {
        meaning: Meaning::Money,
        ..figure(Column::PriceIn, "$/M in", 7, |_, _, offer| price(offer, |p| p.prompt))
    },
    Figure {
        meaning: Meaning::Money,
        ..figure(Column::PriceOut, "$/M out", 7, |_, _, offer| price(offer, |p| p.completion))
    },
    figure(Column::Context, "context", 7, |_, _, offer| {
        offer.context().map_or("?".to_owned(), |c| count(c.into()))
    }),
    Figure { column: None, ..figure(Column::Relevance, "can", 5, |_, _, offer| offer.abilities()) },
    figure(Column::Provider, "provider", 13, |_, _, offer| clean_line(&offer.providers())),
    figure(Column::Quality, "quality", 8, |_, card, _| {
        card.quality.map_or(String::new(), |q| format!("{q:.0}"))
    }),
    figure(Column::Rating, "rating", 7, |model, card, _| {
        model
            .settings
            .ratings
            .get(card.id.as_str())
            .map_or(String::new(), |r| format!("+{}-{}", r.up, r.down))
    }),
    figure(Column::Rate, "tok/s", 6, |model, card, _| {
        let rate = model.mine.get(&card.id).and_then(|m| m.throughput.quantile(0.5));
        rate.map_or(String::new(), |r| (r / 1000).to_string())
    }),
    figure(Column::Ttft, "first", 7, |model, card, _| {
        let ttft = model.mine.get(&card.id).and_then(|m| m.ttft.quantile(0.5));
        ttft.map_or(String::new(), |t| crate::app::seconds(std::time::Duration::from_micros(t)))
    }),
    figure(Column::Spent, "spent", 9, |model, card, _| model.mine.get(&card.id).map_or(String::new(), total)),
];

fn price(offer: &Offer<'_>, of: fn(&Prices) -> Usd) -> String {
    match offer.prices() {
        Some(p) if of(p).is_zero() => "free".to_owned(),
        Some(p) => usd(of(p).per_million()).trim_start_matches('$').to_owned(),
        None => "?".to_owned(),
    }
}

/// The columns that have room, from the left.
fn figures(width: u16, sort: Column) -> Vec<&'static Figure> {
    let mut room = width.saturating_sub(NAME);
    let sorted = |figure: &&Figure| figure.column == Some(sort);
    let mut shown: Vec<&Figure> = Vec::new();
    for figure in FIGURES.iter().filter(sorted).chain(FIGURES.iter().filter(|f| !sorted(f))) {
        if figure.width + 1 > room {
            break;
        }
        room -= figure.width + 1;
        shown.push(figure);
    }
    FIGURES.iter().filter(|f| shown.iter().any(|s| std::ptr::eq(*s, *f))).collect()
}

fn heads(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    let panel = canvas.style(Meaning::Panel);
    let dim = on(canvas, panel, Meaning::Dim);
    let look = |column: Option<Column>| {
        if column == Some(state.sort) { dim.add_modifier(Modifier::BOLD | Modifier::UNDERLINED) } else { dim }
    };
    canvas.text(area.x + 2, area.y, area.width, "model", look(Some(Column::Name)));
    let mut right = area.right();
    for figure in figures(area.width, state.sort).into_iter().rev() {
        canvas.text_right(right, area.y, figure.width, figure.head, look(figure.column));
        right = right.saturating_sub(figure.width + 1);
    }
}

/// A name of the person's own, and what it stands for.
fn own(canvas: &mut Canvas<'_>, area: Rect, model: &Model, (name, own): &(String, OwnName), style: Style) {
    let x = mark(canvas, area, model, name, style);
    let x = canvas.text(x, area.y, area.right().saturating_sub(x), &clean_line(name), style) + 1;
    let dim = on(canvas, style, Meaning::Dim);
    canvas.text(x, area.y, area.right().saturating_sub(x), &format!("→ {}", stands_for(own)), dim);
}

/// Its place among the favourites, and whether it is the session's model; says where the name begins.
fn mark(canvas: &mut Canvas<'_>, area: Rect, model: &Model, name: &str, style: Style) -> u16 {
    let here = if name == model.model().as_str() { "●" } else { " " };
    let mark = match model.settings.favourites.iter().position(|f| f.as_str() == name) {
        Some(at @ 0..9) => format!("{}{here}", at + 1),
        Some(_) => format!("★{here}"),
        None => format!("{here} "),
    };
    canvas.text(area.x, area.y, 2, &mark, on(canvas, style, Meaning::Accent))
}

fn one(canvas: &mut Canvas<'_>, area: Rect, model: &Model, card: &Card, state: &State, style: Style) {
    let offer = state.offer(card);
    let dim = on(canvas, style, Meaning::Dim);
    let mut right = area.right();
    if area.width >= details::NARROW {
        for figure in figures(area.width, state.sort).into_iter().rev() {
            let look = on(canvas, style, figure.meaning);
            canvas.text_right(right, area.y, figure.width, &(figure.cell)(model, card, &offer), look);
            right = right.saturating_sub(figure.width + 1);
        }
    } else {
        let text = format!("{}/{}", price(&offer, |p| p.prompt), price(&offer, |p| p.completion));
        right = canvas.text_right(right, area.y, 14, &text, dim).saturating_sub(1);
    }
    let x = mark(canvas, area, model, card.id.as_str(), style);
    let look = if offer.within_reach { style } else { dim };
    let x = canvas.text(x, area.y, right.saturating_sub(x), &clean_line(card.id.as_str()), look);
    let facts = facts(model, card, &offer);
    if !facts.is_empty() && right > x + 2 {
        canvas.text(x + 1, area.y, right - x - 1, &clean_line(&facts), dim);
    }
}

/// What stands behind the name.
fn facts(model: &Model, card: &Card, offer: &Offer<'_>) -> String {
    let is = |who: &crate::words::ModelRef| who.as_str() == card.id.as_str();
    let mut facts = Vec::new();
    if card.demo() {
        facts.push("demo".to_owned());
    }
    if is(&model.settings.model) {
        facts.push("default".to_owned());
    }
    if !offer.within_reach {
        facts.push("no key".to_owned());
    }
    if model.settings.hidden.iter().any(is) {
        facts.push("hidden".to_owned());
    }
    if let Some(off) = model.mischarged.get(&card.id) {
        facts.push(format!("⚑ billed {off:+} %"));
    }
    if let Some(day) = &card.retires {
        facts.push(format!("until {day}"));
    }
    facts.join(" ")
}
