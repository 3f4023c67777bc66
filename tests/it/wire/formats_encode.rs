//! One conversation in the formats other than chat: system, image, signed thinking, parallel tools, limits.

use super::helpers::{body, encode, request, say};
use fareway::wire::Auth;
use fareway::words::{
    CacheMark, Effort, Message, Params, Part, Reasoning, ReasoningKind, ReasoningParams, Request,
    ResponseFormat, Role, Source, Tool, ToolChoice,
};
use serde_json::{Value, json};

fn thinking(format: &str) -> Vec<Part> {
    let reasoning = |kind, text: &str, signature: Option<&str>, data: Option<&str>| {
        Part::Reasoning(Reasoning {
            kind,
            text: text.into(),
            signature: signature.map(str::to_owned),
            data: data.map(str::to_owned),
            id: Some("rs_1".into()),
            format: Some(format.into()),
        })
    };
    vec![
        reasoning(ReasoningKind::Text, "hm", Some("sig"), None),
        reasoning(ReasoningKind::Encrypted, "", None, Some("xx")),
    ]
}

fn call(id: &str, signature: Option<&str>) -> Part {
    Part::ToolCall {
        id: id.into(),
        name: "f".into(),
        arguments: "{\"x\":1}".into(),
        signature: signature.map(str::to_owned),
    }
}

fn conversation(family: &str) -> Request {
    let result = |call: &str, text: &str, error| Part::ToolResult {
        call: call.into(),
        name: String::new(),
        parts: vec![Part::text(text)],
        error,
    };
    let mut said = thinking(family);
    said.push(Part::text("let me see"));
    said.push(call("c1", Some("tsig")));
    said.push(call("c2", None));
    let mut request = request(vec![
        say(Role::System, "Be brief."),
        Message::loose(
            Role::User,
            vec![
                Part::Text { text: "look".into(), cache: CacheMark::OneHour },
                Part::Image {
                    name: String::new(),
                    source: Source::Data { media_type: "image/png".into(), base64: "AA==".into() },
                    detail: None,
                },
            ],
        ),
        Message::loose(Role::Assistant, said),
        Message::loose(Role::Tool, vec![result("c1", "{\"t\":20}", false), result("c2", "no", true)]),
        say(Role::User, "so?"),
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
    request.params = Params {
        max_tokens: Some(4000),
        top_p: Some(0.5),
        stop: vec!["END".into()],
        tool_choice: Some(ToolChoice::Required),
        ..Params::default()
    };
    request.extra = json!({"safe_prompt": true}).as_object().cloned().unwrap_or_default();
    request
}

#[test]
fn anthropic() {
    let asked = conversation("anthropic-claude-v1");
    let sent = encode("anthropic-messages", &[], &asked);
    assert_eq!(
        (sent.url.as_str(), sent.auth),
        ("https://api.example/v1/messages", Auth::Header("x-api-key"))
    );
    assert!(sent.headers.contains(&("anthropic-version".into(), "2023-06-01".into())));
    assert_eq!(
        serde_json::from_slice::<Value>(&sent.body).expect("JSON"),
        json!({
            "model": "m",
            "max_tokens": 4000,
            "system": [{"type": "text", "text": "Be brief."}],
            "messages": [
                {"role": "user", "content": [
                    {"type": "text", "text": "look", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}}]},
                {"role": "assistant", "content": [
                    {"type": "thinking", "thinking": "hm", "signature": "sig"},
                    {"type": "redacted_thinking", "data": "xx"},
                    {"type": "text", "text": "let me see"},
                    {"type": "tool_use", "id": "c1", "name": "f", "input": {"x": 1}},
                    {"type": "tool_use", "id": "c2", "name": "f", "input": {"x": 1}}]},
                {"role": "user", "content": [
                    {"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "{\"t\":20}"}]},
                    {"type": "tool_result", "tool_use_id": "c2", "content": [{"type": "text", "text": "no"}], "is_error": true},
                    {"type": "text", "text": "so?"}]},
            ],
            "stream": true,
            "top_p": 0.5,
            "stop_sequences": ["END"],
            "tools": [{"name": "f", "input_schema": {"type": "object"}, "description": "d"}],
            "tool_choice": {"type": "any"},
        })
    );
    // another vendor's thinking stays out
    let foreign = body("anthropic-messages", &[], &conversation("google-gemini-v1"));
    assert_eq!(foreign["messages"][1]["content"][0]["type"], "text");
}

