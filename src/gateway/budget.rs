//! Money set aside before a request is sent, and settled when its attempt ends.

use super::ledger::Ledger;
use crate::metering::{Applied, Ask, Basis, Budgets, Refusal, Standing, Turn, Warning, quote, standing};
use crate::words::{
    At, Cap, Cost, Endpoint, Estimate, Failure, FailureKind, GenerationId, Hold, Request, Usd,
};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The budgets, and the ledger that holds the money.
pub(super) struct Purse {
    budgets: Mutex<Budgets>,
    basis: Basis,
    ledger: Arc<dyn Ledger>,
    tickets: AtomicU64,
}

/// What was set aside for one attempt. Dropped without being settled, it is free again.
pub(super) struct Reserved {
    held: Option<Held>,
    amount: Usd,
}

struct Held {
    ledger: Arc<dyn Ledger>,
    generation: GenerationId,
    ticket: u64,
}

/// Why nothing was set aside.
pub(super) enum Unfunded {
    /// A limit forbids this endpoint; a cheaper one may be within it.
    Over(Refusal),
    /// The ledger does not answer: nobody may be asked.
    Unknown(Failure),
}

/// The attempt that money is set aside for.
pub(super) struct Wanted<'a> {
    pub request: &'a Request,
    pub generation: GenerationId,
    pub endpoint: &'a Endpoint,
    pub estimate: Option<&'a Estimate>,
    /// Tokens of the prompt.
    pub prompt: u64,
    pub day: i32,
    pub at: At,
}

impl Purse {
    pub fn new(budgets: Budgets, basis: Basis, ledger: Arc<dyn Ledger>) -> Self {
        Self { budgets: Mutex::new(budgets), basis, ledger, tickets: AtomicU64::new(0) }
    }

    pub fn budgets(&self) -> MutexGuard<'_, Budgets> {
        self.budgets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets aside what this endpoint will cost, or says which limit forbids it.
    pub async fn reserve(&self, wanted: Wanted<'_>) -> Result<Reserved, Unfunded> {
        let unknown = |why| Unfunded::Unknown(Failure::new(FailureKind::Budget, why));
        let Wanted { request, generation, endpoint, day, .. } = wanted;
        let amount = self.amount(&wanted);
        let ask = Ask {
            session: request.session,
            provider: endpoint.provider.clone(),
            model: endpoint.model.clone(),
            key: request.key_label.clone(),
            amount,
            demo: endpoint.demo,
        };
        let applied = self.budgets().applying(day, &ask).map_err(Unfunded::Over)?;
        let amount = amount.unwrap_or_default();
        if applied.is_empty() || amount.is_zero() {
            return Ok(Reserved { held: None, amount: Usd::ZERO });
        }
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        // held from now on: whoever is dropped while the ledger answers has freed it
        let ledger = Arc::clone(&self.ledger);
        let reserved = Reserved { held: Some(Held { ledger, generation, ticket }), amount };
        let hold = Hold {
            generation,
            ticket,
            day,
            session: ask.session,
            key_label: ask.key,
            model: ask.model,
            provider: ask.provider,
            amount,
        };
        match self.ledger.reserve(hold, caps(&applied)).await {
            Ok(Ok(used)) => {
                self.budgets().note(day, &applied, &used);
                Ok(reserved)
            }
            Ok(Err(over)) => {
                let refusal = Budgets::refusal(&applied, amount, over);
                Err(refusal.map_or_else(
                    || unknown("the ledger refuses by a limit that was not asked about".to_owned()),
                    Unfunded::Over,
                ))
            }
            Err(why) => {
                Err(unknown(format!("the ledger does not say whether the budget allows this: {why}")))
            }
        }
    }

    /// How these limits stand on that day.
    pub async fn standing(&self, day: i32, applied: Vec<Applied>) -> Result<Vec<Standing>, String> {
        let used = self.ledger.used(day, caps(&applied)).await?;
        Ok(standing(applied, used))
    }

    /// Limits that came to the line of warning since this was asked last.
    pub async fn warnings(&self, day: i32) -> Vec<Warning> {
        let touched = self.budgets().touched(day);
        if !touched.is_empty()
            && let Ok(used) = self.ledger.used(day, caps(&touched)).await
        {
            self.budgets().note(day, &touched, &used);
        }
        self.budgets().warnings()
    }

    fn amount(&self, wanted: &Wanted<'_>) -> Option<Usd> {
        let Wanted { request, endpoint, estimate, prompt, at, .. } = *wanted;
        let turn = Turn {
            prompt,
            // a cache may have forgotten by now: the worst case does not count on it
            cached: match self.basis {
                Basis::Likely => estimate.map_or(0, |estimate| estimate.cached_tokens),
                Basis::Worst => 0,
            },
            max_tokens: request.params.max_tokens,
            expected: estimate.map_or(0, |estimate| estimate.completion_tokens),
            searches: u64::from(request.searches()),
        };
        let quote = quote(endpoint, &turn, at);
        match self.basis {
            Basis::Likely => quote.likely,
            Basis::Worst => quote.worst.or(quote.likely),
        }
    }
}

fn caps(applied: &[Applied]) -> Vec<Cap> {
    applied.iter().map(|(_, cap)| cap.clone()).collect()
}

impl Reserved {
    pub fn amount(&self) -> Usd {
        self.amount
    }

    /// The attempt has ended and cost this much.
    pub fn settle(&mut self, cost: &Cost) {
        if let Some(held) = self.held.take() {
            held.ledger.settle(held.generation, held.ticket, cost.booked.unwrap_or_default());
        }
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.settle(&Cost::default());
    }
}
