//! One request from its name to its receipt: plan, ask, fall back, hear, rescue, close the books.

use super::attempt::{Aim, Attempt, Hearing};
use super::books::{self, Books};
use super::budget::Reserved;
use super::count;
use super::gateway::Core;
use super::rescue::{self, Heard};
use super::seam::Seam;
use super::stream::Mailbox;
use crate::catalog::Catalog;
use crate::routing::{self, NextInput, NextStep, Pick, PlanInput, Tried};
use crate::words::{
    Decision, Delta, Endpoint, EndpointId, Estimate, Failure, FailureKind, ModelId, Outcome, Reply, Request,
    Rescue,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The work behind one [`super::ReplyStream`].
pub(super) async fn ask(core: Arc<Core>, request: Request, mailbox: Mailbox) {
    let expanded = routing::expand(request.clone(), &core.names(), &core.options.preferences);
    let (request, refused) = match expanded {
        Ok(request) => (request, None),
        Err(failure) => (request, Some(failure)),
    };
    let books = Books::open(core, Arc::new(request));
    let heard = match refused {
        Some(failure) => Err(failure),
        None => answer(&books, &mailbox).await,
    };
    mailbox.push(match heard {
        Ok(()) => Reply::Done(Box::new(books.close(Outcome::Answered))),
        Err(failure) => {
            let receipt = Box::new(books.close(Outcome::Failed(Box::new(failure.clone()))));
            Reply::Failed { failure: Box::new(failure), receipt }
        }
    });
}

async fn answer(books: &Arc<Books>, mailbox: &Mailbox) -> Result<(), Failure> {
    let core = &books.core;
    let catalog = core.catalog();
    let decision = {
        let names = core.names();
        let memory = &mut *core.memory();
        let input = PlanInput {
            request: &books.request,
            catalog: &catalog,
            names: &names,
            health: &memory.health,
            keys: &memory.keys,
            sticky: &memory.sticky,
            prompt_tokens: Some(count::prompt(&books.request)),
            now: books.started(),
        };
        routing::plan(input, &mut memory.dice)?
    };
    books.decided(decision.clone());
    let mut line = Line { books, mailbox, catalog, decision, tried: Vec::new() };
    let hearing = line.first().await?;
    line.hear(hearing).await
}

/// Who is asked, one after the other.
struct Line<'a> {
    books: &'a Arc<Books>,
    mailbox: &'a Mailbox,
    catalog: Arc<Catalog>,
    decision: Decision,
    /// Attempts that failed.
    tried: Vec<Tried>,
}

/// How an attempt stands among the others of its request.
#[derive(Clone, Copy, Default)]
struct Role {
    hedge: bool,
    rescue: bool,
}

