//! Quantiles of a fading stream of measurements, in fixed space.

use super::rate::fade;
use crate::words::At;
use std::time::Duration;

const BUCKETS: usize = 64;
/// Each bucket is this much wider than the one before, so a quantile is right to about 8 %.
const STEP: f64 = 1.16;
/// Each new measurement takes so much weight from all before it, so that a busy endpoint's slow-down is seen within
/// some thirty requests and not within a half-life.
const YIELD: f64 = 0.97;
/// The four that preferences speak of.
const ASKED: [f64; 4] = [0.50, 0.75, 0.90, 0.99];

/// A histogram with logarithmic buckets whose weights halve every half-life. Two facts are kept beside it because
/// planning asks for them a thousand times per measurement: the total and the four quantiles.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantiles {
    weights: [f32; BUCKETS],
    /// The smallest value told apart.
    floor: f64,
    /// Small values are good (seconds) or bad (tokens per second): decides what "p90" means.
    small_is_good: bool,
    at: At,
    total: f64,
    known: [f64; 4],
}

impl Quantiles {
    /// For seconds: from 10 ms to two minutes. `p90`: nine of ten are at most this.
    pub fn seconds() -> Self {
        Self::new(0.010, true)
    }

    /// For tokens per second: from a half to 5,000. `p90`: nine of ten are at least this.
    pub fn per_second() -> Self {
        Self::new(0.5, false)
    }

    fn new(floor: f64, small_is_good: bool) -> Self {
        Self { weights: [0.0; BUCKETS], floor, small_is_good, at: At::default(), total: 0.0, known: [0.0; 4] }
    }

    #[allow(clippy::cast_possible_truncation, reason = "a weight between nought and one")]
    pub fn add(&mut self, value: f64, now: At, half_life: Duration) {
        if !value.is_finite() {
            return;
        }
        let left = (fade(self.at, now, half_life) * YIELD) as f32;
        for weight in &mut self.weights {
            *weight *= left;
        }
        self.weights[self.bucket(value)] += 1.0;
        self.at = self.at.max(now);
        self.total = self.weights.iter().copied().map(f64::from).sum();
        self.known = ASKED.map(|p| self.find(if self.small_is_good { p } else { 1.0 - p }));
    }

    /// How many measurements are still remembered.
    pub fn count(&self, now: At, half_life: Duration) -> f64 {
        self.total * fade(self.at, now, half_life)
    }

    pub fn median(&self) -> Option<f64> {
        self.known(0)
    }

    pub fn p75(&self) -> Option<f64> {
        self.known(1)
    }

    pub fn p90(&self) -> Option<f64> {
        self.known(2)
    }

    pub fn p99(&self) -> Option<f64> {
        self.known(3)
    }

    fn known(&self, place: usize) -> Option<f64> {
        (self.total > 0.0).then(|| self.known[place])
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the buckets")]
    fn bucket(&self, value: f64) -> usize {
        let place = (value.max(self.floor) / self.floor).ln() / STEP.ln();
        (place as usize).min(BUCKETS - 1)
    }

    /// The value below which the share `q` of all weight lies.
    fn find(&self, q: f64) -> f64 {
        let wanted = q * self.total;
        let mut seen = 0.0;
        let mut last = 0;
        for (place, weight) in self.weights.iter().enumerate() {
            if *weight <= 0.0 {
                continue;
            }
            last = place;
            seen += f64::from(*weight);
            if seen + 1e-9 >= wanted {
                break;
            }
        }
        // the middle of the bucket
        self.floor * STEP.powi(i32::try_from(last).unwrap_or(i32::MAX)) * STEP.sqrt()
    }
}
