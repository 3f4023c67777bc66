//! A reply while it is heard: what the grammar of `Reply` does to a message, and what is known of it so far.

use crate::words::{
    At, Chosen, Delta, Failure, GenerationId, Message, MessageId, MessageState, Part, Prices, Purpose,
    Reasoning, Receipt, SessionId, Source, Stop, Usage, Usd,
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
    pub first: Option<At>,
    /// When its text was last kept.
    pub saved: At,
    pub chosen: Option<Box<Chosen>>,
    pub waiting: Option<Waiting>,
    /// What the provider said it counted; until then our own estimate.
    pub usage: Option<Usage>,
    pub cost: Option<Usd>,
    pub notes: Vec<String>,
    pub text: Counter,
    pub thought: Counter,
    pub thought_until: Option<At>,
    pub stop: Option<Stop>,
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

/// Counts tokens roughly as text arrives: about four ASCII characters or one and a half others to a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counter {
    twelfths: u64,
}

impl Counter {
    pub fn add(&mut self, text: &str) {
        let ascii = text.bytes().filter(u8::is_ascii).count() as u64;
        let others = text.chars().count() as u64 - ascii;
        self.twelfths += ascii * 3 + others * 8;
    }

    pub fn tokens(self) -> u64 {
        self.twelfths.div_ceil(12)
    }
}