impl Line<'_> {
    /// The first endpoint that says something.
    async fn first(&mut self) -> Result<Hearing, Failure> {
        let first = self.decision.attempts.first().cloned();
        let mut endpoint = self.endpoint(first.as_ref())?;
        let mut reserved = self.reserve(&endpoint)?;
        let mut why = self.decision.why.clone();
        loop {
            self.choose(&endpoint, why).await;
            let attempt = self.begin(&endpoint, reserved, Role::default());
            let key = attempt.key();
            let failure = match self.race(attempt).await {
                Ok(hearing) => return Ok(hearing),
                Err(failure) => failure,
            };
            // a hedge may have taken its place
            let asked = failure.endpoint.clone().unwrap_or_else(|| endpoint.id.clone());
            endpoint = self.endpoint(Some(&asked))?;
            self.tried.push(Tried { endpoint: asked, key, failure: failure.kind });
            (endpoint, reserved, why) = self.move_on(&endpoint, failure).await?;
        }
    }

    /// What routing says after a failure: who is next and why. The money is set aside before anybody hears of it.
    async fn move_on(
        &mut self,
        from: &Arc<Endpoint>,
        failure: Failure,
    ) -> Result<(Arc<Endpoint>, Reserved, String), Failure> {
        let (next, wait, why) = match self.next(&failure) {
            NextStep::GiveUp { failure } => return Err(failure),
            NextStep::RetrySame { wait } => (from.id.clone(), wait, "the same again".to_owned()),
            NextStep::NextKey { key } => {
                (from.id.clone(), Duration::ZERO, format!("with key {} of {}", key + 1, from.provider_name))
            }
            NextStep::NextEndpoint { endpoint, wait } => {
                (endpoint, wait, format!("next, since {} failed", from.provider_name))
            }
            NextStep::NextModel { endpoint, wait } => {
                (endpoint, wait, format!("next in your list, since {} failed", from.model))
            }
        };
        let options = &self.books.core.options;
        let due = Instant::now() + wait;
        if self.books.attempts() >= options.max_attempts
            || wait > options.max_wait
            || due >= self.books.deadline()
        {
            return Err(failure);
        }
        let endpoint = self.endpoint(Some(&next))?;
        let reserved = self.reserve(&endpoint)?;
        let same = next == from.id && !wait.is_zero();
        let failure = Box::new(failure);
        if !same {
            self.mailbox.push(Reply::FellBack { from: from.id.clone(), failure: failure.clone() });
        }
        if !wait.is_zero() {
            let until = self.books.now() + wait;
            self.mailbox.push(Reply::Waiting { endpoint: next, until, failure });
            self.mailbox.drained().await;
            sleep_until(due).await;
        }
        Ok((endpoint, reserved, why))
    }

    fn next(&self, failure: &Failure) -> NextStep {
        let memory = self.books.core.memory();
        routing::next(&self.input(&memory), failure)
    }

    fn input<'b>(&'b self, memory: &'b super::gateway::Memory) -> NextInput<'b> {
        NextInput {
            decision: &self.decision,
            catalog: &self.catalog,
            health: &memory.health,
            keys: &memory.keys,
            tried: &self.tried,
            now: self.books.now(),
        }
    }

    fn endpoint(&self, id: Option<&EndpointId>) -> Result<Arc<Endpoint>, Failure> {
        id.and_then(|id| self.catalog.endpoint(id)).cloned().ok_or_else(|| {
            Failure::new(FailureKind::NoEndpoint, "routing chose nobody: a fault of fareway's")
        })
    }

    async fn choose(&self, endpoint: &Endpoint, why: String) {
        let chosen = books::chosen(endpoint, self.prompt_tokens(&endpoint.id), why);
        self.mailbox.push(Reply::Chosen(Box::new(chosen)));
        self.mailbox.drained().await;
    }

    fn estimate(&self, endpoint: &EndpointId) -> Option<&Estimate> {
        self.decision.considered.iter().find(|c| c.endpoint == *endpoint)?.estimate.as_ref()
    }

    fn prompt_tokens(&self, endpoint: &EndpointId) -> u64 {
        self.estimate(endpoint).map_or(0, |estimate| estimate.prompt_tokens)
    }

    fn reserve(&self, endpoint: &Endpoint) -> Result<Reserved, Failure> {
        let Books { core, request, .. } = &**self.books;
        core.purse
            .reserve(request, endpoint, self.estimate(&endpoint.id), self.books.day(), self.books.now())
            .map_err(|failure| books::at(failure, endpoint))
    }

    /// A key picked, the books opened: nothing is sent yet.
    fn begin(&self, endpoint: &Arc<Endpoint>, reserved: Reserved, role: Role) -> Attempt {
        let key = match self.books.core.memory().keys.pick(endpoint, self.books.now()) {
            Pick::Key(key) => key,
            // all rest, or the last was taken away since the plan was made: the attempt itself will say so
            Pick::Cooling(_) | Pick::Missing => 0,
        };
        let Role { hedge, rescue } = role;
        let prompt_tokens = self.prompt_tokens(&endpoint.id);
        let aim = Aim { endpoint: Arc::clone(endpoint), key, prompt_tokens, hedge, rescue, reserved };
        Attempt::begin(self.books, aim)
    }

    /// Waits for the first token; when it is late and the person wants that, a second endpoint is asked as well.
    async fn race(&mut self, attempt: Attempt) -> Result<Hearing, Failure> {
        let asked = Arc::clone(attempt.endpoint());
        let hedge = {
            let memory = self.books.core.memory();
            routing::hedge(&self.input(&memory), &asked.id, &self.books.request.preferences)
        };
        let request = Arc::clone(&self.books.request);
        let mut first = Box::pin(attempt.first_token(&request));
        let Some((after, second)) = hedge else { return first.await };
        tokio::select! {
            heard = &mut first => return heard,
            () = tokio::time::sleep(after) => {}
        }
        let second = self.endpoint(Some(&second))?;
        let Ok(reserved) = self.reserve(&second) else { return first.await };
        let attempt = self.begin(&second, reserved, Role { hedge: true, rescue: false });
        let mut other = Box::pin(attempt.first_token(&request));
        let late = || {
            let say = format!("{} was late; {} spoke first", asked.provider_name, second.provider_name);
            books::at(Failure::new(FailureKind::FirstTokenTimeout, say), &asked)
        };
        tokio::select! {
            heard = &mut first => match heard {
                Ok(hearing) => Ok(hearing),
                Err(failure) => {
                    // the second is on its way already: it is the fallback now
                    self.fell_to(&asked, failure, &second).await;
                    other.await
                }
            },
            heard = &mut other => match heard {
                Ok(hearing) => {
                    drop(first);
                    self.fell_to(&asked, late(), &second).await;
                    Ok(hearing)
                }
                Err(failure) => {
                    self.tried.push(Tried { endpoint: second.id.clone(), key: 0, failure: failure.kind });
                    first.await
                }
            },
        }
    }

    async fn fell_to(&mut self, from: &Endpoint, failure: Failure, to: &Endpoint) {
        self.tried.push(Tried { endpoint: from.id.clone(), key: 0, failure: failure.kind });
        self.mailbox.push(Reply::FellBack { from: from.id.clone(), failure: Box::new(failure) });
        self.choose(to, "asked as well, and first to speak".to_owned()).await;
    }

    /// Passes on what is heard, through as many endpoints as it takes.
    async fn hear(&mut self, mut hearing: Hearing) -> Result<(), Failure> {
        let mut all = Heard::default();
        let mut seam: Option<Seam> = None;
        let mut said = 0;
        loop {
            self.books.heard_first(hearing.endpoint());
            let (calls, thoughts) = (all.next_call, all.next_reasoning);
            let failure = loop {
                match hearing.next().await {
                    Ok(Some(deltas)) => {
                        for delta in deltas {
                            self.pass(delta, seam.as_mut(), calls, thoughts, &mut all);
                        }
                        self.mailbox.drained().await;
                    }
                    Ok(None) => {
                        self.flush(seam.as_mut(), &mut all);
                        hearing.done();
                        return Ok(());
                    }
                    Err(failure) => break failure,
                }
            };
            self.flush(seam.as_mut(), &mut all);
            said += hearing.said();
            let (from, key) = (Arc::clone(hearing.endpoint()), hearing.key());
            let failure = hearing.broke(failure);
            self.tried.push(Tried { endpoint: from.id.clone(), key, failure: failure.kind });
            let Some((next, how)) = self.rescue(&failure, &all, &from.model, said).await else {
                return Err(failure);
            };
            self.mailbox.push(Reply::Resumed {
                from: from.id.clone(),
                endpoint: next.endpoint().id.clone(),
                model: next.endpoint().model.clone(),
                failure: Box::new(failure),
            });
            seam = Some(Seam::new(&all.text, how));
            hearing = next;
        }
    }

    /// Another endpoint that goes on from what was heard; `None` when that is not possible or not wanted.
    async fn rescue(
        &mut self,
        failure: &Failure,
        heard: &Heard,
        model: &ModelId,
        said: u64,
    ) -> Option<(Hearing, super::seam::Continuation)> {
        let wish = self.books.request.preferences.rescue.unwrap_or_default();
        if wish == Rescue::Off || rescue::obstacle(&self.books.request, heard).is_some() {
            return None;
        }
        let mut failure = failure.clone();
        loop {
            if self.books.attempts() >= self.books.core.options.max_attempts {
                return None;
            }
            let (next, wait) = match self.next(&failure) {
                NextStep::NextEndpoint { endpoint, wait } => (endpoint, wait),
                NextStep::NextModel { endpoint, wait } if wish == Rescue::Listed => (endpoint, wait),
                _ => return None,
            };
            let next = self.endpoint(Some(&next)).ok()?;
            let allowed = wish == Rescue::Listed || next.model == *model;
            if !allowed || !wait.is_zero() {
                return None;
            }
            let how = rescue::how(&next);
            let request = rescue::request(&self.books.request, &heard.text, said, how);
            let reserved = self.reserve(&next).ok()?;
            let attempt = self.begin(&next, reserved, Role { hedge: false, rescue: true });
            let key = attempt.key();
            match attempt.first_token(&request).await {
                Ok(hearing) => return Some((hearing, how)),
                Err(again) => {
                    self.tried.push(Tried { endpoint: next.id.clone(), key, failure: again.kind });
                    failure = again;
                }
            }
        }
    }

    /// Hands one delta to the reader, as part of the one reply it belongs to.
    fn pass(&self, delta: Delta, seam: Option<&mut Seam>, calls: u32, thoughts: u32, all: &mut Heard) {
        let delta = match (delta, seam) {
            (Delta::Text(text), Some(seam)) => Delta::Text(seam.pass(&text)),
            (Delta::Reasoning { index, piece }, _) => {
                Delta::Reasoning { index: index.saturating_add(thoughts), piece }
            }
            (Delta::ToolCall { index, id, name, arguments, signature }, seam) => {
                if let Some(seam) = seam {
                    let text = seam.finish();
                    self.text(text, all);
                }
                Delta::ToolCall { index: index.saturating_add(calls), id, name, arguments, signature }
            }
            (delta @ Delta::Stop { .. }, Some(seam)) => {
                let text = seam.finish();
                self.text(text, all);
                delta
            }
            (delta, _) => delta,
        };
        if matches!(&delta, Delta::Text(text) if text.is_empty()) {
            return;
        }
        all.add(&delta);
        self.mailbox.push(Reply::Delta(delta));
    }

    fn flush(&self, seam: Option<&mut Seam>, all: &mut Heard) {
        if let Some(seam) = seam {
            let text = seam.finish();
            self.text(text, all);
        }
    }

    fn text(&self, text: String, all: &mut Heard) {
        if !text.is_empty() {
            let delta = Delta::Text(text);
            all.add(&delta);
            self.mailbox.push(Reply::Delta(delta));
        }
    }
}
