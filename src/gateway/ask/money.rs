//! Setting money aside for whoever is asked next: whom a budget forbids is passed over for whoever is within it.

use super::line::Line;
use crate::gateway::books;
use crate::gateway::budget::{Reserved, Unfunded, Wanted};
use crate::metering::Refusal;
use crate::words::{Chosen, Endpoint, EndpointId, Failure, FailureKind, Filter, Reply};
use std::sync::Arc;

/// What budgets have forbidden of one request.
#[derive(Default)]
pub(super) struct Forbidden {
    /// The first refusal in full, and after its endpoint's name.
    first: Option<Failure>,
    reason: String,
    endpoints: usize,
    /// Whom the reader has not heard of yet.
    unsaid: Vec<(Arc<Endpoint>, Failure)>,
}

impl Line<'_> {
    /// The best of the plan that the budgets allow, the money for it, and why it is asked.
    ///
    /// # Errors
    /// No budget allows anybody who is left.
    pub async fn within_budget(&mut self) -> Result<(Arc<Endpoint>, Reserved, String), Failure> {
        let mut why = self.decision.why.clone();
        loop {
            let untried = |id: &&_| !self.tried.iter().any(|tried| tried.endpoint == **id);
            let next = self.decision.attempts.iter().find(untried).cloned();
            if let (None, Some(refusal)) = (&next, self.over_budget(None)) {
                return Err(refusal);
            }
            let endpoint = self.endpoint(next.as_ref())?;
            match self.set_aside(&endpoint).await? {
                Some(reserved) => return Ok((endpoint, reserved, why)),
                None => why = format!("next, since a budget forbids {}", endpoint.provider_name),
            }
        }
    }

    /// The money for one attempt at this endpoint. `None`: a budget forbids it, and it is no longer in the plan.
    ///
    /// # Errors
    /// Nobody knows what the budgets allow.
    pub async fn set_aside(&mut self, endpoint: &Arc<Endpoint>) -> Result<Option<Reserved>, Failure> {
        match self.reserve(endpoint).await {
            Ok(reserved) => Ok(Some(reserved)),
            Err(Unfunded::Unknown(failure)) => Err(books::at(failure, endpoint)),
            Err(Unfunded::Over(refusal)) => {
                self.forbid(endpoint, &refusal);
                Ok(None)
            }
        }
    }

    /// The last word where budgets forbade somebody, and nobody else is left. Whoever failed is told beside it: what
    /// the person can change comes first.
    pub fn over_budget(&self, failed: Option<&Failure>) -> Option<Failure> {
        let mut failure = self.forbidden.first.clone()?;
        let mut notes = Vec::new();
        if self.forbidden.endpoints > 1 {
            notes.push(match self.forbidden.endpoints - 1 {
                1 => "the other endpoint does not fit either".to_owned(),
                others => format!("the {others} other endpoints do not fit either"),
            });
        }
        if let Some(failed) = failed {
            let who = failed.endpoint.as_ref().map_or("another", EndpointId::as_str);
            notes.push(format!("{who} failed: {}", failed.message.trim_end_matches('.')));
        }
        if !notes.is_empty() {
            failure.message = format!("{} ({})", failure.message.trim_end_matches('.'), notes.join("; "));
        }
        Some(failure)
    }

    /// Whom budgets forbade, beside another failure.
    pub fn forbidden(&self) -> Option<String> {
        let first = self.forbidden.first.as_ref()?;
        let who = first.endpoint.as_ref().map_or("another", EndpointId::as_str);
        let others = match self.forbidden.endpoints - 1 {
            0 => String::new(),
            others => format!(", nor {others} more"),
        };
        Some(format!("{who} was not asked{others}: it {}", self.forbidden.reason))
    }

    pub async fn reserve(&self, endpoint: &Endpoint) -> Result<Reserved, Unfunded> {
        let wanted = Wanted {
            request: &self.books.request,
            generation: self.books.generation(),
            endpoint,
            estimate: self.estimate(&endpoint.id),
            prompt: self.prompt_tokens(endpoint),
            day: self.books.day(),
            at: self.books.now(),
        };
        self.books.core.purse.reserve(wanted).await
    }

    /// Told like a failure, so that a move to somebody else is seen where it happens.
    pub fn tell_forbidden(&mut self) {
        for (endpoint, failure) in std::mem::take(&mut self.forbidden.unsaid) {
            let chosen = Chosen { dearer: None, ..self.chosen(&endpoint, self.decision.why.clone()) };
            self.mailbox.push(Reply::Chosen(Box::new(chosen)));
            self.mailbox.push(Reply::FellBack { from: endpoint.id.clone(), failure: Box::new(failure) });
        }
    }

    fn forbid(&mut self, endpoint: &Arc<Endpoint>, refusal: &Refusal) {
        let reason = refusal.reason();
        let failure = books::at(Failure::new(FailureKind::Budget, format!("it {reason}")), endpoint);
        self.forbidden.unsaid.push((Arc::clone(endpoint), failure));
        if self.forbidden.endpoints == 0 {
            self.forbidden.reason.clone_from(&reason);
        }
        self.decision.leave_out(&endpoint.id, Filter::Budget, reason);
        self.books.decided(self.decision.clone());
        self.forbidden.endpoints += 1;
        self.forbidden.first.get_or_insert_with(|| {
            let failure = Failure::new(FailureKind::Budget, refusal.to_string());
            let excluded_by = vec![Filter::Budget.name().to_owned()];
            books::at(Failure { excluded_by, ..failure }, endpoint)
        });
    }
}
