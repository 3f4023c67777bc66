//! The terminal's side of the loop: what the person sees and when it is painted, what is said to the terminal beside it.

use super::now;
use super::reader::Reader;
use crate::app::{LineState, Model};
use crate::config::{self, Config, Images, Progress};
use crate::tui::image::Graphics;
use crate::tui::paint::{
    Caps, Clipboard, Due, Environment, Modes, Notify, Pace, Painter, Picture, QUESTION, Rates, Terminal,
    clipboard, notify,
};
use crate::tui::{Input, Tui};
use crate::words::At;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// How often the status line says what the line carries.
const REPORT: Duration = Duration::from_secs(1);
/// The longest that leaving waits for an answer that is under way.
const ANSWER: Duration = Duration::from_millis(300);

pub struct Screen {
    pub tui: Tui,
    painter: Painter,
    picture: Picture,
    pace: Pace,
    /// `None`: it hung up, or there never was one (`--plain`).
    terminal: Option<Terminal>,
    /// `None` while somebody else reads from the terminal, and after it is gone.
    reader: Option<Reader>,
    environment: Environment,
    /// What the status line was told last, and when.
    told: (At, LineState),
    /// The hint that the line is slow was given.
    hinted: bool,
    /// Pastes that were too large to be taken, in bytes; the loop tells and empties it.
    pub overlong: Vec<usize>,
}

/// The terminal is gone.
pub struct Gone;

impl From<io::Error> for Gone {
    fn from(_: io::Error) -> Self {
        Gone
    }
}

impl Screen {
    /// A picture without a terminal, until [`Screen::open`].
    pub fn new(tui: Tui, environment: Environment, size: (u16, u16), low: bool) -> Self {
        let mut screen = Self {
            tui,
            painter: Painter::new(Caps::of(&environment)),
            picture: Picture::new(size.0, size.1),
            pace: Pace::new(Rates::default()),
            terminal: None,
            reader: None,
            environment,
            told: (At(i64::MIN), LineState::default()),
            hinted: false,
            overlong: Vec::new(),
        };
        screen.set_low(low);
        screen
    }

    /// Takes the terminal.
    pub fn open(&mut self, config: &Config) -> io::Result<()> {
        let modes = Modes { mouse: config.mouse, ..Modes::of(&self.environment) };
        self.terminal = Some(Terminal::enter(modes)?);
        self.reader = Some(Reader::new()?);
        Ok(())
    }

    /// Gives it back for good.
    pub fn close(&mut self) {
        if let (Some(reader), true) = (&self.reader, self.pace.is_asking()) {
            reader.drain(self.pace.stats(now()).round_trip.map_or(ANSWER, |took| (took * 2).min(ANSWER)));
        }
        self.reader = None;
        self.terminal = None;
    }

    /// Fewer colours, no links, fewer frames, and none before the last one has arrived.
    pub fn set_low(&mut self, low: bool) {
        let mut caps = Caps::of(&self.environment);
        if let Some(cell) = cell() {
            caps.cell = cell;
        }
        self.tui.fit(&if low { caps.clone().lean() } else { caps.clone() });
        self.painter.set_caps(if low { caps.lean() } else { caps });
        self.pace.set_low(low);
    }

    /// Follows the settings that the person can change while it runs.
    pub fn follow(&mut self, model: &Model) {
        if self.pace.is_low() != model.settings.low_bandwidth {
            self.set_low(model.settings.low_bandwidth);
        }
        self.pace.set_looked_at(model.focused);
        if let Some(terminal) = &mut self.terminal {
            // a terminal that is gone says so by SIGHUP
            let _ = terminal.set_window(model.window());
        }
    }

    /// What the person did; nothing when it was only the terminal that took more or answered a question of ours.
    /// Waits for ever while nobody reads. `None`: the terminal is gone.
    pub async fn inputs(&mut self) -> Option<Vec<crossterm::event::Event>> {
        let Some(reader) = &mut self.reader else { return std::future::pending().await };
        let inputs = tokio::select! {
            biased;
            inputs = reader.next() => inputs?,
            drained = drained(&mut self.terminal) => {
                drained.ok()?;
                if self.terminal.as_ref().is_some_and(Terminal::is_clear) {
                    self.pace.taken(now());
                }
                Vec::new()
            }
        };
        let mut events = Vec::new();
        for input in inputs {
            match input {
                Input::Event(event) => events.push(event),
                Input::Overlong(bytes) => self.overlong.push(bytes),
                Input::Alive => self.pace.answered(now()),
            }
        }
        Some(events)
    }

    pub fn due(&self) -> Due {
        if self.terminal.is_some() { self.pace.due(now()) } else { Due::Never }
    }

    pub fn key(&mut self) {
        self.pace.key();
    }

    pub fn news(&mut self) {
        self.pace.news();
    }

    /// Whatever is on the terminal is not our picture.
    pub fn forget(&mut self) {
        self.painter.forget();
    }

    /// Draws the newest picture and hands it to the terminal.
    pub fn paint(&mut self, model: &Model) -> Result<(), Gone> {
        let Some(terminal) = &mut self.terminal else { return Ok(()) };
        self.tui.view(model, &mut self.picture);
        let painted = self.painter.flush(&self.picture, terminal)?;
        let at = now();
        if painted.again {
            self.pace.news();
        }
        if painted.bytes == 0 {
            self.pace.skipped();
            return Ok(());
        }
        let mut bytes = painted.bytes;
        if self.pace.asks(at, self.environment.ssh) {
            terminal.write_all(QUESTION)?;
            bytes += QUESTION.len();
            self.pace.asked(at);
        }
        self.pace.painted(at, bytes, terminal.is_clear());
        Ok(())
    }