/// What is known of a reply's tokens and money; `exact` when the provider has spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    pub usage: Usage,
    pub cost: Option<Usd>,
    pub exact: bool,
    pub ttft: Option<Duration>,
    pub rate: Option<f64>,
    pub demo: bool,
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
            first: None,
            saved: at,
            chosen: None,
            waiting: None,
            usage: None,
            cost: None,
            notes: Vec::new(),
            text: Counter::default(),
            thought: Counter::default(),
            thought_until: None,
            stop: None,
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
            self.text.tokens()
        ));
    }

    pub fn heard(&mut self, delta: Delta, message: &mut Message, at: At) {
        if !matches!(delta, Delta::Head { .. } | Delta::Usage { .. }) {
            self.first.get_or_insert(at);
        }
        match delta {
            Delta::Text(text) => {
                if self.thought.tokens() > 0 {
                    self.thought_until.get_or_insert(at);
                }
                self.text.add(&text);
                match message.parts.last_mut() {
                    Some(Part::Text { text: sofar, .. }) => sofar.push_str(&text),
                    _ => message.parts.push(Part::text(text)),
                }
            }
            Delta::Reasoning { index, piece } => {
                self.thought.add(&piece.text);
                let at =
                    self.block(Block::Reasoning(index), message, || Part::Reasoning(Reasoning::default()));
                if let Some(Part::Reasoning(block)) = message.parts.get_mut(at) {
                    add_reasoning(block, piece);
                }
            }
            Delta::ToolCall { index, id, name, arguments, signature } => {
                self.text.add(&arguments);
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
            Delta::Image(url) => message.parts.push(Part::Image { source: source(url), detail: None }),
            Delta::Annotation(value) => message.parts.push(Part::Annotation { value }),
            Delta::Usage { usage, cost } => {
                self.usage = Some(usage);
                self.cost = cost.or(self.cost);
            }
            Delta::Stop { reason, .. } => self.stop = Some(reason),
            Delta::Head { .. } => {}
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

    /// What the meter shows of it now.
    #[allow(clippy::cast_precision_loss, reason = "a rate for people, far below 2^52")]
    pub fn reading(&self, now: At) -> Reading {
        let prompt = self.chosen.as_ref().map_or(0, |c| c.prompt_tokens);
        let usage = self.usage.unwrap_or(Usage {
            prompt,
            completion: self.text.tokens(),
            reasoning: self.thought.tokens(),
            ..Usage::default()
        });
        let prices = self.chosen.as_ref().and_then(|c| c.prices.as_ref());
        let streaming = self.first.map(|first| now.since(first).as_secs_f64());
        Reading {
            usage,
            cost: self.cost.or_else(|| prices.map(|prices| estimate(&usage, prices))),
            exact: self.usage.is_some(),
            ttft: self.first.map(|first| first.since(self.asked)),
            rate: streaming.filter(|s| *s > 0.2).map(|s| usage.output() as f64 / s),
            demo: self.chosen.as_ref().is_some_and(|c| c.demo),
        }
    }
}

const FROM: &str = " → …";

impl Reading {
    pub fn of(receipt: &Receipt) -> Self {
        Self {
            usage: receipt.usage,
            cost: receipt.cost.booked,
            exact: !matches!(receipt.cost.source, crate::words::CostSource::Estimate),
            ttft: receipt.ttft,
            rate: receipt.throughput(),
            demo: receipt.demo,
        }
    }
}

/// For the moving figure only: what is booked is the gateway's receipt.
fn estimate(usage: &Usage, prices: &Prices) -> Usd {
    prices.prompt * usage.prompt
        + prices.cached_read.unwrap_or(prices.prompt) * usage.cached_read
        + prices.cache_write_5m.unwrap_or(prices.prompt) * usage.cache_write_5m
        + prices.completion * usage.completion
        + prices.reasoning.unwrap_or(prices.completion) * usage.reasoning
}

/// Notes of a finished reply, from its receipt: what failed on the way and who went on.
pub fn notes(message: &Message) -> Vec<String> {
    let Some(receipt) = &message.receipt else { return Vec::new() };
    let mut notes = Vec::new();
    for (at, attempt) in receipt.attempts.iter().enumerate() {
        let crate::words::Outcome::Failed(failure) = &attempt.outcome else { continue };
        let took = seconds(attempt.total);
        let next = receipt.attempts.get(at + 1);
        let to = match next {
            Some(next) if next.endpoint == attempt.endpoint => " → asked again".to_owned(),
            Some(next) if next.rescue => format!(" → continued by {}", next.endpoint),
            Some(next) => format!(" → {}", next.endpoint),
            None => String::new(),
        };
        if next.is_some() || !matches!(message.state, MessageState::Failed(_)) {
            notes.push(format!("{} {}, {took}{to}", attempt.endpoint, short(failure)));
        }
    }
    notes
}

/// A failure in a word or two: `503`, `refused`, `rate limited`.
pub fn short(failure: &Failure) -> String {
    use crate::words::FailureKind::*;
    let word = match failure.kind {
        Unreachable => "unreachable",
        Tls => "TLS failed",
        ConnectTimeout => "no connection in time",
        FirstTokenTimeout => "no first token in time",
        IdleTimeout => "fell silent",
        TotalTimeout => "took too long",
        Cut => "cut off",
        RateLimited => "rate limited",
        Quota => "out of quota",
        Overloaded => "overloaded",
        Server => "server error",
        Auth => "key refused",
        Permission => "not permitted",
        ModelNotFound => "model not found",
        ContextLength => "context too long",
        TooLarge => "too large",
        InvalidRequest => "request refused",
        Unsupported => "unsupported",
        Moderation => "moderated",
        Malformed => "malformed answer",
        Empty => "empty answer",
        NoEndpoint => "no endpoint left",
        UnknownModel => "unknown model",
        Budget => "over budget",
        Cancelled => "stopped",
        Internal => "fault of ours",
    };
    match failure.status {
        Some(status) => format!("{status} {word}"),
        None => word.to_owned(),
    }
}

/// `0.2 s`, `14 s`, `2 min 5 s`.
pub fn seconds(duration: Duration) -> String {
    let tenths = duration.as_millis().div_ceil(100);
    match tenths {
        0..100 => format!("{}.{} s", tenths / 10, tenths % 10),
        100..1200 => format!("{} s", tenths / 10),
        _ => format!("{} min {} s", tenths / 600, tenths % 600 / 10),
    }
}

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
