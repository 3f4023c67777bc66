//! The loop: terminal events and answers in, `update`, effects out, pictures painted when it is time.

use super::begin::{self, Launch, Ready};
use super::desk::Desk;
use super::screen::{Gone, Screen};
use super::signals::{Caught, Signals};
use super::streams::Streams;
use super::{Inbox, crash, dice, inbox, now, settings};
use crate::app::{self, Effect, Event, Keymap, Level, Model};
use crate::config::{Config, Dirs};
use crate::tui::Tui;
use crate::tui::paint::{Caps, Due, Environment};
use crate::words::{At, TurnId};
use crossterm::event::{Event as Input, KeyCode};
use futures_util::FutureExt;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How many events may wait for the loop.
pub(super) const ROOM: usize = 256;

/// Opens the terminal and stays until the person goes. A sentence when it could not; none when it was said already.
///
/// One thread does everything that waits for the person: keys, timers, frames. A key is read, answered and painted
/// without a hand-over. Replies stream on a thread beside it ([`Streams`]), and what takes long has threads of its own.
pub fn chat(dirs: Dirs, config: Config, launch: Launch) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(8)
        .enable_all()
        .build()
        .map_err(|e| format!("cannot start: {e}"))?;
    crash::guard(&dirs);
    let (dirs, config) = (Arc::new(dirs), Arc::new(config));
    let result = if config.plain {
        runtime.block_on(super::plain::run(dirs, config, launch))
    } else {
        runtime.block_on(run(dirs, config, launch))
    };
    // a discovery that still waits for a socket must not hold the end up
    runtime.shutdown_background();
    result
}

async fn run(dirs: Arc<Dirs>, config: Arc<Config>, launch: Launch) -> Result<(), String> {
    let signals = Signals::new().map_err(|e| format!("cannot listen for signals: {e}"))?;
    let environment = super::screen::environment(&config);
    let (events, news) = mpsc::channel(ROOM);
    let (heard, inbox) = inbox();
    let streams = Streams::start().map_err(|e| format!("cannot start: {e}"))?;
    let mut chat = Chat::new(dirs.clone(), config.clone(), environment, events.clone(), heard, streams);
    chat.screen.open(&config).map_err(|e| format!("cannot use the terminal: {e}"))?;
    chat.panics_at = launch.panics_at;
    if let Some(theme) = &launch.theme {
        chat.model.settings.theme.clone_from(theme);
    }
    chat.paint();
    let opening = tokio::task::spawn_blocking(move || begin::open(&dirs, &config, &launch));
    let stay = AssertUnwindSafe(chat.stay(opening, news, inbox, signals)).catch_unwind();
    let result = stay.await.unwrap_or_else(|_| Err(String::new()));
    if result.is_err() {
        // what is under way is kept as at any other end; what panicked before may do it again
        let _ = catch_unwind(AssertUnwindSafe(|| chat.step(Event::Hangup)));
    }
    let _ = AssertUnwindSafe(chat.end()).catch_unwind().await;
    result
}

pub(super) struct Chat {
    pub(super) model: Model,
    pub(super) screen: Screen,
    pub(super) desk: Option<Desk>,
    /// Effects that wait for the store.
    pub(super) early: Vec<Effect>,
    pub(super) asks: BTreeMap<TurnId, JoinHandle<()>>,
    pub(super) streams: Streams,
    /// Commands of the person's whose output is waited for.
    pub(super) commands: BTreeMap<TurnId, JoinHandle<()>>,
    /// Stopped streams that may still be settling.
    pub(super) stopping: Vec<JoinHandle<()>>,
    pub(super) wakes: BTreeSet<At>,
    pub(super) dirs: Arc<Dirs>,
    config: Arc<Config>,
    events: mpsc::Sender<Event>,
    pub(super) heard: mpsc::Sender<super::Heard>,
    /// The terminal hung up: replies under way are finished without a screen.
    headless: bool,
    panics_at: Option<char>,
    pub(super) done: bool,
}

