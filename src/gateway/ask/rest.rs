//! Leaving alone whoever must rest, right before asking: by turning to somebody else, else by waiting.

use super::line::Line;
use crate::gateway::books;
use crate::routing::{self, Held};
use crate::words::{Endpoint, Failure, Reply};
use std::sync::Arc;
use tokio::time::{Instant, sleep_until};

impl Line<'_> {
    /// Whether this endpoint is to be left alone just now. Whoever is held for manners only is asked when the patience
    /// is spent: the provider itself then says what it thinks of it, and a key may have been mended meanwhile.
    pub fn held(&self, endpoint: &Endpoint) -> Option<Held> {
        let held = routing::held(&self.input(&self.decision, &self.books.core.memory()), endpoint)?;
        (held.rests || held.wait <= self.patience || self.free_behind(endpoint).is_some()).then_some(held)
    }

    /// Turns to the next of the plan that can be asked, or waits until this one can.
    ///
    /// # Errors
    /// Nobody can be asked soon.
    pub async fn stand_back(
        &mut self,
        endpoint: Arc<Endpoint>,
        held: Held,
    ) -> Result<(Arc<Endpoint>, String), Failure> {
        let failure = books::at(held.failure, &endpoint);
        if let Some(other) = self.free_behind(&endpoint) {
            self.mailbox.push(Reply::FellBack { from: endpoint.id.clone(), failure: Box::new(failure) });
            return Ok((other, format!("next, since {} must be left alone", endpoint.provider_name)));
        }
        let due = Instant::now() + held.wait;
        if held.wait > self.patience || due >= self.books.deadline() {
            return Err(failure);
        }
        self.patience -= held.wait;
        let until = self.books.now() + held.wait;
        self.mailbox.push(Reply::Waiting {
            endpoint: endpoint.id.clone(),
            until,
            failure: Box::new(failure),
        });
        self.mailbox.drained().await;
        sleep_until(due).await;
        Ok((endpoint, "it can be asked again".to_owned()))
    }

    fn free_behind(&self, endpoint: &Endpoint) -> Option<Arc<Endpoint>> {
        let memory = self.books.core.memory();
        routing::free_behind(&self.input(&self.decision, &memory), &endpoint.id).cloned()
    }
}
