//! Who may ask without a key: programs on this machine, not the web pages that a browser on it shows. A page may send a
//! request to any address without asking anybody, and its answer would cost the person's money.

use axum::http::{HeaderMap, Uri, header};

/// What is wrong with a request to an endpoint without keys, for people.
pub fn objection(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    if let Some(origin) = text(header::ORIGIN).filter(|origin| !is_ours(origin)) {
        return Some(format!("a page of {origin} asks"));
    }
    // a name that leads here but is not this machine's: how pages get around the rule for other origins
    let host = text(header::HOST).filter(|host| !is_this_machine(host_of(host)));
    host.map(|host| format!("the request is for {host}, which is no name of this machine"))
}

/// A page of this machine, or an application that says where it is from in its own way (`vscode-webview://...`).
fn is_ours(origin: &str) -> bool {
    match origin.parse::<Uri>() {
        Ok(uri) if matches!(uri.scheme_str(), Some("http" | "https")) => {
            uri.host().is_some_and(|host| is_this_machine(host.trim_matches(['[', ']'])))
        }
        Ok(uri) => uri.scheme().is_some(),
        // `null`: a page that hides where it is from
        Err(_) => false,
    }
}

/// Without the port.
fn host_of(host: &str) -> &str {
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    }
}

fn is_this_machine(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