/// A reply that broke off after its first line break, a tool that printed nothing.
#[test]
fn anthropic_is_sent_no_blank_text() {
    let result = Part::ToolResult {
        call: "c1".into(),
        name: "f".into(),
        parts: vec![Part::text(" \n")],
        error: false,
    };
    let asked = request(vec![
        say(Role::System, " "),
        say(Role::User, "hi"),
        Message::loose(Role::Assistant, vec![Part::text("\n\n"), call("c1", None)]),
        Message::loose(Role::Tool, vec![result]),
        say(Role::Assistant, "\n"),
    ]);
    let sent = body("anthropic-messages", &[], &asked);
    assert_eq!(sent.get("system"), None);
    assert_eq!(
        sent["messages"],
        json!([
            {"role": "user", "content": [{"type": "text", "text": "hi"}]},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "c1", "name": "f", "input": {"x": 1}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": []}]},
        ])
    );
}

#[test]
fn anthropic_thinks_by_budget_or_by_itself() {
    let mut asked = request(vec![say(Role::User, "hi"), say(Role::Assistant, "I am  ")]);
    asked.params.temperature = Some(0.2);
    asked.params.max_tokens = Some(2000);
    asked.params.reasoning =
        Some(ReasoningParams { effort: Some(Effort::High), ..ReasoningParams::default() });
    asked.params.response_format =
        Some(ResponseFormat::JsonSchema { json_schema: json!({"name": "n", "schema": {"type": "object"}}) });
    let mut endpoint = super::helpers::endpoint("anthropic-messages", &[]);
    let format = fareway::wire::format("anthropic-messages").expect("a format");
    let mut sent = |model: &str| -> Value {
        endpoint.upstream_model = model.into();
        serde_json::from_slice(&format.encode(&endpoint, &asked).expect("encodes").body).expect("JSON")
    };
    let old = sent("claude-sonnet-4-5-20250929");
    assert_eq!(old["thinking"], json!({"type": "enabled", "budget_tokens": 1600}));
    assert_eq!(
        old["output_config"],
        json!({"format": {"type": "json_schema", "schema": {"type": "object"}}})
    );
    assert_eq!(old.get("temperature"), None);
    assert_eq!(old["messages"][1]["content"][0]["text"], "I am");
    for model in ["claude-opus-4-6", "claude-opus-4-7", "claude-sonnet-5"] {
        let new = sent(model);
        assert_eq!(new["thinking"]["type"], "adaptive", "{model}");
        assert_eq!(new["output_config"]["effort"], "high");
    }
}

#[test]
fn responses() {
    let mut asked = conversation("p-responses-v1");
    asked.params.reasoning =
        Some(ReasoningParams { effort: Some(Effort::Low), ..ReasoningParams::default() });
    let sent = encode("openai-responses", &[], &asked);
    assert_eq!((sent.url.as_str(), sent.auth), ("https://api.example/v1/responses", Auth::Bearer));
    assert_eq!(
        serde_json::from_slice::<Value>(&sent.body).expect("JSON"),
        json!({
            "model": "m",
            "instructions": "Be brief.",
            "input": [
                {"type": "message", "role": "user", "content": [
                    {"type": "input_text", "text": "look"},
                    {"type": "input_image", "image_url": "data:image/png;base64,AA=="}]},
                {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "hm"}],
                 "id": "rs_1", "encrypted_content": "xx"},
                {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "let me see"}]},
                {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{\"x\":1}"},
                {"type": "function_call", "call_id": "c2", "name": "f", "arguments": "{\"x\":1}"},
                {"type": "function_call_output", "call_id": "c1", "output": "{\"t\":20}"},
                {"type": "function_call_output", "call_id": "c2", "output": "no"},
                {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "so?"}]},
            ],
            "stream": true,
            "store": false,
            "include": ["reasoning.encrypted_content"],
            "max_output_tokens": 4000,
            "top_p": 0.5,
            "reasoning": {"effort": "low"},
            "tools": [{"type": "function", "name": "f", "description": "d", "parameters": {"type": "object"}, "strict": false}],
            "tool_choice": "required",
        })
    );
}

