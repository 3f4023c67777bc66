//! The answer as a stream: the work is a future inside it, polled where it is read, so that dropping it ends everything.

use crate::words::Reply;
use futures_util::Stream;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

/// The replies to one request. Dropping it closes the socket, settles the attempt and writes the ledger row.
///
/// No task stands behind it: a reader that stops reading stops the socket too.
pub struct ReplyStream {
    mailbox: Mailbox,
    work: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl ReplyStream {
    pub(super) fn new<F>(work: impl FnOnce(Mailbox) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mailbox = Mailbox::default();
        Self { mailbox: mailbox.clone(), work: Some(Box::pin(work(mailbox))) }
    }
}

impl Stream for ReplyStream {
    type Item = Reply;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Reply>> {
        loop {
            if let Some(reply) = self.mailbox.lock().pop_front() {
                return Poll::Ready(Some(reply));
            }
            let Some(work) = self.work.as_mut() else { return Poll::Ready(None) };
            match work.as_mut().poll(cx) {
                Poll::Ready(()) => self.work = None,
                Poll::Pending if self.mailbox.lock().is_empty() => return Poll::Pending,
                Poll::Pending => {}
            }
        }
    }
}

/// Where the work puts its replies.
#[derive(Clone, Default)]
pub(super) struct Mailbox(Arc<Mutex<VecDeque<Reply>>>);

impl Mailbox {
    pub fn push(&self, reply: Reply) {
        self.lock().push_back(reply);
    }

    /// Waits until everything was read. Nobody need be woken: the stream polls the work whenever the box is empty.
    pub async fn drained(&self) {
        poll_fn(|_| if self.lock().is_empty() { Poll::Ready(()) } else { Poll::Pending }).await;
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Reply>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
