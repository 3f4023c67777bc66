//! Lists of models fetched: each provider's own, and the local servers'.

use super::clock;
use super::gateway::{Core, Gateway};
use super::transport::{Answer, Call};
use crate::catalog::{self, Catalog, ListError, Overlay, Provider, ProviderRow};
use crate::words::{Failure, FailureKind, ProviderId};
use futures_util::future::join_all;
use std::time::Duration;
use tokio::time::timeout;

/// A local server answers at once or is not there.
const LOCAL: Duration = Duration::from_millis(1_500);
pub(super) const REMOTE: Duration = Duration::from_secs(20);
/// The largest list read; models.dev's has 3 MB.
const LARGEST: usize = 32 << 20;

/// How a list is asked for, by wire format: the path, the key's header, what stands before the key, further headers.
struct Manner {
    format: &'static str,
    path: &'static str,
    header: &'static str,
    prefix: &'static str,
    extra: &'static [(&'static str, &'static str)],
}

const CHAT: Manner =
    Manner { format: "openai-chat", path: "/models", header: "authorization", prefix: "Bearer ", extra: &[] };

/// Those that do as OpenAI does are not here.
const MANNERS: &[Manner] = &[
    Manner {
        format: "anthropic-messages",
        path: "/models?limit=1000",
        header: "x-api-key",
        prefix: "",
        extra: &[("anthropic-version", "2023-06-01")],
    },
    Manner { format: "gemini", path: "/models?pageSize=1000", header: "x-goog-api-key", prefix: "", ..CHAT },
];

/// A local server that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub provider: ProviderId,
    pub base_url: String,
    pub models: usize,
}

impl Gateway {
    /// Looks for local servers at their usual ports (and `OLLAMA_HOST`), all at once, and lays what they serve over the
    /// catalog. A server that is gone takes its models with it.
    pub async fn discover(&self, env: impl Fn(&str) -> Option<String>) -> Vec<Found> {
        let catalog = self.catalog();
        let probes = catalog.providers().filter(|provider| provider.local).map(|provider| {
            let base_url = match (provider.slug.as_str(), env("OLLAMA_HOST")) {
                ("ollama", Some(host)) => ollama_host(&host),
                _ => provider.base_url.clone(),
            };
            let catalog = &catalog;
            async move { (provider, self.core().probe(provider, &base_url, catalog).await, base_url) }
        });
        let mut found = Vec::new();
        for (provider, overlay, base_url) in join_all(probes).await {
            match overlay {
                Ok(mut overlay) => {
                    if base_url != provider.base_url {
                        let row = ProviderRow {
                            base_url: Some(base_url.clone()),
                            ..ProviderRow::new(provider.slug.as_str())
                        };
                        overlay.providers.push(row);
                    }
                    let models = overlay.models.len();
                    self.overlay(&overlay);
                    found.push(Found { provider: provider.slug.clone(), base_url, models });
                }
                Err(_) => self.without(provider.slug.as_str()),
            }
        }
        found
    }

    /// Asks the provider for its own list of models and lays it over the catalog; how many there are.
    pub async fn list(&self, provider: &ProviderId) -> Result<usize, Failure> {
        let catalog = self.catalog();
        let provider = catalog.provider(provider.as_str()).ok_or_else(|| {
            Failure::new(FailureKind::NoEndpoint, format!("there is no provider `{provider}`"))
        })?;
        if provider.demo {
            return Ok(0);
        }
        let overlay = self.core().fetch_list(provider, &provider.base_url, &catalog, REMOTE).await?;
        let count = overlay.models.len();
        self.overlay(&overlay);
        Ok(count)
    }
}

impl Core {
    async fn probe(
        &self,
        provider: &Provider,
        base_url: &str,
        catalog: &Catalog,
    ) -> Result<Overlay, Failure> {
        let mut overlay = self.fetch_list(provider, base_url, catalog, LOCAL).await?;
        if is_ollama(provider) {
            // its list says nothing of context and capabilities; asked one by one, the server being next door
            let url = ollama_path(base_url, "show");
            join_all(overlay.models.iter_mut().take(64).map(|row| {
                let name = row.endpoints.first().and_then(|e| e.upstream_model.clone()).unwrap_or_default();
                let call = Call {
                    url: url.clone(),
                    headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                    body: Some(serde_json::json!({"model": name}).to_string().into_bytes()),
                    key: None,
                };
                async move {
                    if let Ok((200, _, body)) = self.get(call, LOCAL).await {
                        // a model without details is a model all the same
                        let _ = catalog::ollama_show(row, &body);
                    }
                }
            }))
            .await;
        }
        Ok(overlay)
    }

