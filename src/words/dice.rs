//! Chance as a value that is handed in: seeded, so that every draw can be replayed.

use super::At;
use uuid::Uuid;

/// A seeded source of chance. The shell seeds it from the system once; tests seed it with a number.
#[derive(Clone, Debug)]
pub struct Dice(fastrand::Rng);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// Uniform in `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        self.0.f64()
    }

    /// Uniform in `0..n`; 0 for `n == 0`.
    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { self.0.usize(..n) }
    }

    /// A UUID version 7 (RFC 9562): sorts by time, so that store keys do.
    pub fn uuid(&mut self, at: At) -> Uuid {
        let mut random = [0u8; 10];
        self.0.fill(&mut random);
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(at.millis()).unwrap_or(0), &random)
            .into_uuid()
    }
}

impl PartialEq for Dice {
    /// Two dice are equal when they would roll the same next.
    fn eq(&self, other: &Self) -> bool {
        self.0.get_seed() == other.0.get_seed()
    }
}
