//! The books of one request: its attempts as they end, its open row while it streams, its receipt and row at the end.

use super::gateway::Core;
use crate::words::{
    At, Attempt, AttemptRow, Chosen, Cost, Dearer, Decision, Endpoint, EndpointId, Entry, Failure,
    GenerationId, GenerationRow, ModelId, OpenRow, Outcome, ProviderId, Receipt, Request, Stop, Usage, Usd,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Shared by a request and its attempts; whoever is dropped last closes it.
pub(super) struct Books {
    pub core: Arc<Core>,
    pub request: Arc<Request>,
    generation: GenerationId,
    started: At,
    t0: Instant,
    day: i32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    begun: u32,
    /// Those that have ended, with their place.
    ended: Vec<(u32, Attempt)>,
    decision: Option<Box<Decision>>,
    /// Who was asked last.
    asked: Option<Arc<Endpoint>>,
    ttft: Option<Duration>,
    stop: Option<(Stop, String)>,
    upstream_id: Option<String>,
    closed: bool,
}

impl Books {
    pub fn open(core: Arc<Core>, request: Arc<Request>) -> Arc<Self> {
        let started = super::clock::now();
        let mut generation = request.generation;
        if generation == GenerationId::nil() {
            generation = core.generation(started);
        }
        let day = super::clock::day(started, core.options.zone.as_ref());
        Arc::new(Self {
            core,
            request,
            generation,
            started,
            t0: Instant::now(),
            day,
            state: Mutex::default(),
        })
    }

    /// Wall-clock time that cannot jump within a request.
    pub fn now(&self) -> At {
        self.started + self.t0.elapsed()
    }

    pub fn started(&self) -> At {
        self.started
    }

    /// When the whole request must be over.
    pub fn deadline(&self) -> Instant {
        self.t0 + self.core.options.clocks.total
    }

    pub fn generation(&self) -> GenerationId {
        self.generation
    }

    pub fn day(&self) -> i32 {
        self.day
    }

    pub fn decided(&self, decision: Decision) {
        self.state().decision = Some(Box::new(decision));
    }

    pub fn attempts(&self) -> u32 {
        self.state().begun
    }

    /// An attempt begins; its place among the others.
    pub fn begin(&self, endpoint: &Arc<Endpoint>) -> u32 {
        let mut state = self.state();
        state.asked = Some(Arc::clone(endpoint));
        state.begun += 1;
        state.begun - 1
    }

    /// What answers from here on: a hedge may have been asked last and yet lose.
    pub fn heard_first(&self, endpoint: &Arc<Endpoint>) {
        let mut state = self.state();
        state.asked = Some(Arc::clone(endpoint));
        let elapsed = self.t0.elapsed();
        state.ttft.get_or_insert(elapsed);
    }

    pub fn head(&self, id: &str) {
        self.state().upstream_id = Some(id.to_owned());
    }

    pub fn stopped(&self, reason: Stop, native: &str) {
        self.state().stop = Some((reason, native.to_owned()));
    }

    pub fn not_stopped(&self) {
        self.state().stop = None;
    }

    /// An attempt has ended: its row is written and its money counts.
    pub fn ended(&self, number: u32, attempt: Attempt, demo: bool) {
        self.core.ledger.write(vec![Entry::Attempt(Box::new(AttemptRow {
            generation: self.generation,
            number,
            session: self.request.session,
            demo,
            attempt: attempt.clone(),
        }))]);
        self.state().ended.push((number, attempt));
    }

    /// What is known of the attempt under way, so that it survives `kill -9`.
    pub fn save(&self, endpoint: &Endpoint, usage: Usage, cost: Cost, held: Usd) {
        let request = &self.request;
        let attempts = self.state().in_order();
        self.core.ledger.write(vec![Entry::Open(Box::new(OpenRow {
            generation: self.generation,
            at: self.started,
            day: self.day,
            session: request.session,
            message: request.message,
            purpose: request.purpose,
            requested: request.model.to_string(),
            model: endpoint.model.clone(),
            provider: endpoint.provider.clone(),
            endpoint: endpoint.id.clone(),
            demo: endpoint.demo,
            attempts,
            usage,
            cost,
            held,
            tags: request.tags.clone(),
            key_label: request.key_label.clone(),
        }))]);
    }

    /// The end: the receipt, and the generation's row, whether anybody was asked or not.
    pub fn close(&self, outcome: Outcome) -> Receipt {
        let mut state = self.state();
        state.closed = true;
        let receipt = self.receipt(&state);
        drop(state);
        self.core.ledger.write(vec![Entry::Generation(Box::new(GenerationRow {
            at: self.now(),
            day: self.day,
            session: self.request.session,
            message: self.request.message,
            purpose: self.request.purpose,
            tags: self.request.tags.clone(),
            key_label: self.request.key_label.clone(),
            outcome,
            receipt: receipt.clone(),
        }))]);
        receipt
    }

    fn receipt(&self, state: &State) -> Receipt {
        let attempts = state.in_order();
        let requested = self.request.model.to_string();
        let (model, provider, endpoint, demo) = state.asked.as_ref().map_or_else(
            || (ModelId::new(&requested), ProviderId::new(""), EndpointId::new(""), false),
            |e| (e.model.clone(), e.provider.clone(), e.id.clone(), e.demo),
        );
        Receipt {
            generation: self.generation,
            requested,
            model,
            provider,
            endpoint,
            usage: attempts.iter().fold(Usage::default(), |sum, a| sum + a.usage),
            cost: Cost::sum(attempts.iter().map(|a| &a.cost)),
            attempts,
            ttft: state.ttft,
            total: self.t0.elapsed(),
            stop: state.stop.as_ref().map(|(reason, _)| *reason),
            native_stop: state.stop.as_ref().map(|(_, native)| native.clone()).filter(|n| !n.is_empty()),
            upstream_id: state.upstream_id.clone(),
            demo,
            decision: state.decision.clone(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn in_order(&self) -> Vec<Attempt> {
        let mut ended: Vec<_> = self.ended.iter().collect();
        ended.sort_by_key(|(number, _)| *number);
        ended.into_iter().map(|(_, attempt)| attempt.clone()).collect()
    }
}

impl Drop for Books {
    /// Dropped in the middle: the person, the client or the program stopped it.
    fn drop(&mut self) {
        if !self.state().closed {
            self.close(Outcome::Cancelled);
        }
    }
}

/// The item that tells who is asked.
pub(super) fn chosen(
    endpoint: &Endpoint,
    (prompt_tokens, searches): (u64, u64),
    tokens_per_mille: u64,
    why: String,
    dearer: Option<Dearer>,
) -> Chosen {
    Chosen {
        endpoint: endpoint.id.clone(),
        model: endpoint.model.clone(),
        provider: endpoint.provider.clone(),
        provider_name: endpoint.provider_name.clone(),
        demo: endpoint.demo,
        prices: endpoint.prices.clone(),
        prompt_tokens,
        searches,
        tokens_per_mille,
        context: endpoint.context,
        why,
        dearer,
    }
}

/// Says where it happened, so that nobody has to guess.
pub(super) fn at(mut failure: Failure, endpoint: &Endpoint) -> Failure {
    failure.provider.get_or_insert_with(|| endpoint.provider.clone());
    failure.endpoint.get_or_insert_with(|| endpoint.id.clone());
    failure
}
