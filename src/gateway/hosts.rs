//! The hosts behind a reseller's endpoint, asked for one model at a time: those that somebody chose or looks at.

use super::collections::{Kept, plain, read};
use super::gateway::Gateway;
use super::transport::Call;
use crate::catalog;
use crate::words::{Endpoint, Failure, ModelId};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Who publishes them.
const RESELLER: &str = "openrouter";

impl Gateway {
    /// Lays over the catalog what is kept of the hosts behind this model, whatever its age. Whether there is anything.
    pub async fn recall_hosts(&self, dir: &Path, model: &ModelId) -> bool {
        let Some(endpoint) = self.resold(model) else { return false };
        let Some((head, body)) = read(&file(dir, &endpoint)).await else { return false };
        let overlay = catalog::hosts(&endpoint, &body, head.at);
        if let Ok(overlay) = &overlay {
            self.overlay(overlay);
        }
        overlay.is_ok()
    }

    /// Asks for the hosts behind this model where what is kept is older than `age`. Whether there is news; on any doubt
    /// the old ones stay.
    pub async fn refresh_hosts(&self, dir: &Path, age: Duration, model: &ModelId) -> Result<bool, Failure> {
        let (Some(endpoint), catalog) = (self.resold(model), self.catalog()) else { return Ok(false) };
        let provider = catalog.provider(RESELLER);
        let base = provider.map_or("", |provider| provider.base_url.as_str());
        // with a key it tells how fast they are, too
        let key = self
            .core()
            .keys()
            .of(&endpoint.provider)
            .first()
            .map(|key| ("authorization".to_owned(), "Bearer ", key.secret.clone()));
        let kept = Kept {
            name: &format!("{} of {model}", endpoint.provider_name),
            file: file(dir, &endpoint),
            call: Call {
                url: format!("{base}/models/{}/endpoints", endpoint.upstream_model),
                headers: Vec::new(),
                body: None,
                key,
            },
            read: &|body, at| catalog::hosts(&endpoint, body, at),
        };
        let renewed = self.core().renew(kept, age, &catalog).await?;
        if let Some(overlay) = &renewed {
            self.overlay(overlay);
        }
        Ok(renewed.is_some())
    }

    fn resold(&self, model: &ModelId) -> Option<Arc<Endpoint>> {
        self.catalog().endpoints(model).iter().find(|endpoint| endpoint.tag == RESELLER).cloned()
    }
}

fn file(dir: &Path, endpoint: &Endpoint) -> PathBuf {
    dir.join(format!("hosts-{}.list", plain(endpoint.model.as_str())))
}
