//! Reads a reply once a frame instead of once a token: nobody sees more than a frame shows, and every wake-up costs.

use crate::tui::paint::Rates;
use futures_util::{FutureExt, Stream, StreamExt};
use std::time::Duration;
use tokio::time::Instant;

/// How long a stream that is faster is left alone: a frame, which is then painted with all that has come.
const PAUSE: Duration = Rates::USUAL.interval();
/// Tasks that a piece passes through between the socket and here, at most: each gets its turn before a pause.
const HOPS: u8 = 3;

/// A stream that is looked at once a frame while it is fast. What comes meanwhile waits in the socket.
pub struct Gather<S> {
    from: S,
    /// When the last piece came, and whether the one before it came shortly before.
    last: Option<Instant>,
    fast: bool,
}

impl<S: Stream + Unpin> Gather<S> {
    pub fn new(from: S) -> Self {
        Self { from, last: None, fast: false }
    }

    /// The next piece; `None` at the end. The first is never kept waiting, nor is any of a slow stream.
    pub async fn next(&mut self) -> Option<S::Item> {
        if self.fast {
            for _ in 0..HOPS {
                if let Some(next) = self.from.next().now_or_never() {
                    return next;
                }
                tokio::task::yield_now().await;
            }
            tokio::time::sleep(PAUSE).await;
        }
        let next = self.from.next().await;
        let now = Instant::now();
        self.fast = self.last.is_some_and(|last| now - last < 2 * PAUSE);
        self.last = Some(now);
        next
    }
}
