//! When to paint: take all that has come, draw once; keys at once, streams at the pace the line takes, nothing when nothing changed.

use crate::words::At;
use std::time::Duration;

/// How often to paint at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Frames a second while a reply streams.
    pub full: u32,
    /// The same in low-bandwidth mode, and in a window that is not looked at.
    pub low: u32,
}

impl Rates {
    /// Twenty pictures a second read as one flow; each more costs a wake-up, a drawing and a write that nobody sees.
    pub const USUAL: Rates = Rates { full: 20, low: 6 };

    /// The time between two frames of a stream.
    pub const fn interval(self) -> Duration {
        Duration::from_millis(1_000 / self.full as u64)
    }
}

impl Default for Rates {
    fn default() -> Self {
        Rates::USUAL
    }
}

/// Whether a frame is to be painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing changed, or the terminal has not taken the last frame: sleep until something happens, no timer is needed.
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
    /// From a question to the terminal to its answer, the last time; unknown until one was asked.
    pub round_trip: Option<Duration>,
    /// How far the terminal is behind: how long the last frames had to wait for it.
    pub backlog: Duration,
    /// Time between frames that the line allows now.
    pub interval: Duration,
}

/// A frame clock without a clock: every moment is handed in.
#[derive(Clone, Debug)]
pub struct Pace {
    rates: Rates,
    low: bool,
    looked_at: bool,
    /// Something changed that a person did not do with a key.
    news: bool,
    /// A key was pressed, a window resized: its echo waits for nothing.
    urgent: bool,
    next: At,
    /// When the frame was sent that the terminal has not taken yet.
    stuck: Option<At>,
    /// When the question was asked that the terminal has not answered yet.
    asked: Option<At>,
    /// When the last question was asked.
    last_asked: At,
    round_trip: Option<Duration>,
    /// The shortest round trip: what is above it is backlog.
    shortest: Option<Duration>,
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
/// No way is longer, not even by satellite: what takes longer has waited in a buffer, be it from the first frame on.
const FARTHEST: Duration = Duration::from_secs(1);
/// A question that is not answered for so long holds no frame up any more.
const PATIENCE: Duration = Duration::from_secs(3);
const SPAN: i64 = 125_000;

impl Pace {
    pub fn new(rates: Rates) -> Pace {
        Pace {
            rates,
            low: false,
            looked_at: true,
            news: false,
            urgent: true,
            next: At(i64::MIN),
            stuck: None,
            asked: None,
            last_asked: At(i64::MIN),
            round_trip: None,
            shortest: None,
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

    /// The window gained or lost the focus.
    pub fn set_looked_at(&mut self, looked_at: bool) {
        self.looked_at = looked_at;
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
        if self.stuck.is_some() {
            // a frame now would queue behind an old one: when the terminal has taken that, it gets the newest
            return Due::Never;
        }
        // in low-bandwidth mode the answer says that the far end has seen the last frame
        let answer = self.asked.filter(|_| self.low).map_or(self.next, |asked| asked + PATIENCE);
        let next = self.next.max(answer);
        match (self.urgent, self.news) {
            (true, _) => Due::Now,
            (false, false) => Due::Never,
            (false, true) if now >= next => Due::Now,
            (false, true) => Due::Later(next),
        }
    }

    /// A frame of so many bytes was handed to the terminal; `taken` when it took all of them at once.
    pub fn painted(&mut self, now: At, bytes: usize, taken: bool) {
        self.skipped();
        self.roll(now);
        self.bytes += bytes as u64;
        if let Some(slot) = self.window.get_mut(self.span.rem_euclid(8) as usize) {
            *slot += bytes as u64;
        }
        self.stuck = Some(now);
        if taken {
            self.taken(now);
        }
    }

    /// The terminal has taken the whole frame.
    pub fn taken(&mut self, now: At) {
        if let Some(sent) = self.stuck.take() {
            self.waited(now.since(sent));
            self.next = now + self.interval();
        }
    }

    /// A frame was looked at and needed no bytes.
    pub fn skipped(&mut self) {
        self.news = false;
        self.urgent = false;
    }

    /// Whether it is worth asking the terminal to answer: with every frame in low-bandwidth mode, where the answer is
    /// waited for, and every few seconds over a far line. Never while a question is open, and no more of a terminal that
    /// answers none.
    pub fn asks(&self, now: At, far: bool) -> bool {
        let rested = now.since(self.last_asked);
        match self.asked {
            Some(_) => self.round_trip.is_some() && rested > PATIENCE * 4,
            None => self.low || (far && rested >= PATIENCE),
        }
    }

    /// The question went out with a frame.
    pub fn asked(&mut self, now: At) {
        self.asked = Some(now);
        self.last_asked = now;
    }

    /// Whether an answer may still come.
    pub fn is_asking(&self) -> bool {
        self.asked.is_some()
    }

    /// The terminal answered: everything before the question has arrived.
    pub fn answered(&mut self, now: At) {
        let Some(asked) = self.asked.take() else { return };
        let took = now.since(asked);
        self.round_trip = Some(took);
        let shortest = self.shortest.unwrap_or(FARTHEST).min(took);
        self.shortest = Some(shortest);
        self.waited(took.saturating_sub(shortest));
        self.next = self.next.max(asked + self.interval());
    }

    /// Up at once, down slowly.
    fn waited(&mut self, time: Duration) {
        self.backlog = if time > self.backlog { time } else { (self.backlog * 7 + time) / 8 };
    }

    fn interval(&self) -> Duration {
        let fps = if self.low || !self.looked_at { self.rates.low } else { self.rates.full }.max(1);
        let wanted = Duration::from_secs(1) / fps;
        wanted.max(self.backlog * SHARE).min(SLOWEST)
    }

    pub fn stats(&self, now: At) -> LineStats {
        let mut copy = self.clone();
        copy.roll(now);
        // a terminal that has answered before is late by now: no answer is needed to see that
        let open =
            self.asked.zip(self.shortest).map(|(asked, shortest)| now.since(asked).saturating_sub(shortest));
        LineStats {
            bytes_per_second: copy.window.iter().sum(),
            bytes: self.bytes,
            round_trip: self.round_trip,
            backlog: self.backlog.max(open.unwrap_or_default()),
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
