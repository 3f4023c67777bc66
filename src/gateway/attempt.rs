//! One attempt at one endpoint: however it ends, its in-flight count falls, its money is settled and its row is written.

use super::books::{self, Books};
use super::budget::Reserved;
use super::count::Counted;
use super::transport::{Answer, Body, Call};
use crate::metering::{self, Bill, Ended};
use crate::routing::{End, Ticket};
use crate::wire::{self, Auth, Decoder, Outgoing};
use crate::words::{
    At, Attempt as Record, Cost, Delta, Endpoint, Failure, FailureKind, Outcome, Request, Stop, Usage, Usd,
};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How much of an error body is read.
const ERROR_BODY: usize = 256 * 1024;
/// After the stop reason only usage and an end mark can come: nobody waits the whole idle clock for them.
const GRACE: Duration = Duration::from_secs(2);

/// Which attempt this is to be.
pub(super) struct Aim {
    pub endpoint: Arc<Endpoint>,
    pub key: u32,
    /// Tokens of the prompt, counted by us.
    pub prompt_tokens: u64,
    pub hedge: bool,
    pub rescue: bool,
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
    counted: Counted,
    outcome: Outcome,
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
            counted,
            outcome: Outcome::Cancelled,
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

    /// Asks, and waits for the first token. A failure ends the attempt.
    pub async fn first_token(mut self, request: &Request) -> Result<Hearing, Failure> {
        match self.open(request).await {
            Ok((body, decoder, deltas, broken)) => Ok(Hearing {
                attempt: self,
                body,
                decoder,
                first: Some(deltas),
                broken,
                stop: None,
                over: false,
            }),
            Err(failure) => Err(self.fail(failure)),
        }
    }

    fn fail(mut self, failure: Failure) -> Failure {
        let mut failure = books::at(failure, &self.aim.endpoint);
        if failure.status.is_some()
            && matches!(failure.kind, FailureKind::Auth | FailureKind::Permission | FailureKind::Quota)
        {
            failure.message = format!("{}: {}", self.whose_key(), failure.message);
        }
        self.outcome = Outcome::Failed(Box::new(failure.clone()));
        failure
    }

    async fn open(
        &mut self,
        request: &Request,
    ) -> Result<(Body, Box<dyn Decoder + Send>, Vec<Delta>, Option<Failure>), Failure> {
        let endpoint = Arc::clone(&self.aim.endpoint);
        let format = wire::format(&endpoint.format).ok_or_else(|| {
            Failure::new(
                FailureKind::Unsupported,
                format!(
                    "`{}` of {} is no wire format that fareway speaks",
                    endpoint.format, endpoint.provider_name
                ),
            )
        })?;
        let call = self.call(format.encode(&endpoint, request)?)?;
        let clocks = &self.books.core.options.clocks;
        let patience = if endpoint.local { clocks.first_token_local } else { clocks.first_token };
        let clock = Clock::new(self.t0 + patience, self.books.deadline(), || first_late(&endpoint, patience));
        let books = Arc::clone(&self.books);
        let Answer { status, headers, mut body } = clock.wait(books.core.transport.send(call)).await?;
        self.status = Some(status);
        if !(200..300).contains(&status) {
            let text = clock.wait(async { Ok(body.gather(ERROR_BODY).await) }).await?;
            let mut failure = format.failure(status, &headers, &text, self.books.now());
            failure.status = Some(status);
            return Err(failure);
        }
        let is_page = headers
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case("content-type") && value.starts_with("text/html"));
        if is_page {
            let text = clock.wait(async { Ok(body.gather(2048).await) }).await?;
            let mut failure = Failure::new(
                FailureKind::Malformed,
                format!(
                    "{} answered with a web page instead of a reply: is {} the address of an API?",
                    endpoint.provider_name, endpoint.base_url
                ),
            );
            failure.raw = Some(crate::words::clean(&String::from_utf8_lossy(&text)).into_owned());
            return Err(failure);
        }
        let mut decoder = format.decoder(&endpoint);
        let mut deltas = Vec::new();
        loop {
            let heard = match clock.wait(body.chunk()).await {
                Ok(Some(bytes)) => decoder.feed(&bytes, &mut deltas).map(|()| false),
                Ok(None) => decoder.finish(&mut deltas).map(|()| true),
                Err(failure) => Err(failure),
            };
            let token = deltas.iter().any(is_token);
            match heard {
                // what was said before it broke off was said
                Err(failure) if token => {
                    self.started_to_speak();
                    return Ok((body, decoder, deltas, Some(failure)));
                }
                Err(failure) => {
                    self.note(&deltas);
                    return Err(failure);
                }
                Ok(_) if token => {
                    self.started_to_speak();
                    return Ok((body, decoder, deltas, None));
                }
                Ok(true) => {
                    self.note(&deltas);
                    return self.silent(&deltas).map(|()| (body, decoder, deltas, None));
                }
                Ok(false) => {}
            }
        }
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

