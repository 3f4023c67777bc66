//! A reply while it is heard: what the grammar of `Reply` does to a message, and what is known of it so far.

use super::reading::Reading;
use super::telling::{continued, forbidden, named, refused, short};
use crate::metering::{self, Tokenizer};
use crate::words::{
    At, Chosen, Delta, Failure, FailureKind, GenerationId, Join, Message, MessageId, Purpose, SessionId,
    Stop, Usage, seconds,
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
    /// When that one was asked.
    since: At,
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
    join: Join,
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
            since: at,
            waiting: None,
            notes: Vec::new(),
            meter: metering::Live::new(Usage::default(), None, None, 1000, at),
            thought: false,
            thought_until: None,
            stop: None,
            shown: None,
            aside: None,
            join: Join::default(),
        }
    }

    pub fn chosen(&mut self, chosen: Box<Chosen>, message: &mut Message, at: At) {
        self.since = at;
        message.by = Some(chosen.model.clone());
        self.waiting = None;
        if let Some(note) = self.notes.last_mut().filter(|note| note.ends_with(FROM)) {
            note.truncate(note.len() - FROM.len());
            note.push_str(&format!(" → {}", named(&chosen.endpoint, chosen.dearer)));
        }
        self.meter.moved(sent(&chosen), chosen.prices.clone(), chosen.context, chosen.tokens_per_mille);
        self.chosen = Some(chosen);
    }

    pub fn fell_back(&mut self, from: &str, failure: &Failure, at: At) {
        self.waiting = None;
        if failure.kind == FailureKind::Budget {
            self.notes.push(forbidden(from));
            return;
        }
        if failure.is_unasked() && failure.excluded_by.is_empty() {
            self.notes.push(format!("{}{FROM}", refused(from)));
            return;
        }
        let took = seconds(at.since(self.since));
        self.notes.push(format!("{from} {}, {took}{FROM}", short(failure)));
    }

    pub fn waits(&mut self, endpoint: &str, until: At, failure: &Failure) {
        let why = format!("{endpoint} {}", short(failure));
        let note = format!("{why}: asked again after a pause");
        if self.notes.last() != Some(&note) {
            self.notes.push(note);
        }
        self.waiting = Some(Waiting { until, why });
    }

    pub fn resumed(&mut self, from: &str, failure: &Failure, chosen: Box<Chosen>, message: &mut Message) {
        let (after, next) = (self.meter.usage().output(), named(&chosen.endpoint, chosen.dearer));
        self.notes.push(continued(from, failure, after, &next));
        message.by = Some(chosen.model.clone());
        self.meter.resumed(sent(&chosen), chosen.prices.clone(), chosen.context, chosen.tokens_per_mille);
        self.chosen = Some(chosen);
    }

    /// Counted by the model's own tokenizer if that has been loaded.
    pub fn heard(&mut self, delta: Delta, message: &mut Message, tokenizers: &[Tokenizer], at: At) {
        let own = |chosen: &Chosen| tokenizers.iter().find(|t| t.suits(&chosen.model)).copied();
        if let Some(tokenizer) = self.chosen.as_deref().and_then(own) {
            self.meter.count_by(tokenizer);
        }
        self.meter.feed(&delta, at);
        match &delta {
            Delta::Text(_) | Delta::ToolCall { .. } | Delta::Image(_) => self.thinking_ends(message, at),
            Delta::Reasoning { piece, .. } => self.thought |= !piece.text.is_empty(),
            Delta::Stop { reason, .. } => self.stop = Some(*reason),
            _ => {}
        }
        self.join.add(delta, &mut message.parts);
    }

    /// The thinking is over, if there was any that was not: the message keeps how long it took.
    pub fn thinking_ends(&mut self, message: &mut Message, at: At) {
        if self.thought && self.thought_until.is_none() {
            self.thought_until = Some(at);
            let took = at.since(self.meter.first().unwrap_or(at));
            message.thought_ms = Some(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        }
    }

    /// Takes the figures that the screen shows, a few times a second: nobody reads digits that move with every token,
    /// and on a slow line they cost more than the words. What the provider says is shown at once.
    pub fn measure(&mut self, now: At, every: Duration) {
        let exact = self.meter.is_exact();
        if self.shown.is_none_or(|(at, shown)| now.since(at) >= every || shown.exact != exact) {
            self.shown = Some((now, self.reading(now)));
        }
    }

    /// Whoever was asked refused, and the pause before the next try has not ended: nobody took the prompt, so it costs
    /// nothing.
    pub fn nothing_taken(&self) -> bool {
        self.waiting.is_some() && self.meter.first().is_none()
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

/// What is known of the usage when it is sent: the prompt, and the searches that were asked for.
fn sent(chosen: &Chosen) -> Usage {
    Usage { prompt: chosen.prompt_tokens, searches: chosen.searches, ..Usage::default() }
}
