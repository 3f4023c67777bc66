//! One attempt at one endpoint: however it ends, its in-flight count falls, its money is settled and its row is written.

mod deadline;
mod hearing;
mod opening;
mod tier;

pub(super) use hearing::Hearing;

use super::books::{self, Books};
use super::budget::Reserved;
use super::count::Counted;
use crate::metering::{self, Bill, Ended};
use crate::routing::{Conversation, End, Ticket};
use crate::words::{
    At, Attempt as Record, Cost, Dearer, Delta, Endpoint, Failure, FailureKind, Outcome, Prices, Usage, Usd,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Which attempt this is to be.
pub(super) struct Aim {
    pub endpoint: Arc<Endpoint>,
    pub key: u32,
    /// Tokens of the prompt, counted by us: the model's own, and o200k's.
    pub prompt_tokens: u64,
    pub weighed: u64,
    pub hedge: bool,
    pub rescue: bool,
    pub dearer: Option<Dearer>,
    pub reserved: Reserved,
}

/// An attempt under way. Dropping it is an end like any other: cancelled.
pub(super) struct Attempt {
    books: Arc<Books>,
    aim: Aim,
    number: u32,
    started: At,
    t0: Instant,
    ticket: Option<Ticket>,
    ttft: Option<Duration>,
    status: Option<u16>,
    reported: Option<Usage>,
    amount: Option<Usd>,
    /// The service tier the provider says it served.
    served: Option<String>,
    counted: Counted,
    outcome: Outcome,
    /// The stream came to its proper end: what it reported is final, whatever we make of the reply.
    whole: bool,
    saved: Instant,
}

impl Attempt {
    pub fn begin(books: &Arc<Books>, aim: Aim) -> Self {
        let started = books.now();
        let number = books.begin(&aim.endpoint);
        let ticket = books.core.memory().health.started(&aim.endpoint, started);
        let counted = Counted::new(aim.prompt_tokens);
        let attempt = Self {
            books: Arc::clone(books),
            number,
            started,
            t0: Instant::now(),
            ticket: Some(ticket),
            ttft: None,
            status: None,
            reported: None,
            amount: None,
            served: None,
            counted,
            outcome: Outcome::Cancelled,
            whole: false,
            saved: Instant::now(),
            aim,
        };
        attempt.save();
        attempt
    }

    pub fn endpoint(&self) -> &Arc<Endpoint> {
        &self.aim.endpoint
    }

    pub fn key(&self) -> u32 {
        self.aim.key
    }

    fn fail(mut self, failure: Failure) -> Failure {
        let mut failure = books::at(failure, &self.aim.endpoint);
        if failure.status.is_some()
            && matches!(failure.kind, FailureKind::Auth | FailureKind::Permission | FailureKind::Quota)
        {
            failure.message = format!("{}: {}", self.whose_key(), failure.message);
        }
        // why a failed attempt stopped is not why the reply did
        self.books.not_stopped();
        self.outcome = Outcome::Failed(Box::new(failure.clone()));
        failure
    }

    /// Which key the provider speaks of: where it came from, never what it is.
    fn whose_key(&self) -> String {
        let endpoint = &self.aim.endpoint;
        let keys = self.books.core.keys();
        let key = usize::try_from(self.aim.key).ok().and_then(|place| keys.of(&endpoint.provider).get(place));
        match key {
            Some(key) => format!("{}, with the key from {}", endpoint.provider_name, key.origin),
            None => format!("{}, asked without a key", endpoint.provider_name),
        }
    }

    fn started_to_speak(&mut self) {
        self.ttft = Some(self.t0.elapsed());
        if let Some(ticket) = &mut self.ticket {
            self.books.core.memory().health.first_token(ticket, self.books.now());
        }
    }

    /// Keeps what the books need of what was said.
    fn note(&mut self, deltas: &[Delta]) {
        for delta in deltas {
            match delta {
                Delta::Usage { usage, cost } => {
                    self.reported = Some(self.kept(*usage));
                    self.amount = cost.or(self.amount);
                }
                Delta::Stop { reason, native } => self.books.stopped(*reason, native),
                Delta::Head { id: Some(id), .. } => self.books.head(id),
                Delta::Tier(tier) => self.served = Some(tier.clone()),
                Delta::Text(text) => self.counted.text(text),
                Delta::Reasoning { piece, .. } => self.counted.reasoning(&piece.text),
                Delta::ToolCall { name, arguments, .. } => {
                    self.counted.text(name.as_deref().unwrap_or_default());
                    self.counted.text(arguments);
                }
                _ => {}
            }
        }
        if self.saved.elapsed() >= self.books.core.options.save_every {
            self.saved = Instant::now();
            self.save();
        }
    }

    /// A provider that charges more for an hour but does not say what it wrote for how long was asked for it.
    fn kept(&self, mut usage: Usage) -> Usage {
        let dearer = self.aim.endpoint.prices.as_ref().is_some_and(|prices| prices.cache_write_1h.is_some());
        if dearer
            && usage.cache_write_1h == 0
            && usage.cache_write_5m > 0
            && self.books.request.caches_for_an_hour()
        {
            usage.cache_write_1h = std::mem::take(&mut usage.cache_write_5m);
        }
        usage
    }

    /// Our own count so far.
    fn counted(&self) -> Usage {
        self.counted.usage(&self.aim.endpoint.model, &self.books.core.memory().counter)
    }

    /// The counter learns from what the provider reported.
    fn teach(&self) {
        let (Some(reported), false) = (&self.reported, self.aim.endpoint.demo) else { return };
        let core = &self.books.core;
        let mut memory = core.memory();
        let model = &self.aim.endpoint.model;
        if self.counted.teach(&mut memory.counter, model, self.aim.weighed, reported) {
            let counter = memory.counter.clone();
            drop(memory);
            core.ledger.learned(&counter);
        }
    }

    /// The price list of the tier that was really served.
    fn prices(&self) -> Option<Prices> {
        let catalog = self.books.core.catalog();
        tier::prices(&self.aim.endpoint, self.served.as_deref(), catalog.endpoints(&self.aim.endpoint.model))
    }

    fn save(&self) {
        let usage = self.reported.unwrap_or_else(|| self.counted());
        let cost = metering::estimate(&usage, self.prices().as_ref(), self.started);
        self.books.save(&self.aim.endpoint, usage, cost, self.aim.reserved.amount());
    }

    /// What is booked: the last usage that was seen, our own count where that says less than we heard.
    fn bill(&self) -> (Usage, Cost) {
        let began = self.ttft.is_some();
        let ended = match &self.outcome {
            Outcome::Answered => Ended::Complete,
            Outcome::Failed(_) if began && self.whole => Ended::Complete,
            // an answer had begun, so the prompt was read: that costs
            Outcome::Cancelled if began || self.status == Some(200) => Ended::Stopped,
            Outcome::Failed(_) if began => Ended::Broken,
            Outcome::Cancelled | Outcome::Failed(_) => Ended::Refused,
        };
        let mut counted = self.counted();
        let mut reported = self.reported;
        if let Some(usage) = reported
            && ended != Ended::Complete
            && usage.output() < counted.output()
        {
            counted = Usage { completion: counted.completion, reasoning: counted.reasoning, ..usage };
            reported = None;
        }
        let cost = metering::bill(&Bill {
            reported: reported.as_ref(),
            counted,
            amount: self.amount,
            prices: self.prices().as_ref(),
            at: self.started,
            ended,
            insured: self.aim.endpoint.provider.as_str() == "openrouter",
        });
        let usage = match (reported, ended) {
            (Some(usage), _) => usage,
            (None, Ended::Refused) => Usage::default(),
            (None, _) => counted,
        };
        (usage, cost)
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let (usage, cost) = self.bill();
        let now = self.books.now();
        let core = &self.books.core;
        if let Some(ticket) = self.ticket.take() {
            let end = match &self.outcome {
                Outcome::Answered => End::Answered { tokens: usage.output() },
                Outcome::Cancelled => End::Cancelled,
                Outcome::Failed(failure) => End::Failed(failure),
            };
            core.memory().health.finished(ticket, end, now);
        }
        match &self.outcome {
            Outcome::Answered => {
                self.teach();
                let mut memory = core.memory();
                memory.keys.answered(&self.aim.endpoint, self.aim.key);
                let conversation = Conversation::of(&self.books.request);
                memory.sticky.answered(conversation, &self.aim.endpoint, &usage, now);
            }
            Outcome::Failed(failure) => {
                core.memory().keys.failed(&self.aim.endpoint, self.aim.key, failure, now);
            }
            Outcome::Cancelled => {}
        }
        self.aim.reserved.settle(&cost);
        let has_key = !core.keys().of(&self.aim.endpoint.provider).is_empty();
        let record = Record {
            endpoint: self.aim.endpoint.id.clone(),
            model: self.aim.endpoint.model.clone(),
            provider: self.aim.endpoint.provider.clone(),
            key: has_key.then_some(self.aim.key),
            started: self.started,
            ttft: self.ttft,
            total: self.t0.elapsed(),
            status: self.status,
            usage,
            cost,
            outcome: std::mem::replace(&mut self.outcome, Outcome::Cancelled),
            hedge: self.aim.hedge,
            rescue: self.aim.rescue,
            dearer: self.aim.dearer,
        };
        self.books.ended(self.number, record, self.aim.endpoint.demo);
    }
}
