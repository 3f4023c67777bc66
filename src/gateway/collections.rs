//! The public collections of models and prices, and the providers' own lists: fetched when they are old, cached on disk, doubted when they look wrong.

use super::clock;
use super::gateway::{Core, Gateway};
use super::lists::{REMOTE, doubtful, refused};
use super::transport::Call;
use crate::catalog::{self, Catalog, ListError, Overlay, Provider};
use crate::words::{At, Failure, ProviderId};
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A public collection: its name in the catalog, its reader.
struct Collection {
    name: &'static str,
    read: fn(&[u8], &Catalog, At) -> Result<Overlay, ListError>,
}

const COLLECTIONS: [Collection; 2] = [
    Collection { name: "models.dev", read: catalog::models_dev },
    Collection { name: "openrouter", read: |body, _, at| catalog::openrouter(body, at) },
];

/// Where the public collections are; an empty address turns one off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    pub models_dev: String,
    pub openrouter: String,
}

impl Default for Sources {
    fn default() -> Self {
        Self {
            models_dev: "https://models.dev/api.json".to_owned(),
            openrouter: "https://openrouter.ai/api/v1/models".to_owned(),
        }
    }
}

/// The first line of a cached list; the list itself follows.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Head {
    pub etag: Option<String>,
    pub at: At,
}

/// A list that is fetched by its ETag and kept in a file.
pub(super) struct Kept<'a> {
    /// As a sentence names it.
    pub name: &'a str,
    pub file: PathBuf,
    pub call: Call,
    pub read: &'a Reader<'a>,
}

/// Makes rows of a list and the moment it was fetched.
pub(super) type Reader<'a> = dyn Fn(&[u8], At) -> Result<Overlay, ListError> + Sync + 'a;

impl Gateway {
    /// Lays the public collections over the catalog as they were fetched last. Reads files of some megabytes.
    pub async fn recall(&self, dir: &Path) {
        let catalog = self.catalog();
        for collection in &COLLECTIONS {
            if let Some((head, body)) = read(&file(dir, collection)).await
                && let Ok(overlay) = (collection.read)(&body, &catalog, head.at)
            {
                self.overlay(&overlay);
            }
        }
    }

    /// Fetches the public collections that are older than `age`, keeps them in `dir`, and lays them over the catalog.
    /// On any doubt the old one stays; the sentences say why.
    pub async fn refresh(&self, dir: &Path, age: Duration) -> Vec<Failure> {
        let catalog = self.catalog();
        let sources = &self.core().options.sources;
        let addresses = [&sources.models_dev, &sources.openrouter];
        let fetches = COLLECTIONS.iter().zip(addresses).filter(|(_, url)| !url.is_empty());
        let fetches = fetches.map(|(collection, url)| {
            let catalog = &catalog;
            async move {
                let kept = Kept {
                    name: collection.name,
                    file: file(dir, collection),
                    call: Call { url: url.to_owned(), headers: Vec::new(), body: None, key: None },
                    read: &|body, at| (collection.read)(body, catalog, at),
                };
                self.core().renew(kept, age, catalog).await
            }
        });
        self.lay(join_all(fetches).await)
    }
}

impl Gateway {
    /// Lays the providers' own lists over the catalog as they were fetched last.
    pub async fn recall_lists(&self, dir: &Path, providers: &[ProviderId]) {
        for slug in providers {
            let catalog = self.catalog();
            let Some(provider) = catalog.provider(slug.as_str()) else { continue };
            if let Some((head, body)) = read(&own(dir, slug)).await
                && let Ok(overlay) = catalog::listed(provider, &body, &catalog, head.at)
            {
                self.overlay(&overlay);
            }
        }
    }

    /// Asks these providers for their own lists of models where the last one is older than `age`, all at once, keeps
    /// them in `dir` and lays them over the catalog. On any doubt the old one stays; the sentences say why.
    pub async fn refresh_lists(&self, dir: &Path, age: Duration, providers: &[ProviderId]) -> Vec<Failure> {
        let catalog = self.catalog();
        let asked = providers.iter().filter_map(|slug| catalog.provider(slug.as_str()));
        // the collection of that name says more, and needs no key
        let asked = asked.filter(|provider| provider.slug.as_str() != COLLECTIONS[1].name && !provider.demo);
        let lists = asked.map(|provider| self.core().renew_list(provider, dir, age, &catalog));
        self.lay(join_all(lists).await)
    }

