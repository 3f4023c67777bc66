//! What every kind of refusal means: status, body, headers to a failure.

use fareway::wire::{duration, format};
use fareway::words::{At, Failure, FailureKind, FailureKind::*, Remedy};
use std::time::Duration;

/// 2015-10-21 07:28:00 UTC.
const NOW: At = At::from_secs(1_445_412_480);

fn failure(name: &str, status: u16, headers: &[(&str, &str)], body: &str) -> Failure {
    let headers: Vec<(String, String)> = headers.iter().map(|&(n, v)| (n.to_owned(), v.to_owned())).collect();
    format(name).expect("a format").failure(status, &headers, body.as_bytes(), NOW)
}

#[test]
fn refusals() {
    let table: &[(&str, u16, &str, FailureKind)] = &[
        // quota is no rate limit
        (
            "openai-chat",
            429,
            r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            Quota,
        ),
        (
            "openai-chat",
            429,
            r#"{"error":{"message":"Rate limit reached for gpt-x in organization org-1 on tokens per min (TPM): Limit 30000, Used 29000. Please try again in 1.5s.","type":"tokens","code":"rate_limit_exceeded"}}"#,
            RateLimited,
        ),
        (
            "openai-chat",
            402,
            r#"{"error":{"message":"Insufficient Balance","type":"unknown_error","code":"invalid_request_error"}}"#,
            Quota,
        ),
        (
            "openai-chat",
            402,
            r#"{"error":{"code":402,"message":"This request requires more credits, or fewer max_tokens."}}"#,
            Quota,
        ),
        (
            "openai-chat",
            403,
            r#"{"code":"The caller does not have permission","error":"Your newly created team doesn't have any credits yet."}"#,
            Quota,
        ),
        (
            "openai-chat",
            429,
            r#"{"error":{"code":"1113","message":"余额不足或无可用资源包,请充值。"}}"#,
            Quota,
        ),
        (
            "openai-chat",
            429,
            r#"{"error":{"code":429,"message":"Rate limit exceeded: free-models-per-day"}}"#,
            Quota,
        ),
        (
            "anthropic-messages",
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}"#,
            Quota,
        ),
        (
            "anthropic-messages",
            429,
            r#"{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your organization's rate limit of 50,000 input tokens per minute."}}"#,
            RateLimited,
        ),
        (
            "gemini",
            429,
            r#"{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"23s"}]}}"#,
            RateLimited,
        ),
        (
            "gemini",
            429,
            r#"{"error":{"code":429,"message":"You exceeded your current quota.","status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}]}}"#,
            Quota,
        ),
        // overloaded burns no key
        (
            "anthropic-messages",
            529,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            Overloaded,
        ),
        (
            "gemini",
            503,
            r#"{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}"#,
            Overloaded,
        ),
        (
            "openai-chat",
            503,
            r#"{"error":{"message":"The server is overloaded or not ready yet."}}"#,
            Overloaded,
        ),
        (
            "openai-chat",
            429,
            r#"{"error":{"message":"The engine is currently overloaded, please try again later","type":"engine_overloaded_error"}}"#,
            Overloaded,
        ),
        (
            "openai-chat",
            503,
            r#"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#,
            Overloaded,
        ),
        // too long
        (
            "openai-chat",
            400,
            r#"{"error":{"message":"This model's maximum context length is 8192 tokens.","type":"invalid_request_error","code":"context_length_exceeded"}}"#,
            ContextLength,
        ),
        (
            "anthropic-messages",
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
            ContextLength,
        ),
        (
            "gemini",
            400,
            r#"{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}"#,
            ContextLength,
        ),
        (
            "openai-chat",
            400,
            r#"{"object":"error","message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_error","code":3051}"#,
            ContextLength,
        ),
        (
            "openai-chat",
            400,
            r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}"#,
            ContextLength,
        ),
        // the key
        (
            "openai-chat",
            401,
            r#"{"error":{"message":"Incorrect API key provided: sk-x.","type":"invalid_request_error","code":"invalid_api_key"}}"#,
            Auth,
        ),
        (
            "gemini",
            400,
            r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#,
            Auth,
        ),
        (
            "anthropic-messages",
            401,
            r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#,
            Auth,
        ),
        (
            "openai-chat",
            403,
            r#"{"error":{"message":"Country, region, or territory not supported","code":"unsupported_country_region_territory"}}"#,
            Permission,
        ),
        // the model
        (
            "openai-chat",
            404,
            r#"{"error":{"message":"The model `x` does not exist or you do not have access to it.","code":"model_not_found"}}"#,
            ModelNotFound,
        ),
        (
            "openai-chat",
            400,
            r#"{"error":{"message":"x is not a valid model ID","code":400}}"#,
            ModelNotFound,
        ),
        (
            "gemini",
            404,
            r#"{"error":{"code":404,"message":"models/x is not found for API version v1beta, or is not supported for generateContent.","status":"NOT_FOUND"}}"#,
            ModelNotFound,
        ),
        ("ollama", 404, r#"{"error":"model 'x' not found, try pulling it first"}"#, ModelNotFound),
        // cannot do it here
        (
            "openai-chat",
            400,
            r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model.","code":"unsupported_parameter"}}"#,
            Unsupported,
        ),
        (
            "openai-chat",
            404,
            r#"{"error":{"message":"No endpoints found that support tool use.","code":404}}"#,
            Unsupported,
        ),
        ("ollama", 400, r#"{"error":"registry.ollama.ai/library/x does not support tools"}"#, Unsupported),
        (
            "gemini",
            400,
            r#"{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"foo\": Cannot find field.","status":"INVALID_ARGUMENT"}}"#,
            Unsupported,
        ),
        // filters
        (
            "openai-chat",
            400,
            r#"{"error":{"message":"The response was filtered","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#,
            Moderation,
        ),
        (
            "openai-chat",
            403,
            r#"{"error":{"code":403,"message":"a/b requires moderation on P. Your input was flagged for \"x\".","metadata":{"reasons":["x"]}}}"#,
            Moderation,
        ),
        // the rest
        ("openai-chat", 413, "", TooLarge),
        (
            "openai-chat",
            422,
            r#"{"detail":[{"loc":["body","messages"],"msg":"Field required","type":"missing"}]}"#,
            InvalidRequest,
        ),
        ("openai-chat", 400, r#"{"error":{"message":"you must provide a model parameter"}}"#, InvalidRequest),
        (
            "openai-chat",
            500,
            r#"{"error":{"message":"The server had an error","type":"server_error"}}"#,
            Server,
        ),
        ("openai-chat", 502, "<html><head><title>502 Bad Gateway</title></head></html>", Server),
        ("openai-chat", 404, "<!DOCTYPE html><title>Not here</title>", Malformed),
        ("openai-chat", 302, "", Malformed),
        (
            "openai-chat",
            502,
            r#"{"error":{"code":502,"message":"Provider returned error","metadata":{"raw":"{\"error\":{\"message\":\"prompt is too long\"}}","provider_name":"P"}}}"#,
            ContextLength,
        ),
    ];
    for (format, status, body, kind) in table {
        let failure = failure(format, *status, &[], body);
        assert_eq!(failure.kind, *kind, "{format} {status} {body}: {}", failure.message);
        assert_eq!(failure.status, Some(*status));
        assert!(!failure.message.contains('\n'));
    }
    let quota = failure("openai-chat", 429, &[], table[0].2);
    assert_eq!((quota.code.as_deref(), quota.remedy()), (Some("insufficient_quota"), Remedy::NextKey));
}

#[test]
fn how_long_to_stay_away() {
    let limited = r#"{"error":{"message":"slow down","code":"rate_limit_exceeded"}}"#;
    let secs = Duration::from_secs;
    for (headers, body, expected) in [
        (&[("Retry-After", "20")][..], limited, Some(secs(20))),
        (&[("retry-after", "0.5")], limited, Some(Duration::from_millis(500))),
        (&[("retry-after-ms", "1500"), ("retry-after", "2")], limited, Some(Duration::from_millis(1500))),
        (&[("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT")], limited, Some(secs(30))),
        (&[("retry-after", "Wed, 21 Oct 2015 07:00:00 GMT")], limited, Some(secs(0))),
        // the two older forms of an HTTP date, and a weekday that is wrong
        (&[("retry-after", "Wednesday, 21-Oct-15 07:28:30 GMT")], limited, Some(secs(30))),
        (&[("retry-after", "Wed Oct 21 07:28:30 2015")], limited, Some(secs(30))),
        (&[("retry-after", "Sun Nov  1 07:28:00 2015")], limited, Some(secs(11 * 86_400))),
        (&[("retry-after", "Mon, 21 Oct 2015 07:28:30 GMT")], limited, Some(secs(30))),
        (&[("retry-after", "Wed, 21 Oct 2015 09:28:30 +0200")], limited, Some(secs(30))),
        (&[("retry-after", "2015-10-21T07:28:30Z")], limited, Some(secs(30))),
        (&[("retry-after", "Wed, 32 Oct 2015 07:28:30 GMT")], limited, None),
        (&[("retry-after", "Wed, 21 Oct")], limited, None),
        (&[("retry-after", "-5")], limited, None),
        (&[("retry-after", "NaN")], limited, None),
        (&[("x-ms-retry-after-ms", "250")], limited, Some(Duration::from_millis(250))),
        (
            &[
                ("x-ratelimit-reset-requests", "1m2.5s"),
                ("x-ratelimit-remaining-requests", "0"),
                ("x-ratelimit-reset-tokens", "6ms"),
            ],
            limited,
            Some(Duration::from_millis(62_500)),
        ),
        (&[("x-ratelimit-reset", "1445412490")], limited, Some(secs(10))),
        (&[("x-ratelimit-reset", "1445412490000")], limited, Some(secs(10))),
        (&[("x-ratelimit-reset", "7")], limited, Some(secs(7))),
        (
            &[
                ("anthropic-ratelimit-tokens-reset", "2015-10-21T07:28:05Z"),
                ("anthropic-ratelimit-tokens-remaining", "0"),
            ],
            limited,
            Some(secs(5)),
        ),
        // whoever names a budget in this way is understood, and the one that is used up counts
        (
            &[
                ("x-ratelimit-reset-requests-day", "33011.382867"),
                ("x-ratelimit-remaining-requests-day", "900"),
                ("x-ratelimit-reset-tokens-minute", "11.4"),
                ("x-ratelimit-remaining-tokens-minute", "0"),
            ],
            limited,
            Some(Duration::from_millis(11_400)),
        ),
        (&[("ratelimit", "\"api\";r=4;t=9, \"day\";r=0;t=40")], limited, Some(secs(40))),
        (&[("RateLimit", "limit=10, remaining=0, reset=12")], limited, Some(secs(12))),
        (
            &[],
            r#"{"error":{"message":"Rate limit. Please try again in 1m20s.","code":"rate_limit_exceeded"}}"#,
            Some(secs(80)),
        ),
        (&[], r#"{"error":{"message":"Please retry after 60 seconds."}}"#, Some(secs(60))),
        (&[], r#"{"error":{"message":"Your quota will reset after 1h2m3s."}}"#, Some(secs(3723))),
        (&[], r#"{"error":{"message":"x","retry_after_ms":1500}}"#, Some(Duration::from_millis(1500))),
        (
            &[],
            r#"{"error":{"message":"x","details":[{"@type":"RetryInfo","retryDelay":"23.5s"}]}}"#,
            Some(Duration::from_millis(23_500)),
        ),
        (
            &[],
            r#"{"error":{"message":"x","metadata":{"headers":{"X-RateLimit-Reset":"1445412540000"}}}}"#,
            Some(secs(60)),
        ),
        (&[("retry-after", "soon")], limited, None),
        (&[("retry-after", "99999999999")], limited, None),
        (&[], limited, None),
    ] {
        assert_eq!(failure("openai-chat", 429, headers, body).retry_after, expected, "{headers:?} {body}");
    }
    // a reset header says nothing about a request that was simply wrong
    assert_eq!(failure("openai-chat", 400, &[("x-ratelimit-reset", "7")], "{}").retry_after, None);
}

#[test]
fn durations() {
    for (text, expected) in [
        ("1s", Some(1_000)),
        ("1m2.5s", Some(62_500)),
        ("6ms", Some(6)),
        ("1h", Some(3_600_000)),
        ("2 minutes", Some(120_000)),
        ("12", None),
        ("s", None),
        ("", None),
        ("1s later", None),
    ] {
        assert_eq!(duration(text), expected.map(Duration::from_millis), "{text}");
    }
}

#[test]
fn what_was_said_is_kept_harmless_and_short() {
    let body = format!("{{\"error\":{{\"message\":\"a\\u001b[31m {}\"}}}}", "x".repeat(9000));
    let failure = failure("openai-chat", 400, &[], &body);
    assert!(failure.raw.as_deref().unwrap_or_default().len() <= 2048);
    assert!(!failure.message.contains('\u{1b}') && failure.message.chars().count() < 500);
}
