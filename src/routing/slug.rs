//! What `order`, `only` and `ignore` mean by a name: a provider, one of its regions, or one of its tiers.

use crate::words::Endpoint;

/// OpenRouter's rule: a base slug matches all regions and variants but no tier; a full slug matches itself;
/// a display name is accepted.
pub fn matches(name: &str, endpoint: &Endpoint) -> bool {
    let name = name.trim();
    if name.eq_ignore_ascii_case(&endpoint.tag) {
        return true;
    }
    if endpoint.tier().is_some() {
        return false;
    }
    let under = endpoint.tag.len() > name.len()
        && endpoint.tag.as_bytes()[name.len()] == b'/'
        && endpoint.tag.as_bytes()[..name.len()].eq_ignore_ascii_case(name.as_bytes());
    under
        || name.eq_ignore_ascii_case(endpoint.provider.as_str())
        || name.eq_ignore_ascii_case(&endpoint.provider_name)
}

/// The place of the first name that means this endpoint.
pub fn place(names: &[String], endpoint: &Endpoint) -> Option<usize> {
    names.iter().position(|name| matches(name, endpoint))
}
