//! Codes that mean the same whoever says them: surer than sentences, so they are looked at first.

use super::rule::{Rule, code};
use crate::words::FailureKind::*;

pub const CODES: &[Rule] = &[
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
            "AllocationQuota.FreeTierOnly",
            "not_enough_balance",
            "usage_limit_reached",
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
            "string_too_long",
            "exceed_context_size_error",
            "context_window_exceeded",
        ],
        ContextLength,
    ),
    code(
        &[
            "content_filter",
            "content_policy_violation",
            "image_content_policy_violation",
            "refusal",
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
            "queue_exceeded",
            "NoCapacity",
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
    code(&["OperationNotSupported", "not_supported_error"], Unsupported),
    code(
        &["timeout", "timeout_error", "request_timeout", "deadline_exceeded", "RequestTimeOut"],
        FirstTokenTimeout,
    ),
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
];