    fn call(&self, outgoing: Outgoing) -> Result<Call, Failure> {
        let endpoint = &self.aim.endpoint;
        let keys = self.books.core.keys();
        let key = usize::try_from(self.aim.key).ok().and_then(|place| keys.of(&endpoint.provider).get(place));
        let key = match (outgoing.auth, key) {
            (Auth::Bearer, Some(key)) => Some(("authorization".to_owned(), "Bearer ", key.secret.clone())),
            (Auth::Header(name), Some(key)) => Some((name.to_owned(), "", key.secret.clone())),
            (Auth::None, _) | (_, None) => None,
        };
        let needs = !(endpoint.local || endpoint.demo) && outgoing.auth != Auth::None;
        if needs
            && key.is_none()
            && self.books.core.catalog().provider(endpoint.provider.as_str()).is_some_and(|p| p.needs_key())
        {
            return Err(self.books.core.no_key(endpoint));
        }
        Ok(Call { url: outgoing.url, headers: outgoing.headers, body: Some(outgoing.body), key })
    }

    fn started_to_speak(&mut self) {
        self.ttft = Some(self.t0.elapsed());
        if let Some(ticket) = &mut self.ticket {
            self.books.core.memory().health.first_token(ticket, self.books.now());
        }
    }

    /// A success without a single token: fine if thinking or a limit took them all, else a failure.
    fn silent(&mut self, deltas: &[Delta]) -> Result<(), Failure> {
        let name = &self.aim.endpoint.provider_name;
        let stop = deltas.iter().find_map(|delta| match delta {
            Delta::Stop { reason, .. } => Some(*reason),
            _ => None,
        });
        match stop {
            Some(Stop::Length) => Ok(()),
            Some(Stop::ContentFilter) => Err(Failure::new(
                FailureKind::Moderation,
                format!("{name} answered nothing: its filter refused the prompt or the reply"),
            )),
            _ => Err(Failure::new(FailureKind::Empty, format!("{name} answered without a single token"))),
        }
    }

