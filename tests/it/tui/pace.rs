//! The frame clock: keys at once, streams at a pace the line can take, nothing when nothing changed.

use fareway::tui::paint::{Due, Pace, Rates};
use fareway::words::At;
use std::time::Duration;

fn after_first_frame() -> Pace {
    let mut pace = Pace::new(Rates::default());
    assert_eq!(pace.due(At(0)), Due::Now, "the first frame waits for nothing");
    pace.painted(At(0), 100, true);
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
    assert_eq!(pace.due(At(1_000)), Due::Later(At(50_000)));
    assert_eq!(pace.due(At(50_000)), Due::Now);
    pace.key();
    assert_eq!(pace.due(At(1_000)), Due::Now);
}

#[test]
fn a_second_of_tokens_is_twenty_frames_and_few_in_low_bandwidth_or_unseen() {
    for (low, looked_at, frames) in [(false, true, 20), (true, true, 6), (false, false, 6)] {
        let mut pace = after_first_frame();
        pace.set_low(low);
        pace.set_looked_at(looked_at);
        pace.painted(At(0), 0, true);
        let mut painted = 0;
        for at in (0..1_000_000).step_by(1_000).map(At) {
            pace.news();
            if pace.due(at) == Due::Now {
                pace.painted(at, 50, true);
                painted += 1;
            }
        }
        assert!((frames - 2..=frames).contains(&painted), "{painted} frames");
    }
}

#[test]
fn a_slow_line_gets_fewer_frames_and_recovers() {
    let mut pace = after_first_frame();
    pace.painted(At(0), 5_000, false);
    pace.taken(At(100_000));
    let stats = pace.stats(At(100_000));
    assert_eq!(stats.backlog, Duration::from_millis(100));
    assert_eq!(stats.interval, Duration::from_millis(400));
    pace.news();
    assert_eq!(pace.due(At(200_000)), Due::Later(At(500_000)));
    for n in 0..40 {
        pace.painted(At(1_000_000 + n * 100_000), 10, true);
    }
    assert_eq!(pace.stats(At(6_000_000)).interval, Rates::USUAL.interval());
    // never so slow that it looks dead
    pace.painted(At(9_000_000), 10, false);
    pace.taken(At(19_000_000));
    assert_eq!(pace.stats(At(19_000_000)).interval, Duration::from_secs(1));
}

/// What is not taken is never painted over: the terminal gets the newest picture when it has room again.
#[test]
fn nothing_is_painted_while_the_terminal_has_an_old_frame_to_take() {
    let mut pace = after_first_frame();
    pace.painted(At(1_000_000), 5_000, false);
    pace.news();
    pace.key();
    for at in [1_000_000, 2_000_000, 90_000_000] {
        assert_eq!(pace.due(At(at)), Due::Never, "not even a key");
    }
    pace.taken(At(90_000_000));
    assert_eq!(pace.due(At(90_000_000)), Due::Now, "and what came meanwhile was not forgotten");
}

#[test]
fn in_low_bandwidth_a_frame_waits_until_the_far_end_has_seen_the_last_one() {
    let mut pace = after_first_frame();
    pace.set_low(true);
    assert!(pace.asks(At(0), false));
    pace.asked(At(0));
    pace.news();
    assert_eq!(pace.due(At(500_000)), Due::Later(At(3_000_000)), "unless it answers nothing");
    assert!(!pace.asks(At(500_000), false), "one question at a time");
    pace.answered(At(600_000));
    assert_eq!(pace.due(At(600_000)), Due::Now);
    assert_eq!(pace.stats(At(600_000)).round_trip, Some(Duration::from_millis(600)));
    assert_eq!(pace.stats(At(600_000)).backlog, Duration::ZERO, "a far line is not a slow one");
    // a key waits for no answer
    pace.asked(At(700_000));
    pace.key();
    assert_eq!(pace.due(At(700_000)), Due::Now);
    // what takes longer than the shortest round trip stood in a queue
    pace.answered(At(1_700_000));
    assert_eq!(pace.stats(At(1_700_000)).backlog, Duration::from_millis(400));
}

/// Behind a buffer that takes everything, only the answers tell: at 400 bytes a second the first picture takes seconds,
/// and later an answer is late before it comes.
#[test]
fn a_line_that_is_slow_from_the_first_frame_on_is_known_as_slow() {
    let mut pace = after_first_frame();
    pace.asked(At(0));
    assert_eq!(pace.stats(At(4_000_000)).backlog, Duration::ZERO, "a mute terminal is not a slow one");
    pace.answered(At(5_000_000));
    assert_eq!(pace.stats(At(5_000_000)).backlog, Duration::from_secs(4), "no way is longer than a second");
    let mut pace = after_first_frame();
    pace.asked(At(0));
    pace.answered(At(100_000));
    pace.asked(At(4_000_000));
    assert_eq!(pace.stats(At(4_050_000)).backlog, Duration::ZERO);
    assert_eq!(pace.stats(At(5_100_000)).backlog, Duration::from_secs(1), "it is late");
}

#[test]
fn a_near_terminal_is_never_asked_a_far_one_now_and_then_a_mute_one_once() {
    let mut pace = after_first_frame();
    assert!(!pace.asks(At(0), false));
    assert!(pace.asks(At(0), true));
    pace.asked(At(0));
    pace.answered(At(50_000));
    assert!(!pace.asks(At(1_000_000), true));
    assert!(pace.asks(At(3_000_000), true));
    let mut mute = after_first_frame();
    mute.asked(At(0));
    assert!(!mute.asks(At(3_600_000_000), true));
}

#[test]
fn it_says_what_the_line_carries() {
    let mut pace = Pace::new(Rates::default());
    for n in 0..20 {
        pace.painted(At::from_millis(n * 50), 100, true);
    }
    let stats = pace.stats(At::from_millis(960));
    assert_eq!((stats.bytes, stats.bytes_per_second), (2_000, 2_000));
    assert_eq!(pace.stats(At::from_millis(5_000)).bytes_per_second, 0);
}
