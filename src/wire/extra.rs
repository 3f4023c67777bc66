//! What we do not know and nobody shall lose: a client's fields on their way out, a provider's on their way in.

use crate::words::{Delta, Endpoint, Request};
use serde_json::{Map, Value, json};

/// Adds what the client said under the format's own name, and under `provider.options` for this provider.
pub fn ride_along(body: &mut Map<String, Value>, request: &Request, endpoint: &Endpoint, format: &str) {
    let options = request.extra.get("provider").and_then(|provider| provider.get("options"));
    let options = options.and_then(|options| options.get(endpoint.provider.as_str()));
    for own in [options, request.extra.get(format)].into_iter().flatten().filter_map(Value::as_object) {
        body.extend(own.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
}

/// Says what stands in `object` beside the fields that are known, under the name of what the object is.
pub fn set_aside(name: &str, object: &Value, known: &[&str], out: &mut Vec<Delta>) {
    let fields = object.as_object().into_iter().flatten();
    let rest: Map<String, Value> = fields
        .filter(|(key, value)| !value.is_null() && !known.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if !rest.is_empty() {
        out.push(Delta::Opaque { format: None, value: json!({ name: rest }) });
    }
}
