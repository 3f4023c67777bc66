//! One request from its name to its receipt: plan, ask, fall back, hear, rescue, close the books.

mod begun;
mod hear;
mod hedge;
mod joint;
mod line;
mod money;
mod rescue;
mod rest;
mod seam;

pub use seam::{Continuation, Seam};

use super::books::Books;
use super::count;
use super::gateway::Core;
use super::stream::Mailbox;
use crate::routing::{self, PlanInput};
use crate::words::{Failure, Outcome, Reply, Request};
use line::Line;
use std::sync::Arc;

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
    let decided = {
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
        routing::decide(input, &mut memory.dice)
    };
    let decision = match decided {
        Ok(decision) => decision,
        Err(refused) => {
            // who was considered and which filter took them is what the person wants to know now
            books.decided(refused.decision);
            return Err(refused.failure);
        }
    };
    books.decided(decision.clone());
    let mut line = Line::new(books, mailbox, catalog, decision);
    let hearing = line.first().await?;
    line.hear(hearing).await
}
