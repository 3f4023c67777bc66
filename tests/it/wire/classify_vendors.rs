//! The vendors' documented errors, a row each, and OpenRouter's error table whole.

use super::helpers::heard;
use fareway::wire::format;
use fareway::words::{At, FailureKind, FailureKind::*};
use serde_json::json;

fn kind(name: &str, status: u16, body: &str) -> FailureKind {
    format(name).expect("a format").failure(status, &[], body.as_bytes(), At::default()).kind
}

/// OpenRouter's `error_type`s: as an answer, in the middle of a stream with its code, and without one.
#[test]
fn every_error_type_of_openrouter() {
    let table: &[(&str, u16, FailureKind)] = &[
        ("context_length_exceeded", 400, ContextLength),
        ("max_tokens_exceeded", 400, ContextLength),
        ("token_limit_exceeded", 400, ContextLength),
        ("string_too_long", 400, ContextLength),
        ("authentication", 401, Auth),
        ("permission_denied", 403, Permission),
        ("payment_required", 402, Quota),
        ("rate_limit_exceeded", 429, RateLimited),
        ("provider_overloaded", 503, Overloaded),
        ("provider_unavailable", 502, Server),
        ("invalid_request", 400, InvalidRequest),
        ("invalid_prompt", 400, InvalidRequest),
        ("not_found", 404, ModelNotFound),
        ("precondition_failed", 412, InvalidRequest),
        ("payload_too_large", 413, TooLarge),
        ("unprocessable", 422, InvalidRequest),
        ("content_policy_violation", 400, Moderation),
        ("refusal", 400, Moderation),
        ("invalid_image", 400, InvalidRequest),
        ("image_too_large", 400, InvalidRequest),
        ("image_too_small", 400, InvalidRequest),
        ("unsupported_image_format", 400, Unsupported),
        ("image_download_failed", 400, InvalidRequest),
        ("image_not_found", 404, InvalidRequest),
        ("server", 500, Server),
        ("timeout", 504, FirstTokenTimeout),
        ("unmapped", 500, Server),
    ];
    for (error_type, status, expected) in table {
        let told =
            json!({"message": "It did not work.", "code": status, "metadata": {"error_type": error_type}});
        assert_eq!(
            kind("openai-chat", *status, &json!({"error": told}).to_string()),
            *expected,
            "{error_type}"
        );
        let bare = json!({"message": "It did not work.", "metadata": {"error_type": error_type}});
        for error in [told, bare] {
            let stream = format!(
                "data: {}\n\ndata: {}\n\n",
                json!({"choices": [{"index": 0, "delta": {"content": "half"}, "finish_reason": null}]}),
                json!({"error": error, "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]})
            );
            let failure = heard("openai-chat", stream.as_bytes()).1.expect_err(error_type);
            assert_eq!(failure.kind, *expected, "{error_type} in a stream");
        }
    }
}

/// OpenRouter's table of codes, and those of version B of its routing that count as failures: by the status alone.
#[test]
fn every_status() {
    let table: &[(&[u16], FailureKind)] = &[
        (&[400, 406, 411, 412, 415, 422], InvalidRequest),
        (&[401, 407], Auth),
        (&[402], Quota),
        (&[403, 451], Permission),
        (&[404, 410], ModelNotFound),
        (&[408, 504, 524], FirstTokenTimeout),
        (&[413], TooLarge),
        (&[429], RateLimited),
        (&[498, 503, 529], Overloaded),
        (&[501], Unsupported),
        (&[405, 409, 421, 423, 424, 425, 426, 499, 500, 502, 520, 522, 530], Server),
    ];
    let formats = ["openai-chat", "openai-responses", "anthropic-messages", "gemini", "ollama"];
    for (statuses, expected) in table {
        for status in *statuses {
            for name in formats {
                assert_eq!(kind(name, *status, ""), *expected, "{name} {status}");
                assert_eq!(kind(name, *status, "{}"), *expected, "{name} {status}");
            }
        }
    }
}

/// Who, in which format, with which status, what it is, the body.
const DOCUMENTED: &str = r#"
OpenAI | openai-chat | 401 | auth | {"error":{"message":"You must be a member of an organization to use the API","type":"invalid_request_error","code":null}}
OpenAI | openai-chat | 503 | overloaded | {"error":{"message":"Slow down","type":"server_error","code":"slow_down"}}
OpenAI | openai-chat | 429 | quota | {"error":{"message":"Billing hard limit has been reached","type":"invalid_request_error","code":"billing_hard_limit_reached"}}
OpenAI | openai-responses | 400 | moderation | {"error":{"message":"Invalid prompt: your prompt was flagged as potentially violating our usage policy.","type":"invalid_request_error","code":"invalid_prompt"}}
Anthropic | anthropic-messages | 402 | quota | {"type":"error","error":{"type":"billing_error","message":"no"}}
Anthropic | anthropic-messages | 403 | permission | {"type":"error","error":{"type":"permission_error","message":"no"}}
Anthropic | anthropic-messages | 404 | model_not_found | {"type":"error","error":{"type":"not_found_error","message":"model: x"}}
Anthropic | anthropic-messages | 413 | too_large | {"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum allowed number of bytes."}}
Anthropic | anthropic-messages | 500 | server | {"type":"error","error":{"type":"api_error","message":"Internal server error"}}
Anthropic | anthropic-messages | 504 | first_token_timeout | {"type":"error","error":{"type":"timeout_error","message":"Request timed out"}}
Google | gemini | 400 | permission | {"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}}
Google | gemini | 403 | permission | {"error":{"code":403,"message":"Your API key doesn't have the required permissions.","status":"PERMISSION_DENIED"}}
Google | gemini | 500 | server | {"error":{"code":500,"message":"An internal error has occurred.","status":"INTERNAL"}}
Google | gemini | 504 | first_token_timeout | {"error":{"code":504,"message":"The request timed out.","status":"DEADLINE_EXCEEDED"}}
Mistral | openai-chat | 429 | rate_limited | {"object":"error","message":"Requests rate limit exceeded","type":"rate_limited","code":"1300"}
Mistral | openai-chat | 429 | overloaded | {"object":"error","message":"Service tier capacity exceeded for this model.","type":"service_tier_capacity_exceeded","code":"3505"}
DeepSeek | openai-chat | 400 | unsupported | {"error":{"message":"Failed to deserialize the JSON body: messages[0]: unknown variant `image_url`, expected `text`","type":"invalid_request_error","code":"invalid_request_error"}}
DeepSeek | openai-chat | 402 | quota | {"error":{"message":"Insufficient Balance","type":"unknown_error","code":"invalid_request_error"}}
xAI | openai-chat | 429 | quota | {"code":"Some resource has been exhausted","error":"Your team has either used all available credits or reached its monthly spending limit."}
Groq | openai-chat | 413 | too_large | {"error":{"message":"Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 8000","type":"tokens","code":"rate_limit_exceeded"}}
Groq | openai-chat | 498 | overloaded | {"error":{"message":"Flex tier capacity exceeded","type":"capacity_exceeded"}}
Groq | openai-chat | 400 | permission | {"error":{"message":"The model requires terms acceptance.","type":"invalid_request_error","code":"model_terms_required"}}
Groq | openai-chat | 400 | auth | {"error":{"message":"Organization has been restricted.","type":"invalid_request_error","code":"organization_restricted"}}
Cerebras | openai-chat | 429 | overloaded | {"message":"We're experiencing high traffic right now! Please try again soon.","type":"too_many_requests_error","param":"queue","code":"queue_exceeded"}
Cerebras | openai-chat | 429 | rate_limited | {"message":"Tokens per day limit exceeded - too many tokens processed.","type":"too_many_tokens_error","param":"quota","code":"token_quota_exceeded"}
Cohere | openai-chat | 498 | moderation | {"message":"blocked output: please adjust your prompt and try again"}
Cohere | openai-chat | 401 | auth | {"message":"invalid api token"}
Together | openai-chat | 403 | context_length | {"error":{"message":"Input token count + `max_tokens` must be less than the model's context length","type":"invalid_request_error"}}
Fireworks | openai-chat | 412 | quota | {"error":{"message":"Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices."}}
DeepInfra | openai-chat | 429 | overloaded | {"detail":"Model busy, retry later"}
NVIDIA | openai-chat | 400 | overloaded | {"status":400,"title":"Bad Request","detail":"Function id 'x': DEGRADED function cannot be invoked"}
Z.AI | openai-chat | 429 | rate_limited | {"error":{"code":"1302","message":"High concurrency usage of this API"}}
Z.AI | openai-chat | 429 | quota | {"error":{"code":"1308","message":"Usage limit reached for 5 hour. Your limit will reset at 2026-01-01 00:00:00"}}
Z.AI | openai-chat | 429 | overloaded | {"error":{"code":"1305","message":"The service may be temporarily overloaded, please try again later"}}
Z.AI | openai-chat | 400 | context_length | {"error":{"code":"1261","message":"Prompt exceeds max length"}}
Z.AI | openai-chat | 400 | moderation | {"error":{"code":"1301","message":"System detected potentially unsafe or sensitive content"}}
Z.AI | openai-chat | 400 | model_not_found | {"error":{"code":"1211","message":"Model code unknown, please check"}}
Moonshot | openai-chat | 403 | quota | {"error":{"type":"exceeded_current_quota_error","message":"Your account is suspended, please recharge"}}
Moonshot | openai-chat | 429 | overloaded | {"error":{"type":"engine_overloaded_error","message":"The engine is currently overloaded"}}
Moonshot | openai-chat | 429 | rate_limited | {"error":{"type":"rate_limit_reached_error","message":"max RPM: 3"}}
Alibaba | openai-chat | 403 | quota | {"error":{"code":"AllocationQuota.FreeTierOnly","message":"The free tier of the model has been exhausted."}}
Alibaba | openai-chat | 429 | rate_limited | {"error":{"code":"Throttling.RateQuota","message":"Requests throttled"}}
Alibaba | openai-chat | 400 | moderation | {"error":{"code":"DataInspectionFailed","message":"Input data may contain inappropriate content."}}
Alibaba | openai-chat | 400 | quota | {"error":{"code":"Arrearage","message":"Access denied, please make sure your account is in good standing."}}
Novita | openai-chat | 403 | quota | {"code":403,"reason":"NOT_ENOUGH_BALANCE","message":"not enough balance"}
SiliconFlow | openai-chat | 403 | quota | {"code":30001,"message":"Sorry, your account balance is insufficient"}
Chutes | openai-chat | 429 | overloaded | {"detail":"Infrastructure is at maximum capacity, try again later"}
Azure | openai-chat | 429 | overloaded | {"error":{"code":"NoCapacity","message":"The system is currently experiencing high demand"}}
Azure | openai-chat | 400 | unsupported | {"error":{"code":"OperationNotSupported","message":"The chatCompletion operation does not work with the specified model, x."}}
GitHub | openai-chat | 413 | too_large | {"error":{"code":"tokens_limit_reached","message":"Request body too large for x model. Max size: 8000 tokens."}}
GitHub | openai-chat | 429 | rate_limited | {"error":{"code":"RateLimitReached","message":"Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 80000 seconds before retrying."}}
Hugging Face | openai-chat | 402 | quota | {"error":"You have exceeded your monthly included credits for Inference Providers."}
Hugging Face | openai-chat | 400 | model_not_found | {"error":{"message":"The requested model 'x' is not supported by any provider you have enabled.","type":"invalid_request_error","code":"model_not_supported"}}
llama.cpp | openai-chat | 503 | overloaded | {"error":{"message":"Loading model","type":"unavailable_error","code":503}}
llama.cpp | openai-chat | 500 | unsupported | {"error":{"code":500,"message":"tools param requires --jinja flag","type":"server_error"}}
llama.cpp | openai-chat | 501 | unsupported | {"error":{"code":501,"message":"The current model does not support audio input.","type":"not_supported_error"}}
vLLM | openai-chat | 400 | unsupported | {"object":"error","message":"\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set","type":"BadRequestError","code":400}
vLLM | openai-chat | 404 | model_not_found | {"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","code":404}
LM Studio | openai-chat | 404 | model_not_found | {"error":{"message":"No models loaded. Please load a model in the developer page.","type":"invalid_request_error"}}
Ollama | ollama | 500 | unsupported | {"error":"model requires more system memory (9.0 GiB) than is available (4.0 GiB)"}
Ollama | ollama | 503 | overloaded | {"error":"server busy, please try again. maximum pending requests exceeded"}
Ollama | ollama | 429 | quota | {"error":"you've reached your weekly usage limit, please upgrade to continue"}
"#;

#[test]
fn documented_errors_of_each_vendor() {
    for row in DOCUMENTED.trim().lines() {
        let [vendor, format, status, expected, body] =
            row.splitn(5, " | ").collect::<Vec<_>>().try_into().expect("five columns");
        let expected: FailureKind = serde_json::from_value(expected.into()).expect(vendor);
        assert_eq!(kind(format, status.parse().expect("a status"), body), expected, "{vendor}: {body}");
    }
}

/// MiniMax answers with a success whatever happens; what is said in a stream has no status at all.
#[test]
fn errors_that_come_as_a_success() {
    let minimax = |code: u32| json!({"id": "1", "choices": null, "base_resp": {"status_code": code, "status_msg": "no"}});
    for (code, expected) in [
        (1002, RateLimited),
        (1004, Auth),
        (1008, Quota),
        (1026, Moderation),
        (1027, Moderation),
        (1039, RateLimited),
        (2013, InvalidRequest),
        (2049, Auth),
        (2056, Quota),
        (1000, Server),
    ] {
        let failure = heard("openai-chat", minimax(code).to_string().as_bytes()).1.expect_err("an error");
        assert_eq!((failure.kind, failure.code), (expected, Some(code.to_string())), "MiniMax {code}");
    }
    let anthropic = [
        ("permission_error", Permission),
        ("not_found_error", ModelNotFound),
        ("timeout_error", FirstTokenTimeout),
        ("rate_limit_error", RateLimited),
        ("billing_error", Quota),
        ("api_error", Server),
        ("overloaded_error", Overloaded),
        ("invalid_request_error", InvalidRequest),
    ];
    for (said, expected) in anthropic {
        let event = json!({"type": "error", "error": {"type": said, "message": "no"}});
        let stream = format!("event: error\ndata: {event}\n\n");
        let failure = heard("anthropic-messages", stream.as_bytes()).1.expect_err(said);
        assert_eq!(failure.kind, expected, "{said}");
    }
    let responses = [
        ("server_error", Server),
        ("rate_limit_exceeded", RateLimited),
        ("invalid_prompt", InvalidRequest),
        ("invalid_base64_image", InvalidRequest),
        ("image_content_policy_violation", Moderation),
        ("unsupported_image_media_type", Unsupported),
        ("image_file_not_found", InvalidRequest),
    ];
    for (code, expected) in responses {
        let event = json!({"type": "response.failed", "response": {"id": "r", "status": "failed",
            "error": {"code": code, "message": "no"}}});
        let stream = format!("event: response.failed\ndata: {event}\n\n");
        let failure = heard("openai-responses", stream.as_bytes()).1.expect_err(code);
        assert_eq!(failure.kind, expected, "{code}");
    }
}
