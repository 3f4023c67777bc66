//! How long somebody waits: for this one thing, and for the whole request.

use crate::words::{Failure, FailureKind};
use std::future::Future;
use tokio::time::{Instant, timeout_at};

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
        match timeout_at(self.until.min(self.total), work).await {
            Ok(result) => result,
            Err(_) if self.total <= self.until => Err(Failure::new(
                FailureKind::TotalTimeout,
                "the request took longer than the time it was given in all",
            )),
            Err(_) => Err((self.late)()),
        }
    }
}