#[test]
fn responses_think_by_the_efforts_openai_has() {
    let mut asked = request(vec![say(Role::User, "hi")]);
    let mut effort = |effort: Option<Effort>, enabled: Option<bool>| {
        asked.params.reasoning = Some(ReasoningParams { effort, enabled, ..ReasoningParams::default() });
        body("openai-responses", &[], &asked).get("reasoning").cloned()
    };
    assert_eq!(effort(Some(Effort::Minimal), None), Some(json!({"effort": "minimal"})));
    assert_eq!(effort(Some(Effort::Max), None), Some(json!({"effort": "xhigh"})));
    assert_eq!(effort(None, Some(false)), Some(json!({"effort": "none"})));
    assert_eq!(effort(None, Some(true)), None, "the model's own measure");
}

#[test]
fn responses_at_azure() {
    let mut endpoint = super::helpers::endpoint("openai-responses", &["azure"]);
    let format = fareway::wire::format("openai-responses").expect("a format");
    for (base, expected) in [
        ("https://r.openai.azure.com/openai/v1", "https://r.openai.azure.com/openai/v1/responses"),
        (
            "https://r.openai.azure.com",
            "https://r.openai.azure.com/openai/responses?api-version=2025-04-01-preview",
        ),
    ] {
        endpoint.base_url = base.into();
        let sent = format.encode(&endpoint, &request(vec![say(Role::User, "hi")])).expect("encodes");
        assert_eq!((sent.url.as_str(), sent.auth), (expected, Auth::Header("api-key")));
    }
}

/// Newer Geminis refuse a call of the turn under way without a signature; another model's has none.
#[test]
fn gemini_is_told_to_pass_over_a_signature_that_nobody_made() {
    let mut endpoint = super::helpers::endpoint("gemini", &[]);
    let format = fareway::wire::format("gemini").expect("a format");
    let mut asked = conversation("openai-responses-v1");
    let mut signatures = |model: &str, asked: &Request| -> Vec<Value> {
        endpoint.upstream_model = model.into();
        let sent: Value =
            serde_json::from_slice(&format.encode(&endpoint, asked).expect("encodes").body).expect("JSON");
        let parts = sent["contents"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|turn| turn["parts"].as_array().cloned().unwrap_or_default());
        parts
            .filter(|part| part.get("functionCall").is_some())
            .map(|part| part["thoughtSignature"].clone())
            .collect()
    };
    let unsigned = |message: &Message| {
        let mut message = message.clone();
        for part in &mut message.parts {
            if let Part::ToolCall { signature, .. } = part {
                *signature = None;
            }
        }
        std::sync::Arc::new(message)
    };
    asked.messages = asked.messages.iter().map(|message| unsigned(message)).collect();
    let closed = asked.clone();
    // the loop is open as long as the person has not spoken
    asked.messages.pop();
    let skip = Value::from("skip_thought_signature_validator");
    assert_eq!(signatures("gemini-3.1-pro-preview", &asked), [skip, Value::Null]);
    assert_eq!(signatures("gemini-3.1-pro-preview", &closed), [Value::Null, Value::Null]);
    assert_eq!(signatures("gemini-2.5-flash", &asked), [Value::Null, Value::Null]);
    asked.messages = conversation("x").messages;
    asked.messages.pop();
    assert_eq!(signatures("gemini-3.1-pro-preview", &asked), [Value::from("tsig"), Value::Null]);
}

