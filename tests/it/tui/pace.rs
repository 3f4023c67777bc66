//! The frame clock: keys at once, streams at a pace the line can take, nothing when nothing changed.

use fareway::tui::paint::{Due, Pace, Rates};
use fareway::words::At;
use std::time::Duration;

fn after_first_frame() -> Pace {
    let mut pace = Pace::new(Rates::default());
    assert_eq!(pace.due(At(0)), Due::Now, "the first frame waits for nothing");
    pace.painted(At(0), At(0), 100, None);
    pace
}

#[test]
fn idle_needs_no_timer() {
    let pace = after_first_frame();
    for at in [0, 1, 1_000_000, i64::MAX / 2] {
        assert_eq!(pace.due(At(at)), Due::Never);
    }
}

#[test]
fn a_key_is_painted_at_once_and_a_token_when_its_frame_comes() {
    let mut pace = after_first_frame();
    pace.news();
    assert_eq!(pace.due(At(1_000)), Due::Later(At(33_333)));
    assert_eq!(pace.due(At(33_333)), Due::Now);
    pace.key();
    assert_eq!(pace.due(At(1_000)), Due::Now);
}

#[test]
fn a_second_of_tokens_is_thirty_frames_and_eight_in_low_bandwidth() {
    for (low, frames) in [(false, 30), (true, 8)] {
        let mut pace = after_first_frame();
        pace.set_low(low);
        pace.painted(At(0), At(0), 0, None);
        let mut painted = 0;
        for at in (0..1_000_000).step_by(1_000).map(At) {
            pace.news();
            if pace.due(at) == Due::Now {
                pace.painted(at, at, 50, None);
                painted += 1;
            }
        }
        assert!((frames - 2..=frames).contains(&painted), "{painted} frames");
    }
}

#[test]
fn a_slow_line_gets_fewer_frames_and_recovers() {
    let mut pace = after_first_frame();
    pace.painted(At(0), At(100_000), 5_000, None);
    let stats = pace.stats(At(100_000));
    assert_eq!(stats.backlog, Duration::from_millis(100));
    assert_eq!(stats.interval, Duration::from_millis(400));
    pace.news();
    assert_eq!(pace.due(At(200_000)), Due::Later(At(500_000)));
    for n in 0..40 {
        let at = At(1_000_000 + n * 100_000);
        pace.painted(at, at, 10, None);
    }
    assert_eq!(pace.stats(At(6_000_000)).interval, Duration::from_secs(1) / 30);
    // never so slow that it looks dead
    pace.painted(At(9_000_000), At(19_000_000), 10, None);
    assert_eq!(pace.stats(At(19_000_000)).interval, Duration::from_secs(1));
}

#[test]
fn it_says_what_the_line_carries() {
    let mut pace = Pace::new(Rates::default());
    for n in 0..20 {
        let at = At::from_millis(n * 50);
        pace.painted(at, at, 100, None);
    }
    let stats = pace.stats(At::from_millis(960));
    assert_eq!((stats.bytes, stats.bytes_per_second), (2_000, 2_000));
    assert_eq!(pace.stats(At::from_millis(5_000)).bytes_per_second, 0);
}
