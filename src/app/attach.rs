//! What comes into the draft from outside: files, images, the output of commands, the text of `$EDITOR`.

use super::pending::{Running, Writes};
use super::{Attached, Effect, Level, Model, Order, Save, draft, switch, turns};
use crate::words::{Chip, ChipBody, Draft, SessionId, TurnId, clean};
use std::sync::Arc;

/// What an image of usual size costs at most providers, and a PDF of some pages.
pub const IMAGE_TOKENS: u64 = 1_100;
pub const PDF_TOKENS: u64 = 3_000;

pub fn attach(model: &mut Model, path: &str) -> Vec<Effect> {
    if path.is_empty() {
        model.say(Level::Info, "type @ and a path in the prompt, or /attach PATH");
        return Vec::new();
    }
    let turn = model.next_turn();
    model.pending.attach.push((turn, model.here));
    vec![Effect::Attach { turn, path: path.to_owned() }]
}

/// Runs a command that the person has agreed to.
pub fn run(model: &mut Model, command: String) -> Vec<Effect> {
    let mut effects = draft::clear(model);
    let turn = model.next_turn();
    model.pending.run =
        Some(Running { turn, session: model.here, command: command.clone(), since: model.now });
    effects.push(Effect::Run { turn, command });
    effects.extend(turns::wake(model));
    effects
}

/// Stops it; the command comes back into an empty composer.
pub fn stop(model: &mut Model, _: &str) -> Vec<Effect> {
    let Some(running) = model.pending.run.take() else {
        let looking = model.pending.refresh.take();
        model.say(Level::Info, "stopped: the list of models is as it was");
        return looking.map(|refresh| Effect::Stop { turn: refresh.turn }).into_iter().collect();
    };
    model.say(Level::Info, "stopped: what it had printed is not attached");
    let mut effects = vec![Effect::Stop { turn: running.turn }];
    if running.session == model.here && model.draft().text.is_empty() {
        effects.extend(draft::replace(model, draft::at_end(&format!("!{}", running.command))));
    }
    effects
}

pub fn attached(model: &mut Model, turn: TurnId, chip: Result<Box<Attached>, String>) -> Vec<Effect> {
    let read = model.pending.attach.iter().position(|(t, _)| *t == turn);
    let session = match model.pending.run.take_if(|run| run.turn == turn) {
        Some(run) => run.session,
        None => match read {
            Some(at) => model.pending.attach.swap_remove(at).1,
            None => return Vec::new(),
        },
    };
    match chip {
        Ok(attached) => {
            let about = attached.chip.label.trim_matches(['⟦', '⟧']).to_owned();
            let about = if attached.tokens > 0 {
                format!("{about}, {}", about_tokens(attached.tokens))
            } else {
                about
            };
            let Some(label) = draft::add_chip(model, session, &about, attached.chip.body) else {
                model.say(Level::Warning, format!("{about}: the session it was for is gone"));
                return Vec::new();
            };
            if session == model.here {
                return vec![Effect::Screen(Order::Insert(format!("{label} ")))];
            }
            elsewhere(model, session, &about, &label)
        }
        Err(sentence) => {
            model.say(Level::Error, sentence);
            Vec::new()
        }
    }
}

/// What was begun in a session that is not shown any more stands at the end of its draft.
fn elsewhere(model: &mut Model, session: SessionId, about: &str, label: &str) -> Vec<Effect> {
    let Some(thread) = model.threads.get_mut(&session) else { return Vec::new() };
    let draft = &mut thread.draft;
    let gap = if draft.text.is_empty() || draft.text.ends_with(char::is_whitespace) { "" } else { " " };
    let chips = std::mem::take(&mut draft.chips);
    *draft = Draft { chips, ..draft::at_end(&format!("{}{gap}{label} ", draft.text)) };
    let title = switch::named(&thread.session);
    let saved = Effect::Save(vec![Save::Draft { session, draft: thread.unsent() }]);
    model.say(Level::Info, format!("{about}: attached to the draft of \"{title}\""));
    turns::forget(model, session);
    vec![saved]
}

