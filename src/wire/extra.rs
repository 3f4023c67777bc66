//! What a client sent that we do not know: it rides along to the API it was meant for.

use crate::words::{Endpoint, Request};
use serde_json::{Map, Value};

/// Adds what the client said under the format's own name, and under `provider.options` for this provider.
pub fn ride_along(body: &mut Map<String, Value>, request: &Request, endpoint: &Endpoint, format: &str) {
    let options = request.extra.get("provider").and_then(|provider| provider.get("options"));
    let options = options.and_then(|options| options.get(endpoint.provider.as_str()));
    for own in [options, request.extra.get(format)].into_iter().flatten().filter_map(Value::as_object) {
        body.extend(own.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
}
