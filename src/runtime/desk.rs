//! Carries out the effects that need the store, the gateway or the disk; each answers with an event.

use super::begin;
use super::core::Core;
use super::{attach, cards, now, settings};
use crate::app::{self, Event, HealthRow, Level, Quote, Save, Which};
use crate::catalog::Catalog;
use crate::config::{self, Config, Dirs};
use crate::metering;
use crate::store::{By, LedgerRange, Search, StoreError, Write};
use crate::words::{Dimension, ModelId, ModelRef, ProviderId, Request, SessionId, Totals, TurnId};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;
use tokio::sync::mpsc;

/// What the tasks work with; cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub core: Core,
    pub config: Arc<Config>,
    pub dirs: Arc<Dirs>,
    pub usable: Arc<BTreeSet<ProviderId>>,
    pub events: mpsc::Sender<Event>,
}

impl Desk {
    /// Runs a question in the background and sends its answer.
    pub fn answer<F>(&self, question: F)
    where
        F: Future<Output = Result<Event, StoreError>> + Send + 'static,
    {
        let events = self.events.clone();
        tokio::spawn(async move {
            let event = question.await.unwrap_or_else(|error| Event::Notice(Level::Error, error.to_string()));
            // the loop is gone: nobody asks any more
            let _ = events.send(event).await;
        });
    }

