//! Hedging: when the first token is late and the person wants that, a second endpoint is asked as well.

use super::line::{Line, Role};
use crate::gateway::attempt::{Attempt, Hearing};
use crate::gateway::books;
use crate::routing::{self, Tried};
use crate::words::{Endpoint, Failure, FailureKind, Reply};
use std::sync::Arc;
use std::time::Duration;

impl Line<'_> {
    /// Waits for the first token, of this attempt or of the one that was sent because it was late. The loser is dropped,
    /// and booked at what it cost.
    ///
    /// # Errors
    /// The last failure, and with which key it came.
    pub async fn race(&mut self, attempt: Attempt) -> Result<Hearing, (Failure, u32)> {
        let (asked, key) = (Arc::clone(attempt.endpoint()), attempt.key());
        let request = self.question(&asked);
        let mut first = Box::pin(attempt.first_token(&request));
        let Some((after, second)) = self.hedge(&asked) else {
            return first.await.map_err(|failure| (failure, key));
        };
        tokio::select! {
            heard = &mut first => return heard.map_err(|failure| (failure, key)),
            () = tokio::time::sleep(after) => {}
        }
        let Ok(reserved) = self.reserve(&second).await else {
            return first.await.map_err(|failure| (failure, key));
        };
        let attempt = self.begin(&second, reserved, Role { hedge: true, rescue: false });
        let other_key = attempt.key();
        let request = self.question(&second);
        let mut other = Box::pin(attempt.first_token(&request));
        tokio::select! {
            heard = &mut first => match heard {
                Ok(hearing) => Ok(hearing),
                Err(failure) => {
                    // the second is on its way already: it is the fallback now
                    self.fell_to(&asked, key, failure, &second).await;
                    other.await.map_err(|failure| (failure, other_key))
                }
            },
            heard = &mut other => match heard {
                Ok(hearing) => {
                    drop(first);
                    let say = format!("{} was late; {} spoke first", asked.provider_name, second.provider_name);
                    let late = books::at(Failure::new(FailureKind::FirstTokenTimeout, say), &asked);
                    self.fell_to(&asked, key, late, &second).await;
                    Ok(hearing)
                }
                Err(failure) => {
                    self.tried.push(Tried::new(second.id.clone(), other_key, &failure));
                    first.await.map_err(|failure| (failure, key))
                }
            },
        }
    }

    /// Whom to ask as well, and after how long.
    fn hedge(&self, asked: &Endpoint) -> Option<(Duration, Arc<Endpoint>)> {
        let wishes = &self.books.request.preferences;
        let memory = self.books.core.memory();
        let (after, second) = routing::hedge(&self.input(&self.decision, &memory), &asked.id, wishes)?;
        Some((after, self.endpoint(Some(&second)).ok()?))
    }

    async fn fell_to(&mut self, from: &Endpoint, key: u32, failure: Failure, to: &Endpoint) {
        self.tried.push(Tried::new(from.id.clone(), key, &failure));
        self.mailbox.push(Reply::FellBack { from: from.id.clone(), failure: Box::new(failure) });
        self.choose(to, "asked as well, and first to speak".to_owned()).await;
    }
}
