//! Who is asked, one after the other, until somebody speaks.

use super::begun::Begun;
use super::money::Forbidden;
use crate::catalog::Catalog;
use crate::gateway::attempt::{Aim, Attempt, Hearing};
use crate::gateway::books::{self, Books};
use crate::gateway::budget::Reserved;
use crate::gateway::gateway::Memory;
use crate::gateway::stream::Mailbox;
use crate::metering::Tally;
use crate::routing::{self, NextInput, NextStep, Pick, Tried};
use crate::words::{Chosen, Dearer, Decision, Endpoint, EndpointId, Estimate, Failure, FailureKind, Reply};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The queue of one request.
pub(super) struct Line<'a> {
    pub books: &'a Arc<Books>,
    pub mailbox: &'a Mailbox,
    catalog: Arc<Catalog>,
    pub decision: Decision,
    /// Attempts that failed.
    pub tried: Vec<Tried>,
    /// A reply that is to be continued.
    pub begun: Option<Begun>,
    pub forbidden: Forbidden,
    /// By how many tokens of o200k the prompt has grown: who goes on with a reply is given it to read.
    pub grown: u64,
    /// How long it may yet wait for somebody who should be left alone.
    pub patience: Duration,
}

/// How an attempt stands among the others of its request.
#[derive(Clone, Copy, Default)]
pub(super) struct Role {
    pub hedge: bool,
    pub rescue: bool,
}

/// Who is asked next, after which pause, and why.
pub(super) struct Next {
    pub endpoint: Arc<Endpoint>,
    pub wait: Duration,
    pub why: String,
}

impl<'a> Line<'a> {
    pub fn new(
        books: &'a Arc<Books>,
        mailbox: &'a Mailbox,
        catalog: Arc<Catalog>,
        decision: Decision,
    ) -> Self {
        let begun = Begun::of(&books.request);
        let patience = books.core.options.max_wait;
        Self {
            books,
            mailbox,
            catalog,
            decision,
            tried: Vec::new(),
            begun,
            forbidden: Forbidden::default(),
            grown: 0,
            patience,
        }
    }

    /// The first endpoint that says something.
    pub async fn first(&mut self) -> Result<Hearing, Failure> {
        let (mut endpoint, mut reserved, mut why) = self.within_budget().await?;
        self.tell_refused();
        loop {
            self.choose(&endpoint, why).await;
            if let Some(held) = self.held(&endpoint) {
                drop(reserved);
                (endpoint, why) = self.stand_back(endpoint, held).await?;
                (endpoint, reserved, why) = match self.set_aside(&endpoint).await? {
                    Some(reserved) => (endpoint, reserved, why),
                    None => self.within_budget().await?,
                };
                continue;
            }
            let attempt = self.begin(&endpoint, reserved, Role::default());
            let (failure, key) = match self.race(attempt).await {
                Ok(hearing) => return Ok(hearing),
                Err(lost) => lost,
            };
            // a hedge may have taken its place
            let asked = failure.endpoint.clone().unwrap_or_else(|| endpoint.id.clone());
            endpoint = self.endpoint(Some(&asked))?;
            self.tried.push(Tried::new(asked, key, &failure));
            (endpoint, reserved, why) = self.move_on(&endpoint, failure).await?;
        }
    }

    /// Who goes to somebody dearer because a key was refused a while ago is told so as if it had been refused now.
    fn tell_refused(&self) {
        let Some(cheaper) = self.decision.refused.as_ref().and_then(|id| self.catalog.endpoint(id)) else {
            return;
        };
        let now = self.books.now();
        let until = self.books.core.memory().keys.refused(cheaper, now).unwrap_or(now);
        let failure = Failure {
            retry_after: Some(until.since(now)),
            ..Failure::new(FailureKind::Auth, "its key was refused a while ago")
        };
        let chosen = self.chosen(cheaper, self.decision.why.clone());
        self.mailbox.push(Reply::Chosen(Box::new(chosen)));
        let failure = Box::new(books::at(failure, cheaper));
        self.mailbox.push(Reply::FellBack { from: cheaper.id.clone(), failure });
    }

    /// The next one, told to the reader. The money is set aside before anybody hears of it.
    async fn move_on(
        &mut self,
        from: &Arc<Endpoint>,
        failure: Failure,
    ) -> Result<(Arc<Endpoint>, Reserved, String), Failure> {
        let mut in_words = self.was_prefilled(from, &failure);
        let (Next { endpoint, wait, why }, reserved) = loop {
            let next = if std::mem::take(&mut in_words) {
                let why = "the same, told in words where it broke off".to_owned();
                Next { endpoint: Arc::clone(from), wait: Duration::ZERO, why }
            } else {
                let next = self.after(&self.decision, from, &failure);
                next.map_err(|last_word| self.over_budget(Some(&failure)).unwrap_or(last_word))?
            };
            if let Some(reserved) = self.set_aside(&next.endpoint).await? {
                break (next, reserved);
            }
        };
        let due = Instant::now() + wait;
        let same = endpoint.id == from.id && !wait.is_zero();
        let failure = Box::new(failure);
        if !same {
            self.mailbox.push(Reply::FellBack { from: from.id.clone(), failure: failure.clone() });
        }
        if !wait.is_zero() {
            let until = self.books.now() + wait;
            self.mailbox.push(Reply::Waiting { endpoint: endpoint.id.clone(), until, failure });
            self.mailbox.drained().await;
            sleep_until(due).await;
        }
        Ok((endpoint, reserved, why))
    }

