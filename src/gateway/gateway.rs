//! The gateway: what it knows and remembers, and the doors into it.

use super::ask;
use super::budget::Purse;
use super::keys::Keys;
use super::ledger::Ledger;
use super::options::Options;
use super::stream::ReplyStream;
use super::transport::Transport;
use crate::catalog::Catalog;
use crate::metering::{Applied, Ask, Budgets, Counter, Standing, Warning};
use crate::routing::{self, HealthBook, KeyBook, Names, StickyBook};
use crate::words::{
    At, Attempt, Dice, Endpoint, Failure, FailureKind, GenerationId, ProviderId, Request, SessionId, Usd,
};
use arc_swap::{ArcSwap, Guard};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One request in, one stream of replies out. Cheap to clone; all clones are the same gateway.
#[derive(Clone)]
pub struct Gateway {
    core: Arc<Core>,
}

/// What all requests share.
pub(super) struct Core {
    pub options: Options,
    pub transport: Transport,
    pub ledger: Arc<dyn Ledger>,
    pub purse: Purse,
    catalog: ArcSwap<Catalog>,
    keys: ArcSwap<Keys>,
    names: ArcSwap<Names>,
    memory: Mutex<Memory>,
}

/// What is learned from attempts, behind one lock that is never held while anything is awaited.
pub(super) struct Memory {
    pub health: HealthBook,
    pub keys: KeyBook,
    pub sticky: StickyBook,
    pub dice: Dice,
    /// What is known of the models' tokens.
    pub counter: Counter,
    /// How many keys `keys` was told of.
    counts: BTreeMap<ProviderId, usize>,
}

impl Gateway {
    pub fn new(options: Options, catalog: Arc<Catalog>, keys: Keys, ledger: Arc<dyn Ledger>) -> Self {
        let seed = options.seed.unwrap_or_else(|| fastrand::u64(..));
        let transport = Transport::new(&options);
        let core = Core {
            transport,
            purse: Purse::new(
                Budgets::new(options.limits.clone(), options.unpriced).warning_at(options.warn),
                options.basis,
                Arc::clone(&ledger),
            ),
            ledger,
            catalog: ArcSwap::new(catalog),
            keys: ArcSwap::from_pointee(keys),
            names: ArcSwap::from_pointee(options.names.clone()),
            memory: Mutex::new(Memory {
                health: HealthBook::default(),
                keys: KeyBook::default(),
                sticky: StickyBook::default(),
                dice: Dice::new(seed),
                counter: Counter::default(),
                counts: BTreeMap::new(),
            }),
            options,
        };
        core.count_keys();
        Self { core: Arc::new(core) }
    }

    /// Asks. Nothing happens until the stream is read; dropping it ends the request and settles it.
    pub fn ask(&self, request: Request) -> ReplyStream {
        let core = Arc::clone(&self.core);
        ReplyStream::new(|mailbox| ask::ask(core, request, mailbox))
    }

    pub fn catalog(&self) -> Arc<Catalog> {
        self.core.catalog.load_full()
    }

    /// Lays rows over the catalog, whoever else does so at the same time.
    pub fn overlay(&self, overlay: &crate::catalog::Overlay) {
        self.core.catalog.rcu(|catalog| catalog.with(overlay.clone()));
        self.core.count_keys();
    }

    /// Takes away what that source said.
    pub(super) fn without(&self, source: &str) {
        self.core.catalog.rcu(|catalog| catalog.without(source));
        self.core.count_keys();
    }

    pub(super) fn core(&self) -> &Core {
        &self.core
    }

    /// Keys that came later: from a command that asked for a passphrase, from a changed config.
    pub fn set_keys(&self, keys: Keys) {
        self.core.keys.store(Arc::new(keys));
        self.core.count_keys();
    }

    /// Whether every model the request names is in the catalog, under whatever name.
    pub fn knows(&self, request: &Request) -> bool {
        let (names, catalog) = (self.core.names(), self.catalog());
        let known = |result: Result<(), Failure>| {
            result.err().is_none_or(|failure| failure.kind != FailureKind::UnknownModel)
        };
        match routing::expand(request.clone(), &names, &self.core.options.preferences) {
            Ok(request) => std::iter::once(&request.model)
                .chain(&request.fallbacks)
                .all(|name| known(routing::resolve(name, &catalog, &names).map(|_| ()))),
            Err(failure) => known(Err(failure)),
        }
    }

