//! The rows under the composer: what sending would cost, the newest notice, the keys of the moment.

use super::figures::{count, usd};
use super::overlay::{items, on, wrapped};
use crate::app::{Level, Model, ending};
use crate::tui::Composer;
use crate::tui::theme::Meaning;
use crate::tui::view::{Canvas, PROMPT};
use crate::words::{MessageId, Part, Role, clean_line};
use ratatui::layout::Rect;
use ratatui::style::Modifier;

/// vi's mode and the keys of an unfinished command, at the right of the status line.
pub fn mode(canvas: &mut Canvas<'_>, area: Rect, composer: &Composer) {
    let (mode, pending) = composer.mode();
    let style = canvas.style(Meaning::Bar).add_modifier(Modifier::BOLD);
    canvas.text_right(area.right(), area.y, area.width / 2, &format!(" {} {pending}", mode.name()), style);
}

/// `~132 tokens · sending $0.0004 at openai, likely ~$0.0006, at most $0.082 · gpt-5-mini ~$0.0001 · sonnet ~$0.002`, as much of
/// it as fits.
fn quotes(model: &Model, columns: u16) -> Option<String> {
    let first = model.quotes.first()?;
    if let Some(context) = first.context.filter(|c| first.prompt_tokens > u64::from(*c)) {
        return Some(format!(
            "{} tokens do not fit into {}: {} makes room",
            count(first.prompt_tokens),
            count(context.into()),
            crate::app::panes::context::key(model)
        ));
    }
    if let Some(why) = &first.refused {
        return Some(format!("nobody would answer: {}", clean_line(why)));
    }
    let about = |cost: Option<crate::words::Usd>| cost.map_or("?".to_owned(), |c| format!("~{}", usd(c)));
    let tilde = if first.exact { "" } else { "~" };
    let demo = if first.demo { "demo " } else { "" };
    let tokens = format!("{tilde}{} tokens · ", count(first.prompt_tokens));
    let start = format!("{tokens}sending {demo}{}", about(first.sending));
    let reply = format!("likely {}", about(first.cost));
    let likely = format!(", {reply}");
    let worst = first.worst.map_or_else(String::new, |worst| format!(", at most {}", usd(worst)));
    let at = if first.endpoint.is_empty() {
        " with a key".to_owned()
    } else {
        format!(" at {}", clean_line(&first.endpoint))
    };
    let others: Vec<String> = model
        .quotes
        .iter()
        .skip(1)
        .map(|other| format!(" · {} {}", clean_line(other.model.short()), about(other.cost)))
        .collect();
    let forms = [
        format!("{start}{at}{likely}{worst}{}", others.concat()),
        format!("{start}{likely}{worst}{}", others.concat()),
        // what the others would cost is likely too: like stands beside like
        format!("{tokens}{demo}{reply}{worst}{}", others.concat()),
        format!("{start}{likely}{worst}"),
        format!("{start}{worst}"),
        start,
    ];
    let fits = |text: &&String| crate::tui::text::width(text) <= usize::from(columns);
    forms.iter().find(fits).cloned().or_else(|| forms.into_iter().next_back())
}

/// The line before sending, on terminals with room for it.
pub fn quote(canvas: &mut Canvas<'_>, area: Rect, model: &Model) {
    if !area.is_empty()
        && let Some(text) = quotes(model, area.width.saturating_sub(PROMPT))
    {
        canvas.text(
            area.x + PROMPT,
            area.y,
            area.width.saturating_sub(PROMPT),
            &text,
            canvas.style(Meaning::Dim),
        );
    }
}

/// `low bandwidth · 1.2 KB/s · 84 ms round trip · 0.9 s behind`, in that mode or when the line is slow; without the words
/// that say what is known anyway where there is no room for them.
fn line(model: &Model, columns: u16) -> Vec<String> {
    let (state, low) = (model.line, model.settings.low_bandwidth);
    if !low && !state.is_slow() {
        return Vec::new();
    }
    let brief = columns < 60;
    let mut facts = Vec::new();
    if low && !brief {
        facts.push("low bandwidth".to_owned());
    }
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    facts.push(format!("{:.1} KB/s", state.rate as f64 / 1024.0));
    let way = if brief { "rtt" } else { "round trip" };
    facts.extend(state.round_trip.map(|took| format!("{} {way}", crate::app::seconds(took))));
    if state.backlog >= std::time::Duration::from_millis(100) {
        facts.push(format!("{} behind", crate::app::seconds(state.backlog)));
    }
    facts
}

