//! Requests in the chat format and its dialects.

use super::helpers::{body, encode, request, say};
use fareway::wire::{Auth, QUIRKS, is_quirk};
use fareway::words::{
    CacheMark, Effort, Message, Params, Part, Reasoning, ReasoningParams, Request, ResponseFormat, Role,
    Source, Tool, ToolChoice,
};
use serde_json::{Map, Value, json};

const F: &str = "openai-chat";

fn loop_of_tools() -> Request {
    let mut request = request(vec![
        say(Role::System, "Be brief."),
        say(Role::User, "Weather?"),
        Message::loose(
            Role::Assistant,
            vec![
                Part::Reasoning(Reasoning { text: "think".into(), ..Reasoning::default() }),
                Part::ToolCall {
                    id: "call_1".into(),
                    name: "f".into(),
                    arguments: "{}".into(),
                    signature: None,
                },
                Part::ToolCall {
                    id: "call_2".into(),
                    name: "g".into(),
                    arguments: "{}".into(),
                    signature: None,
                },
            ],
        ),
        Message::loose(
            Role::Tool,
            vec![
                Part::ToolResult {
                    call: "call_1".into(),
                    name: "f".into(),
                    parts: vec![Part::text("sun")],
                    error: false,
                },
                Part::ToolResult {
                    call: "call_2".into(),
                    name: "g".into(),
                    parts: vec![Part::text("rain")],
                    error: false,
                },
            ],
        ),
    ]);
    request.tools = vec![Tool {
        name: "f".into(),
        description: "d".into(),
        parameters: json!({"type": "object"}),
        strict: None,
        cache: CacheMark::None,
        extra: serde_json::Map::new(),
        opaque: None,
    }];
    request.params.tool_choice = Some(ToolChoice::Auto);
    request
}

#[test]
fn what_was_not_given_is_not_sent() {
    let sent = encode(F, &[], &request(vec![say(Role::User, "hi")]));
    assert_eq!(sent.url, "https://api.example/v1/chat/completions");
    assert_eq!(sent.auth, Auth::Bearer);
    assert_eq!(
        String::from_utf8_lossy(&sent.body),
        r#"{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true}"#
    );
}

