//! Calls into sled that may panic or never return: it does both on damaged files.

use super::StoreError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How the store's own threads are called. sled's begin with `sled-`.
pub(super) const THREAD: &str = "fareway-store";

/// Whether the thread that panics is the store's or sled's: such a panic is caught and healed, so a panic hook
/// should neither give the terminal back nor print.
pub fn panic_is_caught() -> bool {
    thread::current().name().is_some_and(|name| name.starts_with(THREAD) || name.starts_with("sled-"))
}

/// A panic becomes damage.
pub(super) fn caught<T>(run: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let said = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("it panicked");
        Err(StoreError::Damaged(said.to_owned()))
    })
}

/// As [`caught`], and given up after `limit`: the thread is left to itself, because nothing can stop it.
pub(super) fn limited<T: Send + 'static>(
    limit: Duration,
    run: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let (done, result) = mpsc::channel();
    let thread = thread::Builder::new().name(format!("{THREAD}-open"));
    thread.spawn(move || drop(done.send(caught(run)))).map_err(|e| StoreError::Io(e.to_string()))?;
    result.recv_timeout(limit).unwrap_or_else(|_| {
        Err(StoreError::Damaged(format!("they could not be read within {} s", limit.as_secs_f32())))
    })
}

/// Between two looks at a lock that another process holds.
#[allow(
    clippy::disallowed_methods,
    reason = "a thread of our own, and a lock file tells nobody that it is free"
)]
pub(super) fn pause() {
    thread::sleep(Duration::from_millis(20));
}