    async fn fetch_list(
        &self,
        provider: &Provider,
        base_url: &str,
        catalog: &Catalog,
        patience: Duration,
    ) -> Result<Overlay, Failure> {
        let (status, _, body) = self.get(self.list_call(provider, base_url)?, patience).await?;
        if status != 200 {
            let say = format!("{} answered {status} when asked for its models", provider.name);
            return Err(Failure { provider: Some(provider.slug.clone()), ..refused(status, say) });
        }
        catalog::listed(provider, &body, catalog, clock::now()).map_err(doubtful)
    }

    /// How the provider is asked for its own list.
    pub(super) fn list_call(&self, provider: &Provider, base_url: &str) -> Result<Call, Failure> {
        let manner = MANNERS.iter().find(|manner| manner.format == provider.format).unwrap_or(&CHAT);
        let url = match &provider.list {
            Some(url) => url.clone(),
            None if is_ollama(provider) => ollama_path(base_url, "tags"),
            None => format!("{base_url}{}", manner.path),
        };
        if url.is_empty() {
            let say = format!("{} has no list of its models", provider.name);
            return Err(Failure::new(FailureKind::Unsupported, say));
        }
        let mut headers: Vec<(String, String)> =
            provider.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        headers.extend(manner.extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let key = self
            .keys()
            .of(&provider.slug)
            .first()
            .map(|key| (manner.header.to_owned(), manner.prefix, key.secret.clone()));
        Ok(Call { url, headers, body: None, key })
    }

    pub(super) async fn get(
        &self,
        call: Call,
        patience: Duration,
    ) -> Result<(u16, Vec<(String, String)>, Vec<u8>), Failure> {
        let url = call.url.clone();
        let work = async {
            let Answer { status, headers, mut body } = self.transport.send(call).await?;
            let mut all = Vec::new();
            while let Some(bytes) = body.chunk().await? {
                all.extend_from_slice(&bytes);
                if all.len() > LARGEST {
                    return Err(Failure::new(
                        FailureKind::Malformed,
                        format!("the list at {url} is too long to be one"),
                    ));
                }
            }
            Ok((status, headers, all))
        };
        timeout(patience, work).await.unwrap_or_else(|_| {
            let say = format!("{url} did not answer within {} s", patience.as_secs_f32());
            Err(Failure::new(FailureKind::TotalTimeout, say))
        })
    }
}

/// A list was asked for, and this came instead.
pub(super) fn refused(status: u16, say: String) -> Failure {
    let kind = if matches!(status, 401 | 403) { FailureKind::Auth } else { FailureKind::Server };
    Failure { status: Some(status), ..Failure::new(kind, say) }
}

pub(super) fn doubtful(error: ListError) -> Failure {
    Failure::new(FailureKind::Malformed, error.to_string())
}

/// Its own server, or one of the config that speaks as it does.
fn is_ollama(provider: &Provider) -> bool {
    provider.slug.as_str() == "ollama" || provider.format == "ollama"
}

fn ollama_path(base_url: &str, name: &str) -> String {
    format!("{}/api/{name}", base_url.trim_end_matches("/v1").trim_end_matches("/api"))
}

/// The address in `OLLAMA_HOST`, in every form Ollama takes: `host`, `host:port`, `:port`, with or without scheme. The
/// address a server listens on everywhere is not one to call.
fn ollama_host(host: &str) -> String {
    let host = host.trim().trim_end_matches('/');
    let (scheme, rest) = host.split_once("://").unwrap_or(("http", host));
    let (name, port) = match rest.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !port.is_empty() => (name, port),
        _ => (rest, if scheme == "https" { "443" } else { "11434" }),
    };
    let name = match name {
        "" | "0.0.0.0" | "[::]" => "127.0.0.1",
        name => name,
    };
    format!("{scheme}://{name}:{port}/v1")
}
