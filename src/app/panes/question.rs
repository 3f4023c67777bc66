//! One clear question with a few answers; each answer is data that says what it means.

use super::{Outcome, Overlay, close, stay, step};
use crate::app::{Code, Effect, Key, Model, act, attach, program};
use crate::words::{Failure, MessageId};

#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub question: String,
    /// What it is about, shown under it word for word.
    pub about: String,
    pub answers: Vec<Answer>,
    pub at: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub key: char,
    pub text: &'static str,
    pub then: Then,
}

/// What an answer leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    Nothing,
    Quit,
    Run(String),
    Delete(MessageId),
    /// Ask a cheaper model instead.
    Cheaper(MessageId),
}

fn ask(model: &mut Model, question: impl Into<String>, about: impl Into<String>, answers: Vec<Answer>) {
    let about = crate::words::clean(&about.into()).into_owned();
    model.overlays.push(Overlay::Question(State { question: question.into(), about, answers, at: 0 }));
}

fn answer(key: char, text: &'static str, then: Then) -> Answer {
    Answer { key, text, then }
}

pub fn run(model: &mut Model, command: &str) {
    let answers = vec![
        answer('n', "no", Then::Nothing),
        answer('y', "run it and attach what it prints", Then::Run(command.to_owned())),
    ];
    ask(model, "Run this command in your shell?", command, answers);
}

pub fn delete(model: &mut Model, id: MessageId) {
    let count = model.thread().below(id).len();
    let about = if count == 1 {
        "this message".to_owned()
    } else {
        format!("this message and {} that follow it", count - 1)
    };
    let answers = vec![answer('n', "keep", Then::Nothing), answer('y', "delete", Then::Delete(id))];
    ask(model, "Delete?", about, answers);
}

pub fn quit(model: &mut Model) {
    let count = model.answering();
    let about =
        if count == 1 { "a reply is under way".to_owned() } else { format!("{count} replies are under way") };
    let answers =
        vec![answer('n', "stay", Then::Nothing), answer('y', "quit and keep what was heard", Then::Quit)];
    ask(model, "Quit?", about, answers);
}

/// A budget stopped a request. There is no answer that goes over it: a budget is raised in the config, not in haste.
pub fn budget(model: &mut Model, message: MessageId, failure: &Failure) {
    let answers = vec![
        answer('n', "do not send", Then::Nothing),
        answer('c', "choose a cheaper model", Then::Cheaper(message)),
    ];
    ask(model, "A budget says no.", failure.message.clone(), answers);
}

impl State {
    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        if step(&mut self.at, self.answers.len(), key) {
            return stay();
        }
        match key.code {
            Code::Esc => close(),
            Code::Left | Code::BackTab => {
                self.at = self.at.checked_sub(1).unwrap_or(self.answers.len().saturating_sub(1));
                stay()
            }
            Code::Right | Code::Tab => {
                self.at = (self.at + 1) % self.answers.len().max(1);
                stay()
            }
            Code::Enter => match self.answers.get(self.at) {
                Some(answer) => (false, carry(model, answer.then.clone())),
                None => close(),
            },
            Code::Char(c) => match self.answers.iter().find(|a| a.key == c.to_ascii_lowercase()) {
                Some(answer) => (false, carry(model, answer.then.clone())),
                None => stay(),
            },
            _ => stay(),
        }
    }
}

fn carry(model: &mut Model, then: Then) -> Vec<Effect> {
    match then {
        Then::Nothing => Vec::new(),
        Then::Quit => program::leave(model),
        Then::Run(command) => attach::run(model, command),
        Then::Delete(id) => act::delete_now(model, id),
        Then::Cheaper(message) => super::picker::open_cheap(model, message),
    }
}
