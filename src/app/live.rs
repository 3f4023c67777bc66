//! A reply while it is heard: what the grammar of `Reply` does to a message, and what is known of it so far.

use super::reading::Reading;
use super::telling::{seconds, short};
use crate::metering::{self, Tokenizer};
use crate::words::{
    At, Chosen, Delta, Failure, GenerationId, Message, MessageId, Part, Purpose, Reasoning, SessionId,
    Source, Stop, Usage,
};
use std::time::Duration;

/// A reply under way. Its message stands in the thread; this is the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Live {
    pub session: SessionId,
    pub message: MessageId,
    pub purpose: Purpose,
    pub generation: GenerationId,
    /// The model's name as it was asked for.
    pub requested: String,
    pub asked: At,
    /// When its text was last kept.
    pub saved: At,
    pub chosen: Option<Box<Chosen>>,
    pub waiting: Option<Waiting>,
    pub notes: Vec<String>,
    /// Tokens and money, ticking.
    pub meter: metering::Live,
    /// Thinking was heard, and until when.
    pub thought: bool,
    pub thought_until: Option<At>,
    pub stop: Option<Stop>,
    /// What the screen shows of the figures, and since when: see [`Live::measure`].
    shown: Option<(At, Reading)>,
    /// A message of its own, outside the conversation (a summary), and how many messages stay beside it.
    pub aside: Option<(Box<Message>, usize)>,
    /// Which part of the message a block of thinking or a tool call is, by its index in the stream.
    blocks: Vec<(Block, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    Reasoning(u32),
    Tool(u32),
}

/// A pause before the same endpoint is asked again.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    pub until: At,
    pub why: String,
}

impl Live {
    pub fn new(session: SessionId, message: MessageId, purpose: Purpose, at: At) -> Self {
        Self {
            session,
            message,
            purpose,
            generation: GenerationId::nil(),
            requested: String::new(),
            asked: at,
            saved: at,
            chosen: None,
            waiting: None,
            notes: Vec::new(),
            meter: metering::Live::new(Usage::default(), None, None, 1000, at),
            thought: false,
            thought_until: None,
            stop: None,
            shown: None,
            aside: None,
            blocks: Vec::new(),
        }
    }

    pub fn chosen(&mut self, chosen: Box<Chosen>, message: &mut Message) {
        message.by = Some(chosen.model.clone());
        self.waiting = None;
        if let Some(note) = self.notes.last_mut().filter(|note| note.ends_with(FROM)) {
            note.truncate(note.len() - FROM.len());
            note.push_str(&format!(" → {}", chosen.endpoint));
        }
        let prompt = Usage { prompt: chosen.prompt_tokens, ..Usage::default() };
        self.meter.moved(prompt, chosen.prices.clone(), chosen.context, chosen.tokens_per_mille);
        self.chosen = Some(chosen);
    }

    pub fn fell_back(&mut self, from: &str, failure: &Failure, at: At) {
        let took = seconds(at.since(self.asked));
        self.waiting = None;
        self.notes.push(format!("{from} {}, {took}{FROM}", short(failure)));
    }

    pub fn waits(&mut self, endpoint: &str, until: At, failure: &Failure) {
        let why = format!("{endpoint} {}", short(failure));
        self.notes.push(format!("{why}: asked again after a pause"));
        self.waiting = Some(Waiting { until, why });
    }

    pub fn resumed(&mut self, from: &str, to: &str, failure: &Failure) {
        self.notes.push(format!(
            "{from} {} after {} tokens → continued by {to}",
            short(failure),
            self.meter.usage().output()
        ));
    }

