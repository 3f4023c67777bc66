//! One line of text to give: a title, a tag, a system prompt, a template's variable.

use super::{Outcome, Overlay, close, stay};
use crate::app::{Code, Effect, Key, Line, Model, attach, draft, switch};
use crate::words::{SessionId, Titled, clean_line};

#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub title: String,
    pub line: Line,
    pub then: Then,
}

/// What the text is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    Title(SessionId),
    /// All of the session's tags.
    Tags(SessionId),
    System,
    /// The value of this variable; then the next one, then the prompt.
    Variable {
        template: String,
        name: String,
    },
}

fn ask(model: &mut Model, title: impl Into<String>, text: &str, then: Then) -> Vec<Effect> {
    model.overlays.push(Overlay::Entry(State { title: title.into(), line: Line::new(text), then }));
    Vec::new()
}

pub fn title(model: &mut Model) -> Vec<Effect> {
    let here = model.here;
    rename(model, here);
    Vec::new()
}

pub fn rename(model: &mut Model, id: SessionId) {
    let now = model.sessions.iter().find(|s| s.id == id).map_or("", |s| s.title.as_str()).to_owned();
    ask(model, "Title of the session", &now, Then::Title(id));
}

pub fn tag(model: &mut Model, id: SessionId) -> Vec<Effect> {
    let tags = model.sessions.iter().find(|s| s.id == id).map(|s| s.tags.join(" ")).unwrap_or_default();
    ask(model, "Tags, with blanks between them", &tags, Then::Tags(id))
}

pub fn system(model: &mut Model) -> Vec<Effect> {
    let now = model.session().system.clone().unwrap_or_default();
    ask(model, "System prompt of this session (empty: none)", &now, Then::System)
}

/// A template by its name: what is written behind the name is its first variable, or stands behind it.
pub fn begin(model: &mut Model, template: &str, argument: &str) -> Vec<Effect> {
    match variable(template) {
        _ if argument.is_empty() => fill(model, template.to_owned()),
        Some(name) => filled(model, template, &name, argument),
        None => draft::replace(model, draft::at_end(&format!("{template}{argument}"))),
    }
}

/// Asks for the first variable of a template; without one the text goes into the composer.
pub fn fill(model: &mut Model, template: String) -> Vec<Effect> {
    match variable(&template) {
        Some(name) => {
            ask(model, format!("{name} ="), "", Then::Variable { template: template.clone(), name })
        }
        None => draft::replace(model, draft::at_end(&template)),
    }
}

/// The first `{{name}}` of a text.
pub fn variable(text: &str) -> Option<String> {
    let start = text.find("{{")?;
    let length = text[start + 2..].find("}}")?;
    let name = text[start + 2..start + 2 + length].trim();
    (!name.is_empty() && !name.contains('\n')).then(|| name.to_owned())
}

impl State {
    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        match key.code {
            Code::Esc => close(),
            Code::Enter => (false, self.give(model)),
            Code::Char('g') if key.ctrl && self.then == Then::System => (false, attach::system(model)),
            _ => {
                self.line.key(key);
                stay()
            }
        }
    }

    fn give(&self, model: &mut Model) -> Vec<Effect> {
        let text = self.line.text();
        match &self.then {
            Then::Title(id) => {
                let effects = switch::alter(model, *id, |session| {
                    session.title = clean_line(text);
                    session.titled = Titled::ByPerson;
                });
                super::refresh(model, |_| ());
                effects
            }
            Then::Tags(id) => {
                let mut tags = Vec::new();
                switch::toggle_tags(&mut tags, text);
                let effects = switch::alter(model, *id, |session| session.tags.clone_from(&tags));
                super::refresh(model, |_| ());
                effects
            }
            // a prompt of several lines that was only looked at keeps them
            Then::System if text == Line::new(model.session().system.clone().unwrap_or_default()).text() => {
                Vec::new()
            }
            Then::System => {
                model.thread_mut().session.system = (!text.trim().is_empty()).then(|| text.to_owned());
                switch::keep_session(model)
            }
            Then::Variable { template, name } => filled(model, template, name, text),
        }
    }
}

/// A variable has its value: the next one is asked for, or the prompt is ready.
fn filled(model: &mut Model, template: &str, name: &str, value: &str) -> Vec<Effect> {
    // the value is put aside so that a `{{` in it is not asked for
    let value = value.replace("{{", "{\u{2060}{");
    let open = template.find("{{").unwrap_or(0);
    let mut whole = template[..open].to_owned();
    whole.push_str(&replace(&template[open..], name, &value));
    match variable(&whole) {
        Some(_) => fill(model, whole),
        None => draft::replace(model, draft::at_end(&whole.replace("{\u{2060}{", "{{"))),
    }
}

/// Every `{{name}}` replaced, with any spaces inside the braces.
fn replace(text: &str, name: &str, value: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start + 2..].find("}}") else { break };
        let end = start + 2 + length + 2;
        out.push_str(&rest[..start]);
        out.push_str(if rest[start + 2..end - 2].trim() == name { value } else { &rest[start..end] });
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}
