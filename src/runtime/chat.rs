//! The loop: terminal events and answers in, `update`, effects out, pictures painted when it is time.

use super::begin::{self, Launch, Ready};
use super::desk::Desk;
use super::signals::{Caught, Signals};
use super::{Inbox, dice, editor, inbox, now, settings};
use crate::app::{self, Effect, Event, Keymap, Level, Model};
use crate::config::{Config, Dirs};
use crate::tui::Tui;
use crate::tui::paint::{
    Caps, Due, Environment, Modes, Pace, Painter, Picture, Rates, Terminal, clipboard, notify, restore,
};
use crate::words::{At, TurnId};
use crossterm::event::{Event as Input, EventStream};
use futures_util::StreamExt;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How many events may wait for the loop.
pub(super) const ROOM: usize = 256;

/// Opens the terminal and stays until the person goes. A sentence when it could not.
pub fn chat(dirs: Dirs, config: Config, launch: Launch) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(8)
        .enable_all()
        .build()
        .map_err(|e| format!("cannot start: {e}"))?;
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
    let environment = Environment::read(|name| std::env::var(name).ok());
    let modes = Modes { mouse: config.mouse, ..Modes::of(&environment) };
    let terminal = Terminal::enter(modes).map_err(|e| format!("cannot use the terminal: {e}"))?;
    guard_panics();
    let (events, news) = mpsc::channel(ROOM);
    let (heard, inbox) = inbox();
    let mut chat =
        Chat::new(dirs.clone(), config.clone(), environment, Some(terminal), events.clone(), heard);
    chat.paint();
    let opening = tokio::task::spawn_blocking(move || begin::open(&dirs, &config, &launch));
    let result = chat.stay(opening, news, inbox, signals).await;
    chat.end().await;
    result
}

/// A panic of the store's threads is caught there and healed: it must not give the terminal back, nor print on it.
fn guard_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !crate::store::panic_is_caught() {
            restore();
            before(panic);
        }
    }));
}

pub(super) struct Chat {
    pub(super) model: Model,
    tui: Tui,
    painter: Painter,
    picture: Picture,
    pace: Pace,
    /// `None`: it hung up.
    terminal: Option<Terminal>,
    environment: Environment,
    /// Read from the terminal; `None` while somebody else reads from it, and after it is gone.
    input: Option<EventStream>,
    desk: Option<Desk>,
    /// Effects that wait for the store.
    early: Vec<Effect>,
    pub(super) asks: BTreeMap<TurnId, JoinHandle<()>>,
    /// Stopped streams that may still be settling.
    stopping: Vec<JoinHandle<()>>,
    pub(super) wakes: BTreeSet<At>,
    dirs: Arc<Dirs>,
    config: Arc<Config>,
    events: mpsc::Sender<Event>,
    heard: mpsc::Sender<super::Heard>,
    /// The terminal hung up: replies under way are finished without a screen.
    headless: bool,
    pub(super) done: bool,
}

impl Chat {
    pub(super) fn new(
        dirs: Arc<Dirs>,
        config: Arc<Config>,
        environment: Environment,
        terminal: Option<Terminal>,
        events: mpsc::Sender<Event>,
        heard: mpsc::Sender<super::Heard>,
    ) -> Self {
        let caps = Caps::of(&environment);
        let mut tui = Tui::new(super::themes::themes(&dirs.themes(), caps.depth));
        tui.fit(&caps);
        let chosen = settings::of_config(&config);
        let keymap = Keymap::new(&chosen.keys).unwrap_or_default();
        let (columns, rows) = crossterm::terminal::size().unwrap_or((80, 24));
        let mut model = Model::new(chosen, keymap, dice(), now());
        app::update(&mut model, now(), Event::Resized { columns, rows });
        app::update(&mut model, now(), Event::Themes(tui.theme_names()));
        let mut pace = Pace::new(Rates::default());
        pace.set_low(config.low_bandwidth);
        Self {
            model,
            tui,
            painter: Painter::new(caps),
            picture: Picture::new(columns, rows),
            pace,
            input: terminal.is_some().then(EventStream::new),
            terminal,
            environment,
            desk: None,
            early: Vec::new(),
            asks: BTreeMap::new(),
            stopping: Vec::new(),
            wakes: BTreeSet::new(),
            dirs,
            config,
            events,
            heard,
            headless: false,
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
            let wake = self.wakes.first().map(|at| until(*at));
            let frame = match self.pace.due(now()) {
                Due::Never => None,
                _ if self.headless => None,
                Due::Now => Some(tokio::time::Instant::now()),
                Due::Later(at) => Some(until(at)),
            };
            tokio::select! {
                biased;
                caught = signals.next() => self.caught(caught),
                inputs = next(&mut self.input) => match inputs {
                    Some(inputs) => self.typed(inputs),
                    // the terminal is gone
                    None => self.caught(Caught::Hangup),
                },
                ready = async { match &mut opening { Some(task) => task.await, None => std::future::pending().await } } => {
                    opening = None;
                    self.ready(ready.map_err(|e| e.to_string())??);
                }
                () = sleep(frame) => self.paint(),
                Some(event) = news.recv() => {
                    self.step(event);
                    self.pace.news();
                }
                heard = inbox.next() => {
                    for (turn, reply) in heard {
                        match reply {
                            Some(reply) => self.step(Event::Reply { turn, reply }),
                            None => { self.asks.remove(&turn); }
                        }
                    }
                    self.pace.news();
                }
                () = sleep(wake) => {
                    let at = now();
                    self.wakes.retain(|wake| *wake > at);
                    self.step(Event::Tick);
                    self.pace.news();
                }
            }
            if self.headless && self.model.live.is_empty() && !self.done {
                self.step(Event::Hangup);
            }
        }
        Ok(())
    }

