//! How long somebody waits: for this one thing, and for the whole request.

use crate::words::{Failure, FailureKind};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use tokio::time::{Instant, Sleep, sleep_until};

/// Two deadlines at once: one of this wait, one of the whole request.
pub struct Deadline<F> {
    until: Instant,
    total: Instant,
    late: F,
}

impl<F: Fn() -> Failure> Deadline<F> {
    pub fn new(until: Instant, total: Instant, late: F) -> Self {
        Self { until, total, late }
    }

    pub async fn wait<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        self.wait_by(&mut Alarm::at(self.until), work).await
    }

    /// The same, by an alarm that is kept from one wait to the next.
    pub async fn wait_by<T>(
        &self,
        alarm: &mut Alarm,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        match alarm.wait(self.until.min(self.total), work).await {
            Some(result) => result,
            None => Err(self.passed()),
        }
    }

    fn passed(&self) -> Failure {
        if self.total <= self.until {
            let say = "the request took longer than the time it was given in all";
            Failure::new(FailureKind::TotalTimeout, say)
        } else {
            (self.late)()
        }
    }
}

/// One timer for a deadline that each piece of a stream puts off. It is set anew only when it rings too early: a timer
/// per piece costs as much as a tenth of its reading.
pub struct Alarm {
    sleep: Pin<Box<Sleep>>,
}

impl Alarm {
    pub fn at(deadline: Instant) -> Self {
        Self { sleep: Box::pin(sleep_until(deadline)) }
    }

    /// `None`: `until` has passed before the work was done.
    async fn wait<T>(&mut self, until: Instant, work: impl Future<Output = T>) -> Option<T> {
        if until < self.sleep.deadline() {
            self.sleep.as_mut().reset(until);
        }
        let mut work = pin!(work);
        poll_fn(|context| {
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(Some(done));
            }
            while self.sleep.as_mut().poll(context).is_ready() {
                if Instant::now() >= until {
                    return Poll::Ready(None);
                }
                self.sleep.as_mut().reset(until);
            }
            Poll::Pending
        })
        .await
    }
}
