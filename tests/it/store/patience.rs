//! Threads of the store that sleep until there is work: an idle chat must not wake the processor.

#[cfg(target_os = "linux")]
#[test]
fn what_is_started_patiently_lets_its_timers_wait() {
    // (`prctl` answers with an int, which is too small)
    let slack = || {
        let path = format!("/proc/{}/timerslack_ns", rustix::thread::gettid());
        std::fs::read_to_string(path).expect("a slack").trim().parse::<u64>().expect("nanoseconds")
    };
    let before = slack();
    let inherited =
        fareway::store::patiently(|| std::thread::spawn(slack).join().expect("a thread that ends"));
    assert_eq!(inherited, 600_000_000_000);
    assert_eq!(slack(), before, "whoever opened the store is punctual again");
}
