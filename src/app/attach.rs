//! What comes into the draft from outside: files, images, the output of commands, the text of `$EDITOR`.

use super::{Attached, Effect, Level, Model, Order, draft};
use crate::words::{Draft, TurnId, clean};

pub fn attach(model: &mut Model, path: &str) -> Vec<Effect> {
    if path.is_empty() {
        model.say(Level::Info, "type @ and a path in the prompt, or /attach PATH");
        return Vec::new();
    }
    let turn = model.next_turn();
    model.pending.attach.push(turn);
    vec![Effect::Attach { turn, path: path.to_owned() }]
}

pub fn attached(model: &mut Model, turn: TurnId, chip: Result<Box<Attached>, String>) -> Vec<Effect> {
    if !model.pending.attach.contains(&turn) {
        return Vec::new();
    }
    model.pending.attach.retain(|t| *t != turn);
    match chip {
        Ok(attached) => {
            let about = attached.chip.label.trim_matches(['⟦', '⟧']).to_owned();
            let about =
                if attached.tokens > 0 { format!("{about}, ~{} tokens", attached.tokens) } else { about };
            let label = draft::add_chip(model, &about, attached.chip.body);
            vec![Effect::Screen(Order::Insert(format!("{label} ")))]
        }
        Err(sentence) => {
            model.say(Level::Error, sentence);
            Vec::new()
        }
    }
}

pub fn editor(model: &mut Model, _: &str) -> Vec<Effect> {
    let turn = model.next_turn();
    model.pending.editor = Some(turn);
    vec![Effect::Editor { turn, text: model.draft().text.clone() }]
}

pub fn written(model: &mut Model, turn: TurnId, text: Result<String, String>) -> Vec<Effect> {
    if model.pending.editor.take_if(|t| *t == turn).is_none() {
        return Vec::new();
    }
    match text {
        Ok(text) => {
            let chips = model.draft().chips.clone();
            let draft = Draft { chips, ..draft::at_end(clean(&text).trim_end()) };
            draft::replace(model, draft)
        }
        Err(sentence) => {
            model.say(Level::Error, sentence);
            Vec::new()
        }
    }
}
