//! Threads that need not be on time: sled's look for work once a second, each of eight, though they are told of it.

/// Runs `open`; the threads that it starts let their timers wait until something else wakes the processor, for ten
/// minutes at most. What wakes them for work still does so at once. On other systems than Linux it only runs.
pub fn patiently<T>(open: impl FnOnce() -> T) -> T {
    #[cfg(target_os = "linux")]
    let _patient = Patient::new();
    open()
}

/// Threads inherit the slack of whoever starts them: `prctl(2)`, `PR_SET_TIMERSLACK`.
#[cfg(target_os = "linux")]
struct Patient;

#[cfg(target_os = "linux")]
impl Patient {
    const SLACK: std::num::NonZeroU64 = std::num::NonZeroU64::new(600_000_000_000).expect("not zero");

    fn new() -> Self {
        // where it is refused, they wake as they did
        let _ = rustix::thread::set_current_timer_slack(Some(Self::SLACK));
        Self
    }
}

#[cfg(target_os = "linux")]
impl Drop for Patient {
    fn drop(&mut self) {
        // `None`: what this thread began with
        let _ = rustix::thread::set_current_timer_slack(None);
    }
}
