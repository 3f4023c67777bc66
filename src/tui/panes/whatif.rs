//! What if: a table of profiles and models with what the same requests would have cost, and what was assumed.

use super::figures::{counted, usd};
use super::overlay::{broken, frame, on, text};
use crate::app::panes::whatif::{Span, State, Target, WhatIf};
use crate::app::{Model, seconds};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::{Usd, clean_line};
use ratatui::layout::{Position, Rect};

pub fn draw(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &State) -> Option<Position> {
    let of = match &state.span {
        Span::Days { name, .. } => name.clone(),
        Span::Session(id) => {
            let title = model.sessions.iter().find(|s| s.id == *id).map_or("", |s| s.title.as_str());
            if title.is_empty() { "this session".to_owned() } else { format!("\"{title}\"") }
        }
    };
    let title = format!("What if: {}", clean_line(&of));
    let (hints, most) = ("↑ ↓ · Esc", 110);
    let instead = match &state.answers {
        None => Some("Pricing again…"),
        Some((0, _)) => Some("Nothing here cost real money: there is nothing to price again."),
        Some(_) => None,
    };
    if let Some(said) = instead {
        let area = frame(canvas, whole, &title, hints, (most, 5));
        text(canvas, area, said, Meaning::Dim);
        return None;
    }
    let columns = whole.width.min(most).saturating_sub(2);
    let lines = lines(state, columns);
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(28);
    let area = frame(canvas, whole, &title, hints, (most, rows + 2));
    let panel = canvas.style(Meaning::Panel);
    let top = state.top.min(lines.len().saturating_sub(usize::from(area.height)));
    for (y, (text, meaning)) in (area.y..area.bottom()).zip(lines.into_iter().skip(top)) {
        canvas.text(area.x, y, area.width, &text, on(canvas, panel, meaning));
    }
    None
}

fn lines(state: &State, columns: u16) -> Vec<(String, Meaning)> {
    let Some((requests, answers)) = &state.answers else { return Vec::new() };
    let was = answers.iter().map(|(_, answer)| answer.was).max().unwrap_or(Usd::ZERO);
    let requests = counted(*requests as u64, "request", "requests");
    let whole = answers.iter().any(|(_, answer)| answer.unpriced + answer.impossible == 0);
    let head = match answers.iter().any(|(_, answer)| answer.requests > 0) {
        true if whole => format!("{} over {requests}; the same would have cost:", usd(was)),
        true => format!("{requests}: what has a price came to {}, and would have cost:", usd(was)),
        false => format!("{requests}, of which none has a price to go by:"),
    };
    let mut lines = vec![(head, Meaning::Heading)];
    lines.extend(answers.iter().map(|(target, answer)| line(target, answer, usize::from(columns))));
    lines.push((String::new(), Meaning::Panel));
    lines.push(("Assumed".into(), Meaning::Heading));
    let mut said: Vec<&String> = Vec::new();
    for sentence in answers.iter().flat_map(|(_, answer)| &answer.assumptions) {
        if !said.contains(&sentence) {
            said.push(sentence);
            lines.push((format!("· {sentence}"), Meaning::Dim));
        }
    }
    lines
        .into_iter()
        .flat_map(|(line, meaning)| broken(&line, columns).into_iter().map(move |l| (l, meaning)))
        .collect()
}

/// `same models, cheapest   $1.92  -$5.48 (74 % less)  0.4 s slower  2 left out`.
fn line(target: &Target, answer: &WhatIf, width: usize) -> (String, Meaning) {
    let name = crate::tui::text::fit(&target.to_string(), width / 3).to_string();
    let pad = (width / 3).saturating_sub(crate::tui::text::width(&name));
    let mut left_out = String::new();
    for (count, why) in [(answer.unpriced, "without a price"), (answer.impossible, "that none could take")] {
        if count > 0 {
            left_out = format!("{left_out}  {count} {why}");
        }
    }
    if answer.requests == 0 {
        return (format!("{name}{}  {:>10}{left_out}", " ".repeat(pad), "?"), Meaning::Dim);
    }
    let saved = answer.saved();
    let percent = saved.scale(100, answer.was.raw()).map_or(0, Usd::raw);
    let (difference, meaning) = match saved.raw() {
        1.. => (format!("{} less ({percent} %)", usd(saved)), Meaning::Ok),
        0 => ("the same".to_owned(), Meaning::Panel),
        _ => (format!("{} more ({} %)", usd(-saved), -percent), Meaning::Warn),
    };
    let speed = answer.ttft.map_or_else(String::new, |(was, there)| {
        let apart = was.abs_diff(there);
        if apart.as_millis() < 50 {
            return "  as fast".to_owned();
        }
        format!("  {} {} at p50", seconds(apart), if there > was { "slower" } else { "faster" })
    });
    (format!("{name}{}  {:>10}  {difference}{speed}{left_out}", " ".repeat(pad), usd(answer.would)), meaning)
}