    /// Keeps what the books need of what was said.
    fn note(&mut self, deltas: &[Delta]) {
        for delta in deltas {
            match delta {
                Delta::Usage { usage, cost } => {
                    self.reported = Some(*usage);
                    self.amount = cost.or(self.amount);
                }
                Delta::Stop { reason, native } => self.books.stopped(*reason, native),
                Delta::Head { id: Some(id), .. } => self.books.head(id),
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

    fn save(&self) {
        let usage = self.reported.unwrap_or_else(|| self.counted.usage(&self.aim.endpoint.model));
        let cost = metering::estimate(&usage, self.aim.endpoint.prices.as_ref(), self.started);
        self.books.save(&self.aim.endpoint, usage, cost);
    }

    /// What is booked: the last usage that was seen, our own count where that says less than we heard.
    fn bill(&self) -> (Usage, Cost) {
        let began = self.ttft.is_some();
        let ended = match &self.outcome {
            Outcome::Answered => Ended::Complete,
            // an answer had begun, so the prompt was read: that costs
            Outcome::Cancelled if began || self.status == Some(200) => Ended::Stopped,
            Outcome::Failed(_) if began => Ended::Broken,
            Outcome::Cancelled | Outcome::Failed(_) => Ended::Refused,
        };
        let mut counted = self.counted.usage(&self.aim.endpoint.model);
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
            prices: self.aim.endpoint.prices.as_ref(),
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
                let mut memory = core.memory();
                memory.keys.answered(&self.aim.endpoint, self.aim.key);
                if let Some(session) = self.books.request.session {
                    memory.sticky.answered(session, &self.aim.endpoint, &usage, now);
                }
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
        };
        self.books.ended(self.number, record, self.aim.endpoint.demo);
    }
}

/// An attempt that has begun to speak.
pub(super) struct Hearing {
    attempt: Attempt,
    body: Body,
    decoder: Box<dyn Decoder + Send>,
    first: Option<Vec<Delta>>,
    /// It broke off in the very piece that held its first token.
    broken: Option<Failure>,
    stop: Option<Stop>,
    over: bool,
}

impl Hearing {
    pub fn endpoint(&self) -> &Arc<Endpoint> {
        self.attempt.endpoint()
    }

    /// The next deltas; `None` when the reply is whole. After an error there is nothing more.
    pub async fn next(&mut self) -> Result<Option<Vec<Delta>>, Failure> {
        let mut deltas = Vec::new();
        let heard = match self.first.take() {
            Some(first) => {
                deltas = first;
                self.broken.take().map_or(Ok(()), Err)
            }
            None if self.over => return Ok(None),
            None => match self.broken.take() {
                Some(failure) => return Err(failure),
                None => self.read(&mut deltas).await,
            },
        };
        self.attempt.note(&deltas);
        self.stop = deltas.iter().find_map(stop_of).or(self.stop);
        match heard {
            Ok(()) if deltas.is_empty() && self.over => Ok(None),
            Ok(()) => Ok(Some(deltas)),
            // what came before the break is told first
            Err(failure) if !deltas.is_empty() => {
                self.broken = Some(failure);
                Ok(Some(deltas))
            }
            Err(failure) => Err(failure),
        }
    }

    async fn read(&mut self, deltas: &mut Vec<Delta>) -> Result<(), Failure> {
        let idle = self.attempt.books.core.options.clocks.idle;
        let wait = if self.stop.is_some() { idle.min(GRACE) } else { idle };
        let endpoint = Arc::clone(self.attempt.endpoint());
        let clock = Clock::new(Instant::now() + wait, self.attempt.books.deadline(), || {
            Failure::new(
                FailureKind::IdleTimeout,
                format!(
                    "{} fell silent for {} s in the middle of its reply",
                    endpoint.provider_name,
                    idle.as_secs_f32()
                ),
            )
        });
        match clock.wait(self.body.chunk()).await {
            Ok(Some(bytes)) => self.decoder.feed(&bytes, deltas),
            Ok(None) => {
                self.over = true;
                self.decoder.finish(deltas)
            }
            // everything was said; only the end mark is missing
            Err(_) if self.stop.is_some() => {
                self.over = true;
                self.decoder.finish(deltas).or(Ok(()))
            }
            Err(failure) => Err(failure),
        }
    }

    /// The reply is whole.
    pub fn done(mut self) {
        self.attempt.outcome = Outcome::Answered;
    }

    /// It broke off.
    pub fn broke(self, failure: Failure) -> Failure {
        self.attempt.fail(failure)
    }

    pub fn key(&self) -> u32 {
        self.attempt.key()
    }

    /// Tokens it has said so far, by our count.
    pub fn said(&self) -> u64 {
        self.attempt.counted.usage(&self.attempt.aim.endpoint.model).output()
    }
}

fn stop_of(delta: &Delta) -> Option<Stop> {
    match delta {
        Delta::Stop { reason, .. } => Some(*reason),
        _ => None,
    }
}

/// Something a reader would see: what the first-token clock waits for.
pub(super) fn is_token(delta: &Delta) -> bool {
    match delta {
        Delta::Text(text) => !text.is_empty(),
        Delta::Reasoning { piece, .. } => !piece.text.is_empty() || piece.data.is_some(),
        Delta::ToolCall { .. } | Delta::Image(_) => true,
        _ => false,
    }
}

fn first_late(endpoint: &Endpoint, patience: Duration) -> Failure {
    Failure::new(
        FailureKind::FirstTokenTimeout,
        format!("{} said nothing within {} s", endpoint.provider_name, patience.as_secs_f32()),
    )
}

/// Two deadlines at once: one of this wait, one of the whole request.
struct Clock<F> {
    until: Instant,
    total: Instant,
    late: F,
}

impl<F: Fn() -> Failure> Clock<F> {
    fn new(until: Instant, total: Instant, late: F) -> Self {
        Self { until, total, late }
    }

    async fn wait<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        match timeout_at(self.until.min(self.total), work).await {
            Ok(result) => result,
            Err(_) if self.total <= self.until => Err(Failure::new(
                FailureKind::TotalTimeout,
                "the request took longer than the time it was given in all",
            )),
            Err(_) => Err((self.late)()),
        }
    }
}
