//! Streaming and not, failures before and after the first token, a client that hangs up.

use super::{client, open};
use fareway::serve::Options;
use serde_json::{Value, json};

async fn post(url: &str, body: &Value) -> (u16, String) {
    let response = client().post(url).body(body.to_string()).send().await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("a body"))
}

/// The whole answer of this model.
async fn answer(model: &str) -> Value {
    let door = open(Options::default()).await;
    let (status, body) = post(&door.url("/v1/chat/completions"), &ask(model, false)).await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).expect("JSON")
}

fn ask(model: &str, stream: bool) -> Value {
    json!({ "model": model, "stream": stream, "messages": [{ "role": "user", "content": "hello" }] })
}

#[tokio::test]
async fn one_body_carries_text_usage_and_the_cost() {
    let body = answer("demo/swift").await;
    assert_eq!(body["object"], "chat.completion");
    assert_eq!(body["model"], "demo/swift");
    assert_eq!(body["choices"][0]["finish_reason"], "stop");
    assert!(!body["choices"][0]["message"]["content"].as_str().expect("text").is_empty());
    assert!(body["usage"]["cost"].is_number(), "{body}");
    assert!(body["id"].as_str().expect("an id").starts_with("gen-"));
    assert_eq!(body["fareway"]["demo"], true);
}

#[tokio::test]
async fn a_stream_says_the_same_and_ends_with_usage_and_done() {
    let door = open(Options::default()).await;
    let (status, body) = post(&door.url("/v1/chat/completions"), &ask("demo/swift", true)).await;
    assert_eq!(status, 200, "{body}");
    let data: Vec<&str> = body.split("\n\n").filter_map(|event| event.strip_prefix("data: ")).collect();
    assert_eq!(data.last(), Some(&"[DONE]"));
    let chunks: Vec<Value> =
        data[..data.len() - 1].iter().map(|text| serde_json::from_str(text).expect("JSON")).collect();
    let text: String =
        chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect();
    assert!(!text.is_empty());
    let with_usage: Vec<&Value> = chunks.iter().filter(|chunk| chunk.get("usage").is_some()).collect();
    assert_eq!(with_usage.len(), 1);
    assert_eq!(with_usage[0]["choices"], json!([]));
    assert!(with_usage[0]["usage"]["completion_tokens"].as_u64().expect("a count") > 0);
}

/// What the router took the prompt for, and why it picked whom, is in the metadata as `fareway why` says it.
#[tokio::test]
async fn the_routers_reason_is_told_in_the_metadata() {
    let body = answer("fareway/auto").await;
    let steps = body["fareway"]["resolved"].as_array().expect("steps");
    assert!(steps[0].as_str().is_some_and(|step| step.starts_with("fareway/auto: looks like ")), "{steps:?}");
}

#[tokio::test]
async fn a_fallback_is_told_in_the_metadata() {
    let body = answer("demo/flaky").await;
    let attempts = body["fareway"]["attempts"].as_array().expect("attempts");
    assert!(attempts.len() > 1, "{attempts:?}");
    assert_eq!(attempts[attempts.len() - 1]["outcome"], "answered");
}

#[tokio::test]
async fn an_unknown_model_is_an_error_and_not_an_empty_stream() {
    let door = open(Options::default()).await;
    for stream in [true, false] {
        let (status, body) =
            post(&door.url("/v1/chat/completions"), &ask("openai/gtp-4o-minni", stream)).await;
        let body: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(status, 400, "as OpenRouter: {body}");
        assert_eq!(body["error"]["metadata"]["error_type"], "invalid_request");
        assert_eq!(body["error"]["availability"]["code"], "model_not_found");
        assert!(!body["error"]["availability"]["fallback_models"].as_array().expect("names").is_empty());
    }
}

#[tokio::test]
async fn a_compressed_body_is_refused_by_its_name() {
    let door = open(Options::default()).await;
    let url = door.url("/v1/chat/completions");
    let send = |coding: &'static str, body: Vec<u8>| {
        client().post(&url).header("content-encoding", coding).body(body).send()
    };
    for coding in ["gzip", "br", "deflate, gzip"] {
        let answer = send(coding, vec![0x1f, 0x8b, 8, 0]).await.expect("an answer");
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["accept-encoding"] == "identity"),
            (415, true)
        );
        let body: Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
        assert_eq!(body["error"]["code"], 415);
        let message = body["error"]["message"].as_str().expect("a sentence");
        assert!(message.contains(&format!("`content-encoding: {coding}`")), "{message}");
    }
    let plain = ask("demo/swift", false).to_string().into_bytes();
    assert_eq!(send("identity", plain).await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn a_bad_body_is_answered_with_the_field() {
    let door = open(Options::default()).await;
    let url = door.url("/v1/chat/completions");
    let (status, body) = post(&url, &json!({ "model": "demo/swift" })).await;
    assert_eq!(status, 400);
    assert!(body.contains("`messages` is missing"), "{body}");
    let (status, body) = post(&url, &json!({ "model": "demo/swift", "messages": [] })).await;
    assert_eq!(status, 400);
    assert!(body.contains("`messages` is empty"), "{body}");
    let small = open(Options { max_body: 100, ..Options::default() }).await;
    let long =
        json!({ "model": "demo/swift", "messages": [{ "role": "user", "content": "x".repeat(1000) }] });
    let (status, body) = post(&small.url("/v1/chat/completions"), &long).await;
    assert_eq!(status, 413, "{body}");
    assert!(body.contains("payload_too_large"), "{body}");
}

/// Who names no model is answered by the person's own; where there is none, it is said.
#[tokio::test]
async fn without_a_model_the_persons_own_answers() {
    let question = json!({ "messages": [{ "role": "user", "content": "hi" }] });
    let door = open(Options { model: "demo/swift".into(), ..Options::default() }).await;
    let (status, body) = post(&door.url("/v1/chat/completions"), &question).await;
    assert_eq!(status, 200, "{body}");
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!((&body["model"], &body["fareway"]["requested"]), (&json!("demo/swift"), &json!("demo/swift")));
    let door = open(Options::default()).await;
    let (status, body) = post(&door.url("/v1/chat/completions"), &question).await;
    assert_eq!(status, 400);
    assert!(body.contains("no model was named"), "{body}");
}

#[tokio::test]
async fn a_client_that_hangs_up_leaves_nothing_in_flight() {
    let door = open(Options::default()).await;
    let answers = (0..8).map(|_| {
        let (url, body) = (door.url("/v1/chat/completions"), ask("demo/sage", true).to_string());
        async move { client().post(url).body(body).send().await.map(|answer| answer.status()) }
    });
    // each response is dropped unread
    for status in futures_util::future::join_all(answers).await {
        assert_eq!(status.expect("an answer"), 200);
    }
    while door.gateway.in_flight() > 0 {
        tokio::task::yield_now().await;
    }
}