    /// One event through the session, and what it wants done.
    pub(super) fn step(&mut self, event: Event) {
        let effects = app::update(&mut self.model, now(), event);
        for effect in effects {
            self.carry_out(effect);
        }
    }

    /// All that has been typed, then the picture.
    fn typed(&mut self, inputs: Vec<Input>) {
        for input in crate::tui::join(inputs) {
            if matches!(input, Input::Resize(..)) {
                self.painter.forget();
            }
            if let Some(event) = self.tui.input(input, &self.model) {
                self.step(event);
            }
        }
        self.pace.key();
    }

    pub(super) fn ready(&mut self, ready: Ready) {
        let desk = Desk {
            core: ready.core,
            config: self.config.clone(),
            dirs: self.dirs.clone(),
            usable: Arc::new(ready.usable),
            events: self.events.clone(),
        };
        desk.models();
        self.desk = Some(desk);
        let mut began = ready.began;
        began.themes = self.tui.theme_names();
        self.pace.set_low(began.settings.low_bandwidth);
        self.step(Event::Began(Box::new(began)));
        for effect in std::mem::take(&mut self.early) {
            self.carry_out(effect);
        }
        self.pace.key();
        self.watch();
    }

    /// Changes by other processes, and local servers, in the background.
    fn watch(&self) {
        let Some(desk) = self.desk.clone() else { return };
        tokio::spawn(super::news::watch(desk.clone()));
        tokio::spawn(super::news::begin(desk));
    }

    fn caught(&mut self, caught: Caught) {
        match caught {
            Caught::Interrupt | Caught::Terminate => self.step(Event::Hangup),
            Caught::Hangup => {
                self.headless = true;
                self.input = None;
                self.terminal = None;
            }
            Caught::Resume => self.take_back(),
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Wake(at) => {
                self.wakes.insert(at);
            }
            Effect::Screen(order) => {
                if let Some(event) = self.tui.order(&order, &self.model) {
                    self.step(event);
                }
            }
            Effect::Redraw => self.painter.forget(),
            Effect::Title(title) => {
                if let Some(terminal) = &mut self.terminal {
                    let title = if title.is_empty() { "fareway" } else { &title };
                    let _ = terminal.set_title(title);
                }
            }
            Effect::Notify(text) => self.say(&notify(&text, &self.environment)),
            Effect::Copy { turn, text } => self.copy(turn, text),
            Effect::Editor { turn, text } => self.edit(turn, &text),
            Effect::Suspend => self.suspend(),
            Effect::Stop { turn } => {
                if let Some(task) = self.asks.remove(&turn) {
                    task.abort();
                    self.stopping.retain(|task| !task.is_finished());
                    self.stopping.push(task);
                }
            }
            Effect::Quit => self.done = true,
            effect => match self.desk.clone() {
                Some(desk) => self.hand_over(&desk, effect),
                None => self.early.push(effect),
            },
        }
    }

