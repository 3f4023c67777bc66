//! Good and bad counted so that old ones fade.

use crate::words::At;
use std::time::Duration;

/// Two counts that halve every `half_life`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rate {
    good: f64,
    bad: f64,
    at: At,
}

impl Rate {
    pub fn add(&mut self, good: bool, now: At, half_life: Duration) {
        let left = fade(self.at, now, half_life);
        self.good = self.good * left + f64::from(u8::from(good));
        self.bad = self.bad * left + f64::from(u8::from(!good));
        self.at = self.at.max(now);
    }

    /// How many are still remembered.
    pub fn count(&self, now: At, half_life: Duration) -> f64 {
        (self.good + self.bad) * fade(self.at, now, half_life)
    }

    /// The share of bad ones; `None` without any.
    pub fn bad_share(&self) -> Option<f64> {
        let all = self.good + self.bad;
        (all > 0.0).then(|| self.bad / all)
    }
}

/// What is left at `now` of something counted at `then`.
pub fn fade(then: At, now: At, half_life: Duration) -> f64 {
    let age = now.since(then).as_secs_f64();
    if age <= 0.0 { 1.0 } else { (-age / half_life.as_secs_f64()).exp2() }
}