    /// Counted by the model's own tokenizer if that has been loaded.
    pub fn heard(&mut self, delta: Delta, message: &mut Message, tokenizers: &[Tokenizer], at: At) {
        let own = |chosen: &Chosen| tokenizers.iter().find(|t| t.suits(&chosen.model)).copied();
        if let Some(tokenizer) = self.chosen.as_deref().and_then(own) {
            self.meter.count_by(tokenizer);
        }
        self.meter.feed(&delta, at);
        match delta {
            Delta::Text(text) => {
                if self.thought {
                    self.thought_until.get_or_insert(at);
                }
                match message.parts.last_mut() {
                    Some(Part::Text { text: sofar, .. }) => sofar.push_str(&text),
                    _ => message.parts.push(Part::text(text)),
                }
            }
            Delta::Reasoning { index, piece } => {
                self.thought |= !piece.text.is_empty();
                let at =
                    self.block(Block::Reasoning(index), message, || Part::Reasoning(Reasoning::default()));
                if let Some(Part::Reasoning(block)) = message.parts.get_mut(at) {
                    add_reasoning(block, piece);
                }
            }
            Delta::ToolCall { index, id, name, arguments, signature } => {
                let at = self.block(Block::Tool(index), message, || Part::ToolCall {
                    id: String::new(),
                    name: String::new(),
                    arguments: String::new(),
                    signature: None,
                });
                if let Some(Part::ToolCall { id: i, name: n, arguments: a, signature: s }) =
                    message.parts.get_mut(at)
                {
                    *i = id.unwrap_or_else(|| std::mem::take(i));
                    *n = name.unwrap_or_else(|| std::mem::take(n));
                    a.push_str(&arguments);
                    *s = signature.or_else(|| s.take());
                }
            }
            Delta::Image(url) => message.parts.push(Part::image(source(url))),
            Delta::Annotation(value) => message.parts.push(Part::Annotation { value }),
            Delta::Stop { reason, .. } => self.stop = Some(reason),
            Delta::Usage { .. } | Delta::Head { .. } => {}
            Delta::Opaque(value) => {
                message.parts.push(Part::Opaque { format: String::new(), value });
            }
        }
    }

    fn block(&mut self, block: Block, message: &mut Message, part: impl FnOnce() -> Part) -> usize {
        if let Some((_, at)) = self.blocks.iter().rev().find(|(b, _)| *b == block) {
            return *at;
        }
        message.parts.push(part());
        let at = message.parts.len() - 1;
        self.blocks.push((block, at));
        at
    }

    /// Takes the figures that the screen shows, a few times a second: nobody reads digits that move with every token,
    /// and on a slow line they cost more than the words. What the provider says is shown at once.
    pub fn measure(&mut self, now: At, every: Duration) {
        let exact = self.meter.is_exact();
        if self.shown.is_none_or(|(at, shown)| now.since(at) >= every || shown.exact != exact) {
            self.shown = Some((now, self.reading(now)));
        }
    }

    /// The figures for the screen.
    pub fn shown(&self) -> Reading {
        self.shown.map_or_else(|| self.reading(self.asked), |(_, reading)| reading)
    }

    /// What is known of it now.
    pub fn reading(&self, now: At) -> Reading {
        let read = self.meter.read(now);
        Reading {
            usage: read.usage,
            cost: read.cost,
            exact: read.exact,
            ttft: read.ttft,
            rate: read.per_second,
            burn: read.burn,
            context: read.context,
            off: None,
            demo: self.chosen.as_ref().is_some_and(|c| c.demo),
        }
    }
}

const FROM: &str = " → …";

fn add_reasoning(block: &mut Reasoning, piece: Reasoning) {
    block.kind = piece.kind;
    block.text.push_str(&piece.text);
    block.signature = piece.signature.or_else(|| block.signature.take());
    block.data = piece.data.or_else(|| block.data.take());
    block.id = piece.id.or_else(|| block.id.take());
    block.format = piece.format.or_else(|| block.format.take());
}

/// A data URL is kept inline, any other where it is.
fn source(url: String) -> Source {
    match url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")) {
        Some((media_type, base64)) => {
            Source::Data { media_type: media_type.to_owned(), base64: base64.to_owned() }
        }
        None => Source::Url { url },
    }
}