    /// Hands writes to the store in order; what fails comes back as a notice.
    pub fn save(&self, saves: Vec<Save>) {
        let writes = saves.into_iter().map(|save| self.write(save)).collect();
        let acknowledged = self.core.store.write(writes);
        let events = self.events.clone();
        tokio::spawn(async move {
            if let Err(error) = acknowledged.await {
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
            Save::Settings(chosen) => {
                let value = settings::keep(&chosen, &settings::of_config(&self.config));
                Write::PutSetting { key: settings::KEY.into(), value: Some(value) }
            }
        }
    }

    pub fn open(&self, turn: TurnId, session: SessionId) {
        let store = self.core.store.clone();
        self.answer(async move {
            let Some(found) = store.session(session).await? else {
                return Ok(Event::Notice(Level::Error, "that session is gone".into()));
            };
            let messages = store.messages(session, None, usize::MAX).await?.messages;
            let draft = store.draft(session).await?.unwrap_or_default();
            Ok(Event::Opened { turn, opened: Box::new(app::Opened { session: *found, messages, draft }) })
        });
    }

    pub fn search(&self, turn: TurnId, query: String) {
        let store = self.core.store.clone();
        self.answer(async move {
            let mut hits = Vec::new();
            for hit in store.search(Search { query, limit: 100, ..Search::default() }).await? {
                let title = store.session(hit.session).await?.map(|s| s.title).unwrap_or_default();
                let marks = hit.marks.iter().map(|range| (range.start, range.end)).collect();
                hits.push(app::Hit {
                    session: hit.session,
                    message: hit.message,
                    title,
                    excerpt: hit.snippet,
                    marks,
                });
            }
            Ok(Event::Found { turn, hits })
        });
    }

    pub fn rollups(&self, turn: TurnId, days: u32) {
        let store = self.core.store.clone();
        let today = self.config.day(now());
        let first = today.saturating_sub(i32::try_from(days).unwrap_or(i32::MAX)).saturating_add(1);
        self.answer(async move {
            let mut rows = Vec::new();
            for demo in [false, true] {
                for by in By::EVERY {
                    rows.extend(store.rollups(first..today + 1, demo, by).await?);
                }
            }
            Ok(Event::Rollups { turn, rows })
        });
    }

    pub fn generations(&self, turn: TurnId, which: Which) {
        let store = self.core.store.clone();
        self.answer(async move {
            const MOST: usize = 1000;
            let rows = match which {
                Which::One(id) => store.generation(id).await?.map(|row| *row).into_iter().collect(),
                Which::Recent(n) => store.generations(LedgerRange::default(), None, n).await?,
                Which::Session(session) => {
                    let wanted = LedgerRange { session: Some(session), ..LedgerRange::default() };
                    store.generations(wanted, None, MOST).await?
                }
                Which::Day { day, model } => {
                    // a civil day lies within two days of UTC on either side
                    let at = |day: i64| crate::words::At::from_secs(day * 86_400);
                    let day_number = i64::from(day);
                    let wanted =
                        LedgerRange { from: at(day_number - 1), to: at(day_number + 2), session: None };
                    let rows = store.generations(wanted, None, 100 * MOST).await?;
                    let fits = |row: &crate::words::GenerationRow| {
                        row.day == day && model.as_ref().is_none_or(|model| row.receipt.model == *model)
                    };
                    rows.into_iter().filter(fits).take(MOST).collect()
                }
            };
            Ok(Event::Generations { turn, rows })
        });
    }

    pub fn tally(&self, turn: TurnId, session: SessionId) {
        let (store, config) = (self.core.store.clone(), self.config.clone());
        self.answer(async move {
            let answer = tokio::task::spawn_blocking(move || begin::spent(&store, &config, session)).await;
            let spent = answer.map_err(|e| StoreError::Io(e.to_string()))??;
            Ok(Event::Spent { turn, spent })
        });
    }

    pub fn quote(&self, turn: TurnId, request: Box<Request>, models: Vec<ModelRef>) {
        let catalog = self.core.gateway.catalog();
        let (events, usable) = (self.events.clone(), self.usable.clone());
        tokio::task::spawn_blocking(move || {
            let quotes = models.iter().filter_map(|name| quote(&catalog, &request, name, &usable)).collect();
            let _ = events.blocking_send(Event::Quoted { turn, quotes });
        });
    }

    pub fn health(&self, turn: TurnId, model: &ModelId) {
        let endpoints = self.core.gateway.catalog().endpoints(model).to_vec();
        let health = self.core.gateway.health();
        let usable = config::usable(&self.usable);
        let at = now();
        let rows = endpoints
            .iter()
            .map(|endpoint| {
                let known = health.get(&endpoint.id);
                let state = match known {
                    _ if !usable(endpoint) => "no key".to_owned(),
                    None => "unknown".to_owned(),
                    Some(known) => known.resting(at).unwrap_or_else(|| "healthy".to_owned()),
                };
                HealthRow {
                    endpoint: endpoint.id.clone(),
                    state,
                    ttft_ms: known.and_then(|h| h.ttft.median()).map(millis),
                    tokens_per_second: known.and_then(|h| h.throughput.median()),
                    errors: known.and_then(|h| h.failure_share(at)),
                    mine: crate::words::Totals::default(),
                }
            })
            .collect();
        let _ = self.events.try_send(Event::Health { turn, rows });
    }

    /// What was had from each model since the first day, real and of the demonstration.
    pub fn mine(&self, turn: TurnId) {
        let store = self.core.store.clone();
        let today = self.config.day(now());
        self.answer(async move {
            let mut rows = BTreeMap::<ModelId, Totals>::new();
            for demo in [false, true] {
                for (key, totals) in store.rollups(0..today + 1, demo, By::Model).await? {
                    if let Dimension::Model(model, _) = key.of {
                        *rows.entry(model).or_default() += &totals;
                    }
                }
            }
            Ok(Event::Mine { turn, rows })
        });
    }

    /// Every card, in the background: this opens the whole catalog.
    pub fn models(&self) {
        let desk = self.clone();
        tokio::task::spawn_blocking(move || {
            let catalog = desk.core.gateway.catalog();
            let usable = config::usable(&desk.usable);
            let cards = cards::cards(&catalog, &usable);
            let _ = desk.events.blocking_send(Event::Models(Arc::new(cards)));
        });
    }

    pub fn attach(&self, turn: TurnId, path: String) {
        let (events, dirs) = (self.events.clone(), self.dirs.clone());
        tokio::task::spawn_blocking(move || {
            let chip = attach::chip(&path, &dirs.home).map(Box::new);
            let _ = events.blocking_send(Event::Attached { turn, chip });
        });
    }

    pub fn run(&self, turn: TurnId, command: String) {
        self.answer(async move {
            let chip = attach::run(&command).await.map(Box::new);
            Ok(Event::Attached { turn, chip })
        });
    }

    pub fn complete(&self, turn: TurnId, prefix: String) {
        let (events, dirs) = (self.events.clone(), self.dirs.clone());
        tokio::task::spawn_blocking(move || {
            let paths = attach::paths(&prefix, &dirs.home);
            let _ = events.blocking_send(Event::Paths { turn, paths });
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

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "seconds of waiting, never negative"
)]
fn millis(seconds: f64) -> u64 {
    (seconds * 1000.0) as u64
}

/// How long a reply usually is, until the person's own are known.
const USUAL: u64 = 500;

/// What the prompt costs at the cheapest endpoint of a model, and the reply at its usual and at its longest.
fn quote(
    catalog: &Catalog,
    request: &Request,
    name: &ModelRef,
    usable: &BTreeSet<ProviderId>,
) -> Option<Quote> {
    let model = catalog.model(name.as_str())?;
    let characters: usize = request.messages.iter().map(|message| message.plain().len()).sum();
    let turn = metering::Turn {
        prompt: characters as u64 / 4 + 4 * request.messages.len() as u64,
        cached: 0,
        max_tokens: request.params.max_tokens,
        expected: USUAL,
    };
    let is_usable = config::usable(usable);
    let mut quotes = metering::beside(catalog, std::slice::from_ref(&model.id), &turn, now(), &is_usable);
    if quotes.is_empty() {
        quotes = metering::beside(catalog, std::slice::from_ref(&model.id), &turn, now(), |_| true);
    }
    let (_, quote) = quotes.pop()?;
    Some(Quote {
        model: model.id.clone(),
        prompt_tokens: quote.prompt,
        cost: quote.likely,
        worst: quote.worst,
        context: model.context,
        demo: model.demo,
    })
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
