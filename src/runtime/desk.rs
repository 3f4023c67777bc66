//! Carries out the effects that need the store, the gateway or the disk; each answers with an event.

use super::begin;
use super::core::Core;
use super::quotes::{Known, Quotes};
use super::settings::{self, Kept};
use super::{attach, cards, now, reckon};
use crate::app::panes::whatif::Span;
use crate::app::{self, Event, Level, Save, Which};
use crate::config::{self, Config, Dirs};
use crate::metering::{Target, Tokenizer};
use crate::store::{By, LedgerMark, LedgerRange, Patch, Search, Store, StoreError, Write};
use crate::words::{
    At, Dimension, GenerationRow, ModelId, ModelRef, Of, ProviderId, Request, SessionId, Totals, TurnId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

/// What the tasks work with; cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub core: Core,
    pub config: Arc<Config>,
    pub dirs: Arc<Dirs>,
    pub usable: Arc<BTreeSet<ProviderId>>,
    pub events: mpsc::Sender<Event>,
    pub quotes: Arc<Quotes>,
    /// Providers whose keys are still being asked of a command.
    pub unkeyed: watch::Receiver<Arc<BTreeSet<ProviderId>>>,
    /// What the store has of the choices.
    pub kept: Arc<Mutex<Kept>>,
    /// The theme of this run, and the one that is kept.
    pub theme: Option<(String, String)>,
    /// Where what talks to the network runs.
    pub network: Handle,
    /// Somebody looks at every model, not only at those within reach.
    pub whole: Arc<AtomicBool>,
}

impl Desk {
    /// Runs a question in the background and sends its answer.
    pub fn answer<F>(&self, question: F)
    where
        F: Future<Output = Result<Event, StoreError>> + Send + 'static,
    {
        tokio::spawn(self.answered(question));
    }

    /// The same for a question to the network.
    pub fn answer_from_afar<F>(&self, question: F)
    where
        F: Future<Output = Result<Event, StoreError>> + Send + 'static,
    {
        self.network.spawn(self.answered(question));
    }

    fn answered<F>(&self, question: F) -> impl Future<Output = ()> + Send + use<F>
    where
        F: Future<Output = Result<Event, StoreError>> + Send + 'static,
    {
        let events = self.events.clone();
        async move {
            let event = question.await.unwrap_or_else(|error| Event::Notice(Level::Error, error.to_string()));
            // the loop is gone: nobody asks any more
            let _ = events.send(event).await;
        }
    }

    /// Hands writes to the store in order; what fails comes back as a notice.
    pub fn save(&self, saves: Vec<Save>) {
        let writes: Vec<Write> = saves.into_iter().map(|save| self.write(save)).collect();
        let patches: Vec<Patch> = writes.iter().filter_map(patch_of).cloned().collect();
        let acknowledged = self.core.store.write(writes);
        let (events, kept) = (self.events.clone(), self.kept.clone());
        tokio::spawn(async move {
            if let Err(error) = acknowledged.await {
                for patch in &patches {
                    lock(&kept).failed(patch);
                }
                let _ = events.send(Event::Notice(Level::Error, error.to_string())).await;
            }
        });
    }

    fn write(&self, save: Save) -> Write {
        match save {
            Save::Session(session) => Write::PutSession(session),
            Save::Message { session, message } => Write::PutMessage { session, message },
            Save::Draft { session, draft } => Write::PutDraft { session, draft },
            Save::RemoveMessages { session, messages } => Write::DeleteMessages { session, messages },
            Save::RemoveSession(session) => Write::DeleteSession(session),
            Save::Settings(mut chosen) => {
                if let Some((theme, otherwise)) = &self.theme
                    && chosen.theme == *theme
                {
                    chosen.theme.clone_from(otherwise);
                }
                let patch = lock(&self.kept).changes(&chosen);
                Write::PatchSetting { key: settings::KEY.into(), patch }
            }
        }
    }

    pub fn open(&self, turn: TurnId, session: SessionId) {
        let store = self.core.store.clone();
        self.answer(async move {
            let Some(found) = store.session(session).await? else {
                return Ok(Event::Notice(Level::Error, "that session is gone".into()));
            };
            let slice = store.messages(session, None, usize::MAX).await?;
            let opened = begin::whole(*found, slice, store.draft(session).await)?;
            Ok(Event::Opened { turn, opened: Box::new(opened) })
        });
    }

    pub fn search(&self, turn: TurnId, query: String) {
        let store = self.core.store.clone();
        self.answer(async move {
            let mut hits = Vec::new();
            for hit in
                store.search(Search { query, limit: app::panes::search::MOST, ..Search::default() }).await?
            {
                let title = store.session(hit.session).await?.map(|s| s.title).unwrap_or_default();
                let marks = hit.marks.iter().map(|range| (range.start, range.end)).collect();
                hits.push(app::Hit {
                    session: hit.session,
                    message: hit.message,
                    title,
                    excerpt: hit.snippet,
                    marks,
                    offset: hit.offset,
                });
            }
            Ok(Event::Found { turn, hits })
        });
    }

