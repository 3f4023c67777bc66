//! Money set aside before a request is sent, and settled when its attempt ends.

use crate::metering::{Ask, Basis, Budgets, Reservation, Turn, quote};
use crate::words::{At, Cost, Endpoint, Estimate, Failure, FailureKind, Request, Usd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// All budgets, behind one lock: checking and setting aside are one step, however many ask at once.
#[derive(Clone)]
pub(super) struct Purse {
    budgets: Arc<Mutex<Budgets>>,
    basis: Basis,
}

/// What was set aside for one attempt. Dropped without being settled, it is free again.
pub(super) struct Reserved {
    purse: Purse,
    reservation: Option<Reservation>,
}

impl Purse {
    pub fn new(budgets: Budgets, basis: Basis) -> Self {
        Self { budgets: Arc::new(Mutex::new(budgets)), basis }
    }

    pub fn budgets(&self) -> MutexGuard<'_, Budgets> {
        self.budgets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets aside what this endpoint will cost for `prompt` tokens, or says which limit forbids it.
    pub fn reserve(
        &self,
        request: &Request,
        endpoint: &Endpoint,
        estimate: Option<&Estimate>,
        prompt: u64,
        day: i32,
        at: At,
    ) -> Result<Reserved, Failure> {
        let ask = Ask {
            session: request.session,
            provider: endpoint.provider.clone(),
            model: endpoint.model.clone(),
            key: request.key_label.clone(),
            amount: self.amount(request, endpoint, estimate, prompt, at),
            demo: endpoint.demo,
        };
        let reservation = self
            .budgets()
            .reserve(day, &ask)
            .map_err(|refusal| Failure::new(FailureKind::Budget, refusal.to_string()))?;
        Ok(Reserved { purse: self.clone(), reservation: Some(reservation) })
    }

    fn amount(
        &self,
        request: &Request,
        endpoint: &Endpoint,
        estimate: Option<&Estimate>,
        prompt: u64,
        at: At,
    ) -> Option<Usd> {
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

impl Reserved {
    /// The attempt has ended and cost this much.
    pub fn settle(&mut self, cost: &Cost) {
        if let Some(reservation) = self.reservation.take() {
            self.purse.budgets().settle(reservation, cost.booked.unwrap_or_default());
        }
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.settle(&Cost::default());
    }
}
