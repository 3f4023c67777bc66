//! When to paint: take all that has come, draw once; keys at once, streams at the pace the line takes, nothing when nothing changed.

use crate::words::At;
use std::time::Duration;

/// How often to paint at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Frames a second while a reply streams.
    pub full: u32,
    /// The same in low-bandwidth mode.
    pub low: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Rates { full: 30, low: 8 }
    }
}

/// Whether a frame is to be painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing changed: sleep until something happens, no timer is needed.
    Never,
    Now,
    /// Something changed, and the line wants rest until then.
    Later(At),
}

/// What the line to the terminal carries, for the status line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LineStats {
    /// Bytes in the last second.
    pub bytes_per_second: u64,
    /// Bytes since the start.
    pub bytes: u64,
    /// How long a write has to wait for the line, smoothed: the backlog in time.
    pub backlog: Duration,
    /// Time between frames that the line allows now.
    pub interval: Duration,
}

/// A frame clock without a clock: every moment is handed in.
#[derive(Clone, Debug)]
pub struct Pace {
    rates: Rates,
    low: bool,
    /// Something changed that a person did not do with a key.
    news: bool,
    /// A key was pressed, a window resized: its echo waits for nothing.
    urgent: bool,
    next: At,
    backlog: Duration,
    bytes: u64,
    /// Bytes of each of the last eight spans of an eighth of a second.
    window: [u64; 8],
    span: i64,
}

/// Painting may keep the line busy for one part in so many.
const SHARE: u32 = 4;
/// However slow the line, a frame a second.
const SLOWEST: Duration = Duration::from_secs(1);
const SPAN: i64 = 125_000;

impl Pace {
    pub fn new(rates: Rates) -> Pace {
        Pace {
            rates,
            low: false,
            news: false,
            urgent: true,
            next: At(i64::MIN),
            backlog: Duration::ZERO,
            bytes: 0,
            window: [0; 8],
            span: 0,
        }
    }

    /// Low-bandwidth mode on or off.
    pub fn set_low(&mut self, low: bool) {
        self.low = low;
    }

    pub fn is_low(&self) -> bool {
        self.low
    }

    /// The person did something: its echo is due at once.
    pub fn key(&mut self) {
        self.urgent = true;
    }

    /// Something else changed: a token, a tick of the meter, a notice.
    pub fn news(&mut self) {
        self.news = true;
    }

    pub fn due(&self, now: At) -> Due {
        match (self.urgent, self.news) {
            (true, _) => Due::Now,
            (false, false) => Due::Never,
            (false, true) if now >= self.next => Due::Now,
            (false, true) => Due::Later(self.next),
        }
    }

    /// A frame was drawn and written. `began` and `ended` frame the write alone; `queued` are bytes the kernel still
    /// holds (TIOCOUTQ), where known.
    pub fn painted(&mut self, began: At, ended: At, bytes: usize, queued: Option<usize>) {
        self.news = false;
        self.urgent = false;
        let took = ended.since(began);
        self.roll(ended);
        self.bytes += bytes as u64;
        if let Some(slot) = self.window.get_mut(self.span.rem_euclid(8) as usize) {
            *slot += bytes as u64;
        }
        // what is still queued has to go out before the next frame does: as long as it takes at the rate just seen
        let waiting = match queued {
            Some(queued) if queued > bytes => took.max(Duration::from_millis(20)) * 2,
            _ => took,
        };
        // up at once, down slowly
        self.backlog = if waiting > self.backlog { waiting } else { (self.backlog * 7 + waiting) / 8 };
        self.next = ended + self.interval();
    }

    /// A frame was looked at and needed no bytes.
    pub fn skipped(&mut self) {
        self.news = false;
        self.urgent = false;
    }

    fn interval(&self) -> Duration {
        let fps = if self.low { self.rates.low } else { self.rates.full }.max(1);
        let wanted = Duration::from_secs(1) / fps;
        wanted.max(self.backlog * SHARE).min(SLOWEST)
    }

    pub fn stats(&self, now: At) -> LineStats {
        let mut copy = self.clone();
        copy.roll(now);
        LineStats {
            bytes_per_second: copy.window.iter().sum(),
            bytes: self.bytes,
            backlog: self.backlog,
            interval: self.interval(),
        }
    }

    /// Empties the spans that have gone by.
    fn roll(&mut self, now: At) {
        let span = now.0.div_euclid(SPAN);
        for gone in (self.span.saturating_add(1)..=span).take(8) {
            self.window[gone.rem_euclid(8) as usize] = 0;
        }
        self.span = self.span.max(span);
    }
}
