//! What kind of failure a refusal is: tables of codes and phrases, most telling first.

use super::Refusal;
use super::retry_after::retry_after;
use crate::words::{At, Failure, FailureKind, FailureKind::*, clean_line};

/// A row: every condition given must hold.
struct Rule {
    /// Empty: any.
    status: &'static [u16],
    /// The code or the type is one of these (case does not matter). Empty: any.
    code: &'static [&'static str],
    /// The message holds one of these. Empty: any.
    phrase: &'static [&'static str],
    /// The message holds this too.
    and: &'static str,
    kind: FailureKind,
}

const fn code(code: &'static [&'static str], kind: FailureKind) -> Rule {
    Rule { status: &[], code, phrase: &[], and: "", kind }
}

const fn phrase(phrase: &'static [&'static str], kind: FailureKind) -> Rule {
    Rule { status: &[], code: &[], phrase, and: "", kind }
}

const fn status(status: &'static [u16], kind: FailureKind) -> Rule {
    Rule { status, code: &[], phrase: &[], and: "", kind }
}

/// What only one format's vendors mean so; looked at first.
const BY_FORMAT: &[(&str, &[Rule])] = &[
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

const COMMON: &[Rule] = &[
    // codes are surer than sentences, and say the same in every sentence
    code(
        &[
            "insufficient_quota",
            "billing_hard_limit_reached",
            "billing_not_active",
            "insufficient_balance",
            "insufficient_credits",
            "insufficient_user_quota",
            "exceeded_current_quota_error",
            "payment_required",
            "billing_error",
            "Arrearage",
            "1113",
        ],
        Quota,
    ),
    code(
        &[
            "context_length_exceeded",
            "model_context_window_exceeded",
            "max_tokens_exceeded",
            "token_limit_exceeded",
            "string_above_max_length",
            "exceed_context_size_error",
            "context_window_exceeded",
        ],
        ContextLength,
    ),
    code(
        &[
            "content_filter",
            "content_policy_violation",
            "ResponsibleAIPolicyViolation",
            "moderation_blocked",
            "data_inspection_failed",
            "DataInspectionFailed",
            "1301",
            "cyber_policy_violation",
            "cyber_policy",
        ],
        Moderation,
    ),
    code(
        &[
            "overloaded_error",
            "engine_overloaded_error",
            "server_is_overloaded",
            "provider_overloaded",
            "slow_down",
        ],
        Overloaded,
    ),
    code(
        &[
            "model_decommissioned",
            "model_not_found",
            "model_not_available",
            "DeploymentNotFound",
            "unknown_model",
            "model_not_supported",
        ],
        ModelNotFound,
    ),
    // Groq: the model wrote what its own tool parser does not take
    code(&["tool_use_failed", "json_validate_failed"], Server),
    code(&["unsupported_country_region_territory"], Permission),
    code(
        &[
            "invalid_api_key",
            "authentication_error",
            "authentication",
            "UNAUTHENTICATED",
            "invalid_authentication_error",
            "incorrect_api_key_error",
        ],
        Auth,
    ),
    phrase(&["tokens per min", "tokens per day", "requests per min", "requests per day"], RateLimited),
    phrase(
        &[
            "free-models-per-day",
            "insufficient balance",
            "insufficient credit",
            "insufficient quota",
            "exceeded your current quota",
            "credit balance is too low",
            "out of credits",
            "not enough credit",
            "requires more credits",
            "doesn't have any credits",
            "does not have any credits",
            "used all available credits",
            "depleted your monthly",
            "exceeded your monthly",
            "spending limit",
            "key limit exceeded",
            "payment required",
            "please check your plan and billing",
            "余额不足",
        ],
        Quota,
    ),
    phrase(
        &[
            "context length",
            "context window",
            "context size",
            "context limit",
            "maximum context",
            "prompt is too long",
            "prompt too long",
            "messages is too long",
            "input is too long",
            "prompt length",
            "input token count",
            "maximum number of tokens",
            "too many input tokens",
            "input tokens exceed",
            "number of input tokens",
            "reduce the length of",
            "too large for model with",
            "`inputs` tokens + `max_new_tokens`",
            "max_tokens must be less than",
            "maximum allowed input length",
            "exceeds model's maximum",
        ],
        ContextLength,
    ),
    phrase(
        &[
            "no endpoints found that support",
            "does not support tool",
            "does not support image",
            "does not support the",
            "doesn't support",
            "does not support",
            "not supported with",
            "is not supported",
            "are not supported",
            "isn't supported",
            "unsupported parameter",
            "unsupported value",
            "unsupported content",
            "unrecognized request argument",
            "unknown parameter",
            "unknown name",
            "unknown field",
            "extra inputs are not permitted",
            "extra fields not permitted",
            "is unsupported",
            "not a multimodal model",
            "image input is not",
            "not enabled for this model",
            "vision is not",
        ],
        Unsupported,
    ),
    code(
        &["unsupported_parameter", "unsupported_value", "unknown_parameter", "unsupported_image_format"],
        Unsupported,
    ),
    phrase(
        &[
            "model not found",
            "model_not_found",
            "no such model",
            "unknown model",
            "invalid model",
            "not a valid model",
            "model does not exist",
            "no endpoints found",
            "no allowed providers",
            "has been deprecated",
            "has been decommissioned",
            "no longer available",
            "model is not available",
            "deployment for this resource does not exist",
        ],
        ModelNotFound,
    ),
    Rule {
        status: &[400, 404, 422],
        code: &[],
        phrase: &["does not exist", "not exist", "not found"],
        and: "model",
        kind: ModelNotFound,
    },
    phrase(
        &[
            "content management policy",
            "content policy",
            "usage policies",
            "usage policy",
            "flagged as potentially",
            "flagged by",
            "safety system",
            "violates our",
            "violate our",
            "requires moderation",
            "prohibited content",
            "content violates",
        ],
        Moderation,
    ),
    phrase(
        &[
            "api key not valid",
            "incorrect api key",
            "invalid api key",
            "no auth credentials",
            "api key expired",
            "missing api key",
            "didn't provide an api key",
            "invalid x-api-key",
            "invalid authentication",
            "no cookie auth",
            "user not found",
        ],
        Auth,
    ),
    phrase(
        &[
            "overloaded",
            "at capacity",
            "over capacity",
            "no capacity",
            "high demand",
            "capacity exceeded",
            "currently loading",
            "loading model",
            "service unavailable",
            "temporarily unavailable",
        ],
        Overloaded,
    ),
    code(
        &[
            "rate_limit_exceeded",
            "rate_limit_error",
            "rate_limit",
            "rate_limited",
            "ThrottlingException",
            "Throttling",
            "too_many_requests",
        ],
        RateLimited,
    ),
    phrase(
        &[
            "rate limit",
            "rate-limit",
            "ratelimit",
            "too many requests",
            "tokens per minute",
            "requests per minute",
        ],
        RateLimited,
    ),
    code(&["payload_too_large", "request_too_large"], TooLarge),
    phrase(&["entity too large", "payload too large", "request too large"], TooLarge),
    code(&["invalid_request_error", "invalid_request"], InvalidRequest).when(&[200, 500]),
    code(
        &["server_error", "api_error", "internal_error", "server", "provider_unavailable", "INTERNAL"],
        Server,
    )
    .when(&[200, 500, 502, 503, 504]),
    status(&[401, 407], Auth),
    status(&[402], Quota),
    status(&[403, 451], Permission),
    status(&[404, 410], ModelNotFound),
    status(&[413], TooLarge),
    status(&[429], RateLimited),
    status(&[503, 529], Overloaded),
    status(&[400, 405, 406, 409, 411, 412, 415, 422], InvalidRequest),
];

impl Rule {
    const fn when(mut self, status: &'static [u16]) -> Self {
        self.status = status;
        self
    }

    fn holds(&self, refusal: &Refusal, message: &str) -> bool {
        (self.status.is_empty() || self.status.contains(&refusal.status))
            && (self.code.is_empty()
                || self.code.iter().any(|code| {
                    code.eq_ignore_ascii_case(&refusal.code) || code.eq_ignore_ascii_case(&refusal.kind)
                }))
            && message.contains(self.and)
            && (self.phrase.is_empty() || self.phrase.iter().any(|phrase| message.contains(phrase)))
    }
}

/// The failure that `refusal` is, said by an endpoint that speaks `format`.
pub fn classify(format: &str, refusal: &Refusal, headers: &[(String, String)], now: At) -> Failure {
    let kind = kind(format, refusal);
    let mut failure = Failure::new(kind, sentence(kind, refusal));
    failure.status = (refusal.status >= 300).then_some(refusal.status);
    failure.code = [&refusal.code, &refusal.kind].into_iter().find(|c| !c.is_empty()).map(|c| clean_line(c));
    failure.raw = (!refusal.raw.is_empty()).then(|| refusal.raw.clone());
    if matches!(kind, RateLimited | Quota | Overloaded | Server) {
        let limited = matches!(kind, RateLimited | Quota);
        failure.retry_after = retry_after(headers, refusal.details.as_ref(), &refusal.message, limited, now);
    }
    failure
}

fn kind(format: &str, refusal: &Refusal) -> FailureKind {
    if refusal.html && !matches!(refusal.status, 401..=403 | 429 | 500..) {
        return Malformed;
    }
    // details too: Google names the quota there (`GenerateRequestsPerDayPerProjectPerModel`)
    let mut message = refusal.message.to_lowercase();
    if format == "gemini"
        && let Some(details) = &refusal.details
    {
        message.push_str(&details.to_string().to_lowercase());
    }
    let own = BY_FORMAT.iter().filter(|(name, _)| *name == format).flat_map(|(_, rules)| rules.iter());
    match own.chain(COMMON).find(|rule| rule.holds(refusal, &message)) {
        Some(rule) => rule.kind,
        None if (300..400).contains(&refusal.status) => Malformed,
        None if (400..500).contains(&refusal.status) => InvalidRequest,
        None => Server,
    }
}

/// One sentence for a person; who said it is added by the gateway.
fn sentence(kind: FailureKind, refusal: &Refusal) -> String {
    let what = match kind {
        RateLimited => "too many requests just now",
        Quota => "the account is out of credit or quota",
        Overloaded => "the provider is overloaded",
        Auth => "the key was rejected",
        Permission => "the key may not do this",
        ModelNotFound => "the provider does not have this model",
        ContextLength => "the conversation does not fit the model's context",
        TooLarge => "the request is larger than the provider takes",
        InvalidRequest => "the provider refuses the request as wrong",
        Unsupported => "this endpoint cannot do what was asked",
        Moderation => "a content filter refused",
        Malformed if refusal.html => "an HTML page came instead of an answer; is the base URL right?",
        Malformed => "the provider's answer is not readable",
        _ => "the provider failed",
    };
    let mut text = what.to_owned();
    if refusal.status >= 300 {
        text = format!("{text} ({})", refusal.status);
    }
    if !refusal.message.is_empty() {
        text = format!("{text}: {}", refusal.message);
    }
    text
}
