//! What went wrong, typed by what to do next.

use super::{EndpointId, ProviderId};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// What to do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Ask the same endpoint again after a pause.
    RetrySame,
    /// The key is the trouble: try the provider's next key.
    NextKey,
    /// The endpoint is the trouble: try another endpoint of the same model.
    NextEndpoint,
    /// The model is the trouble (context, moderation, gone): only a model the person listed can help.
    NextModel,
    /// Nobody else would answer differently.
    GiveUp,
}

/// The kinds of failure. Each has one remedy and one OpenRouter `error_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// No connection: refused, unreachable, name not found.
    Unreachable,
    /// TLS would not come up.
    Tls,
    ConnectTimeout,
    /// Connected, but nothing was said in time.
    FirstTokenTimeout,
    /// Said something, then fell silent.
    IdleTimeout,
    /// The whole request took too long.
    TotalTimeout,
    /// The stream broke off without its end mark.
    Cut,
    /// Too many requests just now; the key still has money.
    RateLimited,
    /// The account is out of money or quota: waiting a minute does not help.
    Quota,
    /// The provider is overloaded: no key of ours would fare better.
    Overloaded,
    /// 5xx and the like.
    Server,
    /// The key is missing, wrong or disabled.
    Auth,
    /// The key is right but may not do this.
    Permission,
    /// The provider does not have this model (any more).
    ModelNotFound,
    /// Prompt and reply do not fit the model's context.
    ContextLength,
    /// The body is larger than the provider takes.
    TooLarge,
    /// The request is wrong; everybody would refuse it.
    InvalidRequest,
    /// This endpoint cannot do what was asked (tools, images, a parameter); another may.
    Unsupported,
    /// A filter refused the prompt or the reply.
    Moderation,
    /// An answer that is not what the format promises: garbage, an HTML page, a redirect.
    Malformed,
    /// A success with no token in it.
    Empty,
    /// Routing left no endpoint: `Failure::excluded_by` names the filter that took the last one.
    NoEndpoint,
    /// No such model in the catalog.
    UnknownModel,
    /// A budget of ours says no.
    Budget,
    /// The person or the client stopped it.
    Cancelled,
    /// A fault of ours.
    Internal,
}

impl FailureKind {
    pub fn remedy(self) -> Remedy {
        use FailureKind::*;
        match self {
            Unreachable | Tls | ConnectTimeout | FirstTokenTimeout | IdleTimeout | Cut | Overloaded
            | Server | ModelNotFound | Malformed | Empty | Unsupported | TooLarge => Remedy::NextEndpoint,
            RateLimited | Quota | Auth | Permission => Remedy::NextKey,
            ContextLength | Moderation | InvalidRequest => Remedy::NextModel,
            TotalTimeout | NoEndpoint | UnknownModel | Budget | Cancelled | Internal => Remedy::GiveUp,
        }
    }

    /// OpenRouter's stable vocabulary (`error.metadata.error_type`).
    pub fn error_type(self) -> &'static str {
        use FailureKind::*;
        match self {
            Unreachable | Tls | Cut | Malformed | Empty | Server => "provider_unavailable",
            ConnectTimeout | FirstTokenTimeout | IdleTimeout | TotalTimeout => "timeout",
            RateLimited => "rate_limit_exceeded",
            Quota | Budget => "payment_required",
            Overloaded => "provider_overloaded",
            Internal => "server",
            Auth => "authentication",
            Permission => "permission_denied",
            ModelNotFound | NoEndpoint => "not_found",
            ContextLength => "context_length_exceeded",
            TooLarge => "payload_too_large",
            // OpenRouter's reading: a model's name is a parameter of the request, and this one is wrong
            InvalidRequest | Unsupported | UnknownModel => "invalid_request",
            Moderation => "content_policy_violation",
            Cancelled => "unmapped",
        }
    }

    /// The HTTP status `serve` answers with when this is the last word.
    pub fn status(self) -> u16 {
        use FailureKind::*;
        match self {
            Unreachable | Tls | Cut | Malformed | Empty | Server => 502,
            ConnectTimeout | FirstTokenTimeout | IdleTimeout | TotalTimeout => 504,
            RateLimited => 429,
            Quota | Budget => 402,
            Overloaded => 503,
            Internal => 500,
            Auth => 401,
            Permission => 403,
            ModelNotFound | NoEndpoint => 404,
            TooLarge => 413,
            // OpenRouter's `model_not_found` is a 400 (OpenAI's is a 404)
            ContextLength | InvalidRequest | UnknownModel | Unsupported | Moderation => 400,
            Cancelled => 499,
        }
    }

    /// Whether the failure speaks against the endpoint's health (OpenRouter's uptime rule: caller faults and 429s do not).
    pub fn is_outage(self) -> bool {
        use FailureKind::*;
        matches!(
            self,
            Unreachable
                | Tls
                | ConnectTimeout
                | FirstTokenTimeout
                | IdleTimeout
                | Cut
                | Overloaded
                | Server
                | Auth
                | Quota
                | ModelNotFound
                | Malformed
                | Empty
        )
    }
}

/// One failure, with everything a person or a bug report needs. Never holds a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    pub kind: FailureKind,
    /// One sentence for a person: what is wrong, where, and what to do.
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<EndpointId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The provider's own code (`insufficient_quota`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What the provider said, cut to 2 KB, control characters made visible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// How long the provider asks us to stay away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<Duration>,
    /// For `NoEndpoint`, and for `Auth` where there is no key: the filters that removed endpoints, OpenRouter's
    /// `excluded_by` names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded_by: Vec<String>,
    /// For `UnknownModel`: the nearest names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nearest: Vec<String>,
}

impl Failure {
    /// It is no answer of the provider's: a budget, or a key that was refused before, kept it from being asked.
    pub fn is_unasked(&self) -> bool {
        let refused = matches!(self.kind, FailureKind::Auth | FailureKind::Quota | FailureKind::Permission);
        self.kind == FailureKind::Budget || refused && self.status.is_none()
    }

    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            provider: None,
            endpoint: None,
            status: None,
            code: None,
            raw: None,
            retry_after: None,
            excluded_by: Vec::new(),
            nearest: Vec::new(),
        }
    }

    pub fn remedy(&self) -> Remedy {
        self.kind.remedy()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
