//! When to paint: at once after a key, otherwise at most so many times a second, and slower on a slow line.

use std::time::{Duration, Instant};

/// One clock for painting.
#[derive(Debug)]
pub struct Pace {
    /// The shortest time between two frames that no key asked for.
    least: Duration,
    /// What is kept between two frames now.
    gap: Duration,
    last: Option<Instant>,
    dirty: bool,
    urgent: bool,
}

/// Thirty frames a second.
const FRAME: Duration = Duration::from_millis(33);
/// In low-bandwidth mode.
const SLOW: Duration = Duration::from_millis(150);
/// A line that takes longer than this for a frame still sees one now and then.
const SLOWEST: Duration = Duration::from_secs(1);

impl Pace {
    pub fn new() -> Self {
        Self { least: FRAME, gap: FRAME, last: None, dirty: true, urgent: true }
    }

    pub fn low_bandwidth(&mut self, on: bool) {
        self.least = if on { SLOW } else { FRAME };
        self.gap = self.gap.max(self.least);
    }

    /// Something changed that may wait for the next frame.
    pub fn changed(&mut self) {
        self.dirty = true;
    }

    /// Something changed because of a key: it is painted at once.
    pub fn pressed(&mut self) {
        self.dirty = true;
        self.urgent = true;
    }

    /// When to paint; `None`: nothing has changed.
    pub fn due(&self) -> Option<Instant> {
        if !self.dirty {
            return None;
        }
        match self.last {
            Some(last) if !self.urgent => Some(last + self.gap),
            Some(last) => Some(last),
            None => Some(Instant::now()),
        }
    }

    /// A frame was painted between these moments. A line that was slow to take it gets fewer.
    pub fn painted(&mut self, began: Instant, ended: Instant) {
        let took = ended.duration_since(began);
        self.gap = (took * 4).clamp(self.least, SLOWEST);
        self.last = Some(ended);
        self.dirty = false;
        self.urgent = false;
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::new()
    }
}
