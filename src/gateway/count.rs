//! Counting what is heard as it is heard, for the books' open row and for providers that report no usage; and learning
//! from those that do.

use crate::metering::{Counter, Tally};
use crate::words::{ModelId, Request, Usage};

/// Our own count of one attempt; an estimate, and marked as one wherever it is used.
#[derive(Default)]
pub(super) struct Counted {
    prompt: u64,
    text: Tally,
    reasoning: Tally,
}

impl Counted {
    pub fn new(prompt: u64) -> Self {
        Self { prompt, ..Self::default() }
    }

    pub fn text(&mut self, text: &str) {
        self.text.push(text);
    }

    pub fn reasoning(&mut self, text: &str) {
        self.reasoning.push(text);
    }

    /// By what is known of the model's tokens.
    pub fn usage(&self, model: &ModelId, counter: &Counter) -> Usage {
        Usage {
            prompt: self.prompt,
            completion: counter.tokens(model, &self.text),
            reasoning: counter.tokens(model, &self.reasoning),
            ..Usage::default()
        }
    }
}

impl Counted {
    /// What the provider reported of the same texts: the counter gets better by it. Whether that is worth keeping.
    pub fn teach(&self, counter: &mut Counter, model: &ModelId, prompt: u64, reported: &Usage) -> bool {
        let prompt = counter.learn(model, &Tally::tokens(prompt), reported.input());
        let reply = counter.learn(model, &self.text, reported.completion);
        prompt || reply
    }
}

/// About how many tokens the prompt is, whoever reads it: in tokens of o200k.
pub(super) fn prompt(request: &Request) -> u64 {
    let messages: u64 = request.messages.iter().map(|message| Tally::message(message).milli()).sum();
    let tools: u64 = request
        .tools
        .iter()
        .map(|tool| Tally::of(&format!("{}{}{}", tool.name, tool.description, tool.parameters)).milli())
        .sum();
    (messages + tools).div_ceil(1000).max(1)
}