#[test]
fn gemini_thinks_by_level_or_by_budget() {
    let mut endpoint = super::helpers::endpoint("gemini", &[]);
    let format = fareway::wire::format("gemini").expect("a format");
    let mut asked = request(vec![say(Role::User, "hi")]);
    let mut config = |model: &str, effort: Effort| -> Value {
        asked.params.reasoning = Some(ReasoningParams { effort: Some(effort), ..ReasoningParams::default() });
        endpoint.upstream_model = model.into();
        let sent: Value =
            serde_json::from_slice(&format.encode(&endpoint, &asked).expect("encodes").body).expect("JSON");
        sent["generationConfig"]["thinkingConfig"].clone()
    };
    for (model, effort, expected) in [
        ("gemini-3.5-flash", Effort::None, json!({"thinkingLevel": "minimal"})),
        ("gemini-3.1-pro-preview", Effort::None, json!({"thinkingLevel": "low"})),
        ("gemini-3.1-pro-preview", Effort::Max, json!({"thinkingLevel": "high", "includeThoughts": true})),
        ("gemini-2.5-flash", Effort::None, json!({"thinkingBudget": 0})),
        ("gemini-2.5-pro", Effort::None, json!({"thinkingBudget": 128})),
        ("gemini-2.5-pro", Effort::Low, json!({"thinkingBudget": 1024, "includeThoughts": true})),
    ] {
        assert_eq!(config(model, effort), expected, "{model} {effort:?}");
    }
}

#[test]
fn gemini() {
    let sent = encode("gemini", &[], &conversation("google-gemini-v1"));
    assert_eq!(sent.url, "https://api.example/v1/models/m:streamGenerateContent?alt=sse");
    assert_eq!(sent.auth, Auth::Header("x-goog-api-key"));
    assert_eq!(
        serde_json::from_slice::<Value>(&sent.body).expect("JSON"),
        json!({
            "systemInstruction": {"parts": [{"text": "Be brief."}]},
            "contents": [
                {"role": "user", "parts": [{"text": "look"}, {"inlineData": {"mimeType": "image/png", "data": "AA=="}}]},
                {"role": "model", "parts": [
                    {"text": "hm", "thought": true, "thoughtSignature": "sig"},
                    {"text": "", "thoughtSignature": "xx"},
                    {"text": "let me see"},
                    {"functionCall": {"name": "f", "args": {"x": 1}, "id": "c1"}, "thoughtSignature": "tsig"},
                    {"functionCall": {"name": "f", "args": {"x": 1}, "id": "c2"}}]},
                {"role": "user", "parts": [
                    {"functionResponse": {"name": "f", "response": {"t": 20}, "id": "c1"}},
                    {"functionResponse": {"name": "f", "response": {"error": "no"}, "id": "c2"}},
                    {"text": "so?"}]},
            ],
            "generationConfig": {"maxOutputTokens": 4000, "topP": 0.5, "stopSequences": ["END"]},
            "tools": [{"functionDeclarations": [{"name": "f", "description": "d", "parametersJsonSchema": {"type": "object"}}]}],
            "toolConfig": {"functionCallingConfig": {"mode": "ANY"}},
        })
    );
}

#[test]
fn ollama() {
    let mut endpoint = super::helpers::endpoint("ollama", &[]);
    endpoint.base_url = "http://localhost:11434/v1".into();
    let format = fareway::wire::format("ollama").expect("a format");
    let sent = format.encode(&endpoint, &conversation("x")).expect("encodes");
    assert_eq!(sent.url, "http://localhost:11434/api/chat");
    assert_eq!(
        serde_json::from_slice::<Value>(&sent.body).expect("JSON"),
        json!({
            "model": "m",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "look", "images": ["AA=="]},
                {"role": "assistant", "content": "let me see", "tool_calls": [
                    {"function": {"name": "f", "arguments": {"x": 1}}}, {"function": {"name": "f", "arguments": {"x": 1}}}]},
                {"role": "tool", "content": "{\"t\":20}", "tool_name": "f"},
                {"role": "tool", "content": "no", "tool_name": "f"},
                {"role": "user", "content": "so?"},
            ],
            "stream": true,
            "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}],
            "options": {"num_predict": 4000, "top_p": 0.5, "stop": ["END"]},
        })
    );
}