/// `~1 token`, `~4,500 tokens`.
pub fn about_tokens(n: u64) -> String {
    format!("~{} token{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// `4,500`: figures of tokens are read, not reckoned with.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

// === $EDITOR ===

pub fn editor(model: &mut Model, _: &str) -> Vec<Effect> {
    let text = model.draft().text.clone();
    write(model, Writes::Draft, text)
}

fn write(model: &mut Model, what: Writes, text: String) -> Vec<Effect> {
    let turn = model.next_turn();
    model.pending.editor = Some((turn, what));
    vec![Effect::Editor { turn, text }]
}

/// The session's system prompt, which may have many lines.
pub fn system(model: &mut Model) -> Vec<Effect> {
    let text = model.session().system.clone().unwrap_or_default();
    write(model, Writes::System, text)
}

/// What is folded at the cursor: a paste, a file, the output of a command.
pub fn open(model: &mut Model, _: &str) -> Vec<Effect> {
    let Some(chip) = draft::chip_at(model.draft()).cloned() else {
        model.say(Level::Info, "put the cursor at what is folded (⟦…⟧) to open it");
        return Vec::new();
    };
    match &chip.body {
        ChipBody::Paste { text } | ChipBody::Text { text, .. } | ChipBody::Output { text, .. } => {
            write(model, Writes::Chip(chip.label.clone()), text.clone())
        }
        ChipBody::Image { .. } | ChipBody::File { .. } => {
            model.say(Level::Info, "that goes along as it is; Backspace takes it out");
            Vec::new()
        }
    }
}

pub fn written(model: &mut Model, turn: TurnId, text: Result<String, String>) -> Vec<Effect> {
    let Some((_, what)) = model.pending.editor.take_if(|(t, _)| *t == turn) else { return Vec::new() };
    let text = match text {
        Ok(text) => clean(&text).trim_end().to_owned(),
        Err(sentence) => {
            model.say(Level::Error, sentence);
            return Vec::new();
        }
    };
    match what {
        Writes::Draft => {
            let chips = model.draft().chips.clone();
            draft::replace(model, Draft { chips, ..draft::at_end(&text) })
        }
        Writes::System => {
            let said =
                if text.is_empty() { "no system prompt" } else { "system prompt set for this session" };
            model.say(Level::Info, said);
            model.thread_mut().session.system = (!text.is_empty()).then_some(text);
            switch::keep_session(model)
        }
        Writes::Chip(label) => rewritten(model, &label, text),
    }
}

/// What was folded has another text now; without any it is gone.
fn rewritten(model: &mut Model, label: &str, new: String) -> Vec<Effect> {
    let mut draft = model.draft().clone();
    let Some(at) = draft.chips.iter().position(|chip| chip.label == label) else { return Vec::new() };
    let chip = draft.chips.remove(at);
    let mut body = chip.body.clone();
    let about = match &mut body {
        ChipBody::Paste { text } => {
            text.clone_from(&new);
            draft::pasted(&new)
        }
        ChipBody::Text { name: about, text } | ChipBody::Output { command: about, text } => {
            text.clone_from(&new);
            let mark = if matches!(chip.body, ChipBody::Output { .. }) { "!" } else { "" };
            format!("{mark}{about}, {}", about_tokens(new.len() as u64 / 4))
        }
        ChipBody::Image { .. } | ChipBody::File { .. } => return Vec::new(),
    };
    let label_now = if new.is_empty() { String::new() } else { format!("⟦{about}⟧") };
    let text = draft.text.replacen(label, &label_now, 1);
    if !new.is_empty() {
        draft.chips.push(Arc::new(Chip { label: label_now, body }));
    }
    draft::replace(model, Draft { chips: draft.chips, ..draft::at_end(&text) })
}
