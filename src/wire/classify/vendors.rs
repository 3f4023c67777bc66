//! What only one format's vendors mean so: looked at before what all have in common.

use super::rule::{Rule, code, phrase};
use crate::words::FailureKind::*;

/// By format.
pub const BY_FORMAT: &[(&str, &[Rule])] = &[
    (
        "gemini",
        &[
            code(&["API_KEY_INVALID", "API_KEY_EXPIRED", "ACCESS_TOKEN_EXPIRED"], Auth),
            code(&["API_KEY_SERVICE_BLOCKED", "SERVICE_DISABLED", "CONSUMER_SUSPENDED"], Permission),
            // a minute's quota is a rate limit; a day's, or none at all, is not
            Rule {
                status: &[429],
                code: &[],
                phrase: &["per day", "perday", "limit: 0", "prepay", "credits are depleted"],
                and: "",
                kind: Quota,
            },
            code(&["RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED"], RateLimited),
            phrase(&["user location is not supported"], Permission),
            phrase(&["is not found for api version"], ModelNotFound),
        ],
    ),
    (
        "anthropic-messages",
        &[
            phrase(&["credit balance is too low", "specified api usage limits"], Quota),
            code(&["overloaded_error"], Overloaded),
            code(&["request_too_large"], TooLarge),
            Rule { status: &[404], code: &["not_found_error"], phrase: &[], and: "", kind: ModelNotFound },
        ],
    ),
    ("ollama", &[phrase(&["not found, try pulling it first", "try pulling"], ModelNotFound)]),
];