#[test]
fn nothing_given_nothing_sent() {
    let bare = request(vec![say(Role::User, "hi")]);
    for (format, expected) in [
        (
            "anthropic-messages",
            json!({"model": "m", "max_tokens": 8192, "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}], "stream": true}),
        ),
        (
            "openai-responses",
            json!({"model": "m", "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}], "stream": true, "store": false}),
        ),
        ("gemini", json!({"contents": [{"role": "user", "parts": [{"text": "hi"}]}]})),
        ("ollama", json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": true})),
    ] {
        assert_eq!(body(format, &[], &bare), expected, "{format}");
    }
}

/// The same question, as each format's provider wants to be asked to search.
#[test]
fn a_search_is_asked_for_in_each_providers_way() {
    let mut asked = request(vec![say(Role::User, "news?")]);
    asked.search();
    for (format, quirks, sent) in [
        ("openai-chat", &["openrouter", "web_search"][..], json!({"plugins": [{"id": "web"}]})),
        ("openai-chat", &["perplexity", "web_search"], json!({})),
        (
            "anthropic-messages",
            &["web_search"],
            json!({"tools": [{"type": "web_search_20250305", "name": "web_search"}]}),
        ),
        ("gemini", &["web_search"], json!({"tools": [{"googleSearch": {}}]})),
        ("openai-responses", &["web_search"], json!({"tools": [{"type": "web_search"}]})),
        ("anthropic-messages", &[], json!({})),
        ("ollama", &[], json!({})),
    ] {
        let body = body(format, quirks, &asked);
        for field in ["plugins", "tools"] {
            assert_eq!(body.get(field), sent.get(field), "{format} {quirks:?}: {field}");
        }
    }
}

/// A file and a schema for the answer, as each format has them; the one that takes no file says so.
#[test]
fn files_and_structured_output() {
    let mut asked = request(vec![Message::loose(
        Role::User,
        vec![Part::File {
            name: "a.pdf".into(),
            source: Source::Data { media_type: "application/pdf".into(), base64: "AA==".into() },
        }],
    )]);
    let schema = json!({"type": "object"});
    asked.params.response_format = Some(ResponseFormat::JsonSchema {
        json_schema: json!({"name": "n", "schema": schema, "strict": true}),
    });
    let data = "data:application/pdf;base64,AA==";
    let openai = json!({"name": "n", "schema": schema, "strict": true});
    for (format, file, expected, answer, wanted) in [
        (
            "openai-chat",
            "/messages/0/content/0",
            json!({"type": "file", "file": {"filename": "a.pdf", "file_data": data}}),
            "/response_format",
            json!({"type": "json_schema", "json_schema": openai}),
        ),
        (
            "openai-responses",
            "/input/0/content/0",
            json!({"type": "input_file", "filename": "a.pdf", "file_data": data}),
            "/text/format",
            json!({"type": "json_schema", "name": "n", "schema": schema, "strict": true}),
        ),
        (
            "anthropic-messages",
            "/messages/0/content/0",
            json!({"type": "document", "title": "a.pdf",
                "source": {"type": "base64", "media_type": "application/pdf", "data": "AA=="}}),
            "/output_config/format",
            json!({"type": "json_schema", "schema": schema}),
        ),
        (
            "gemini",
            "/contents/0/parts/0",
            json!({"inlineData": {"mimeType": "application/pdf", "data": "AA=="}}),
            "/generationConfig/responseJsonSchema",
            schema.clone(),
        ),
    ] {
        let sent = body(format, &[], &asked);
        assert_eq!(sent.pointer(file), Some(&expected), "{format}: {sent}");
        assert_eq!(sent.pointer(answer), Some(&wanted), "{format}: {sent}");
    }
    let ollama = fareway::wire::format("ollama").expect("a format");
    let endpoint = super::helpers::endpoint("ollama", &[]);
    let refused = ollama.encode(&endpoint, &asked).expect_err("it takes no file");
    assert_eq!(refused.kind, fareway::words::FailureKind::Unsupported);
    asked.messages = vec![std::sync::Arc::new(say(Role::User, "hi"))];
    assert_eq!(body("ollama", &[], &asked)["format"], schema);
}
