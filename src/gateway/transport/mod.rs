//! Bytes out and in: one shared HTTP client, and every way a connection fails said in one sentence.

mod fault;
mod fresh;

use super::{Options, demo};
use crate::words::{Failure, FailureKind};
use bytes::Bytes;
use fault::last;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Certificate, Client, Response, StatusCode, Url, redirect, retry};
use secrecy::{ExposeSecret, SecretString};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;

/// One HTTP request; without a body it is a GET.
pub(super) struct Call {
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Vec<u8>>,
    /// The header the key goes into, what stands before it there, and the key.
    pub key: Option<(String, &'static str, SecretString)>,
}

/// The head of an answer; its body is read piece by piece.
pub(super) struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

/// The one place that knows the network. Clients are built on first use: loading root certificates takes tens of
/// milliseconds, which the first frame must not wait for.
pub(super) struct Transport {
    connect: Duration,
    ca_file: Option<PathBuf>,
    max_body: u64,
    demo: demo::Upstream,
    client: OnceCell<Client>,
    /// For this machine: no proxy has business between us and ourselves.
    direct: OnceCell<Client>,
}

impl Transport {
    pub fn new(options: &Options) -> Self {
        Self {
            connect: options.clocks.connect,
            ca_file: options.ca_file.clone(),
            max_body: options.max_body,
            demo: demo::Upstream::new(options.demo_pace),
            client: OnceCell::new(),
            direct: OnceCell::new(),
        }
    }

    /// Builds the client ahead of the first request.
    pub async fn warm(&self) -> Result<(), Failure> {
        self.client(false).await.map(|_| ())
    }

    /// Sends, and waits for the head of the answer. A redirect is a failure: a key goes nowhere but where it belongs.
    pub async fn send(&self, call: Call) -> Result<Answer, Failure> {
        if call.url.starts_with("demo:") {
            return Ok(self.demo.answer(call.body.as_deref().unwrap_or_default()));
        }
        let url = Url::parse(&call.url)
            .ok()
            .filter(|url| url.has_host() && matches!(url.scheme(), "http" | "https"))
            .ok_or_else(|| {
                Failure::new(
                    FailureKind::InvalidRequest,
                    format!(
                        "`{}` is not an http or https address: correct the provider's base_url",
                        call.url
                    ),
                )
            })?;
        let place = place(&url);
        let (loopback, scheme) = (is_loopback(&url), url.scheme().to_owned());
        let client = self.client(loopback).await?;
        let mut request = match call.body {
            Some(body) => client.post(url).body(body),
            None => client.get(url),
        };
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        if let Some((name, prefix, secret)) = &call.key {
            let mut value = HeaderValue::from_str(&format!("{prefix}{}", secret.expose_secret()))
                .map_err(|_| Failure::new(FailureKind::Auth, NOT_A_KEY))?;
            value.set_sensitive(true);
            let name = HeaderName::try_from(name.as_str()).map_err(|_| {
                Failure::new(FailureKind::Internal, format!("`{name}` is not a header name for a key"))
            })?;
            request = request.header(name, value);
        }
        let (again, asked) = (request.try_clone(), Instant::now());
        let (sent, fresh) = fresh::watched(request.send()).await;
        let sent = match (sent, again) {
            // a kept connection was closed while it was idle: nobody heard us. Had the server worked on it for longer,
            // somebody would have, and what was perhaps billed is not sent twice behind our back
            (Err(error), Some(again))
                if !fresh && fault::hung_up(&error) && asked.elapsed() < self.connect =>
            {
                again.send().await
            }
            (sent, _) => sent,
        };
        let response = match sent {
            Ok(response) => response,
            Err(error) if fault::without_tls(&place, &scheme, loopback, &error).await => {
                return Err(fault::plain(&place));
            }
            Err(error) => return Err(fault::unsent(&place, &scheme, loopback, self.connect, &error)),
        };
        if response.status().is_redirection() && response.status() != StatusCode::NOT_MODIFIED {
            return Err(fault::redirected(&place, &response));
        }
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let body = HttpBody { response, place, seen: 0, max: self.max_body };
        Ok(Answer { status, headers, body: Body::Http(Box::new(body)) })
    }

    async fn client(&self, loopback: bool) -> Result<&Client, Failure> {
        let (connect, ca_file) = (self.connect, self.ca_file.clone());
        let cell = if loopback { &self.direct } else { &self.client };
        cell.get_or_try_init(|| async move {
            tokio::task::spawn_blocking(move || build(connect, ca_file, loopback))
                .await
                .map_err(|error| Failure::new(FailureKind::Internal, format!("the HTTP client: {error}")))?
        })
        .await
    }
}

const NOT_A_KEY: &str =
    "the key holds characters no key has (a line break, a space?): set it again, as the provider shows it";

fn build(connect: Duration, ca_file: Option<PathBuf>, loopback: bool) -> Result<Client, Failure> {
    // whoever comes second finds it installed, which is all we want
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .user_agent(concat!("fareway/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(connect)
        .redirect(redirect::Policy::none())
        .referer(false)
        // a POST that was perhaps billed is never sent twice behind our back
        .retry(retry::never())
        .connector_layer(fresh::Watch)
        .tcp_nodelay(true)
        .pool_max_idle_per_host(16)
        .http2_adaptive_window(true)
        .gzip(true);
    let builder = if loopback { builder.no_proxy() } else { builder };
    let builder = match ca_file {
        Some(file) => builder.tls_certs_merge(certificates(&file)?),
        None => builder,
    };
    builder.build().map_err(|error| {
        Failure::new(
            FailureKind::Tls,
            format!("no HTTPS client can be set up (are root certificates installed?): {}", last(&error)),
        )
    })
}

fn certificates(file: &Path) -> Result<Vec<Certificate>, Failure> {
    let fault = |why: String| {
        let say =
            format!("`[network] ca_file` {}: {why}; it must be a PEM file of certificates", file.display());
        Failure::new(FailureKind::Tls, say)
    };
    let pem = std::fs::read(file).map_err(|error| fault(error.to_string()))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|error| fault(last(&error)))?;
    if found.is_empty() { Err(fault("there is none in it".to_owned())) } else { Ok(found) }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// `api.openai.com:443`
fn place(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443))
}

/// The body of an answer, from the network or from the demonstration.
pub(super) enum Body {
    Http(Box<HttpBody>),
    Demo(demo::Body),
}

pub(super) struct HttpBody {
    response: Response,
    place: String,
    seen: u64,
    max: u64,
}

impl Body {
    /// The next bytes, decompressed; `None` at the end. Dropping the future loses nothing.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        match self {
            Self::Demo(body) => Ok(body.chunk().await),
            Self::Http(body) => body.chunk().await,
        }
    }

    /// All that comes, but no more than `max` bytes of it and no failure: for error bodies.
    pub async fn gather(&mut self, max: usize) -> Vec<u8> {
        let mut all = Vec::new();
        while let Ok(Some(bytes)) = self.chunk().await {
            all.extend_from_slice(&bytes[..bytes.len().min(max - all.len())]);
            if all.len() >= max {
                break;
            }
        }
        all
    }
}

impl HttpBody {
    async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let place = &self.place;
        let chunk = self.response.chunk().await.map_err(|error| fault::broken(place, &error))?;
        self.seen += chunk.as_ref().map_or(0, |bytes| bytes.len() as u64);
        if self.seen > self.max {
            return Err(Failure::new(
                FailureKind::Malformed,
                format!("{place} sent more than {} MB for one answer: stopped reading", self.max >> 20),
            ));
        }
        Ok(chunk)
    }
}