    fn hand_over(&mut self, desk: &Desk, effect: Effect) {
        match effect {
            Effect::Ask { turn, request } => {
                let mut replies = desk.core.gateway.ask(*request);
                let heard = self.heard.clone();
                let task = tokio::spawn(async move {
                    while let Some(reply) = replies.next().await {
                        if heard.send((turn, Some(reply))).await.is_err() {
                            return;
                        }
                    }
                    // settled before anybody hears that it ended
                    drop(replies);
                    let _ = heard.send((turn, None)).await;
                });
                self.asks.insert(turn, task);
            }
            Effect::Save(saves) => desk.save(saves),
            Effect::Open { turn, session } => desk.open(turn, session),
            Effect::Search { turn, text } => desk.search(turn, text),
            Effect::Rollups { turn, days } => desk.rollups(turn, days),
            Effect::Generations { turn, which } => desk.generations(turn, which),
            Effect::Tally { turn, session } => desk.tally(turn, session),
            Effect::Quote { turn, request, models } => desk.quote(turn, request, models),
            Effect::Health { turn, model } => desk.health(turn, &model),
            Effect::Mine { turn } => desk.mine(turn),
            Effect::Attach { turn, path } => desk.attach(turn, path),
            Effect::Run { turn, command } => desk.run(turn, command),
            Effect::Complete { turn, prefix } => desk.complete(turn, prefix),
            Effect::Export { turn, name, text } => desk.export(turn, name, text),
            Effect::Refresh => {
                tokio::spawn(super::news::refresh(desk.clone()));
            }
            // carried out before a desk is needed
            Effect::Wake(_)
            | Effect::Screen(_)
            | Effect::Redraw
            | Effect::Title(_)
            | Effect::Notify(_)
            | Effect::Copy { .. }
            | Effect::Editor { .. }
            | Effect::Suspend
            | Effect::Stop { .. }
            | Effect::Quit => {}
        }
    }

    fn paint(&mut self) {
        let Some(terminal) = &mut self.terminal else { return };
        self.tui.view(&self.model, &mut self.picture);
        let began = now();
        match self.painter.flush(&self.picture, terminal) {
            Ok(painted) if painted.bytes == 0 => self.pace.skipped(),
            Ok(painted) => self.pace.painted(began, now(), painted.bytes, None),
            Err(_) => self.caught(Caught::Hangup),
        }
    }

    /// Bytes to the terminal beside the picture; they move no cursor.
    fn say(&mut self, bytes: &[u8]) {
        if let Some(terminal) = &mut self.terminal {
            // a terminal that is gone says so by SIGHUP
            let _ = terminal.write_all(bytes);
        }
    }

    fn copy(&mut self, turn: TurnId, text: String) {
        match (clipboard(&text, &self.environment), &self.desk) {
            (Some(sequence), _) => {
                self.say(&sequence);
                let sent = "sent to the terminal's clipboard".to_owned();
                self.step(Event::Notice(Level::Info, sent));
            }
            (None, Some(desk)) => desk.export(turn, "fareway-copy.txt".into(), text),
            (None, None) => {}
        }
    }

    fn edit(&mut self, turn: TurnId, text: &str) {
        // two readers would share the keys between them
        self.input = None;
        if let Some(terminal) = &mut self.terminal {
            terminal.pause();
        }
        let text = editor::edit(text, &self.dirs.data.join("drafts"));
        self.take_back();
        self.step(Event::Written { turn, text });
    }

    fn suspend(&mut self) {
        self.input = None;
        if let Some(terminal) = &mut self.terminal {
            terminal.pause();
            // SIGCONT brings us back, as it does when somebody else stopped us
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP);
        }
    }

    /// The terminal is ours again; whatever is on it is not our picture.
    fn take_back(&mut self) {
        let Some(terminal) = &mut self.terminal else { return };
        // whoever stopped us from outside left our modes on: off first, so that they are on once
        terminal.pause();
        if terminal.resume().is_err() {
            return self.caught(Caught::Hangup);
        }
        if self.input.is_none() {
            self.input = Some(EventStream::new());
        }
        if let Ok((columns, rows)) = crossterm::terminal::size() {
            self.step(Event::Resized { columns, rows });
        }
        self.painter.forget();
        self.pace.key();
    }

    /// Settles what is under way and waits until all is on disk, then gives the terminal back.
    pub(super) async fn end(&mut self) {
        self.input = None;
        self.terminal = None;
        for (_, task) in std::mem::take(&mut self.asks) {
            task.abort();
            self.stopping.push(task);
        }
        for task in self.stopping.drain(..) {
            let _ = task.await;
        }
        if let Some(desk) = self.desk.take() {
            desk.core.settled().await;
        }
    }
}

/// All terminal events that have come, at least one; waits for ever while nobody reads. `None`: the terminal is gone.
async fn next(input: &mut Option<EventStream>) -> Option<Vec<Input>> {
    let Some(stream) = input else { return std::future::pending().await };
    let mut inputs = vec![stream.next().await?.ok()?];
    // polled with the task's own waker: the stream remembers only the first one it is given
    while let Poll::Ready(Some(Ok(next))) = futures_util::poll!(stream.next()) {
        inputs.push(next);
    }
    Some(inputs)
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