/// Rows of the status line: more than one only for a notice that would be cut.
pub fn notice_rows(model: &Model) -> u16 {
    let most = if model.rows < 12 { 2 } else { 3 };
    let rows = model.notice().map_or(1, |notice| wrapped(&notice.text, model.columns).len());
    u16::try_from(rows).unwrap_or(1).clamp(1, most)
}

/// Keys of the moment: one or two actions and a word for them.
type Hint = (&'static [&'static str], &'static str);
const WRITING: &[Hint] = &[
    (&["send"], "send"),
    (&["model.pick"], "model"),
    (&["sessions"], "sessions"),
    (&["palette"], "all"),
    (&["help"], "help"),
];
const COMPARING: &[Hint] = &[
    (&["compare.pick"], "go on from it"),
    (&["compare.right"], "column"),
    (&["compare.stop"], "stop it"),
    (&["compare.close"], "close"),
];

/// What can be done with a message, the most wanted first.
fn selected(model: &Model, id: MessageId) -> Vec<Hint> {
    let thread = model.thread();
    let Some(message) = thread.message(id) else { return Vec::new() };
    let answer = message.role == Role::Assistant;
    let cut = answer && ending(message).is_some() && !message.parts.is_empty();
    let code =
        message.parts.iter().any(|part| matches!(part, Part::Text { text, .. } if text.contains("```")));
    let all: &[(bool, Hint)] = &[
        (true, (&["message.copy"], "copy")),
        (code, (&["message.code"], "code")),
        (thread.branch(id).1 > 1, (&["message.left", "message.right"], "branches")),
        (cut, (&["message.continue"], "continue")),
        (true, (&["message.edit"], "edit")),
        (true, (&["message.again"], "again")),
        (true, (&["message.go_on"], "branch")),
        (true, (&["message.quote"], "quote")),
        (true, (&["message.pin"], "pin")),
        (answer, (&["message.good", "message.bad"], "rate")),
        (answer, (&["message.why"], "why")),
        (true, (&["message.delete"], "delete")),
        (true, (&["message.leave"], "back")),
    ];
    all.iter().filter(|(fits, _)| *fits).map(|(_, hint)| *hint).collect()
}

/// What the keys do here, as far as they are the ones to begin with.
fn keys(model: &Model) -> String {
    let hints = match model.thread().selected {
        Some(id) => selected(model, id),
        None if model.compare.is_some() => COMPARING.to_vec(),
        None => WRITING.to_vec(),
    };
    let said = hints.iter().filter_map(|(ids, word)| {
        let keys = |id: &&str| model.keymap.keys(id).iter().map(ToString::to_string);
        let keys: Vec<String> = match ids {
            [one] => vec![keys(one).next()?],
            // of a pair the shortest: `[ ] branches`
            pair => pair.iter().map(|id| keys(id).min_by_key(String::len)).collect::<Option<_>>()?,
        };
        Some(format!("{} {word}", keys.join(" ")))
    });
    said.collect::<Vec<_>>().join(" · ")
}

/// The newest notice; else what sending would cost; else the keys to begin with.
pub fn status(canvas: &mut Canvas<'_>, area: Rect, model: &Model, with_quote: bool) {
    if area.is_empty() {
        return;
    }
    let bar = canvas.style(Meaning::Bar);
    canvas.fill(area, bar);
    if let Some(notice) = model.notice() {
        let meaning = match notice.level {
            Level::Info => Meaning::Bar,
            Level::Warning => Meaning::Warn,
            Level::Error => Meaning::Error,
        };
        let style = on(canvas, bar, meaning);
        for (y, row) in (area.y..area.bottom()).zip(wrapped(&notice.text, area.width)) {
            canvas.text(area.x, y, area.width, row.text(), style);
        }
        return;
    }
    let quote = quotes(model, area.width).filter(|_| with_quote && !model.draft().text.is_empty());
    let mut facts = line(model, area.width);
    let wide = |text: &str| crate::tui::text::width(text);
    let beside = |text: &str| usize::from(area.width).saturating_sub(wide(text) + 1);
    let text = match quote {
        Some(quote) => {
            // beside a price whole facts, the newest longest
            while !facts.is_empty() && wide(&facts.join(" · ")) > beside(&quote) {
                facts.remove(0);
            }
            quote
        }
        None if facts.is_empty() => items(&keys(model), usize::from(area.width)),
        None => items(&keys(model), beside(&facts.join(" · "))),
    };
    let x = canvas.text(area.x, area.y, area.width, &text, bar);
    let room = area.right().saturating_sub(x + 1);
    canvas.text_right(area.right(), area.y, room, &facts.join(" · "), bar);
}
