//! The parts that every use of the program stands on, put together: store, ledger, keys, gateway.

use super::keys::{Which, keys};
use super::ledger::{StoreLedger, TOKENS};
use crate::catalog::Catalog;
use crate::config::{self, Config, Dirs};
use crate::gateway::{Clocks, Gateway, Options};
use crate::metering::{Basis, Counter, Limit, Scope, Unpriced, Window};
use crate::routing::{Names, Preset};
use crate::store::{self, LedgerRange, Store, StoreError};
use crate::words::{Message, ModelId, ModelRef, ProviderId, Session};
use std::sync::Arc;
use std::time::Duration;

/// Store and gateway of one run. Clones are the same.
#[derive(Clone)]
pub struct Core {
    pub store: Store,
    pub gateway: Gateway,
    /// What the person should know: the store was set aside, a key cannot be had.
    pub notices: Vec<String>,
}

impl Core {
    /// Opens the store. Blocks for some milliseconds, or for as long as the
    /// commands take that keys come from, if those are wanted.
    pub fn open(
        dirs: &Dirs,
        config: &Config,
        catalog: Arc<Catalog>,
        which: Which,
    ) -> Result<Self, StoreError> {
        let opened = store::Store::open(&dirs.data, store::Options::default())?;
        let mut notices = opened.notices;
        let (keys, mut refused) = keys(dirs, config, &catalog, which);
        notices.append(&mut refused);
        let ledger = Arc::new(StoreLedger(opened.store.clone()));
        let gateway = Gateway::new(options(config, dirs), catalog, keys, ledger);
        remind(&opened.store, &gateway)?;
        gateway.set_counter(counter(&opened.store)?);
        Ok(Self { store: opened.store, gateway, notices })
    }

    /// The same with a store that keeps nothing, because the real one cannot be used: `why` is told.
    pub fn forgetful(
        dirs: &Dirs,
        config: &Config,
        catalog: Arc<Catalog>,
        which: Which,
        why: &StoreError,
    ) -> Result<Self, StoreError> {
        let store = Store::memory()?;
        let (keys, mut notices) = keys(dirs, config, &catalog, which);
        notices.insert(0, format!("nothing will be kept: {why}"));
        let gateway =
            Gateway::new(options(config, dirs), catalog, keys, Arc::new(StoreLedger(store.clone())));
        Ok(Self { store, gateway, notices })
    }

    /// Waits until everything written so far is on disk.
    pub async fn settled(&self) {
        // the store's thread works in order: when it has done nothing, it has done all before
        let _ = self.store.write(Vec::new()).await;
    }

    /// Saves a session and one message of it, and waits until both are on disk.
    pub async fn save(&self, session: &Session, message: &Arc<Message>) -> Result<(), StoreError> {
        self.store
            .write(vec![
                store::Write::PutSession(Box::new(session.clone())),
                store::Write::PutMessage { session: session.id, message: message.clone() },
            ])
            .await
    }
}

/// What was learned of the models' tokens in earlier runs; what cannot be read is learned anew.
pub fn counter(store: &Store) -> Result<Counter, StoreError> {
    let kept = store.setting(TOKENS).wait()?;
    Ok(kept.and_then(|kept| serde_json::from_value(kept).ok()).unwrap_or_default())
}

/// Aliases, favourites and presets of the config, as routing reads them.
pub fn names(config: &Config) -> Names {
    let preset = |preset: &config::Preset| Preset {
        model: (!preset.model.is_empty()).then(|| ModelRef::new(&preset.model)),
        fallbacks: preset.fallbacks.iter().map(ModelRef::new).collect(),
        system: (!preset.system.is_empty()).then(|| preset.system.clone()),
        params: preset.params.clone(),
        preferences: preset.preferences.clone(),
        ..Preset::default()
    };
    Names {
        aliases: config.aliases.clone(),
        favourites: config.favourites.clone(),
        presets: config.presets.iter().map(|(name, given)| (name.clone(), preset(given))).collect(),
    }
}

/// Every limit of the config.
pub fn limits(config: &Config) -> Vec<Limit> {
    let budgets = &config.budgets;
    let all =
        config::Limits { day: budgets.day, week: budgets.week, month: budgets.month, total: budgets.total };
    let mut limits = each(&Scope::Everything, &all);
    limits.extend(budgets.session.map(|amount| Limit {
        scope: Scope::EachSession,
        window: Window::Total,
        amount,
    }));
    for (slug, given) in &budgets.providers {
        limits.extend(each(&Scope::Provider(ProviderId::new(slug)), given));
    }
    for (id, given) in &budgets.models {
        limits.extend(each(&Scope::Model(ModelId::new(id)), given));
    }
    for key in &config.serve.keys {
        let given = config::Limits { day: key.day, week: key.week, month: key.month, total: key.total };
        limits.extend(each(&Scope::Key(key.label.clone()), &given));
    }
    limits
}

fn each(scope: &Scope, given: &config::Limits) -> Vec<Limit> {
    let windows = [
        (Window::Day, given.day),
        (Window::Week, given.week),
        (Window::Month, given.month),
        (Window::Total, given.total),
    ];
    let limit =
        |(window, amount): (Window, Option<_>)| Some(Limit { scope: scope.clone(), window, amount: amount? });
    windows.into_iter().filter_map(limit).collect()
}

/// Tells the gateway what the last requests said of the endpoints.
fn remind(store: &Store, gateway: &Gateway) -> Result<(), StoreError> {
    let mut rows = store.generations(LedgerRange::default(), None, REMEMBERED).wait()?;
    rows.reverse();
    gateway.remember(rows.iter().flat_map(|row| &row.receipt.attempts));
    Ok(())
}

/// Requests of earlier runs that tell how the endpoints are.
const REMEMBERED: usize = 100;

/// The gateway's options, as the config has them.
pub fn options(config: &Config, dirs: &Dirs) -> Options {
    // 0 means no limit; a year is as good as none and cannot overflow a clock
    let seconds = |n: u64| Duration::from_secs(if n == 0 { 365 * 86_400 } else { n });
    let timeouts = &config.timeouts;
    Options {
        clocks: Clocks {
            connect: seconds(timeouts.connect),
            first_token: seconds(timeouts.first_token),
            first_token_local: seconds(timeouts.first_token_local),
            idle: seconds(timeouts.idle),
            total: seconds(timeouts.total),
        },
        ca_file: config.network.ca_file.as_deref().map(|path| Config::expand(path, Some(&dirs.home))),
        zone: config.zone(),
        names: names(config),
        preferences: config.preferences.clone(),
        limits: limits(config),
        basis: match config.budgets.reserve {
            config::Reserve::Estimate => Basis::Likely,
            config::Reserve::Worst => Basis::Worst,
        },
        warn: config.budgets.warn,
        unpriced: if config.budgets.unpriced { Unpriced::Allow } else { Unpriced::Refuse },
        ..Options::default()
    }
}
