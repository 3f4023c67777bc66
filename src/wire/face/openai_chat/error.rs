//! Errors in OpenRouter's envelope: a stable `error_type`, what the provider said, and which filter took the last endpoint.

use crate::words::{Failure, FailureKind, Receipt};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The HTTP status and the body `{"error": {code, message, metadata, availability}}`.
/// Source: OpenRouter's error reference (`error.metadata.error_type`, `error.availability`).
pub fn error(failure: &Failure, receipt: Option<&Receipt>) -> (u16, Value) {
    let status = failure.kind.status();
    let mut body = Map::new();
    body.insert("code".into(), status.into());
    body.insert("message".into(), failure.message.clone().into());
    body.insert("metadata".into(), Value::Object(metadata(failure, receipt)));
    if let Some(availability) = availability(failure, receipt) {
        body.insert("availability".into(), availability);
    }
    (status, json!({ "error": body }))
}

/// What `error.metadata` holds, in the envelope and in a stream's last chunk alike.
pub(super) fn metadata(failure: &Failure, receipt: Option<&Receipt>) -> Map<String, Value> {
    let mut metadata = Map::new();
    metadata.insert("error_type".into(), failure.kind.error_type().into());
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            metadata.insert(name.into(), value);
        }
    };
    put("provider_name", failure.provider.as_ref().map(|p| p.as_str().into()));
    put("provider_code", failure.code.clone().map(Value::from));
    put("raw", failure.raw.clone().map(Value::from));
    put("retry_after", failure.retry_after.map(|wait| wait.as_secs_f64().into()));
    if let Some(receipt) = receipt {
        let previous: Vec<Value> = receipt.attempts.iter().filter_map(previous_error).collect();
        put("previous_errors", (!previous.is_empty()).then_some(previous.into()));
        put("generation_id", Some(receipt.generation.to_string().into()));
    }
    metadata
}

fn previous_error(attempt: &crate::words::Attempt) -> Option<Value> {
    match &attempt.outcome {
        crate::words::Outcome::Failed(failure) => Some(json!({
            "provider": attempt.provider,
            "code": failure.kind.status(),
            "status": attempt.status,
            "message": failure.message,
        })),
        _ => None,
    }
}

fn availability(failure: &Failure, receipt: Option<&Receipt>) -> Option<Value> {
    let (code, retryable) = match failure.kind {
        FailureKind::UnknownModel => ("model_not_found", false),
        FailureKind::NoEndpoint if failure.excluded_by.is_empty() => ("no_endpoints", false),
        FailureKind::NoEndpoint if failure.excluded_by.iter().any(|f| f.starts_with("data_policy")) => {
            ("privacy_restricted", false)
        }
        FailureKind::NoEndpoint => ("constraint_filtered", false),
        FailureKind::Budget if !failure.excluded_by.is_empty() => ("constraint_filtered", false),
        FailureKind::Auth if !failure.excluded_by.is_empty() => ("no_endpoints", false),
        FailureKind::RateLimited => ("capacity_exhausted", true),
        FailureKind::Overloaded | FailureKind::Unreachable => ("temporarily_unavailable", true),
        FailureKind::ModelNotFound => ("model_unavailable_upstream", false),
        _ => return None,
    };
    let mut object = json!({ "code": code, "retryable": retryable });
    let map = object.as_object_mut()?;
    if let Some(wait) = failure.retry_after {
        map.insert("retry_after".into(), whole_seconds(wait).into());
    }
    if let Some(receipt) = receipt {
        map.insert("requested_models".into(), json!([receipt.requested]));
    }
    if !failure.excluded_by.is_empty() {
        map.insert("excluded_by".into(), json!(failure.excluded_by));
    }
    if !failure.nearest.is_empty() {
        map.insert("fallback_models".into(), json!(failure.nearest));
    }
    Some(object)
}

/// As `Retry-After` says it. Whoever keeps to it must not come back too early.
pub fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1)
}