impl Chat {
    pub(super) fn new(
        dirs: Arc<Dirs>,
        config: Arc<Config>,
        environment: Environment,
        events: mpsc::Sender<Event>,
        heard: mpsc::Sender<super::Heard>,
        streams: Streams,
    ) -> Self {
        let caps = Caps::of(&environment);
        let (themes, wrong) = super::themes::fitted(&dirs.themes(), caps.depth);
        let tui = Tui::new(themes);
        let chosen = settings::of_config(&config);
        let keymap = Keymap::new(&chosen.keys).unwrap_or_default();
        let (columns, rows) = crossterm::terminal::size().unwrap_or((80, 24));
        let mut model = Model::new(chosen, keymap, dice(), now());
        app::update(&mut model, now(), Event::Resized { columns, rows });
        app::update(&mut model, now(), Event::Themes(tui.theme_names()));
        for sentence in wrong {
            app::update(&mut model, now(), Event::Notice(Level::Warning, sentence));
        }
        Self {
            model,
            screen: Screen::new(tui, environment, (columns, rows), config.low_bandwidth),
            desk: None,
            early: Vec::new(),
            asks: BTreeMap::new(),
            streams,
            commands: BTreeMap::new(),
            stopping: Vec::new(),
            wakes: BTreeSet::new(),
            dirs,
            config,
            events,
            heard,
            headless: false,
            panics_at: None,
            done: false,
        }
    }

    async fn stay(
        &mut self,
        opening: JoinHandle<Result<Ready, String>>,
        mut news: mpsc::Receiver<Event>,
        mut inbox: Inbox,
        mut signals: Signals,
    ) -> Result<(), String> {
        let mut opening = Some(opening);
        while !self.done {
            let frame = match self.screen.due() {
                Due::Now => {
                    // what has come belongs into this picture; a timer would round its moment up
                    self.hear(inbox.try_next());
                    self.paint();
                    continue;
                }
                Due::Later(at) => Some(until(at)),
                Due::Never => None,
            };
            let wake = self.wakes.first().copied().into_iter().chain(self.screen.line_due()).min().map(until);
            tokio::select! {
                biased;
                () = crash::panicked() => return Err(String::new()),
                caught = signals.next() => self.caught(caught),
                inputs = self.screen.inputs() => match inputs {
                    Some(inputs) => self.typed(inputs),
                    // the terminal is gone
                    None => self.caught(Caught::Hangup),
                },
                ready = async { match &mut opening { Some(task) => task.await, None => std::future::pending().await } } => {
                    opening = None;
                    self.ready(ready.map_err(|e| e.to_string())??);
                }
                () = sleep(frame) => {}
                Some(event) = news.recv() => {
                    // the sums may hold a reply whose end waits for the next frame: it would count twice until then
                    if matches!(event, Event::Spent { .. }) {
                        self.hear(inbox.try_next());
                    }
                    self.step(event);
                    self.screen.news();
                }
                // while a frame is awaited, what is heard waits for it: one wake-up a frame, not one a token
                heard = inbox.next(), if frame.is_none() => self.hear(heard),
                () = sleep(wake) => self.wake(),
            }
            if self.headless && self.model.live.is_empty() && !self.done {
                self.step(Event::Hangup);
            }
        }
        Ok(())
    }

    /// Pieces of answers.
    fn hear(&mut self, heard: Vec<super::Heard>) {
        if heard.is_empty() {
            return;
        }
        for (turn, reply) in heard {
            match reply {
                Some(reply) => self.step(Event::Reply { turn, reply }),
                None => {
                    self.asks.remove(&turn);
                }
            }
        }
        self.screen.news();
    }

    /// A moment that was asked for has come.
    fn wake(&mut self) {
        let at = now();
        let asked = self.wakes.len();
        self.wakes.retain(|wake| *wake > at);
        if self.wakes.len() < asked {
            self.step(Event::Tick);
        }
        self.screen.news();
    }

    /// One event through the session, and what it wants done.
    pub(super) fn step(&mut self, event: Event) {
        let effects = app::update(&mut self.model, now(), event);
        for effect in effects {
            self.carry_out(effect);
        }
        self.screen.follow(&self.model);
    }

