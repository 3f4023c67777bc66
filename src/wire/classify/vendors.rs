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
        "openai-chat",
        &[
            // Groq: larger than what a minute may hold; no waiting makes it fit
            Rule { status: &[413], code: &[], phrase: &["tokens per min"], and: "", kind: TooLarge },
            // Cohere blocks with it, Groq's flex tier is full
            Rule { status: &[498], code: &[], phrase: &["blocked"], and: "", kind: Moderation },
            // Z.AI
            code(&["1304", "1308", "1309", "1310"], Quota),
            code(&["1261"], ContextLength),
            code(&["1211"], ModelNotFound),
            code(&["1220", "1311"], Permission),
            code(&["1305", "1312"], Overloaded),
            code(&["1302", "1303"], RateLimited),
            // MiniMax, whose errors come as successes
            code(&["1026", "1027"], Moderation).when(&[200]),
            code(&["1002", "1039", "1041"], RateLimited).when(&[200]),
            code(&["1004", "2049"], Auth).when(&[200]),
            code(&["1008", "2056"], Quota).when(&[200]),
            code(&["2013"], InvalidRequest).when(&[200]),
            // Groq's console: terms to accept, an organization that is shut out
            code(&["model_terms_required"], Permission),
            code(&["organization_restricted"], Auth),
        ],
    ),
    (
        "anthropic-messages",
        &[
            phrase(&["credit balance is too low", "specified api usage limits"], Quota),
            code(&["overloaded_error"], Overloaded),
            code(&["request_too_large"], TooLarge),
            code(&["not_found_error"], ModelNotFound).when(&[200, 404]),
        ],
    ),
    (
        "ollama",
        &[
            phrase(&["not found, try pulling it first", "try pulling"], ModelNotFound),
            phrase(&["requires more system memory"], Unsupported),
        ],
    ),
];
