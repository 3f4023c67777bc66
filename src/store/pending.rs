//! An answer that is on its way: wait for it in a thread, or await it in a task.

use super::StoreError;
use super::op::{Answer, Found};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// The answer to a question, or the acknowledgement of writes. Dropping it takes nothing back.
#[must_use = "a write is on disk only once this says so"]
pub struct Pending<T> {
    shared: Arc<Shared>,
    take: fn(Found) -> Option<T>,
}

/// Fulfilled when the writes are on disk.
pub type Ack = Pending<()>;

/// How long [`Pending::wait`] waits: the store answers in milliseconds or not at all.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Shared {
    slot: Mutex<Slot>,
    told: Condvar,
}

#[derive(Default)]
struct Slot {
    answer: Option<Answer>,
    waker: Option<Waker>,
}

/// The other end. Dropped without a word, it says that the store is closed.
pub(super) struct Teller(Arc<Shared>);

pub(super) fn pending<T>(take: fn(Found) -> Option<T>) -> (Teller, Pending<T>) {
    let shared = Arc::<Shared>::default();
    (Teller(shared.clone()), Pending { shared, take })
}

impl Teller {
    pub(super) fn tell(&self, answer: Answer) {
        let mut slot = self.0.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.answer.is_none() {
            slot.answer = Some(answer);
            self.0.told.notify_all();
            if let Some(waker) = slot.waker.take() {
                waker.wake();
            }
        }
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.tell(Err(StoreError::Closed));
    }
}

impl<T> Pending<T> {
    /// Blocks the thread. Not for async tasks: those await.
    pub fn wait(self) -> Result<T, StoreError> {
        let slot = self.shared.slot.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.shared.told.wait_timeout_while(slot, PATIENCE, |slot| slot.answer.is_none());
        let (mut slot, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match slot.answer.take() {
            Some(answer) => taken(answer, self.take),
            None => Err(StoreError::Stuck(PATIENCE.as_secs())),
        }
    }
}

fn taken<T>(answer: Answer, take: fn(Found) -> Option<T>) -> Result<T, StoreError> {
    take(answer?).ok_or_else(|| StoreError::Io("the owner of the store answered something else".to_owned()))
}

impl<T> Future for Pending<T> {
    type Output = Result<T, StoreError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut slot = self.shared.slot.lock().unwrap_or_else(PoisonError::into_inner);
        match slot.answer.take() {
            Some(answer) => Poll::Ready(taken(answer, self.take)),
            None => {
                slot.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
