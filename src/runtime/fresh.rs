//! Models beyond the bundled catalog, for the commands without a screen: local servers, and the lists fetched before.

use super::news::{AGE, env};
use crate::catalog::Catalog;
use crate::config::{Config, Dirs};
use crate::gateway::{Gateway, Keys, NoLedger};
use crate::words::{ModelId, Request};
use std::sync::Arc;
use std::time::Duration;

/// How often a server looks whether others have come or gone on this machine.
const LOOK: Duration = Duration::from_secs(30);

/// The catalog with everything that is at hand without fetching lists: what was fetched last, and the local servers.
pub async fn look(catalog: Arc<Catalog>, config: &Config, dirs: &Dirs) -> Arc<Catalog> {
    let gateway = Gateway::new(super::options(config, dirs), catalog, Keys::default(), Arc::new(NoLedger));
    recall(&gateway, config, dirs).await;
    if config.network.discover {
        gateway.discover(env).await;
    }
    gateway.catalog()
}

/// The catalog with the prices that were fetched last; nothing is fetched and nobody is asked.
pub async fn recalled(catalog: Arc<Catalog>, config: &Config, dirs: &Dirs) -> Arc<Catalog> {
    let gateway = Gateway::new(super::options(config, dirs), catalog, Keys::default(), Arc::new(NoLedger));
    recall(&gateway, config, dirs).await;
    gateway.catalog()
}

/// Everything that was fetched before: what a command prices by is what the session on the screen prices by.
async fn recall(gateway: &Gateway, config: &Config, dirs: &Dirs) {
    gateway.recall(&dirs.cache).await;
    let catalog = gateway.catalog();
    let own = config.listed_providers(&catalog, &config.usable_providers(&catalog, &env));
    gateway.recall_lists(&dirs.cache, &own).await;
}

/// With the hosts behind this model as they are now, or as they were when they were asked for last.
pub async fn hosts(catalog: Arc<Catalog>, config: &Config, dirs: &Dirs, model: &ModelId) -> Arc<Catalog> {
    let gateway = Gateway::new(super::options(config, dirs), catalog, Keys::default(), Arc::new(NoLedger));
    gateway.recall_hosts(&dirs.cache, model).await;
    if config.network.refresh {
        let fetch = gateway.refresh_hosts(&dirs.cache, YOUNG, model);
        // a look at one model waits for no slow network: what is known stands, with its day
        let _ = tokio::time::timeout(PATIENCE, fetch).await;
    }
    gateway.catalog()
}

/// How old hosts may be, and how long is waited for newer ones.
const YOUNG: Duration = Duration::from_secs(600);
const PATIENCE: Duration = Duration::from_secs(3);

/// Takes up the prices that were fetched last, and looks round this machine only when the request names a model that
/// nobody knows: a question to a known one waits for no server.
pub async fn find(gateway: &Gateway, config: &Config, dirs: &Dirs, request: &Request) {
    recall(gateway, config, dirs).await;
    if !gateway.knows(request) && config.network.discover {
        gateway.discover(env).await;
    }
}

/// Keeps the catalog of a long-running program fresh, for as long as it is polled.
pub async fn keep(gateway: &Gateway, config: &Config, dirs: &Dirs) {
    if config.network.discover {
        gateway.discover(env).await;
    }
    recall(gateway, config, dirs).await;
    loop {
        if config.network.refresh {
            // what cannot be fetched stays as it was
            let _ = gateway.refresh(&dirs.cache, AGE).await;
        }
        let catalog = gateway.catalog();
        let own = config.listed_providers(&catalog, &config.usable_providers(&catalog, &env));
        let _ = gateway.refresh_lists(&dirs.cache, AGE, &own).await;
        tokio::time::sleep(LOOK).await;
        if config.network.discover {
            gateway.discover(env).await;
        }
    }
}
