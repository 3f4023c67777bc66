//! Every way a connection fails, said in one sentence.

use crate::words::{Failure, FailureKind};
use reqwest::Response;
use reqwest::header::LOCATION;
use std::error::Error;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Whether the server closed the connection without a byte of an answer.
pub(super) fn hung_up(error: &reqwest::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected};
    let closed = [BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected];
    find::<hyper::Error>(error).is_some_and(|error| error.is_incomplete_message() || error.is_canceled())
        || find::<io::Error>(error).is_some_and(|error| closed.contains(&error.kind()))
}

/// Why no answer began.
pub(super) fn unsent(
    place: &str,
    scheme: &str,
    loopback: bool,
    connect: Duration,
    error: &reqwest::Error,
) -> Failure {
    use FailureKind::{ConnectTimeout, Cut, Malformed, Tls, Unreachable};
    let proxy = if loopback { None } else { proxy_variable(scheme, host(place)) };
    let proxied = proxy.map_or_else(String::new, |name| format!(" (a proxy is set in {name})"));
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
        let host = host(place);
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
                connect.as_secs_f32()
            ),
        );
    }
    let kind = find::<io::Error>(error).map(io::Error::kind);
    if let (true, Some(name)) = (error.is_connect(), proxy) {
        let why = last(error);
        return Failure::new(
            Unreachable,
            format!(
                "no connection to {place} by the proxy in {name}: {why}; correct it, or name the host in NO_PROXY"
            ),
        );
    }
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

/// Whether a server that no TLS came up with answers to plain HTTP. It is told nothing but that somebody is there.
pub(super) async fn without_tls(place: &str, scheme: &str, loopback: bool, error: &reqwest::Error) -> bool {
    let proxied = !loopback && proxy_variable(scheme, host(place)).is_some();
    let unsure = error.is_connect() && !error.is_dns() && find::<rustls::Error>(error).is_none();
    if scheme != "https" || proxied || !unsure {
        return false;
    }
    let ask = async {
        let mut socket = TcpStream::connect(place).await?;
        let request = format!("HEAD / HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await?;
        let mut begin = [0; 5];
        socket.read_exact(&mut begin).await?;
        Ok::<bool, io::Error>(&begin == b"HTTP/")
    };
    matches!(tokio::time::timeout(GLANCE, ask).await, Ok(Ok(true)))
}

/// How long a server may take to say that it speaks plain HTTP.
const GLANCE: Duration = Duration::from_secs(1);

pub(super) fn plain(place: &str) -> Failure {
    let said =
        format!("{place} speaks plain HTTP, not TLS: write http:// instead of https:// in its address");
    Failure::new(FailureKind::Tls, said)
}

/// Why an answer broke off.
pub(super) fn broken(place: &str, error: &reqwest::Error) -> Failure {
    let garbled = find::<io::Error>(error)
        .is_some_and(|io| matches!(io.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput));
    if garbled {
        Failure::new(FailureKind::Malformed, format!("what {place} sent cannot be read: {}", last(error)))
    } else {
        Failure::new(FailureKind::Cut, format!("the connection to {place} broke: {}", last(error)))
    }
}

pub(super) fn redirected(place: &str, response: &Response) -> Failure {
    let target = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
    let target = response.url().join(target).map_or_else(|_| "nowhere".to_owned(), |url| super::place(&url));
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
            "the certificate of {place} is not trusted ({why}): check the clock, the root certificates (`[network] ca_file` adds one), or who stands in between"
        ),
        other => format!("no TLS with {place}: {other}"),
    }
}

fn host(place: &str) -> &str {
    place.rsplit_once(':').map_or(place, |(host, _)| host)
}

/// The variable whose proxy stands between us and this host. The client reads them itself; this is for the sentence.
fn proxy_variable(scheme: &str, host: &str) -> Option<&'static str> {
    let value = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let excepted = ["NO_PROXY", "no_proxy"].iter().find_map(|name| value(name)).is_some_and(|list| {
        list.split(',').map(|entry| entry.trim().trim_start_matches('.')).any(|entry| {
            entry == "*" || host == entry || host.strip_suffix(entry).is_some_and(|rest| rest.ends_with('.'))
        })
    });
    let names: &[&'static str] = match scheme {
        _ if excepted => &[],
        "https" => &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
        _ => &["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
    };
    names.iter().copied().find(|name| value(name).is_some())
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
pub(super) fn last(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
