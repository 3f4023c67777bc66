//! Which provider has a key from where: the config's, else the first usual variable that is set.

use super::{Config, Environment, KeyError, KeySource, Secret};
use crate::catalog::{Catalog, Provider};
use crate::words::{Endpoint, ProviderId};
use std::collections::BTreeSet;
use std::path::Path;

impl Config {
    /// Where the provider's keys come from, first choice first; nothing is read or run yet.
    pub fn key_sources(&self, provider: &Provider, env: Environment<'_>) -> Vec<KeySource> {
        let given = self.providers.get(provider.slug.as_str()).map_or(&[][..], |p| &p.keys);
        if !given.is_empty() {
            return given.to_vec();
        }
        let set = provider.key_vars.iter().find(|var| env(var).is_some_and(|value| !value.trim().is_empty()));
        set.map(|var| KeySource::Env(var.clone())).into_iter().collect()
    }

    /// The provider was switched off.
    pub fn is_off(&self, provider: &ProviderId) -> bool {
        self.providers.get(provider.as_str()).is_some_and(|p| p.off)
    }

    /// The providers that can be asked: they need no key, or have one that looks to be there.
    pub fn usable_providers(&self, catalog: &Catalog, env: Environment<'_>) -> BTreeSet<ProviderId> {
        let ready = |provider: &&Provider| {
            provider.is_complete()
                && !self.is_off(&provider.slug)
                && (!provider.needs_key()
                    || self.key_sources(provider, env).iter().any(|source| source.looks_set(env)))
        };
        catalog.providers().filter(ready).map(|provider| provider.slug.clone()).collect()
    }
}

impl Config {
    /// Providers that are asked for their own lists of models: those with a key (and those of one's own) unless
    /// `list = false`; without `[network] refresh` only those with `list = true`.
    pub fn listed_providers(&self, catalog: &Catalog, usable: &BTreeSet<ProviderId>) -> Vec<ProviderId> {
        let wanted = |provider: &&Provider| {
            let list = self.providers.get(provider.slug.as_str()).and_then(|given| given.list);
            usable.contains(&provider.slug)
                && !provider.local
                && provider.lists()
                && list.unwrap_or(self.network.refresh)
        };
        catalog.providers().filter(wanted).map(|provider| provider.slug.clone()).collect()
    }
}

impl KeySource {
    /// Whether a key is likely to be there, without running a command or reading a file.
    pub fn looks_set(&self, env: Environment<'_>) -> bool {
        match self {
            Self::Env(name) => env(name).is_some_and(|value| !value.trim().is_empty()),
            Self::Literal(secret) => !secret.expose().is_empty(),
            Self::Command(_) | Self::File(_) => true,
        }
    }

    /// The key, or several: a variable may list them with commas.
    pub fn resolve_all(&self, env: Environment<'_>, home: &Path) -> Result<Vec<Secret>, KeyError> {
        match self {
            Self::Env(name) => {
                let value = env(name).ok_or_else(|| KeyError::NoVariable(name.clone()))?;
                let list = value.split(',').filter(|part| !part.trim().is_empty());
                list.map(|part| KeySource::Literal(Secret::new(part)).resolve(env, home)).collect()
            }
            other => other.resolve(env, home).map(|secret| vec![secret]),
        }
    }
}

/// Whether an endpoint can be asked, by its provider.
pub fn usable<'a>(providers: &'a BTreeSet<ProviderId>) -> impl Fn(&Endpoint) -> bool + 'a {
    move |endpoint| endpoint.demo || endpoint.local || providers.contains(&endpoint.provider)
}