    /// Lays what came over the catalog; what went wrong.
    fn lay(&self, fetched: Vec<Result<Option<Overlay>, Failure>>) -> Vec<Failure> {
        let mut failures = Vec::new();
        for renewed in fetched {
            match renewed {
                Ok(Some(overlay)) => self.overlay(&overlay),
                Ok(None) => {}
                Err(failure) => failures.push(failure),
            }
        }
        failures
    }
}

impl Core {
    /// The provider's own list anew; `None` when the old one is young or unchanged.
    async fn renew_list(
        &self,
        provider: &Provider,
        dir: &Path,
        age: Duration,
        catalog: &Catalog,
    ) -> Result<Option<Overlay>, Failure> {
        let kept = Kept {
            name: &provider.name,
            file: own(dir, &provider.slug),
            call: self.list_call(provider, &provider.base_url)?,
            read: &|body, at| catalog::listed(provider, body, catalog, at),
        };
        let renewed = self.renew(kept, age, catalog).await;
        renewed.map_err(|failure| Failure { provider: Some(provider.slug.clone()), ..failure })
    }

    /// The list anew; `None` when the old one is young or unchanged.
    pub(super) async fn renew(
        &self,
        kept: Kept<'_>,
        age: Duration,
        catalog: &Catalog,
    ) -> Result<Option<Overlay>, Failure> {
        let Kept { name, file, mut call, read: parse } = kept;
        let old = read(&file).await;
        let now = clock::now();
        if old.as_ref().is_some_and(|(head, _)| now.since(head.at) < age) {
            return Ok(None);
        }
        let before = old.as_ref().and_then(|(head, body)| parse(body, head.at).ok());
        // a mark of a list that cannot be read any more would keep it for ever
        let etag = old.as_ref().filter(|_| before.is_some()).and_then(|(head, _)| head.etag.clone());
        call.headers.extend(etag.iter().map(|etag| ("if-none-match".to_owned(), etag.clone())));
        let (status, headers, body) = self.get(call, REMOTE).await?;
        let fresh = match (status, old) {
            (304, Some((_, body))) => {
                write(&file, &Head { etag, at: now }, &body).await;
                return Ok(None);
            }
            (200, _) => parse(&body, now).map_err(doubtful)?,
            (status, _) => {
                let say = format!("{name} answered {status}; its list from before stays in use");
                return Err(refused(status, say));
            }
        };
        catalog::doubt(&fresh, before.as_ref(), catalog).map_err(doubtful)?;
        let etag = headers.into_iter().find(|(name, _)| name == "etag").map(|(_, value)| value);
        write(&file, &Head { etag, at: now }, &body).await;
        Ok(Some(fresh))
    }
}

/// Where a provider's own list is kept.
fn own(dir: &Path, slug: &ProviderId) -> PathBuf {
    dir.join(format!("of-{}.list", plain(slug.as_str())))
}

/// A name that may stand in a file's.
pub(super) fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

fn file(dir: &Path, collection: &Collection) -> PathBuf {
    dir.join(format!("{}.list", collection.name))
}

pub(super) async fn read(file: &Path) -> Option<(Head, Vec<u8>)> {
    let mut bytes = tokio::fs::read(file).await.ok()?;
    let end = memchr::memchr(b'\n', &bytes)?;
    let body = bytes.split_off(end + 1);
    Some((serde_json::from_slice(&bytes).ok()?, body))
}

/// Whole or not at all; a cache that cannot be written is only fetched again.
async fn write(file: &Path, head: &Head, body: &[u8]) {
    let Some(dir) = file.parent() else { return };
    let Ok(mut bytes) = serde_json::to_vec(head) else { return };
    bytes.push(b'\n');
    bytes.extend_from_slice(body);
    // two processes must not write into one another's file
    let half = file.with_extension(format!("{}.half", std::process::id()));
    let _ = tokio::fs::create_dir_all(dir).await;
    if tokio::fs::write(&half, bytes).await.is_err() || tokio::fs::rename(&half, file).await.is_err() {
        let _ = tokio::fs::remove_file(&half).await;
    }
}
