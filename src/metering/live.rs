//! The live meter of one reply: an estimate that ticks as text arrives, exact once the provider has counted.

use super::bill::believed;
use super::cost::amount;
use super::tally::Tally;
use super::tokenizer::{Running, Tokenizer};
use crate::words::{At, Delta, Prices, Usage, Usd};
use std::time::Duration;

/// Follows one reply. Feeding a delta costs as much as the delta is long.
#[derive(Clone, Debug, PartialEq)]
pub struct Live {
    started: At,
    first: Option<At>,
    last: At,
    prices: Option<Prices>,
    context: Option<u32>,
    factor: u64,
    /// Estimated; what is known to be in the provider's cache stands apart.
    prompt: Usage,
    text: Spoken,
    reasoning: Spoken,
    reported: Option<Usage>,
    /// More was heard after that report: some providers send a first one before the first word.
    since: bool,
    amount: Option<Usd>,
    /// What endpoints that broke off had said, and what that comes to.
    before: Usage,
    paid: Option<Usd>,
}

/// Text heard so far, weighed; and counted by the model's own tokenizer where there is one.
#[derive(Clone, Debug, Default, PartialEq)]
struct Spoken {
    tally: Tally,
    counted: Option<Running>,
}

impl Spoken {
    fn push(&mut self, text: &str) {
        match &mut self.counted {
            Some(running) => running.push(text),
            None => self.tally.push(text),
        }
    }

    fn tokens(&self, factor: u64) -> u64 {
        let weighed = (u128::from(self.tally.milli()) * u128::from(factor)).div_ceil(1_000_000);
        let counted = self.counted.as_ref().map_or(0, Running::tokens);
        u64::try_from(weighed).unwrap_or(u64::MAX).saturating_add(counted)
    }
}

/// What the meter shows now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    pub usage: Usage,
    /// `false`: counted by us, to be shown with `~`.
    pub exact: bool,
    /// `None`: unknown price.
    pub cost: Option<Usd>,
    /// Output tokens per second since the first one.
    pub per_second: Option<f64>,
    /// Dollars a minute since the request was sent, had it gone on like this.
    pub burn: Option<Usd>,
    /// Share of the context that prompt and reply fill, 0 to 1 (and beyond, when the model's limit is wrong).
    pub context: Option<f64>,
    pub ttft: Option<Duration>,
    pub elapsed: Duration,
}

impl Live {
    /// A request that is being sent. `factor` is [`super::Counter::factor`] of the model.
    pub fn new(prompt: Usage, prices: Option<Prices>, context: Option<u32>, factor: u64, at: At) -> Self {
        Self {
            started: at,
            first: None,
            last: at,
            prices,
            context,
            factor,
            prompt,
            text: Spoken::default(),
            reasoning: Spoken::default(),
            reported: None,
            since: false,
            amount: None,
            before: Usage::default(),
            paid: Some(Usd::ZERO),
        }
    }

    /// Another endpoint took over before a word was said: its prices hold.
    pub fn moved(&mut self, prompt: Usage, prices: Option<Prices>, context: Option<u32>, factor: u64) {
        self.prompt = prompt;
        self.prices = prices;
        self.context = context;
        self.factor = factor;
    }

    /// Another endpoint goes on in the middle: what was said so far keeps its price, the rest has the new one's.
    pub fn resumed(&mut self, prompt: Usage, prices: Option<Prices>, context: Option<u32>, factor: u64) {
        (self.before, self.paid) = (self.usage(), self.cost());
        (self.text, self.reasoning) = (Spoken::default(), Spoken::default());
        (self.reported, self.amount) = (None, None);
        self.moved(prompt, prices, context, factor);
    }

    /// What comes from here on is counted by the model's own tokenizer.
    pub fn count_by(&mut self, tokenizer: Tokenizer) {
        for spoken in [&mut self.text, &mut self.reasoning] {
            spoken.counted.get_or_insert_with(|| Running::new(tokenizer));
        }
    }

    /// The provider has counted. Who broke off mostly has not, so a reply in several parts is never exact before its end.
    pub fn is_exact(&self) -> bool {
        self.before == Usage::default() && self.is_counted()
    }

    /// The part under way is counted up to what was heard last.
    fn is_counted(&self) -> bool {
        !self.since && self.first.is_some() && self.reported.is_some_and(|r| r.output() > 0)
    }

    /// When its first token was heard.
    pub fn first(&self) -> Option<At> {
        self.first
    }

    pub fn feed(&mut self, delta: &Delta, at: At) {
        match delta {
            Delta::Text(text) => self.text.push(text),
            Delta::Reasoning { piece, .. } => self.reasoning.push(&piece.text),
            Delta::ToolCall { name, arguments, .. } => {
                self.text.push(name.as_deref().unwrap_or_default());
                self.text.push(arguments);
            }
            Delta::Usage { usage, cost } => {
                self.reported = Some(*usage);
                self.since = false;
                self.amount = cost.or(self.amount);
                self.last = self.last.max(at);
                return;
            }
            Delta::Image(_) | Delta::Annotation(_) | Delta::Opaque { .. } => {}
            Delta::Stop { .. } | Delta::Head { .. } | Delta::Tier(_) => return,
        }
        self.first.get_or_insert(at);
        self.since = true;
        self.last = self.last.max(at);
    }

    /// Tokens so far, of all parts.
    pub fn usage(&self) -> Usage {
        self.before + self.here()
    }

    /// Tokens of the part under way: reported ones, but the output as it was heard while it goes on (a report in the
    /// middle of a stream lags behind).
    fn here(&self) -> Usage {
        let heard = Usage {
            completion: self.text.tokens(self.factor),
            reasoning: self.reasoning.tokens(self.factor),
            ..self.prompt
        };
        match self.reported {
            Some(reported) if self.is_counted() => reported,
            Some(reported) => Usage { completion: heard.completion, reasoning: heard.reasoning, ..reported },
            None => heard,
        }
    }

    /// What all parts come to; `None`: the price of one is unknown.
    fn cost(&self) -> Option<Usd> {
        let ours = self.prices.as_ref().and_then(|prices| amount(&self.here(), prices, self.started));
        Some(self.paid? + self.amount.filter(|amount| believed(*amount, ours)).or(ours)?)
    }

    #[allow(clippy::cast_precision_loss, reason = "rates and shares for people, far below 2^52")]
    pub fn read(&self, now: At) -> Reading {
        let usage = self.usage();
        let exact = self.is_exact();
        let cost = self.cost();
        let elapsed = now.since(self.started);
        let streaming = self.first.map(|first| self.last.since(first).as_secs_f64());
        let per_second = streaming.filter(|s| *s > 0.2).map(|s| usage.output() as f64 / s);
        // the first second says nothing about a minute
        let micros = i128::try_from(elapsed.as_micros()).unwrap_or(i128::MAX);
        let burn = cost.filter(|_| micros >= 1_000_000).and_then(|c| c.scale(60_000_000, micros));
        Reading {
            usage,
            exact,
            cost,
            per_second,
            burn,
            context: self.context.filter(|c| *c > 0).map(|c| self.here().total() as f64 / f64::from(c)),
            ttft: self.first.map(|first| first.since(self.started)),
            elapsed,
        }
    }

    /// Something was heard.
    pub fn has_begun(&self) -> bool {
        self.first.is_some()
    }
}
