//! The spend meter: this reply, this session, today; tokens, speed, context. A band below, or a column at the right.

use super::figures::{self, count, counted, money, usd};
use crate::app::{Begun, Model, Reading, Target, seconds};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::{Totals, Usage, Usd};
use ratatui::layout::Rect;
use std::time::Duration;

/// The band: one to three rows.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, model: &Model) {
    if area.is_empty() {
        return;
    }
    let brief = area.width < if model.spent.budget.is_some() { 140 } else { 100 };
    let rows = match area.height {
        1 => vec![
            [reply(model, area.width < 80), session(model, true), today(model, true), context(model, true)]
                .concat(),
        ],
        2 => vec![
            reply(model, area.width < 80),
            // a budget and the context stand before details of the sums
            [session(model, brief), today(model, brief), context(model, false)].concat(),
        ],
        _ => vec![
            reply(model, false),
            session(model, false),
            [today(model, false), context(model, false)].concat(),
        ],
    };
    let bar = canvas.style(Meaning::Bar);
    canvas.fill(area, bar);
    canvas.zone(area, Target::Meter);
    for (y, facts) in (area.y..).zip(rows) {
        let mut x = area.x;
        for fact in fitting(facts, area.width) {
            let room = area.right().saturating_sub(x);
            let style = ratatui::style::Style { bg: bar.bg, ..canvas.style(fact.meaning) };
            x = canvas.text(x, y, room, &fact.text, bar.patch(style)).saturating_add(GAP);
        }
    }
}

/// What fits into a row, the most telling first, in the order in which it stands.
fn fitting(facts: Vec<Fact>, width: u16) -> Vec<Fact> {
    let mut room = usize::from(width + GAP);
    let mut ranked: Vec<(usize, Fact)> = facts.into_iter().enumerate().collect();
    ranked.sort_by_key(|(_, fact)| fact.rank);
    ranked.retain(|(_, fact)| {
        // half a figure is a wrong figure
        let wide = crate::tui::text::width(&fact.text) + usize::from(GAP);
        let fits = wide <= room;
        room -= if fits { wide } else { 0 };
        fits
    });
    ranked.sort_by_key(|(at, _)| *at);
    ranked.into_iter().map(|(_, fact)| fact).collect()
}

/// The column for wide terminals.
pub fn side(canvas: &mut Canvas<'_>, area: Rect, model: &Model) {
    if area.is_empty() {
        return;
    }
    let bar = canvas.style(Meaning::Bar);
    canvas.fill(area, bar);
    canvas.zone(area, Target::Meter);
    let groups = [reply(model, false), session(model, false), today(model, false), context(model, false)];
    let mut y = area.y;
    for group in groups {
        for fact in group {
            if y >= area.bottom() {
                return;
            }
            let style = ratatui::style::Style { bg: bar.bg, ..canvas.style(fact.meaning) };
            canvas.text(area.x + 1, y, area.width.saturating_sub(1), &fact.text, bar.patch(style));
            y += 1;
        }
        y += 1;
    }
}

/// Blanks between two figures.
const GAP: u16 = 2;

#[derive(Clone)]
struct Fact {
    text: String,
    meaning: Meaning,
    /// The higher, the sooner it is left out where room is short.
    rank: u8,
}

fn fact(text: impl Into<String>, meaning: Meaning) -> Fact {
    Fact { text: text.into(), meaning, rank: 0 }
}

impl Fact {
    fn rank(self, rank: u8) -> Self {
        Self { rank, ..self }
    }
}

fn reply(model: &Model, short: bool) -> Vec<Fact> {
    let Some(reading) = model.metered() else { return vec![fact("reply –", Meaning::Dim)] };
    let mut facts =
        vec![fact(if short { "" } else { "reply" }, Meaning::Dim), fact(money(&reading), Meaning::Money)];
    facts.retain(|f| !f.text.is_empty());
    facts.extend(speed(&reading));
    facts.extend(tokens(&reading, short));
    facts.extend(reading.off.map(|off| fact(format!("⚑ billed {off:+} %"), Meaning::Warn)));
    facts.extend(reading.burn.map(|burn| fact(format!("~{}/min", usd(burn)), Meaning::Dim).rank(7)));
    facts
}

fn speed(reading: &Reading) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Some(rate) = reading.rate {
        facts.push(fact(format!("{rate:.0} tok/s"), Meaning::Text).rank(3));
    }
    if let Some(ttft) = reading.ttft {
        facts.push(fact(format!("first {}", seconds(ttft)), Meaning::Dim).rank(5));
    }
    facts
}

fn tokens(reading: &Reading, short: bool) -> Vec<Fact> {
    let Usage { cached_read, reasoning, .. } = reading.usage;
    let tilde = if reading.exact { "" } else { "~" };
    let (prompt, answer) = (count(reading.usage.input()), count(reading.usage.output()));
    // one says little without the other
    let mut facts = vec![fact(format!("{prompt} in  {tilde}{answer} out"), Meaning::Text).rank(4)];
    for (tokens, word) in [(cached_read, "cached"), (reasoning, "thinking")] {
        if tokens > 0 && !short {
            facts.push(fact(format!("{} {word}", count(tokens)), Meaning::Dim).rank(5));
        }
    }
    facts
}

