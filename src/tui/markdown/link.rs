//! Addresses in a reply: which ones a terminal is told, which ones are shown, and those that stand in running text.

use crate::words::clean_line;
use std::sync::Arc;

/// What a click may open. Anything else could start a program on the reader's machine.
const OPENED: [&str; 4] = ["https://", "http://", "mailto:", "ftp://"];

/// The address as the terminal is told it; `None`: it is none that a click may open.
pub(super) fn opened(address: &str) -> Option<Arc<str>> {
    let lower = address.get(..8.min(address.len())).unwrap_or_default().to_ascii_lowercase();
    OPENED.iter().any(|scheme| lower.starts_with(scheme)).then(|| Arc::from(clean_line(address)))
}

/// Whether a label reads as an address: then it must be the one that it leads to.
pub(super) fn misleads(label: &str, address: &str) -> bool {
    let label = label.trim();
    let host = host_of(label);
    let looks = !label.contains(' ')
        && (label.contains("://") || host.contains('.') && host.rsplit('.').next().is_some_and(is_domain));
    looks && !label.contains('@') && host != host_of(address)
}

/// Endings that are names of places in the network rather than of files.
fn is_domain(ending: &str) -> bool {
    matches!(ending, "com" | "org" | "net" | "io" | "dev" | "app" | "gov" | "edu" | "info" | "co" | "ai")
}

fn host_of(address: &str) -> String {
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = bare.split(['/', '?', '#', ':']).next().unwrap_or_default();
    host.rsplit('@').next().unwrap_or_default().trim_start_matches("www.").to_ascii_lowercase()
}

/// Text cut where an address stands in it, which is a link by itself.
pub(super) fn addresses(text: &str) -> Vec<(&str, Option<Arc<str>>)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(at) = rest[from..].find("http").map(|at| from + at) {
        let url = &rest[at..at + end_of(&rest[at..])];
        let begins = !rest[..at].ends_with(|c: char| c.is_alphanumeric());
        let scheme = url.split_once("://").filter(|(scheme, place)| {
            matches!(*scheme, "http" | "https") && place.starts_with(char::is_alphanumeric)
        });
        if !begins || scheme.is_none() {
            from = at + 4;
            continue;
        }
        if at > 0 {
            pieces.push((&rest[..at], None));
        }
        pieces.push((url, Some(Arc::from(url))));
        rest = &rest[at + url.len()..];
        from = 0;
    }
    if !rest.is_empty() {
        pieces.push((rest, None));
    }
    pieces
}

/// Where an address ends that stands in a sentence: before a blank, and before what closes the sentence or its bracket.
fn end_of(text: &str) -> usize {
    let stops =
        |c: char| c.is_whitespace() || c.is_control() || "<>\"`{}|\\^，。、；：！？）」』】".contains(c);
    let mut url = &text[..text.find(stops).unwrap_or(text.len())];
    loop {
        let Some(last) = url.chars().next_back() else { return 0 };
        let unopened = |open: char, close: char| url.matches(close).count() > url.matches(open).count();
        let trailing = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' => true,
            ')' => unopened('(', ')'),
            ']' => unopened('[', ']'),
            _ => false,
        };
        if !trailing {
            return url.len();
        }
        url = &url[..url.len() - last.len_utf8()];
    }
}
