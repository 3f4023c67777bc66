//! What a client hears when the provider says no: OpenAI's status, OpenRouter's envelope, over sockets on both sides.

use super::{client, open_to};
use crate::gateway::bench::{Bench, catalog, keys, options};
use crate::support::upstream::{Script, Upstream};
use fareway::gateway::{Keys, Options};
use fareway::serve;
use serde_json::{Value, json};

struct Refused {
    status: u16,
    retry_after: Option<String>,
    error: Value,
}

async fn refused(bench: &Bench, stream: bool) -> Refused {
    let door = open_to(bench.gateway.clone(), serve::Options::default()).await;
    let body =
        json!({"model": "test/model", "stream": stream, "messages": [{"role": "user", "content": "hi"}]});
    let answer = client().post(door.url("/v1/chat/completions")).body(body.to_string()).send().await;
    let answer = answer.expect("an answer");
    let retry_after =
        answer.headers().get("retry-after").map(|value| value.to_str().expect("ASCII").to_owned());
    let status = answer.status().as_u16();
    let body: Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
    Refused { status, retry_after, error: body["error"].clone() }
}

#[tokio::test]
async fn a_missing_key_is_a_401_that_names_the_variable() {
    let upstream = Upstream::start([Script::says(&["yes"])]);
    for stream in [false, true] {
        let bench = Bench::of(catalog(&[upstream.base_url()]), keys(0), options());
        let refused = refused(&bench, stream).await;
        assert_eq!((refused.status, &refused.error["code"]), (401, &json!(401)), "{}", refused.error);
        assert_eq!(refused.error["metadata"]["error_type"], "authentication");
        assert_eq!(refused.error["availability"]["excluded_by"], json!(["no_key"]));
        let message = refused.error["message"].as_str().expect("a sentence");
        assert!(message.contains("P0_KEY"), "{message}");
    }
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn a_rejected_key_is_a_401_that_names_the_variable_and_not_the_key() {
    let no = Script::error(401, "invalid_api_key", "Incorrect API key provided: sk-secr*****-0");
    let upstream = Upstream::start([no]);
    for stream in [false, true] {
        let mut keys = Keys::default();
        let provider = fareway::words::ProviderId::new("p0");
        keys.add(&provider, "sk-secret-0", "P0_KEY");
        let bench = Bench::of(catalog(&[upstream.base_url()]), keys, options());
        let refused = refused(&bench, stream).await;
        assert_eq!((refused.status, &refused.error["code"]), (401, &json!(401)), "{}", refused.error);
        let metadata = &refused.error["metadata"];
        assert_eq!(metadata["error_type"], "authentication");
        assert_eq!(
            (&metadata["provider_name"], &metadata["provider_code"]),
            (&json!("p0"), &json!("invalid_api_key"))
        );
        assert_eq!(metadata["previous_errors"][0]["status"], 401);
        let message = refused.error["message"].as_str().expect("a sentence");
        assert!(message.contains("P0_KEY") && !refused.error.to_string().contains("sk-secret"), "{message}");
    }
}

#[tokio::test]
async fn each_refusal_has_its_status_and_its_type() {
    // what the provider answers; what the client gets: status, type, Retry-After
    let error = |status, kind: &str, message: &str| Script::error(status, kind, message);
    let limited = Script::answer(
        429,
        &[("retry-after", "7")],
        r#"{"error":{"message":"slow down","type":"rate_limit_exceeded","code":"rate_limit_exceeded"}}"#,
    );
    let rows = [
        ("out of money", error(402, "insufficient_quota", "add credits"), 402, "payment_required", None),
        (
            "quota as 429",
            error(429, "insufficient_quota", "exceeded your quota"),
            402,
            "payment_required",
            None,
        ),
        ("rate limit", limited, 429, "rate_limit_exceeded", Some("7")),
        (
            "rate limit, and a part of a second",
            Script::answer(429, &[("retry-after", "29.2")], r#"{"error":{"message":"slow down"}}"#),
            429,
            "rate_limit_exceeded",
            // never too early
            Some("30"),
        ),
        ("forbidden", error(403, "permission_denied", "not for you"), 403, "permission_denied", None),
        ("no such model", error(404, "model_not_found", "no such model"), 404, "not_found", None),
        (
            "too long",
            error(400, "context_length_exceeded", "maximum context length"),
            400,
            "context_length_exceeded",
            None,
        ),
        ("wrong", error(400, "invalid_request_error", "bad field"), 400, "invalid_request", None),
        ("too large", error(413, "request_too_large", "too large"), 413, "payload_too_large", None),
        ("filtered", error(400, "content_policy_violation", "no"), 400, "content_policy_violation", None),
        ("broken", error(500, "server_error", "on fire"), 502, "provider_unavailable", None),
        (
            "bad gateway",
            Script::answer(502, &[("content-type", "text/html")], "<html>502</html>"),
            502,
            "provider_unavailable",
            None,
        ),
        ("overloaded", error(503, "overloaded_error", "overloaded"), 503, "provider_overloaded", None),
        (
            "overloaded, Anthropic's number",
            error(529, "overloaded_error", "overloaded"),
            503,
            "provider_overloaded",
            None,
        ),
        ("cut", Script::default().reset(), 502, "provider_unavailable", None),
        ("nothing said", Script::stream().done(), 502, "provider_unavailable", None),
    ];
    for (name, script, status, kind, retry_after) in rows {
        for stream in [false, true] {
            let upstream = Upstream::start([script.clone()]);
            let bench = Bench::with(&[&upstream], Options { max_attempts: 1, ..options() });
            let refused = refused(&bench, stream).await;
            assert_eq!(refused.status, status, "{name}: {}", refused.error);
            assert_eq!(refused.error["code"], status, "{name}");
            assert_eq!(refused.error["metadata"]["error_type"], kind, "{name}: {}", refused.error);
            assert_eq!(refused.retry_after.as_deref(), retry_after, "{name}");
            assert!(!refused.error["message"].as_str().unwrap_or_default().is_empty(), "{name}");
        }
    }
}

#[tokio::test]
async fn a_client_of_serve_reaches_the_provider_with_its_own_fields() {
    let upstream = Upstream::start([Script::says(&["yes"])]);
    let bench = Bench::new(&[&upstream]);
    let door = open_to(bench.gateway.clone(), serve::Options::default()).await;
    let body = json!({
        "model": "test/model", "safe_prompt": true, "provider": {"options": {"p0": {"beta": [1]}}},
        "messages": [{"role": "user", "name": "ann", "content": "hi"}],
    });
    let answer = client().post(door.url("/v1/chat/completions")).body(body.to_string()).send().await;
    assert_eq!(answer.expect("an answer").status(), 200);
    let asked = upstream.seen()[0].json();
    assert_eq!((&asked["safe_prompt"], &asked["beta"]), (&json!(true), &json!([1])));
    assert_eq!(asked["messages"][0], body["messages"][0]);
    assert!(asked.get("provider").is_none());
}

/// A reply that is nothing but a call of a custom tool is a reply, streamed and not.
#[tokio::test]
async fn a_call_of_a_custom_tool_reaches_the_client() {
    use crate::support::upstream::{delta, stop};
    let call =
        json!({"index": 0, "id": "c1", "type": "custom", "custom": {"name": "sql", "input": "select 1"}});
    let script =
        Script::stream().event(&delta(&json!({"tool_calls": [call]}))).event(&stop("tool_calls")).done();
    let upstream = Upstream::start([script]);
    let bench = Bench::of(catalog(&[upstream.base_url()]), keys(1), options());
    let door = open_to(bench.gateway.clone(), serve::Options::default()).await;
    for stream in [false, true] {
        let body = json!({
            "model": "test/model", "stream": stream, "messages": [{"role": "user", "content": "hi"}],
            "tools": [{"type": "custom", "custom": {"name": "sql"}}],
        });
        let answer = client().post(door.url("/v1/chat/completions")).body(body.to_string()).send().await;
        let answer = answer.expect("an answer").text().await.expect("a body");
        let calls: Vec<Value> = answer
            .lines()
            .filter_map(|line| {
                serde_json::from_str::<Value>(line.strip_prefix("data: ").unwrap_or(line)).ok()
            })
            .filter_map(|chunk| {
                let choice = chunk["choices"].get(0)?;
                choice.get(if stream { "delta" } else { "message" })?.get("tool_calls").cloned()
            })
            .collect();
        assert_eq!(calls, [json!([call])], "{answer}");
        assert!(answer.contains("\"finish_reason\":\"tool_calls\""), "{answer}");
    }
}