    /// What the line carries, when the status line should say so.
    pub fn line(&mut self) -> Option<LineState> {
        let at = now();
        let shows = self.pace.is_low() || self.told.1.is_slow();
        if (!shows && !self.is_slow()) || at.since(self.told.0) < REPORT {
            return None;
        }
        let stats = self.pace.stats(at);
        let state =
            LineState { rate: stats.bytes_per_second, round_trip: stats.round_trip, backlog: stats.backlog };
        let old = std::mem::replace(&mut self.told, (at, state));
        (old.1 != state).then_some(state)
    }

    /// When to look at the line again although nothing is painted: its rate falls to nothing by itself.
    pub fn line_due(&self) -> Option<At> {
        (self.told.1.rate > 0 && self.terminal.is_some()).then(|| self.told.0 + REPORT)
    }

    fn is_slow(&self) -> bool {
        LineState { backlog: self.pace.stats(now()).backlog, ..LineState::default() }.is_slow()
    }

    /// Once: that the line is slow and what can be done about it.
    pub fn hint(&mut self) -> Option<&'static str> {
        if self.hinted || self.pace.is_low() || !self.is_slow() {
            return None;
        }
        self.hinted = true;
        Some("the line is slow: /bandwidth sends less")
    }

    /// Bytes to the terminal beside the picture; they move no cursor.
    pub fn say(&mut self, bytes: &[u8]) {
        if let Some(terminal) = &mut self.terminal {
            // a terminal that is gone says so by SIGHUP
            let _ = terminal.write_all(bytes);
        }
    }

    pub fn notify(&mut self, text: &str) {
        let bytes = notify(text, &self.environment);
        self.say(&bytes);
    }

    /// Sends it to the terminal's clipboard, if there is one and it is not too long; and whether that will do.
    pub fn copy(&mut self, text: &str) -> (bool, bool) {
        let takes = Clipboard::of(&self.environment);
        let sequence =
            clipboard(text, &self.environment).filter(|_| takes != Clipboard::No && self.terminal.is_some());
        if let Some(sequence) = &sequence {
            self.say(sequence);
        }
        (sequence.is_some(), sequence.is_some() && takes == Clipboard::Yes)
    }

    /// Gives the terminal to somebody else for a while; whether there is one.
    pub fn lend(&mut self) -> bool {
        // two readers would share the keys between them
        self.reader = None;
        if let Some(terminal) = &mut self.terminal {
            terminal.pause();
        }
        self.terminal.is_some()
    }

    /// Takes it again, with its size of now. `None` when there is none.
    pub fn take_back(&mut self) -> Result<Option<(u16, u16)>, Gone> {
        let Some(terminal) = &mut self.terminal else { return Ok(None) };
        // whoever stopped us from outside left our modes on: off first, so that they are on once
        terminal.pause();
        terminal.resume()?;
        if self.reader.is_none() {
            self.reader = Some(Reader::new()?);
        }
        self.painter.forget();
        self.painter.forget_images();
        self.pace.key();
        Ok(Some(terminal.size()?))
    }

    /// The terminal's size after a change, which also spoils what is on it.
    pub fn resized(&mut self) -> Option<(u16, u16)> {
        let size = self.terminal.as_ref()?.size().ok()?;
        self.painter.forget();
        self.pace.key();
        Some(size)
    }
}

/// Waits until the terminal takes more of what it was sent; for ever when it has taken all.
async fn drained(terminal: &mut Option<Terminal>) -> io::Result<()> {
    let Some(terminal) = terminal.as_mut().filter(|t| !t.is_clear()) else {
        return std::future::pending().await;
    };
    // registered only while it is needed: a line that keeps up never comes here
    #[allow(deprecated, reason = "it owns the descriptor, which the new name asks for with `unsafe`")]
    let output = AsyncFd::with_interest(terminal.as_fd().try_clone_to_owned()?, Interest::WRITABLE)?;
    drop(output.writable().await?);
    terminal.push()
}

/// What the variables say about the terminal, and over them what the config says.
pub fn environment(config: &Config) -> Environment {
    let images = match config.images {
        Images::Auto => None,
        Images::Kitty => Some(Graphics::Kitty),
        Images::Iterm => Some(Graphics::Iterm),
        Images::Sixel => Some(Graphics::Sixel),
        Images::Off => Some(Graphics::None),
    };
    let notify = match config.notify {
        config::Notify::Auto | config::Notify::Off => None,
        config::Notify::Bell => Some(Notify::Bell),
        config::Notify::Osc9 => Some(Notify::Osc9),
        config::Notify::Osc777 => Some(Notify::Osc777),
    };
    let progress = match config.progress {
        Progress::Auto => None,
        Progress::On => Some(true),
        Progress::Off => Some(false),
    };
    Environment { images, notify, progress, ..Environment::read(|name| std::env::var(name).ok()) }
}

/// Pixels of a cell, where the kernel knows them.
fn cell() -> Option<(u16, u16)> {
    let size = crossterm::terminal::window_size().ok()?;
    let cell = (size.width.checked_div(size.columns)?, size.height.checked_div(size.rows)?);
    (cell.0 > 0 && cell.1 > 0).then_some(cell)
}
