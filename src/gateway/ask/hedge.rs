//! Hedging: when the first token is late and the person wants that, a second endpoint is asked as well.

use super::line::{Line, Role};
use crate::gateway::attempt::{Attempt, Hearing};
use crate::gateway::books;
use crate::routing::{self, Tried};
use crate::words::{Endpoint, Failure, FailureKind, Reply};
use std::sync::Arc;

impl Line<'_> {
    /// Waits for the first token, of this attempt or of the one that was sent because it was late. The loser is dropped,
    /// and booked at what it cost.
    pub async fn race(&mut self, attempt: Attempt) -> Result<Hearing, Failure> {
        let asked = Arc::clone(attempt.endpoint());
        let hedge = {
            let memory = self.books.core.memory();
            routing::hedge(&self.input(&self.decision, &memory), &asked.id, &self.books.request.preferences)
        };
        let request = self.question(&asked);
        let mut first = Box::pin(attempt.first_token(&request));
        let Some((after, second)) = hedge else { return first.await };
        tokio::select! {
            heard = &mut first => return heard,
            () = tokio::time::sleep(after) => {}
        }
        let second = self.endpoint(Some(&second))?;
        let Ok(reserved) = self.reserve(&second) else { return first.await };
        let attempt = self.begin(&second, reserved, Role { hedge: true, rescue: false });
        let request = self.question(&second);
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
}
