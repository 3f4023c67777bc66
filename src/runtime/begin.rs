//! What happens beside the first frame: the store opens, the keys are found, the last session is read.

use super::core::Core;
use super::keys::Which;
use super::settings::{self, Kept};
use super::{cards, dice, find_session, last_session, now};
use crate::app::{Began, BudgetState, Cards, Opened, Spent, first};
use crate::catalog::{Catalog, Overlay};
use crate::config::{Config, Dirs};
use crate::metering::{Standing, standing};
use crate::store::{Slice, Store, StoreError};
use crate::words::{ModelRef, Of, ProviderId, Session, SessionId, Unsent};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How the terminal is to open.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// An endpoint of the command line.
    pub loose: Option<Overlay>,
    /// The model of the session.
    pub model: Option<ModelRef>,
    /// The theme of this run: what was chosen before holds again afterwards.
    pub theme: Option<String>,
    /// A new session instead of the last one.
    pub new: bool,
    /// This session instead of the last one.
    pub session: Option<String>,
    /// A key at which the loop panics: for tests of how it ends then.
    pub panics_at: Option<char>,
}

/// Everything that the session's effects work with, and its first event.
pub struct Ready {
    pub core: Core,
    pub began: Began,
    pub usable: BTreeSet<ProviderId>,
    /// What the store has of the choices.
    pub kept: Kept,
    /// The theme of this run, and the one that holds otherwise.
    pub theme: Option<(String, String)>,
}

/// Opens everything. Blocks; runs beside the first frames.
pub fn open(dirs: &Dirs, config: &Config, launch: &Launch) -> Result<Ready, String> {
    let catalog = Arc::new(catalog(config, launch.loose.as_ref()));
    let env = |name: &str| std::env::var(name).ok();
    let usable = config.usable_providers(&catalog, &env);
    let core = match Core::open(dirs, config, catalog.clone(), Which::AtHand) {
        Ok(core) => core,
        // a newer or unusable store is no reason not to chat: but the person must know that nothing is kept
        Err(error) => Core::forgetful(dirs, config, catalog.clone(), Which::AtHand, &error)
            .map_err(|e| e.to_string())?,
    };
    let mut began = began(&core, config, launch, &catalog, &usable).map_err(|e| e.to_string())?;
    let kept = Kept::new(&settings::of_config(config), &began.settings);
    let theme = launch.theme.clone().map(|theme| {
        let otherwise = std::mem::replace(&mut began.settings.theme, theme.clone());
        (theme, otherwise)
    });
    Ok(Ready { core, began, usable, kept, theme })
}

/// The bundled catalog under the config's rows and the command line's endpoint.
pub fn catalog(config: &Config, loose: Option<&Overlay>) -> Catalog {
    let bundled = Catalog::bundled();
    let overlay = config.overlay(&bundled);
    let catalog = if overlay.providers.is_empty() && overlay.models.is_empty() {
        bundled
    } else {
        bundled.with(overlay)
    };
    match loose {
        Some(loose) => catalog.with(loose.clone()),
        None => catalog,
    }
}

/// The names of the wire formats there are.
pub fn formats() -> Vec<&'static str> {
    crate::wire::FORMATS.iter().map(|format| format.name()).collect()
}

fn began(
    core: &Core,
    config: &Config,
    launch: &Launch,
    catalog: &Catalog,
    usable: &BTreeSet<ProviderId>,
) -> Result<Began, StoreError> {
    let store = &core.store;
    let mut notices = core.notices.clone();
    let kept = match store.setting(settings::KEY).wait() {
        Err(StoreError::Record(why)) => {
            notices.push(format!("what was chosen here before cannot be read, the config holds: {why}"));
            None
        }
        other => other?,
    };
    let settings = settings::merge(&settings::of_config(config), kept.as_ref());
    let sessions = store.sessions(None, 10_000).wait()?;
    let asked = match &launch.session {
        Some(name) => {
            let found = find_session(store, name)?;
            if found.is_none() {
                notices.push(format!("no session `{name}`; Ctrl-O lists them"));
            }
            found
        }
        None if launch.new => None,
        None => last_session(store)?,
    };
    let last = match asked {
        Some(mut session) => {
            if let Some(model) = &launch.model {
                session.model = model.clone();
            }
            opened(store, session)?
        }
        None => {
            let model = launch.model.clone().unwrap_or_else(|| {
                let chosen = settings.first_model().cloned().unwrap_or_default();
                first_model(&chosen, config, catalog, usable)
            });
            let at = now();
            let session = Session::new(SessionId::new(at, &mut dice()), model, at);
            // what was typed before there was a session is kept under no session
            let unsent = store.draft(SessionId::nil()).wait().ok().flatten().unwrap_or_default();
            Opened { session, messages: Vec::new(), unsent, lost: Vec::new() }
        }
    };
    // the one card that the first picture needs; the others come right behind
    let cards = cards::one(catalog, last.session.model.as_str(), usable);
    let spent = spent(core, config, last.session.id)?;
    Ok(Began { cards, themes: Vec::new(), sessions, last: Some(last), settings, spent, notices })
}

