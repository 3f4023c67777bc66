//! Bytes out and in: one shared HTTP client, and every way a connection fails said in one sentence.

use super::{Clocks, demo};
use crate::words::{Failure, FailureKind};
use bytes::Bytes;
use reqwest::header::{HeaderName, HeaderValue, LOCATION};
use reqwest::{Client, Response, StatusCode, Url, redirect, retry};
use secrecy::{ExposeSecret, SecretString};
use std::error::Error;
use std::io;
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
    clocks: Clocks,
    max_body: u64,
    demo: demo::Upstream,
    client: OnceCell<Client>,
    /// For this machine: no proxy has business between us and ourselves.
    direct: OnceCell<Client>,
}

impl Transport {
    pub fn new(clocks: Clocks, max_body: u64, demo: demo::Upstream) -> Self {
        Self { clocks, max_body, demo, client: OnceCell::new(), direct: OnceCell::new() }
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
        let client = self.client(is_loopback(&url)).await?;
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
        let response = request.send().await.map_err(|error| self.unsent(&place, &error))?;
        if response.status().is_redirection() && response.status() != StatusCode::NOT_MODIFIED {
            return Err(redirected(&place, &response));
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
        let clocks = self.clocks;
        let cell = if loopback { &self.direct } else { &self.client };
        cell.get_or_try_init(|| async move {
            tokio::task::spawn_blocking(move || build(clocks, loopback))
                .await
                .map_err(|error| Failure::new(FailureKind::Internal, format!("the HTTP client: {error}")))?
        })
        .await
    }

    /// Why no answer began.
    fn unsent(&self, place: &str, error: &reqwest::Error) -> Failure {
        use FailureKind::{ConnectTimeout, Cut, Malformed, Tls, Unreachable};
        let proxied = proxy_hint();
        if error.is_builder() {
            return Failure::new(
                FailureKind::InvalidRequest,
                format!("the request to {place} cannot be put together: {}", last(error)),
            );
        }
        if let Some(tls) = find::<rustls::Error>(error) {
            return Failure::new(Tls, tls_sentence(place, tls));
        }
        if error.is_dns() {
            let host = place.rsplit_once(':').map_or(place, |(host, _)| host);
            return Failure::new(
                Unreachable,
                format!("no address is known for {host}: check the spelling and the network{proxied}"),
            );
        }
        if error.is_timeout() {
            return Failure::new(
                ConnectTimeout,
                format!(
                    "no connection to {place} within {} s: check the network or the address{proxied}",
                    self.clocks.connect.as_secs_f32()
                ),
            );
        }
        let kind = find::<io::Error>(error).map(io::Error::kind);
        if error.is_connect() {
            return match kind {
                Some(io::ErrorKind::ConnectionRefused) => Failure::new(
                    Unreachable,
                    format!(
                        "nothing listens at {place} (connection refused): start the server or correct its address{proxied}"
                    ),
                ),
                Some(io::ErrorKind::UnexpectedEof) => {
                    Failure::new(Tls, format!("{place} hung up during the TLS handshake"))
                }
                _ => Failure::new(Unreachable, format!("no connection to {place}: {}{proxied}", last(error))),
            };
        }
        match kind {
            Some(io::ErrorKind::InvalidData) => Failure::new(Malformed, format!("{place}: {}", last(error))),
            _ if last(error).contains("invalid HTTP") => {
                Failure::new(Malformed, format!("{place} does not speak HTTP: {}", last(error)))
            }
            _ => Failure::new(Cut, format!("{place} hung up before it answered: {}", last(error))),
        }
    }
}

const NOT_A_KEY: &str =
    "the key holds characters no key has (a line break, a space?): set it again, as the provider shows it";

fn build(clocks: Clocks, loopback: bool) -> Result<Client, Failure> {
    // whoever comes second finds it installed, which is all we want
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .user_agent(concat!("fareway/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(clocks.connect)
        .redirect(redirect::Policy::none())
        .referer(false)
        // a POST that was perhaps billed is never sent twice behind our back
        .retry(retry::never())
        .tcp_nodelay(true)
        .pool_max_idle_per_host(16)
        .http2_adaptive_window(true)
        .gzip(true);
    let builder = if loopback { builder.no_proxy() } else { builder };
    builder.build().map_err(|error| {
        Failure::new(
            FailureKind::Tls,
            format!("no HTTPS client can be set up (are root certificates installed?): {}", last(&error)),
        )
    })
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// `api.openai.com:443`
fn place(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443))
}

fn redirected(place: &str, response: &Response) -> Failure {
    let target = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
    let target = response.url().join(target).map_or_else(|_| "nowhere".to_owned(), |url| self::place(&url));
    let mut failure = Failure::new(
        FailureKind::Malformed,
        format!(
            "{place} sends us on to {target}; fareway does not follow with a key: if that is right, write the new address as base_url"
        ),
    );
    failure.status = Some(response.status().as_u16());
    failure
}

fn tls_sentence(place: &str, error: &rustls::Error) -> String {
    use rustls::Error::{InvalidCertificate, InvalidMessage};
    match error {
        InvalidMessage(_) => {
            format!(
                "{place} does not speak TLS: is it a plain server? Then write http:// instead of https://"
            )
        }
        InvalidCertificate(why) => format!(
            "the certificate of {place} is not trusted ({why}): check the clock, the root certificates, or who stands in between"
        ),
        other => format!("no TLS with {place}: {other}"),
    }
}

fn proxy_hint() -> String {
    const VARIABLES: [&str; 6] =
        ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"];
    VARIABLES
        .iter()
        .find(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()))
        .map_or_else(String::new, |name| format!(" (a proxy is set in {name})"))
}

/// The first cause of this type, also when an `io::Error` wraps it.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref)
            && let Some(found) = find::<E>(inner)
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// What the innermost cause says.
fn last(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
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
        let chunk = self.response.chunk().await.map_err(|error| {
            let garbled = find::<io::Error>(&error).is_some_and(|io| {
                matches!(io.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
            });
            if garbled {
                Failure::new(
                    FailureKind::Malformed,
                    format!("what {place} sent cannot be read: {}", last(&error)),
                )
            } else {
                Failure::new(FailureKind::Cut, format!("the connection to {place} broke: {}", last(&error)))
            }
        })?;
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
