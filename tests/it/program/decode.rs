//! `fareway decode` as a bug report's reader meets it: every format, every cutting, whatever is in the file.

use crate::support::program::Home;
use serde_json::{Value, json};

const CHAT: &str = concat!(
    "data: {\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"Grüße\"}}],\"new\":7}\n\n",
    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\n",
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4,\"cost\":0.0000125}}\n\ndata: [DONE]\n\n",
);

#[test]
fn what_is_heard_is_told_and_no_cutting_changes_it() {
    let home = Home::new();
    let file = home.file("stream.sse", CHAT);
    let file = file.to_str().expect("a name");
    let whole = home.run(["decode", "--format", "openai-chat", file]).ok().json();
    for (field, value) in [
        ("text", json!("Grüße")),
        ("reasoning", json!("hm")),
        ("stop", json!("tool_calls")),
        ("native_stop", json!("tool_calls")),
        ("cost_usd", json!("0.0000125")),
        ("failure", Value::Null),
        ("aside", json!([{"chunk": {"new": 7}}])),
    ] {
        assert_eq!(whole[field], value, "{field}");
    }
    assert_eq!(whole["tool_calls"][0]["name"], "f");
    assert_eq!((&whole["usage"]["prompt"], &whole["usage"]["completion"]), (&json!(9), &json!(4)));
    for seed in ["0", "1", "18446744073709551615"] {
        let cut = home.run(["decode", "--format", "openai-chat", "--cuts", seed, file]).ok().json();
        assert_eq!(cut, whole, "{seed}");
    }
    assert_eq!(home.pipe(["decode", "--format", "openai-chat", "-"], CHAT.as_bytes()).ok().json(), whole);
}

#[test]
fn an_error_is_told_with_its_class() {
    let home = Home::new();
    let body = r#"{"error":{"message":"slow down","code":"rate_limit_exceeded"}}"#;
    let args = ["decode", "--format", "openai-chat", "--status", "429", "--header", "Retry-After: 7", "-"];
    let heard = home.pipe(args, body.as_bytes()).ok().json();
    let failure = &heard["failure"];
    assert_eq!((&failure["kind"], &failure["status"]), (&json!("rate_limited"), &json!(429)));
    assert_eq!(
        (&failure["retry_after_ms"], &failure["code"]),
        (&json!(7_000), &json!("rate_limit_exceeded"))
    );
    assert!(failure["remedy"].is_string() || failure["remedy"].is_object(), "{failure}");
}

#[test]
fn whatever_is_in_the_file_is_a_failure_and_never_a_crash() {
    let home = Home::new();
    let noise: Vec<u8> = (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let files: [(&str, &[u8]); 5] = [
        ("empty", b""),
        ("noise", &noise),
        ("zeros", &[0; 4096]),
        ("page", b"<!doctype html><title>Sign in</title>"),
        ("half", &CHAT.as_bytes()[..150]),
    ];
    for format in ["openai-chat", "openai-responses", "anthropic-messages", "gemini", "ollama"] {
        for (name, bytes) in files {
            let file = home.file(name, bytes);
            let file = file.to_str().expect("a name");
            let heard = home.run(["decode", "--format", format, file]).ok().json();
            assert!(heard["failure"]["kind"].is_string(), "{format}, {name}: {heard}");
            let cut = home.run(["decode", "--format", format, "--cuts", "3", file]).ok().json();
            assert_eq!(cut["failure"]["kind"], heard["failure"]["kind"], "{format}, {name}");
        }
    }
}

#[test]
fn a_slip_in_the_command_is_said() {
    let home = Home::new();
    let file = home.file("stream.sse", CHAT);
    let file = file.to_str().expect("a name");
    let folder = home.path().to_str().expect("a name").to_owned();
    for (args, said) in [
        (&["decode", "--format", "openai", file][..], &["no format `openai`", "openai-chat", "ollama"][..]),
        (&["decode", file], &["--format"]),
        (&["decode", "--format", "gemini", "nowhere.json"], &["cannot read nowhere.json"]),
        (&["decode", "--format", "gemini", &folder], &["cannot read"]),
        (&["decode", "--format", "gemini", "--status", "abc", file], &["--status"]),
        (&["decode", "--format", "gemini", "--cuts", "x", file], &["--cuts"]),
        (&["decode", "--format", "openai-chat", "--quirk", "grok", file], &["no quirk `grok`", "groq"]),
        (&["decode", "--format", "openai-chat", "--header", "Retry-After", file], &["is no header"]),
    ] {
        home.run(args).fails(2, said);
    }
}