    /// Whether this endpoint could be asked at all: it needs no key, or there is one.
    pub fn can_ask(&self, endpoint: &Endpoint) -> bool {
        self.core.memory().keys.has(&endpoint.provider)
    }

    /// An id for a request whose answer must name it before it is over.
    pub fn new_generation(&self) -> GenerationId {
        self.core.generation(super::clock::now())
    }

    /// Attempts under way.
    pub fn in_flight(&self) -> u64 {
        self.core.memory().health.in_flight()
    }

    /// How the endpoints have been doing, as of now.
    pub fn health(&self) -> HealthBook {
        self.core.memory().health.clone()
    }

    /// Attempts of an earlier run, oldest first, so that health does not begin blank.
    pub fn remember<'a>(&self, attempts: impl IntoIterator<Item = &'a Attempt>) {
        let mut memory = self.core.memory();
        for attempt in attempts {
            memory.health.remember(attempt);
        }
    }

    /// What was learned of the models' tokens in earlier runs.
    pub fn set_counter(&self, counter: Counter) {
        self.core.memory().counter = counter;
    }

    /// What is known of the models' tokens, as of now.
    pub fn counter(&self) -> Counter {
        self.core.memory().counter.clone()
    }

    fn today(&self) -> i32 {
        super::clock::day(super::clock::now(), self.core.options.zone.as_ref())
    }

    /// How the budgets stand for a request like this one, today.
    pub async fn budgets(&self, ask: &Ask) -> Vec<Standing> {
        let day = self.today();
        let ask = Ask { amount: Some(Usd::ZERO), ..ask.clone() };
        let applied = self.core.purse.budgets().applying(day, &ask).unwrap_or_default();
        self.core.purse.standing(day, applied).await.unwrap_or_default()
    }

    /// Today, and what every budget means today, those on sessions for this one: the ledger says how they stand.
    pub fn limits(&self, session: Option<SessionId>) -> (i32, Vec<Applied>) {
        let day = self.today();
        (day, self.core.purse.budgets().all(day, session))
    }

    /// Budgets that came to the line of warning since this was asked last.
    pub async fn warnings(&self) -> Vec<Warning> {
        self.core.purse.warnings(self.today()).await
    }

    /// Builds the HTTP client ahead of the first request; call it off the first frame's path.
    pub async fn warm(&self) -> Result<(), Failure> {
        self.core.transport.warm().await
    }
}

impl Core {
    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn catalog(&self) -> Arc<Catalog> {
        self.catalog.load_full()
    }

    pub fn names(&self) -> Guard<Arc<Names>> {
        self.names.load()
    }

    pub fn keys(&self) -> Guard<Arc<Keys>> {
        self.keys.load()
    }

    pub fn generation(&self, at: At) -> GenerationId {
        GenerationId::new(at, &mut self.memory().dice)
    }

    /// Tells routing how many keys each provider has; one that needs none has one, the empty one.
    fn count_keys(&self) {
        let (catalog, keys) = (self.catalog(), self.keys());
        let mut memory = self.memory();
        for provider in catalog.providers() {
            let count = match keys.of(&provider.slug).len() {
                0 => usize::from(!provider.needs_key()),
                n => n,
            };
            // what rests goes on resting when only the catalog changed
            if memory.counts.insert(provider.slug.clone(), count) != Some(count) {
                memory.keys.set(&provider.slug, count);
            }
        }
    }

    /// The sentence for an endpoint without a key: which variable, for whom, and where to get one.
    pub fn no_key(&self, endpoint: &Endpoint) -> Failure {
        let catalog = self.catalog();
        let provider = catalog.provider(endpoint.provider.as_str());
        let variable = provider.and_then(|p| p.key_vars.first()).map_or("its key", String::as_str);
        let page = provider.and_then(|p| p.keys_page.as_deref());
        let page = page.map_or_else(String::new, |page| format!(" ({page})"));
        Failure::new(
            FailureKind::Auth,
            format!("no key for {}: set {variable}{page} or add one to the config", endpoint.provider_name),
        )
    }
}