    pub fn rollups(&self, turn: TurnId, days: u32) {
        let store = self.core.store.clone();
        let today = self.config.day(now());
        let first = today.saturating_sub(i32::try_from(days).unwrap_or(i32::MAX)).saturating_add(1);
        let events = self.events.clone();
        self.answer(async move {
            let mut rows = Vec::new();
            for (number, piece) in reckon::pieces(first..today + 1).into_iter().enumerate() {
                if number > 0 {
                    let _ = events.send(Event::Rollups { turn, rows }).await;
                }
                rows = reckon::totals(&store, &piece).await?;
            }
            Ok(Event::Rollups { turn, rows })
        });
    }

    pub fn generations(&self, turn: TurnId, which: Which) {
        let store = self.core.store.clone();
        self.answer(async move {
            let (rows, more) = match which {
                Which::One(id) => (store.generation(id).await?.map(|row| *row).into_iter().collect(), false),
                Which::Days { from, to, demo, of, before } => {
                    // rows are stored by the moment they ended; a civil day lies within two days of UTC's on either side
                    let at = |day: i32| At::from_secs(i64::from(day) * 86_400);
                    let session = if let Some(Of::Session(id)) = &of { Some(*id) } else { None };
                    let wanted = LedgerRange { from: at(from - 1), to: at(to + 3), session };
                    let fits = |row: &GenerationRow| {
                        (from..=to).contains(&row.day)
                            && row.receipt.demo == demo
                            && row.was_asked()
                            && of.as_ref().is_none_or(|of| of.holds(row))
                    };
                    page(&store, wanted, before.map(|(at, id)| LedgerMark { at, id }), fits).await?
                }
            };
            Ok(Event::Generations { turn, rows, more })
        });
    }

    /// Reads up to a fortnight of rows, in the background.
    pub fn advise(&self, turn: TurnId) {
        self.look_back(move |desk, today| {
            let usable = config::usable(&desk.usable);
            let core = &desk.core;
            let advice = reckon::advice(&core.store, &core.gateway.catalog(), today, &usable)?;
            Ok(Event::Advice { turn, said: advice.iter().map(ToString::to_string).collect() })
        });
    }

    pub fn what_if(&self, turn: TurnId, span: Span, targets: Vec<Target>) {
        self.look_back(move |desk, today| {
            let span = match span {
                Span::Days { from, to, .. } => reckon::Span::Days(from, to),
                Span::Session(id) => reckon::Span::Session(id),
            };
            let usable = config::usable(&desk.usable);
            let (requests, answers) = desk.core.what_if(span, &targets, today, &usable)?;
            Ok(Event::WhatIf { turn, requests, answers })
        });
    }

    fn look_back<F>(&self, work: F)
    where
        F: FnOnce(&Desk, i32) -> Result<Event, StoreError> + Send + 'static,
    {
        let desk = self.clone();
        self.answer(async move {
            let today = desk.config.day(now());
            let answer = tokio::task::spawn_blocking(move || work(&desk, today)).await;
            answer.map_err(|e| StoreError::Io(e.to_string()))?
        });
    }

    pub fn tally(&self, turn: TurnId, session: SessionId) {
        let (core, config) = (self.core.clone(), self.config.clone());
        let (gateway, events) = (core.gateway.clone(), self.events.clone());
        tokio::spawn(async move {
            for warning in gateway.warnings().await {
                let _ = events.send(Event::Notice(Level::Warning, warning.to_string())).await;
            }
        });
        self.answer(async move {
            let answer = tokio::task::spawn_blocking(move || begin::spent(&core, &config, session)).await;
            let spent = answer.map_err(|e| StoreError::Io(e.to_string()))??;
            Ok(Event::Spent { turn, spent })
        });
    }

    pub fn quote(&self, turn: TurnId, request: Box<Request>, models: Vec<ModelRef>) {
        let desk = self.clone();
        tokio::task::spawn_blocking(move || {
            let at = now();
            let known = Known {
                gateway: &desk.core.gateway,
                counter: &desk.core.gateway.counter(),
                store: &desk.core.store,
                today: desk.config.day(at),
                now: at,
            };
            let quotes = desk.quotes.quote(&request, &models, &known);
            let catalog = desk.core.gateway.catalog();
            for quote in &quotes {
                // whoever does not ask a reseller need not tell it of its plans
                if catalog.provider(&quote.endpoint).is_some_and(|provider| provider.reseller) {
                    desk.look_behind(&quote.model);
                }
            }
            let _ = desk.events.blocking_send(Event::Quoted { turn, quotes });
        });
    }

