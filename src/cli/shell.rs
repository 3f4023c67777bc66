//! What every command stands on: directories, settings, catalog, and the core when it is needed.

use super::{Exit, Fail, Globals, On, Start, out};
use crate::catalog::Catalog;
use crate::config::{self, Config, Dirs};
use crate::runtime::{Core, Launch, Which, last_session, settings};
use crate::store::{Store, StoreError};
use crate::words::{Endpoint, ModelId, ModelRef, ProviderId};
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// One run of the program.
pub struct Shell {
    pub dirs: Dirs,
    pub config: Config,
    /// The endpoint given on the command line.
    loose: Option<crate::catalog::Overlay>,
    catalog: OnceCell<Arc<Catalog>>,
    usable: OnceCell<BTreeSet<ProviderId>>,
}

impl Shell {
    pub fn new(globals: &Globals) -> Result<Self, Fail> {
        let dirs = Dirs::find(globals.config.as_deref(), globals.data_dir.as_deref())?;
        crate::runtime::crash::guard(&dirs);
        let (config, warnings) = config::load(&dirs, &env)?;
        for warning in warnings {
            out::note(&warning);
        }
        Ok(Self { dirs, config, loose: None, catalog: OnceCell::new(), usable: OnceCell::new() })
    }

    /// The bundled catalog under the config's providers and prices.
    pub fn catalog(&self) -> Result<Arc<Catalog>, Fail> {
        if let Some(catalog) = self.catalog.get() {
            return Ok(catalog.clone());
        }
        let catalog = crate::runtime::catalog(&self.config, self.loose.as_ref());
        Ok(self.catalog.get_or_init(|| Arc::new(catalog)).clone())
    }

    /// The catalog with the prices that were fetched last, as the session on the screen has it.
    pub fn recalled(&self) -> Result<Arc<Catalog>, Fail> {
        let work = crate::runtime::recalled(self.catalog()?, &self.config, &self.dirs);
        Ok(self.runtime()?.block_on(work))
    }

    /// With another catalog: the one that holds what was found beside the bundled one.
    pub fn with(mut self, catalog: Arc<Catalog>) -> Self {
        self.catalog = OnceCell::from(catalog);
        self
    }

    /// Opens the store.
    pub fn store(&self) -> Result<Store, Fail> {
        open_store(&self.dirs.data)
    }

    /// What a new session talks to, as in the terminal: what was chosen there since the config was written, the config's,
    /// else the last used, else a sensible one there is a key for, else the demo.
    pub fn default_model(&self, store: &Store) -> Result<ModelRef, Fail> {
        let says = settings::of_config(&self.config);
        let chosen = match store.setting(settings::KEY).wait() {
            // the terminal says so; here the config holds
            Err(StoreError::Record(_)) => says,
            kept => settings::merge(&says, kept?.as_ref()),
        };
        if !chosen.model.as_str().is_empty() {
            return Ok(chosen.model);
        }
        if let Some(session) = last_session(store)? {
            return Ok(session.model);
        }
        let catalog = self.catalog()?;
        let usable = self.config.usable_providers(&catalog, &env);
        Ok(crate::runtime::first_model(&ModelRef::new(""), &self.config, &catalog, &usable))
    }

    /// Store, keys and gateway.
    pub fn core(&self) -> Result<Core, Fail> {
        let core = Core::open(&self.dirs, &self.config, self.catalog()?, Which::Every)?;
        for notice in &core.notices {
            out::note(notice);
        }
        Ok(core)
    }

    /// Takes the endpoint of the command line into the catalog, and gives the name to ask for.
    pub fn on(&mut self, on: &On, model: Option<&str>) -> Result<Option<ModelRef>, Fail> {
        let (Some(url), Some(name)) = (&on.endpoint, model) else { return Ok(model.map(ModelRef::new)) };
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Fail::usage(format!("--endpoint must begin with http:// or https://, not `{url}`")));
        }
        let formats = crate::runtime::formats();
        if !formats.contains(&on.format.as_str()) {
            return Err(Fail::usage(format!("no format `{}`; allowed: {}", on.format, formats.join(", "))));
        }
        if let Some(var) = &on.key_env
            && env(var).is_none_or(|value| value.trim().is_empty())
        {
            return Err(Fail::usage(format!("--key-env {var}: the variable is not set")));
        }
        let (overlay, id) = config::loose(url, &on.format, on.key_env.as_deref(), name);
        self.loose = Some(overlay);
        self.catalog = OnceCell::new();
        Ok(Some(ModelRef::from(&id)))
    }

    /// A small runtime for one command.
    pub fn runtime(&self) -> Result<tokio::runtime::Runtime, Fail> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.map_err(|e| Fail::new(Exit::Failed, format!("cannot start: {e}")))
    }

    /// Opens the terminal.
    pub fn chat(mut self, start: Start) -> Result<Exit, Fail> {
        use std::io::IsTerminal;
        self.config.plain |= start.plain;
        if let Some(name) = &start.theme
            && !crate::runtime::read_themes(&self.dirs.themes()).0.iter().any(|theme| theme.is_called(name))
        {
            return Err(Fail::usage(format!("there is no theme `{name}`; `fareway themes` lists them")));
        }
        let terminal = std::io::stdout().is_terminal() && std::io::stdin().is_terminal();
        if !terminal && !self.config.plain {
            return Err(Fail::usage("the chat needs a terminal; without one: fareway ask \"...\""));
        }
        let model = self.on(&start.on, start.model.as_deref())?;
        let launch = Launch {
            loose: self.loose,
            model,
            theme: start.theme,
            new: start.new,
            session: start.session,
            panics_at: None,
        };
        crate::runtime::chat(self.dirs, self.config, launch).map_err(|e| Fail::new(Exit::Failed, e))?;
        Ok(Exit::Ok)
    }

    /// The model that a name means.
    pub fn resolve(&self, name: &ModelRef) -> Result<ModelId, Fail> {
        let catalog = self.catalog()?;
        let names = crate::runtime::names(&self.config);
        let resolved =
            crate::routing::resolve(name, &catalog, &names).map_err(|failure| Fail::from(&failure))?;
        match resolved.models.first() {
            Some(target) => Ok(target.model.clone()),
            None => Err(Fail::usage(format!("`{name}` is no single model"))),
        }
    }

    /// Whether an endpoint can be asked with the keys at hand.
    pub fn usable(&self) -> impl Fn(&Endpoint) -> bool + '_ {
        let providers = self.usable.get_or_init(|| {
            self.catalog().map(|catalog| self.config.usable_providers(&catalog, &env)).unwrap_or_default()
        });
        config::usable(providers)
    }
}

/// Opens the store of a data directory and says what was found in it.
pub fn open_store(data: &Path) -> Result<Store, Fail> {
    let opened = Store::open(data, crate::store::Options::default())?;
    for notice in &opened.notices {
        out::note(notice);
    }
    Ok(opened.store)
}

fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