#[test]
fn tools_and_their_results() {
    let sent = body(F, &[], &loop_of_tools());
    assert_eq!(
        sent,
        json!({
            "model": "m",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Weather?"},
                {"role": "assistant", "content": null, "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}},
                    {"id": "call_2", "type": "function", "function": {"name": "g", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "call_1", "content": "sun"},
                {"role": "tool", "tool_call_id": "call_2", "content": "rain"},
            ],
            "stream": true,
            "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}],
            "tool_choice": "auto",
        })
    );
    // DeepSeek wants the thinking of an open tool loop back, Mistral ids of nine letters
    assert_eq!(body(F, &["deepseek"], &loop_of_tools())["messages"][2]["reasoning_content"], "think");
    let sent = body(F, &["mistral"], &loop_of_tools());
    let id = sent["messages"][2]["tool_calls"][0]["id"].as_str().unwrap_or_default().to_owned();
    assert_eq!(id.len(), 9);
    assert_eq!(sent["messages"][3]["tool_call_id"], id);
    assert_ne!(sent["messages"][4]["tool_call_id"], id);
}

#[test]
fn parts() {
    let data = |t: &str| Source::Data { media_type: t.into(), base64: "AA==".into() };
    let request = request(vec![Message::loose(
        Role::User,
        vec![
            Part::Text { text: "see".into(), cache: CacheMark::Plain },
            Part::Image { name: String::new(), source: data("image/png"), detail: Some("low".into()) },
            Part::File { name: "a.pdf".into(), source: data("application/pdf") },
            Part::Audio { source: data("audio/mpeg") },
            Part::Opaque { format: F.into(), value: json!({"type": "video_url", "video_url": {"url": "u"}}) },
            Part::Opaque { format: "gemini".into(), value: json!({"type": "secret"}) },
        ],
    )]);
    assert_eq!(
        body(F, &["openrouter"], &request)["messages"][0]["content"],
        json!([
            {"type": "text", "text": "see", "cache_control": {"type": "ephemeral"}},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA==", "detail": "low"}},
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AA=="}},
            {"type": "input_audio", "input_audio": {"data": "AA==", "format": "mp3"}},
            {"type": "video_url", "video_url": {"url": "u"}},
        ])
    );
    assert_eq!(
        body(F, &["mistral"], &request)["messages"][0]["content"][2],
        json!({"type": "document_url", "document_url": "data:application/pdf;base64,AA==", "document_name": "a.pdf"})
    );
}

#[test]
fn every_parameter_and_what_dialects_make_of_it() {
    let mut asked = request(vec![say(Role::User, "hi")]);
    asked.params = Params {
        max_tokens: Some(9),
        temperature: Some(0.7),
        top_k: Some(5),
        seed: Some(1),
        stop: vec!["x".into()],
        logit_bias: Some(Map::new()),
        logprobs: Some(true),
        reasoning: Some(ReasoningParams { effort: Some(Effort::High), ..ReasoningParams::default() }),
        response_format: Some(ResponseFormat::JsonSchema { json_schema: json!({"name": "n"}) }),
        ..Params::default()
    };
    let rest = |quirks: &[&str]| {
        let mut sent = body(F, quirks, &asked);
        for key in ["model", "messages", "stream", "temperature", "stop", "response_format"] {
            assert!(sent.as_object_mut().and_then(|map| map.remove(key)).is_some(), "{key}");
        }
        sent
    };
    assert_eq!(
        rest(&[]),
        json!({"max_tokens": 9, "top_k": 5, "seed": 1, "logit_bias": {}, "logprobs": true, "reasoning_effort": "high"})
    );
    for (quirks, expected) in [
        (
            &["openai"][..],
            json!({"stream_options": {"include_usage": true}, "max_completion_tokens": 9, "seed": 1, "logit_bias": {}, "logprobs": true, "reasoning_effort": "high"}),
        ),
        (
            &["groq"],
            json!({"stream_options": {"include_usage": true}, "max_completion_tokens": 9, "seed": 1, "reasoning_effort": "high", "reasoning_format": "parsed"}),
        ),
        (&["mistral"], json!({"max_tokens": 9, "random_seed": 1, "reasoning_effort": "high"})),
        (
            &["deepseek", "stream_usage"],
            json!({"stream_options": {"include_usage": true}, "max_tokens": 9, "logprobs": true, "thinking": {"type": "enabled"}, "reasoning_effort": "high"}),
        ),
        (
            &["openrouter"],
            json!({"max_tokens": 9, "top_k": 5, "seed": 1, "logit_bias": {}, "logprobs": true, "reasoning": {"effort": "high"}}),
        ),
        (
            &["alibaba"],
            json!({"max_tokens": 9, "top_k": 5, "seed": 1, "logprobs": true, "enable_thinking": true}),
        ),
        (
            &["vllm"],
            json!({"max_tokens": 9, "top_k": 5, "seed": 1, "logit_bias": {}, "logprobs": true, "chat_template_kwargs": {"enable_thinking": true}, "reasoning_effort": "high"}),
        ),
    ] {
        assert_eq!(rest(quirks), expected, "{quirks:?}");
    }
}

#[test]
fn unknown_fields_ride_along_where_they_mean_something() {
    let mut asked = request(vec![say(Role::User, "hi")]);
    asked.extra = json!({
        "safe_prompt": true, "gemini": {"cachedContent": "c"}, "plugins": [], "openai-chat": {"n2": 1},
        "provider": {"options": {"p": {"fast": 1}, "other": {"slow": 1}}},
    })
    .as_object()
    .cloned()
    .unwrap_or_default();
    let keys = |sent: &Value| {
        sent.as_object().map(|m| m.keys().skip(3).cloned().collect::<Vec<_>>()).unwrap_or_default()
    };
    assert_eq!(keys(&body(F, &[], &asked)), ["safe_prompt", "fast", "n2"]);
    assert_eq!(keys(&body(F, &["openrouter"], &asked)), ["safe_prompt", "plugins", "provider", "fast", "n2"]);
}

#[test]
fn openrouter_hears_our_wishes_and_gets_its_blocks_back() {
    let mut asked = request(vec![
        say(Role::User, "hi"),
        Message::loose(
            Role::Assistant,
            vec![
                Part::Reasoning(Reasoning {
                    text: "t".into(),
                    signature: Some("s".into()),
                    format: Some("anthropic-claude-v1".into()),
                    ..Reasoning::default()
                }),
                Part::text("ok"),
            ],
        ),
        say(Role::User, "go on"),
    ]);
    asked.preferences.zdr = Some(true);
    asked.preferences.order = vec!["groq".into()];
    let sent = body(F, &["openrouter"], &asked);
    assert_eq!(sent["provider"], json!({"zdr": true}));
    assert_eq!(
        sent["messages"][1],
        json!({"role": "assistant", "content": "ok", "reasoning_details": [
            {"type": "reasoning.text", "text": "t", "signature": "s", "format": "anthropic-claude-v1", "index": 0}]})
    );
    assert_eq!(body(F, &[], &asked)["messages"][1], json!({"role": "assistant", "content": "ok"}));
}

#[test]
fn azure_has_its_own_address_and_header() {
    let mut endpoint = super::helpers::endpoint(F, &["azure"]);
    let asked = request(vec![say(Role::User, "hi")]);
    let format = fareway::wire::format(F).expect("a format");
    let mut url = |base: &str, quirks: &[&str]| {
        endpoint.base_url = base.into();
        endpoint.quirks = quirks.iter().collect();
        let sent = format.encode(&endpoint, &asked).expect("encodes");
        assert_eq!(sent.auth, Auth::Header("api-key"));
        sent.url
    };
    for (base, quirks, expected) in [
        (
            "https://r.openai.azure.com",
            &["azure"][..],
            "https://r.openai.azure.com/openai/deployments/m/chat/completions?api-version=2024-10-21",
        ),
        (
            "https://r.openai.azure.com/openai",
            &["azure", "api_version=2025-01-01-preview"],
            "https://r.openai.azure.com/openai/deployments/m/chat/completions?api-version=2025-01-01-preview",
        ),
        (
            "https://r.openai.azure.com/openai/v1",
            &["azure"],
            "https://r.openai.azure.com/openai/v1/chat/completions",
        ),
        (
            "https://r.openai.azure.com/openai/deployments/mine",
            &["azure"],
            "https://r.openai.azure.com/openai/deployments/mine/chat/completions?api-version=2024-10-21",
        ),
        (
            "https://r.services.ai.azure.com/models",
            &["azure"],
            "https://r.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview",
        ),
    ] {
        assert_eq!(url(base, quirks), expected);
    }
}

#[test]
fn quirks_have_distinct_names() {
    let mut names: Vec<_> = QUIRKS.iter().map(|quirk| quirk.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), QUIRKS.len());
    assert!(is_quirk("groq") && is_quirk("api_version=x") && !is_quirk("grok"));
}