    /// Loads the vocabulary of a model that has a published one, in the background.
    pub fn tokenizer(&self, model: &ModelId) {
        if !Tokenizer::exists(model) {
            return;
        }
        let (events, model) = (self.events.clone(), model.clone());
        tokio::task::spawn_blocking(move || {
            if let Some(tokenizer) = Tokenizer::load(&model) {
                let _ = events.blocking_send(Event::Tokenizer(tokenizer));
            }
        });
    }

    /// Models that were billed off their list price lately.
    pub fn mischarged(&self) {
        self.look_back(|desk, today| {
            let core = &desk.core;
            let models = reckon::mischarged(&core.store, &core.gateway.catalog(), today)?;
            Ok(Event::Mischarged(models))
        });
    }

    /// What was had from each model since the first day, real and of the demonstration.
    pub fn mine(&self, turn: TurnId) {
        let store = self.core.store.clone();
        let today = self.config.day(now());
        self.answer(async move {
            let mut rows = BTreeMap::<ModelId, Totals>::new();
            for demo in [false, true] {
                for (key, totals) in store.rollups(0..today + 1, demo, By::Model).await? {
                    if let Dimension::Model(model, ..) = key.of {
                        *rows.entry(model).or_default() += &totals;
                    }
                }
            }
            Ok(Event::Mine { turn, rows })
        });
    }

    /// The cards within reach, or every one when somebody looks at them: in the background, for it opens the catalog.
    pub fn models(&self) {
        let desk = self.clone();
        tokio::task::spawn_blocking(move || {
            let catalog = desk.core.gateway.catalog();
            let whole = desk.whole.load(Ordering::Relaxed);
            let cards = if whole { cards::all } else { cards::near }(&catalog, &desk.usable);
            let _ = desk.events.blocking_send(Event::Models(cards));
        });
    }

    pub fn every_model(&self) {
        self.whole.store(true, Ordering::Relaxed);
        self.models();
    }

    pub fn attach(&self, turn: TurnId, path: String) {
        let (events, dirs) = (self.events.clone(), self.dirs.clone());
        tokio::task::spawn_blocking(move || {
            let chip = attach::chip(&path, &dirs.home).map(Box::new);
            let _ = events.blocking_send(Event::Attached { turn, chip });
        });
    }

    /// Dropped, it ends the command.
    pub fn run(&self, turn: TurnId, command: String) -> tokio::task::JoinHandle<()> {
        let events = self.events.clone();
        tokio::spawn(async move {
            let chip = super::command::run(&command).await.map(Box::new);
            let _ = events.send(Event::Attached { turn, chip }).await;
        })
    }

    pub fn complete(&self, turn: TurnId, prefix: String) {
        let (events, dirs) = (self.events.clone(), self.dirs.clone());
        tokio::task::spawn_blocking(move || {
            let paths = super::paths::find(&prefix, &dirs.home);
            let _ = events.blocking_send(Event::Paths { turn, paths });
        });
    }

    /// Writes a copy into its file: the last one is there, as in a clipboard.
    pub fn copy(&self, what: String, text: String, sent: bool) {
        let (events, dirs) = (self.events.clone(), self.dirs.clone());
        tokio::task::spawn_blocking(move || {
            let file = Some(super::copies::write(&dirs, &text));
            let _ = events.blocking_send(Event::Copied { what, sent, file });
        });
    }

    /// Writes a file into the working folder, never over another.
    pub fn export(&self, turn: TurnId, name: String, text: String) {
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let path = write_new(&name, &text);
            let _ = events.blocking_send(Event::Saved { turn, path });
        });
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

fn patch_of(write: &Write) -> Option<&Patch> {
    match write {
        Write::PatchSetting { patch, .. } => Some(patch),
        _ => None,
    }
}

/// Rows of the ledger that are read and shown at once.
const PAGE: usize = 200;

/// The next rows that fit, and whether there are more.
async fn page(
    store: &Store,
    wanted: LedgerRange,
    mut before: Option<LedgerMark>,
    fits: impl Fn(&GenerationRow) -> bool,
) -> Result<(Vec<GenerationRow>, bool), StoreError> {
    let mut found = Vec::new();
    loop {
        let rows = store.generations(wanted, before, PAGE).await?;
        before = rows.last().map(LedgerMark::of);
        let last = rows.len() < PAGE;
        for row in rows.into_iter().filter(&fits) {
            if found.len() == PAGE {
                return Ok((found, true));
            }
            found.push(row);
        }
        if last {
            return Ok((found, false));
        }
    }
}

fn write_new(name: &str, text: &str) -> Result<String, String> {
    use std::io::Write;
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "txt"));
    for n in 0..1000 {
        let name = if n == 0 { format!("{stem}.{ending}") } else { format!("{stem}-{n}.{ending}") };
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&name) {
            Ok(mut file) => {
                file.write_all(text.as_bytes()).map_err(|e| format!("cannot write {name}: {e}"))?;
                return Ok(name);
            }
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(format!("cannot write {name}: {e}")),
        }
    }
    Err(format!("there are too many files named like {name}"))
}