    /// All that has been typed, then the picture.
    fn typed(&mut self, inputs: Vec<Input>) {
        for bytes in std::mem::take(&mut self.screen.overlong) {
            self.step(Event::Overlong(bytes));
            self.screen.news();
        }
        // an answer of the terminal is no key
        if inputs.is_empty() {
            return;
        }
        for input in crate::tui::join(inputs) {
            if let (Input::Key(key), Some(at)) = (&input, self.panics_at) {
                assert!(key.code != KeyCode::Char(at), "asked to panic at {at}");
            }
            if let Some(event) = self.screen.tui.input(input, &self.model) {
                self.step(event);
            }
        }
        self.screen.key();
    }

    pub(super) fn ready(&mut self, ready: Ready) {
        let wanted = super::keys::commanded(&self.config, &ready.core.gateway.catalog());
        let (keyed, unkeyed) = tokio::sync::watch::channel(Arc::new(wanted));
        let desk = Desk {
            core: ready.core,
            config: self.config.clone(),
            dirs: self.dirs.clone(),
            usable: Arc::new(ready.usable),
            events: self.events.clone(),
            quotes: Arc::default(),
            unkeyed,
            kept: Arc::new(Mutex::new(ready.kept)),
            theme: ready.theme,
            network: self.streams.handle().clone(),
            whole: Arc::default(),
        };
        desk.models();
        self.desk = Some(desk);
        let mut began = ready.began;
        began.themes = self.screen.tui.theme_names();
        let theme = &began.settings.theme;
        if !theme.is_empty() && !self.screen.tui.has_theme(theme) {
            began.notices.push(format!("there is no theme `{theme}`; /theme shows those there are"));
        }
        self.step(Event::Began(Box::new(began)));
        for effect in std::mem::take(&mut self.early) {
            self.carry_out(effect);
        }
        self.screen.key();
        self.watch();
        if let Some(desk) = self.desk.clone().filter(|desk| !desk.unkeyed.borrow().is_empty()) {
            tokio::spawn(super::keys::fetch(desk, keyed));
        }
    }

    /// Changes by other processes, and local servers, in the background.
    fn watch(&self) {
        let Some(desk) = self.desk.clone() else { return };
        tokio::spawn(super::news::watch(desk.clone()));
        tokio::spawn(super::news::watch_ledger(desk.clone()));
        desk.network.clone().spawn(super::news::begin(desk));
    }

    fn caught(&mut self, caught: Caught) {
        match caught {
            Caught::Interrupt | Caught::Terminate => self.step(Event::Hangup),
            Caught::Hangup => {
                self.headless = true;
                self.screen.close();
            }
            Caught::Resume => self.take_back(),
            Caught::Resized => self.resize(),
        }
    }

    fn resize(&mut self) {
        if let Some((columns, rows)) = self.screen.resized() {
            self.step(Event::Resized { columns, rows });
        }
    }

    /// The terminal is ours again; whatever is on it is not our picture.
    pub(super) fn take_back(&mut self) {
        match self.screen.take_back() {
            Ok(Some((columns, rows))) => self.step(Event::Resized { columns, rows }),
            Ok(None) => {}
            Err(Gone) => self.caught(Caught::Hangup),
        }
    }

    fn paint(&mut self) {
        if let Some(line) = self.screen.line() {
            self.step(Event::Line(line));
        }
        if let Some(hint) = self.screen.hint() {
            self.step(Event::Notice(Level::Info, hint.into()));
        }
        if self.screen.paint(&self.model).is_err() {
            self.caught(Caught::Hangup);
        }
    }

    /// Settles what is under way and waits until all is on disk, then gives the terminal back.
    pub(super) async fn end(&mut self) {
        self.screen.close();
        for (_, task) in std::mem::take(&mut self.asks) {
            task.abort();
            self.stopping.push(task);
        }
        self.streams.wake();
        for task in self.stopping.drain(..) {
            let _ = task.await;
        }
        if let Some(desk) = self.desk.take() {
            desk.core.settled().await;
        }
    }
}

pub(super) async fn sleep(until: Option<tokio::time::Instant>) {
    match until {
        Some(until) => tokio::time::sleep_until(until).await,
        None => std::future::pending().await,
    }
}

pub(super) fn until(at: At) -> tokio::time::Instant {
    let left = at.since(now());
    tokio::time::Instant::now() + left.min(Duration::from_secs(86_400))
}
