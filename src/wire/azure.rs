//! Azure's addresses, old and new, and the header its key goes into.

use super::Auth;
use crate::words::Endpoint;

/// Of the first surface that named deployments, with one model behind each.
const DEPLOYMENTS: &str = "2024-10-21";
/// Of the same for Responses, which name the model in the body.
const RESPONSES: &str = "2025-04-01-preview";
/// Of the surface for other makers' models.
const MODELS: &str = "2024-05-01-preview";

/// Where `path` is asked for. `/openai/v1` takes it as it is; the older surfaces want a version, which the quirk
/// `api_version=...` names, and the oldest the deployment in the URL.
pub fn address(endpoint: &Endpoint, path: &str) -> (String, Auth) {
    let base = endpoint.base_url.trim_end_matches('/');
    let given = endpoint.quirks.iter().find_map(|quirk| quirk.strip_prefix("api_version="));
    let versioned = |url: String, usual: &str| format!("{url}?api-version={}", given.unwrap_or(usual));
    let resource = base.strip_suffix("/openai").unwrap_or(base);
    let url = if base.ends_with("/v1") {
        format!("{base}/{path}")
    } else if base.ends_with("/models") {
        versioned(format!("{base}/{path}"), MODELS)
    } else if base.contains("/deployments/") {
        versioned(format!("{base}/{path}"), DEPLOYMENTS)
    } else if path == "responses" {
        versioned(format!("{resource}/openai/{path}"), RESPONSES)
    } else {
        let deployment = &endpoint.upstream_model;
        versioned(format!("{resource}/openai/deployments/{deployment}/{path}"), DEPLOYMENTS)
    };
    (url, Auth::Header("api-key"))
}
