//! Keys, the list of models, and paths that are not there.

use super::{client, open};
use fareway::serve::{Key, Options};
use serde_json::Value;

fn keyed() -> Options {
    Options {
        keys: vec![Key { label: "team".into(), secret: "s3cret".to_owned().into() }],
        ..Options::default()
    }
}

#[tokio::test]
async fn without_the_key_nobody_comes_in() {
    let door = open(keyed()).await;
    let url = door.url("/v1/models");
    let status = |request: reqwest::RequestBuilder| async {
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(status(client().get(&url)).await, 401);
    assert_eq!(status(client().get(&url).bearer_auth("s3cre")).await, 401);
    assert_eq!(status(client().get(&url).bearer_auth("s3cret")).await, 200);
    assert_eq!(status(client().get(&url).header("x-api-key", "s3cret")).await, 200);
    assert_eq!(status(client().get(door.url("/health"))).await, 200);
}

#[tokio::test]
async fn models_are_listed_in_openrouters_shape_and_only_those_that_can_be_asked() {
    let door = open(Options::default()).await;
    let list: Value = serde_json::from_str(
        &client().get(door.url("/v1/models")).send().await.expect("an answer").text().await.expect("a body"),
    )
    .expect("JSON");
    let models = list["data"].as_array().expect("a list");
    // no key is set, so that only the demonstration can be asked
    assert!(
        models.iter().all(|model| model["id"].as_str().expect("an id").starts_with("demo/")),
        "{models:?}"
    );
    let swift = models.iter().find(|model| model["id"] == "demo/swift").expect("demo/swift");
    assert!(
        swift["pricing"]["prompt"].as_str().expect("a decimal string").parse::<fareway::words::Usd>().is_ok()
    );
    let one = client().get(door.url("/v1/models/demo/flaky/endpoints")).send().await.expect("an answer");
    let one: Value = serde_json::from_str(&one.text().await.expect("a body")).expect("JSON");
    assert!(one["data"]["endpoints"].as_array().expect("endpoints").len() > 1);
}

#[tokio::test]
async fn a_wrong_path_says_what_there_is() {
    let door = open(Options::default()).await;
    let answer = client().get(door.url("/v2/nothing")).send().await.expect("an answer");
    assert_eq!(answer.status(), 404);
    assert!(answer.text().await.expect("a body").contains("POST /v1/chat/completions"));
    let answer = client().get(door.url("/v1/chat/completions")).send().await.expect("an answer");
    assert_eq!((answer.status().as_u16(), &answer.headers()["allow"] == "POST"), (405, true));
    let body: Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
    assert_eq!(body["error"]["code"], 405, "the code is the status");
    let unknown = client().get(door.url("/v1/models/no/such")).send().await.expect("an answer");
    assert_eq!(unknown.status(), 404, "a page that is not there");
    let body: Value = serde_json::from_str(&unknown.text().await.expect("a body")).expect("JSON");
    assert_eq!(
        (&body["error"]["code"], &body["error"]["metadata"]["error_type"]),
        (&404.into(), &"not_found".into())
    );
    let garbled = client().get(door.url("/v1/models/%ff")).send().await.expect("an answer");
    assert_eq!(garbled.status(), 400);
    let body: Value = serde_json::from_str(&garbled.text().await.expect("a body")).expect("JSON");
    assert_eq!(body["error"]["metadata"]["error_type"], "invalid_request");
    let head = client().head(door.url("/v1/models")).send().await.expect("an answer");
    assert_eq!(head.status(), 200);
}

/// A page in a browser may send a request to any address; whom it would cost money is not asked.
#[tokio::test]
async fn web_pages_may_not_ask_where_no_key_is_wanted() {
    let door = open(Options::default()).await;
    let url = door.url("/v1/models");
    let with = |name: &'static str, value: &str| client().get(&url).header(name, value.to_owned());
    for (name, value, status) in [
        ("origin", "https://evil.example", 403),
        ("origin", "http://localhost.evil.example", 403),
        ("origin", "null", 403),
        ("origin", "http://localhost:3000", 200),
        ("origin", "http://127.0.0.1:5173", 200),
        ("origin", "http://[::1]:80", 200),
        ("origin", "vscode-webview://abc", 200),
        ("host", "rebound.evil.example", 403),
        ("host", "rebound.evil.example:4040", 403),
        ("host", "localhost:4040", 200),
        ("host", "[::1]:4040", 200),
    ] {
        let answer = with(name, value).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{name}: {value}");
    }
    // whoever has the key may be anywhere
    let door = open(keyed()).await;
    let asked =
        client().get(door.url("/v1/models")).bearer_auth("s3cret").header("origin", "https://app.example");
    assert_eq!(asked.send().await.expect("an answer").status(), 200);
}