    /// Whom routing names after this failure.
    ///
    /// # Errors
    /// The last word, when nobody is left or the pause would be too long.
    pub fn after(
        &self,
        decision: &Decision,
        from: &Arc<Endpoint>,
        failure: &Failure,
    ) -> Result<Next, Failure> {
        let step = {
            let memory = self.books.core.memory();
            routing::next(&self.input(decision, &memory), failure)
        };
        let (next, wait, why) = match step {
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
        let endpoint = self.endpoint(Some(&next))?;
        let options = &self.books.core.options;
        let over = if self.books.attempts() >= options.max_attempts {
            Some(format!("{} attempts were made", options.max_attempts))
        } else if wait > options.max_wait {
            Some(routing::later(&endpoint, wait))
        } else if Instant::now() + wait >= self.books.deadline() {
            Some("no time is left for another attempt".to_owned())
        } else {
            None
        };
        if over.is_some() {
            let memory = self.books.core.memory();
            return Err(routing::last_word(&self.input(decision, &memory), failure, over));
        }
        Ok(Next { endpoint, wait, why })
    }

    pub fn input<'b>(&'b self, decision: &'b Decision, memory: &'b Memory) -> NextInput<'b> {
        NextInput {
            decision,
            catalog: &self.catalog,
            health: &memory.health,
            keys: &memory.keys,
            tried: &self.tried,
            now: self.books.now(),
        }
    }

    pub fn endpoint(&self, id: Option<&EndpointId>) -> Result<Arc<Endpoint>, Failure> {
        id.and_then(|id| self.catalog.endpoint(id)).cloned().ok_or_else(|| {
            Failure::new(FailureKind::NoEndpoint, "routing chose nobody: a fault of fareway's")
        })
    }

    pub async fn choose(&mut self, endpoint: &Endpoint, why: String) {
        self.tell_forbidden();
        self.mailbox.push(Reply::Chosen(Box::new(self.chosen(endpoint, why))));
        self.mailbox.drained().await;
    }

    /// The endpoint as the reader is told of it.
    pub fn chosen(&self, endpoint: &Endpoint, why: String) -> Chosen {
        let factor = self.books.core.memory().counter.factor(&endpoint.model);
        let searches = u64::from(self.books.request.searches());
        books::chosen(endpoint, (self.prompt_tokens(endpoint), searches), factor, why, self.dearer(endpoint))
    }

    /// What it costs here more than at the first choice.
    fn dearer(&self, endpoint: &Endpoint) -> Option<Dearer> {
        let first = self.decision.refused.as_ref().or(self.decision.attempts.first());
        let first = first.filter(|first| **first != endpoint.id)?;
        let cost = |id: &EndpointId| self.estimate(id).and_then(|estimate| estimate.cost);
        let there = cost(first)?;
        match cost(&endpoint.id) {
            None => Some(Dearer::Unknown),
            Some(here) if there.is_zero() => (!here.is_zero()).then_some(Dearer::NotFree),
            Some(here) => {
                let times = here.approximate() / there.approximate();
                (times > 1.05).then_some(Dearer::Times(times))
            }
        }
    }

    pub fn estimate(&self, endpoint: &EndpointId) -> Option<&Estimate> {
        self.decision.considered.iter().find(|c| c.endpoint == *endpoint)?.estimate.as_ref()
    }

    /// In tokens of o200k, as routing reckons.
    fn weighed(&self, endpoint: &Endpoint) -> u64 {
        let prompt = self.estimate(&endpoint.id).map_or(0, |estimate| estimate.prompt_tokens);
        prompt.saturating_add(self.grown)
    }

    /// In tokens of this model, as far as they are known.
    pub fn prompt_tokens(&self, endpoint: &Endpoint) -> u64 {
        let prompt = Tally::tokens(self.weighed(endpoint));
        self.books.core.memory().counter.tokens(&endpoint.model, &prompt)
    }

    /// A key picked, the books opened: nothing is sent yet.
    pub fn begin(&self, endpoint: &Arc<Endpoint>, reserved: Reserved, role: Role) -> Attempt {
        let key = match self.books.core.memory().keys.pick(endpoint, self.books.now()) {
            Pick::Key(key) => key,
            // all rest, or the last was taken away since the plan was made: the attempt itself will say so
            Pick::Cooling(_) | Pick::Missing => 0,
        };
        let Role { hedge, rescue } = role;
        let (prompt_tokens, weighed) = (self.prompt_tokens(endpoint), self.weighed(endpoint));
        let dearer = self.dearer(endpoint);
        let endpoint = Arc::clone(endpoint);
        let aim = Aim { endpoint, key, prompt_tokens, weighed, hedge, rescue, dearer, reserved };
        Attempt::begin(self.books, aim)
    }
}
