//! The thread on which replies stream. While one is fast it rests for a frame at a time.
//!
//! A socket that is watched wakes its thread for every packet, two hundred times a second, though nobody sees more than
//! a frame shows. At rest the thread waits where no packet wakes it; what comes meanwhile waits in the socket.

use super::gather::HOPS;
use crate::tui::paint::Rates;
use futures_util::FutureExt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{io, thread};
use tokio::runtime::{Builder, Handle};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// How long a rest is: a frame, which is then painted with all that has come.
pub(super) const FRAME: Duration = Rates::USUAL.interval();

/// Where streams live. Dropped, it ends those that are left.
pub struct Streams {
    handle: Handle,
    rest: Arc<Rest>,
    thread: Option<thread::JoinHandle<()>>,
}

/// The rest that fast streams take together.
#[derive(Default)]
pub struct Rest {
    wanted: Notify,
    over: Notify,
    done: AtomicBool,
}

impl Rest {
    /// Rests until the next frame, and the thread with it.
    pub async fn take(&self) {
        let over = self.over.notified();
        self.wanted.notify_one();
        over.await;
    }
}

impl Streams {
    pub fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().max_blocking_threads(8).enable_all().build()?;
        let handle = runtime.handle().clone();
        let rest = Arc::new(Rest::default());
        let shared = Arc::clone(&rest);
        let thread = thread::Builder::new().name("fareway-streams".to_owned()).spawn(move || {
            while !shared.done.load(Ordering::Acquire) {
                // who wanted the last rest too has had it
                let _ = shared.wanted.notified().now_or_never();
                runtime.block_on(async {
                    shared.wanted.notified().await;
                    // the others get their turn before the rest
                    for _ in 0..HOPS {
                        tokio::task::yield_now().await;
                    }
                });
                if !shared.done.load(Ordering::Acquire) {
                    thread::park_timeout(FRAME);
                }
                shared.over.notify_waiters();
            }
            // a name that is still being looked up must not hold the end up
            runtime.shutdown_background();
        })?;
        Ok(Self { handle, rest, thread: Some(thread) })
    }

    /// Runs the work there; it is given the rest to take.
    pub fn spawn<F>(&self, work: impl FnOnce(Arc<Rest>) -> F) -> JoinHandle<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let task = self.handle.spawn(work(Arc::clone(&self.rest)));
        self.wake();
        task
    }

    /// Where everything that talks to the network runs: a kept connection lives on the thread that opened it.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Ends a rest that is under way: something was started or stopped.
    pub fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Streams {
    fn drop(&mut self) {
        self.rest.done.store(true, Ordering::Release);
        self.rest.wanted.notify_one();
        self.wake();
        if let Some(thread) = self.thread.take() {
            // a stream that panicked has said so
            let _ = thread.join();
        }
    }
}
