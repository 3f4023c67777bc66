//! Passing on what is heard, through as many endpoints as it takes: the rescue of a reply whose endpoint died.

use super::joint::Joint;
use super::line::{Line, Next, Role};
use super::rescue;
use super::seam::Continuation;
use crate::gateway::attempt::Hearing;
use crate::gateway::count;
use crate::routing::Tried;
use crate::words::{Decision, Failure, FailureKind, ModelId, Reply, Rescue};
use std::sync::Arc;

impl Line<'_> {
    /// Until the reply is whole.
    ///
    /// # Errors
    /// Why it first broke off, and why nobody could go on with it.
    pub async fn hear(&mut self, mut hearing: Hearing) -> Result<(), Failure> {
        let mut joint = Joint::new(self.mailbox, &self.books.request);
        if let Some(begun) = &self.begun {
            joint.go_on(&begun.text, begun.how(hearing.endpoint()));
        }
        let mut said = 0;
        loop {
            self.books.heard_first(hearing.endpoint());
            let failure = match self.part(&mut hearing, &mut joint).await {
                Ok(()) => {
                    joint.close();
                    hearing.done();
                    return Ok(());
                }
                Err(failure) => failure,
            };
            said += hearing.said();
            let (from, key) = (Arc::clone(hearing.endpoint()), hearing.key());
            let failure = hearing.broke(failure);
            self.tried.push(Tried::new(from.id.clone(), key, &failure));
            joint.broke();
            let (next, how) = self.rescue(&failure, &joint, &from.model, said).await?;
            let chosen =
                self.chosen(next.endpoint(), format!("goes on, since {} broke off", from.provider_name));
            self.mailbox.push(Reply::Resumed {
                from: from.id.clone(),
                failure: Box::new(failure),
                chosen: Box::new(chosen),
            });
            joint.resume(how);
            hearing = next;
        }
    }

    /// What one endpoint has to say.
    async fn part(&self, hearing: &mut Hearing, joint: &mut Joint<'_>) -> Result<(), Failure> {
        while let Some(deltas) = hearing.next().await? {
            for delta in deltas {
                joint.pass(delta);
            }
            self.mailbox.drained().await;
        }
        joint.whole(hearing.endpoint(), hearing.stop())
    }

    /// Another endpoint that goes on from what was heard.
    ///
    /// # Errors
    /// The failure it is about, with the reason why the reply ends there.
    async fn rescue(
        &mut self,
        failure: &Failure,
        joint: &Joint<'_>,
        model: &ModelId,
        said: u64,
    ) -> Result<(Hearing, Continuation), Failure> {
        let wish = self.books.request.preferences.rescue.unwrap_or_default();
        if wish == Rescue::Off {
            return Err(failure.clone());
        }
        if let Some(obstacle) = rescue::obstacle(&self.books.request, joint.heard()) {
            return Err(with_note(failure, obstacle));
        }
        let mut last = failure.clone();
        loop {
            let from = self.endpoint(last.endpoint.as_ref())?;
            let next = self.after(&self.allowed(wish, model), &from, &last);
            let Next { endpoint, wait, .. } = next.map_err(|why| match self.forbidden() {
                Some(forbidden) => with_note(failure, &forbidden),
                None if last == *failure => why,
                None => with_note(failure, &format!("nobody could go on with it: {}", why.message)),
            })?;
            tokio::time::sleep(wait).await;
            for how in rescue::ways(&endpoint, self.base()) {
                let request = rescue::request(self.base(), &joint.heard().text, said, *how);
                self.grown = count::prompt(&request).saturating_sub(count::prompt(&self.books.request));
                let reserved = self.set_aside(&endpoint).await;
                let Some(reserved) = reserved.map_err(|why| with_note(failure, &why.message))? else { break };
                let attempt = self.begin(&endpoint, reserved, Role { hedge: false, rescue: true });
                let key = attempt.key();
                match attempt.first_token(&request).await {
                    Ok(hearing) => return Ok((hearing, *how)),
                    Err(again) => {
                        self.tried.push(Tried::new(endpoint.id.clone(), key, &again));
                        last = again;
                    }
                }
                if last.kind != FailureKind::InvalidRequest {
                    break;
                }
            }
        }
    }

    /// The decision without the models that may not go on with this one's words.
    fn allowed(&self, wish: Rescue, model: &ModelId) -> Decision {
        let mut decision = self.decision.clone();
        if wish != Rescue::Listed {
            decision
                .attempts
                .retain(|id| self.endpoint(Some(id)).is_ok_and(|endpoint| endpoint.model == *model));
        }
        decision
    }
}

fn with_note(failure: &Failure, note: &str) -> Failure {
    let message = format!("{} ({note})", failure.message.trim_end_matches('.'));
    Failure { message, ..failure.clone() }
}
