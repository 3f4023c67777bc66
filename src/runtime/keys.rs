//! The keys of the providers: those that are at hand at once, and those that a command gives, when the picture stands.

use super::desk::Desk;
use crate::app::{Event, Level};
use crate::catalog::Catalog;
use crate::config::{Config, Dirs, KeySource};
use crate::gateway::Keys;
use crate::words::{ModelId, ModelRef, ProviderId};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::watch;

/// Which of the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Every,
    /// Without those that a command gives: it may ask the person for a passphrase.
    AtHand,
}

/// Keys that are to be had, and a sentence for each that is not. May run commands, one after the other.
pub fn keys(dirs: &Dirs, config: &Config, catalog: &Catalog, which: Which) -> (Keys, Vec<String>) {
    let env = |name: &str| std::env::var(name).ok();
    let mut keys = Keys::default();
    let mut notices = Vec::new();
    for provider in catalog.providers().filter(|p| !config.is_off(&p.slug)) {
        for source in config.key_sources(provider, &env) {
            if which == Which::AtHand && matches!(source, KeySource::Command(_)) {
                continue;
            }
            match source.resolve_all(&env, &dirs.home) {
                Ok(secrets) => {
                    for secret in secrets {
                        keys.add(&provider.slug, secret.expose(), &source.describe());
                    }
                }
                Err(error) => notices.push(format!("no key for {}: {error}", provider.slug)),
            }
        }
    }
    (keys, notices)
}

/// Providers whose keys come from a command.
pub fn commanded(config: &Config, catalog: &Catalog) -> BTreeSet<ProviderId> {
    let env = |name: &str| std::env::var(name).ok();
    let commanded = |slug: &ProviderId| {
        let sources = catalog.provider(slug.as_str()).map(|provider| config.key_sources(provider, &env));
        sources.unwrap_or_default().iter().any(|source| matches!(source, KeySource::Command(_)))
    };
    let all = catalog.providers().filter(|p| !config.is_off(&p.slug)).map(|p| p.slug.clone());
    all.filter(commanded).collect()
}

/// Runs the commands and hands all keys to the gateway. The picture stands meanwhile; what fails is said.
pub async fn fetch(desk: Desk, done: watch::Sender<Arc<BTreeSet<ProviderId>>>) {
    let (dirs, config) = (desk.dirs.clone(), desk.config.clone());
    let catalog = desk.core.gateway.catalog();
    let said = desk.core.notices.clone();
    let all = move || keys(&dirs, &config, &catalog, Which::Every);
    if let Ok((keys, notices)) = tokio::task::spawn_blocking(all).await {
        desk.core.gateway.set_keys(keys);
        // the others were said at the beginning
        for notice in notices.into_iter().filter(|notice| !said.contains(notice)) {
            let _ = desk.events.send(Event::Notice(Level::Error, notice)).await;
        }
    }
    done.send_replace(Arc::default());
}

/// Waits until the keys are there that a question to this model may need. Who is asked for by another name than the
/// catalog's may be anybody.
pub async fn ready(desk: &Desk, model: &ModelRef) {
    let catalog = desk.core.gateway.catalog();
    let endpoints = catalog.endpoints(&ModelId::new(model.as_str()));
    let concerned = |unkeyed: &Arc<BTreeSet<ProviderId>>| {
        let one = endpoints.iter().any(|endpoint| unkeyed.contains(&endpoint.provider));
        !unkeyed.is_empty() && (one || endpoints.is_empty())
    };
    let mut unkeyed = desk.unkeyed.clone();
    // whoever was to fetch them is gone: the gateway says that there is no key
    let _ = unkeyed.wait_for(|unkeyed| !concerned(unkeyed)).await;
}