/// A session with everything that is shown of it.
fn opened(store: &Store, session: Session) -> Result<Opened, StoreError> {
    let (slice, unsent) = (store.messages(session.id, None, usize::MAX), store.draft(session.id));
    whole(session, slice.wait()?, unsent.wait())
}

/// A session from what was read of it: what does not read takes nothing else with it, and is said.
pub fn whole(
    session: Session,
    slice: Slice,
    unsent: Result<Option<Unsent>, StoreError>,
) -> Result<Opened, StoreError> {
    let mut lost = Vec::new();
    match slice.unread {
        0 => {}
        1 => lost.push("one message".to_owned()),
        n => lost.push(format!("{n} messages")),
    }
    let unsent = match unsent {
        Err(StoreError::Record(_)) => {
            lost.push("the draft".to_owned());
            Unsent::default()
        }
        other => other?.unwrap_or_default(),
    };
    Ok(Opened { session, messages: slice.messages, unsent, lost })
}

/// Today's sums and a session's, from the ledger's totals.
pub fn spent(core: &Core, config: &Config, session: SessionId) -> Result<Spent, StoreError> {
    let store = &core.store;
    let today = config.day(now());
    let day = |demo| store.totals(today..today + 1, demo, Of::All);
    let all = |demo| store.totals(0..today + 1, demo, Of::Session(session));
    let (today, today_demo, mine, mine_demo) = (day(false), day(true), all(false), all(true));
    Ok(Spent {
        today: *today.wait()?,
        today_demo: *today_demo.wait()?,
        session: *mine.wait()?,
        session_demo: *mine_demo.wait()?,
        budget: nearest(core, config, session)?,
    })
}

/// The budget that is nearest to its end, by what every process has spent and set aside.
fn nearest(core: &Core, config: &Config, session: SessionId) -> Result<Option<BudgetState>, StoreError> {
    let (day, limits) = core.gateway.limits(Some(session));
    if limits.is_empty() {
        return Ok(None);
    }
    let caps = limits.iter().map(|(_, cap)| cap.clone()).collect();
    let used = core.store.used(day, caps).wait()?;
    let nearest = standing(limits, used).into_iter().max_by_key(Standing::percent);
    Ok(nearest.map(|nearest| BudgetState {
        name: nearest.limit.short(),
        spent: nearest.used.spent,
        limit: nearest.limit.amount,
        warn: config.budgets.warn,
    }))
}

/// The model of a first session: the chosen one, else a sensible one there is a key for ([`first`]), else the
/// demonstration.
pub fn first_model(
    chosen: &ModelRef,
    config: &Config,
    catalog: &Catalog,
    usable: &BTreeSet<ProviderId>,
) -> ModelRef {
    if !chosen.as_str().is_empty() {
        return chosen.clone();
    }
    if let Some(favourite) = config.favourites.first() {
        return ModelRef::new(favourite);
    }
    let needs_key = |slug: &ProviderId| {
        catalog.provider(slug.as_str()).is_some_and(|p| p.needs_key() && !p.demo && !p.local)
    };
    let keyed: BTreeSet<ProviderId> = usable.iter().filter(|slug| needs_key(slug)).cloned().collect();
    // without a key nothing needs to be looked through
    let cards = if keyed.is_empty() { Cards::default() } else { cards::near(catalog, &keyed) };
    let mine = cards.iter().filter(|card| card.endpoints.iter().any(|e| keyed.contains(&e.provider)));
    first(mine).map_or_else(|| ModelRef::new("demo/sage"), |card| ModelRef::from(&card.id))
}