/// Booked money, and what is under way on top of it.
fn total(totals: &Totals, running: Option<Usd>, demo: bool) -> String {
    let label = if demo { "demo " } else { "" };
    let unknown = if totals.unpriced > 0 { " +?" } else { "" };
    match running {
        Some(running) => format!("{label}~{}{unknown}", usd(totals.booked + running)),
        None => format!("{label}{}", figures::total(totals)),
    }
}

fn running(model: &Model, here: bool) -> Option<Usd> {
    let demo = model.demo_here();
    let mut sum = None;
    for live in model.live.values().filter(|l| !here || l.session == model.here) {
        let reading = live.shown();
        if let Some(cost) = reading.cost.filter(|_| reading.demo == demo) {
            sum = Some(sum.unwrap_or(Usd::ZERO) + cost);
        }
    }
    sum
}

fn session(model: &Model, short: bool) -> Vec<Fact> {
    if model.begun != Begun::Done {
        // the store is being opened: what was spent is not known yet
        return vec![fact("session –", Meaning::Dim)];
    }
    sums("session", model.session_total(), running(model, true), model.demo_here(), short)
}

fn today(model: &Model, short: bool) -> Vec<Fact> {
    if model.begun != Begun::Done {
        return vec![fact("today –", Meaning::Dim)];
    }
    let mut facts = sums("today", model.today_total(), running(model, false), model.demo_here(), short);
    facts.extend(budget(model, short));
    facts
}

/// The budget nearest to its end, with what is under way: `budget today $4.10 of $5.00, $0.90 left`.
fn budget(model: &Model, short: bool) -> Option<Fact> {
    let budget = model.spent.budget.as_ref().filter(|_| !model.demo_here())?;
    let running = running(model, false);
    let used = budget.spent + running.unwrap_or(Usd::ZERO);
    let left = (budget.limit - used).max(Usd::ZERO);
    let percent = used.scale(100, budget.limit.raw()).map_or(100, Usd::raw);
    let meaning = match percent {
        100.. => Meaning::Error,
        n if n >= i128::from(budget.warn) => Meaning::Warn,
        _ => Meaning::Dim,
    };
    let tilde = if running.is_some() { "~" } else { "" };
    let name = crate::words::clean_line(&budget.name);
    if short {
        let text = format!("budget {tilde}{} left of {} {name}", usd(left), usd(budget.limit));
        return Some(fact(text, meaning));
    }
    Some(fact(
        format!("budget {name} {tilde}{} of {}, {} left", usd(used), usd(budget.limit), usd(left)),
        meaning,
    ))
}

fn sums(name: &str, totals: &Totals, running: Option<Usd>, demo: bool, short: bool) -> Vec<Fact> {
    if short {
        return vec![fact(format!("{name} {}", total(totals, running, demo)), Meaning::Money).rank(1)];
    }
    let mut facts = vec![
        fact(name, Meaning::Dim),
        fact(total(totals, running, demo), Meaning::Money),
        fact(
            format!("{} in  {} out", count(totals.usage.input()), count(totals.usage.output())),
            Meaning::Text,
        )
        .rank(4),
    ];
    if totals.usage.cached_read > 0 {
        facts.push(fact(format!("{} cached", count(totals.usage.cached_read)), Meaning::Dim).rank(5));
    }
    facts.push(fact(counted(totals.requests, "reply", "replies"), Meaning::Dim).rank(6));
    if let Some(ttft) = totals.ttft.quantile(0.5) {
        facts.push(fact(format!("first {} p50", seconds(Duration::from_micros(ttft))), Meaning::Dim).rank(7));
    }
    facts
}

/// How full the model's context is: the last reply's whole prompt and answer.
fn context(model: &Model, short: bool) -> Vec<Fact> {
    let Some(size) = model.card(model.model().as_str()).and_then(|c| c.context()) else { return Vec::new() };
    let quoted = model.quotes.first().map(|q| q.prompt_tokens);
    let reading = model.metered();
    // a reply that failed or a shortened copy says nothing of it: the conversation was weighed then
    let used = reading.map(|r| r.usage.total()).filter(|used| *used > 0).or(quoted).unwrap_or(0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a percentage for people")]
    let percent = match reading.and_then(|r| r.context) {
        // the endpoint that answers may have a smaller window than the model's largest
        Some(share) => (share * 100.0) as u64,
        None => used * 100 / u64::from(size).max(1),
    };
    let meaning = match percent {
        0..80 => Meaning::Dim,
        80..95 => Meaning::Warn,
        _ => Meaning::Error,
    };
    if short {
        return vec![fact(format!("{percent}% full"), meaning).rank(1)];
    }
    let filled = usize::try_from(percent / 10).unwrap_or(10).min(10);
    let gauge: String = (0..10).map(|at| if at < filled { '▰' } else { '▱' }).collect();
    vec![fact(format!("{gauge} {percent}% of {}", count(size.into())), meaning).rank(2)]
}
