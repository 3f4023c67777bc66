//! Reads a reply once a frame instead of once a token: nobody sees more than a frame shows, and every wake-up costs.

use super::streams::{FRAME, Rest};
use futures_util::{FutureExt, Stream, StreamExt};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// Tasks that a piece passes through between the socket and here, at most: each gets its turn before a rest.
pub(super) const HOPS: u8 = 3;

/// How long a piece takes at most that another thread hands over.
const AFAR: Duration = Duration::from_millis(1);

/// A stream that is looked at once a frame while it is fast. What comes meanwhile waits in the socket.
pub struct Gather<S> {
    from: S,
    rest: Arc<Rest>,
    /// When the last piece came, and whether the one before it came shortly before.
    last: Option<Instant>,
    fast: bool,
    /// A piece came while others on this thread got their turn: the connection is one of them.
    near: bool,
}

impl<S: Stream + Unpin> Gather<S> {
    pub fn new(from: S, rest: Arc<Rest>) -> Self {
        Self { from, rest, last: None, fast: false, near: false }
    }

    /// The next piece; `None` at the end. The first is never kept waiting, nor is any of a slow stream.
    pub async fn next(&mut self) -> Option<S::Item> {
        if self.fast {
            for _ in 0..HOPS {
                if let Some(next) = self.from.next().now_or_never() {
                    self.near = true;
                    return next;
                }
                tokio::task::yield_now().await;
            }
            if !self.near
                && let Ok(next) = timeout(AFAR, self.from.next()).await
            {
                return next;
            }
            self.near = false;
            self.rest.take().await;
        }
        let next = self.from.next().await;
        let now = Instant::now();
        self.fast = self.last.is_some_and(|last| now - last < 2 * FRAME);
        self.last = Some(now);
        next
    }
}
