//! What every command stands on: directories, settings, catalog, and the core when it is needed.

use super::{Exit, Fail, Globals, out};
use crate::catalog::Catalog;
use crate::config::{self, Config, Dirs};
use crate::runtime::last_session;
use crate::store::Store;
use crate::words::{Endpoint, ModelId, ModelRef, ProviderId};
use std::cell::OnceCell;
use std::collections::BTreeSet;
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
        let bundled = Catalog::bundled();
        let overlay = self.config.overlay(&bundled, &formats()).map_err(Fail::usage)?;
        let mut catalog = bundled.with(overlay);
        if let Some(loose) = &self.loose {
            catalog = catalog.with(loose.clone());
        }
        Ok(self.catalog.get_or_init(|| Arc::new(catalog)).clone())
    }

    /// Opens the store, and books what a killed process left open.
    pub fn store(&self) -> Result<Store, Fail> {
        let opened = Store::open(&self.dirs.data, crate::store::Options::default())?;
        for notice in &opened.notices {
            out::note(notice);
        }
        crate::runtime::settle(&opened.store, &opened.orphans);
        Ok(opened.store)
    }

    /// What a new session talks to: the config's, else the last used, else the first there is a key for, else the demo.
    pub fn default_model(&self, store: &Store) -> Result<ModelRef, Fail> {
        if !self.config.model.is_empty() {
            return Ok(ModelRef::new(&self.config.model));
        }
        if let Some(session) = last_session(store)? {
            return Ok(session.model);
        }
        let catalog = self.catalog()?;
        let usable = self.usable();
        let ready = |id: &&ModelId| catalog.endpoints(id).iter().any(|e| !e.demo && !e.local && usable(e));
        let first = catalog.ids().find(ready);
        Ok(first.map_or_else(|| ModelRef::new("demo/sage"), ModelRef::from))
    }

    /// The model that a name means.
    pub fn resolve(&self, name: &ModelRef) -> Result<ModelId, Fail> {
        let catalog = self.catalog()?;
        match catalog.model(name.as_str()) {
            Some(model) => Ok(model.id.clone()),
            None => {
                let nearest: Vec<String> =
                    catalog.nearest(name.as_str(), 3).iter().map(ToString::to_string).collect();
                Err(Fail::new(
                    Exit::NoEndpoint,
                    format!("no model `{name}`; nearest: {}", nearest.join(", ")),
                ))
            }
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

/// The names of the wire formats there are.
pub fn formats() -> Vec<&'static str> {
    crate::wire::FORMATS.iter().map(|format| format.name()).collect()
}

fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
