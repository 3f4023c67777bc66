//! What clients of `serve` send is understood field by field, and what they hear is OpenAI's and OpenRouter's shape.

use fareway::wire::face::openai_chat::{Streamed, Whole, error, parse};
use fareway::words::*;
use serde_json::{Value, json};
use std::time::Duration;

fn request(body: Value) -> Request {
    parse(body.to_string().as_bytes()).expect("a good body").request
}

fn wrong(body: Value) -> String {
    let failure = parse(body.to_string().as_bytes()).expect_err("a bad body");
    assert_eq!(failure.kind, FailureKind::InvalidRequest);
    failure.message
}

#[test]
fn every_known_field_is_understood_and_the_rest_rides_along() {
    let incoming = parse(
        json!({
            "model": "openai/gpt-4o:nitro",
            "models": ["openai/gpt-4o:nitro", "anthropic/claude-sonnet-4.5"],
            "stream": true,
            "stream_options": {"include_usage": true},
            "max_tokens": 5,
            "max_completion_tokens": 100,
            "temperature": 0.2,
            "stop": "END",
            "reasoning_effort": "high",
            "include_reasoning": false,
            "provider": {"order": ["azure"], "max_price": {"prompt": "1.5"}, "sort": null, "options": {"azure": {"x": 1}}},
            "session_id": "s-1",
            "safe_prompt": true,
            "messages": [{"role": "user", "content": "hi"}],
        })
        .to_string()
        .as_bytes(),
    )
    .expect("a good body");
    assert!(incoming.stream);
    assert_eq!(incoming.conversation.as_deref(), Some("s-1"));
    let request = incoming.request;
    assert_eq!(request.model, ModelRef::new("openai/gpt-4o:nitro"));
    assert_eq!(request.fallbacks, [ModelRef::new("anthropic/claude-sonnet-4.5")]);
    assert_eq!(request.params.max_tokens, Some(100));
    assert_eq!(request.params.temperature, Some(0.2));
    assert_eq!(request.params.top_p, None);
    assert_eq!(request.params.stop, ["END"]);
    let reasoning = request.params.reasoning.expect("reasoning");
    assert_eq!((reasoning.effort, reasoning.exclude), (Some(Effort::High), Some(true)));
    assert_eq!(request.preferences.order, ["azure"]);
    assert_eq!(request.preferences.max_price.and_then(|p| p.prompt), Some("1.5".parse().expect("usd")));
    assert_eq!(
        Value::Object(request.extra),
        json!({"safe_prompt": true, "provider": {"options": {"azure": {"x": 1}}}})
    );
}

/// From a client's bytes to the bytes an API gets: what fareway does not know arrives as it was sent.
#[test]
fn unknown_fields_arrive_untouched() {
    use super::helpers::endpoint;
    let body = json!({
        "model": "m",
        "safe_prompt": true,
        "nested": {"a": [1, null, 1.50]},
        "provider": {"options": {"p": {"beta": "x"}, "q": {"other": 1}}, "enforce_distillable_text": true},
        "tools": [
            {"type": "function", "function": {"name": "f", "parameters": {}, "defer_loading": true}},
            {"type": "custom", "custom": {"name": "grep"}},
        ],
        "messages": [
            {"role": "user", "name": "ann", "content": [{"type": "video_url", "video_url": {"url": "u", "fps": 2}}]},
            {"role": "assistant", "content": "hm", "audio": {"id": "au_1"}, "refusal": null, "tool_calls": [{
                "id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"},
                "extra_content": {"google": {"thought_signature": "sig=="}},
            }]},
            {"role": "tool", "tool_call_id": "c1", "content": "4", "is_error": true},
            {"role": "user", "content": "on"},
        ],
    });
    let request = parse(body.to_string().as_bytes()).expect("a good body").request;
    let sent = |format: &str, quirks: &[&str]| -> Value {
        let endpoint = endpoint(format, quirks);
        let outgoing = fareway::wire::format(format).expect("a format").encode(&endpoint, &request);
        serde_json::from_slice(&outgoing.expect("encodes").body).expect("JSON")
    };
    let plain = sent("openai-chat", &[]);
    let mut messages = body["messages"].clone();
    messages[1].as_object_mut().expect("an object").shift_remove("refusal");
    assert_eq!(plain["messages"], messages);
    assert_eq!(plain["tools"], body["tools"]);
    for (name, value) in [("safe_prompt", &json!(true)), ("nested", &body["nested"]), ("beta", &json!("x"))] {
        assert_eq!(&plain[name], value, "{name}");
    }
    assert!(plain.get("provider").is_none() && plain.get("other").is_none());
    let router = sent("openai-chat", &["openrouter"]);
    assert_eq!(router["provider"], body["provider"]);
    assert_eq!(router["beta"], "x");
}

#[test]
fn options_reach_every_format_and_only_their_provider() {
    use super::helpers::endpoint;
    let body = json!({
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "provider": {"options": {"p": {"beta": {"deep": [1]}}, "q": {"other": 1}}},
    });
    let request = parse(body.to_string().as_bytes()).expect("a good body").request;
    for format in fareway::wire::FORMATS {
        let outgoing = format.encode(&endpoint(format.name(), &[]), &request).expect("encodes");
        let sent: Value = serde_json::from_slice(&outgoing.body).expect("JSON");
        assert_eq!(sent["beta"], json!({"deep": [1]}), "{}", format.name());
        assert!(sent.get("other").is_none() && sent.get("provider").is_none(), "{}", format.name());
    }
    let misspelt = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "provider": {"max_prise": {"prompt": "1"}}});
    assert!(wrong(misspelt).contains("max_prise"), "a wish about money is not passed over");
}

#[test]
fn a_cache_mark_keeps_its_time_from_the_client_to_the_provider() {
    use super::helpers::body;
    let asked = |ttl: Value| {
        let mut mark = json!({"type": "ephemeral"});
        if !ttl.is_null() {
            mark["ttl"] = ttl;
        }
        json!({
            "model": "m", "cache_control": mark,
            "tools": [{"type": "function", "function": {"name": "f"}, "cache_control": mark}],
            "messages": [
                {"role": "system", "content": [{"type": "text", "text": "long", "cache_control": mark}]},
                {"role": "user", "content": "hi"},
            ],
        })
    };
    for ttl in [Value::Null, json!("5m"), json!("1h")] {
        let mark = asked(ttl.clone())["cache_control"].clone();
        let plain = json!({"type": "ephemeral"});
        let request = request(asked(ttl.clone()));
        assert_eq!(request.caches_for_an_hour(), ttl == "1h");
        let claude = body("anthropic-messages", &[], &request);
        for place in ["/system/0", "/tools/0", "/messages/0/content/0"] {
            assert_eq!(claude.pointer(place).map(|it| &it["cache_control"]), Some(&mark), "{place} {ttl}");
        }
        for (quirk, mark) in [("openrouter", &mark), ("cache_marks", &mark), ("alibaba", &plain)] {
            let sent = body("openai-chat", &[quirk], &request);
            for place in ["/messages/0/content/0", "/messages/1/content/0", "/tools/0"] {
                let said = sent.pointer(place).map(|it| &it["cache_control"]);
                assert_eq!(said, Some(mark), "{quirk} {place} {ttl}");
            }
        }
        assert!(!body("openai-chat", &[], &request).to_string().contains("cache_control"));
        // stored and read again
        let stored = serde_json::to_string(&request).expect("JSON");
        assert_eq!(serde_json::from_str::<Request>(&stored).expect("a request"), request);
    }
    let old: Part =
        serde_json::from_value(json!({"type": "text", "text": "t", "cache": true})).expect("a part");
    assert_eq!(old, Part::Text { text: "t".into(), cache: CacheMark::Plain });
    let said = wrong(asked(json!("2h")));
    assert!(said.contains("cache_control.ttl` is \"2h\"; allowed are 5m and 1h"), "{said}");
}

#[test]
fn calls_that_are_no_functions_are_carried_along() {
    use super::helpers::body;
    let custom = json!({"id": "c2", "type": "custom", "custom": {"name": "sql", "input": "select 1"}});
    let function = json!({"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let history = json!([
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": null, "tool_calls": [function, custom]},
        {"role": "tool", "tool_call_id": "c1", "content": "1"},
        {"role": "tool", "tool_call_id": "c2", "content": "2"},
    ]);
    let request = request(json!({
        "model": "m", "messages": history, "tools": [{"type": "custom", "custom": {"name": "sql"}}],
    }));
    let sent = body("openai-chat", &[], &request);
    assert_eq!(sent["messages"], history);
    assert_eq!(sent["tools"], json!([{"type": "custom", "custom": {"name": "sql"}}]));
}

#[test]
fn messages_keep_images_tools_and_signed_reasoning() {
    let request = request(json!({
        "model": "m",
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
        "tool_choice": {"type": "function", "function": {"name": "f"}},
        "messages": [
            {"role": "developer", "content": "be brief"},
            {"role": "user", "content": [
                {"type": "text", "text": "what is it?", "cache_control": {"type": "ephemeral"}},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                {"type": "video_url", "video_url": {"url": "https://x/y.mp4"}},
            ]},
            {"role": "assistant", "content": null,
             "reasoning_details": [{"type": "reasoning.text", "text": "hm", "signature": "sig", "format": "anthropic-claude-v1"}],
             "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}}]},
            {"role": "tool", "tool_call_id": "c1", "content": "42"},
        ],
    }));
    assert_eq!(request.tools[0].name, "f");
    assert_eq!(request.params.tool_choice, Some(ToolChoice::Function("f".into())));
    let parts: Vec<(Role, Vec<Part>)> = request.messages.iter().map(|m| (m.role, m.parts.clone())).collect();
    assert_eq!(
        parts,
        [
            (Role::System, vec![Part::text("be brief")]),
            (
                Role::User,
                vec![
                    Part::Text { text: "what is it?".into(), cache: CacheMark::Plain },
                    Part::Image {
                        name: String::new(),
                        source: Source::Data { media_type: "image/png".into(), base64: "AAAA".into() },
                        detail: None
                    },
                    Part::Opaque {
                        format: "openai-chat".into(),
                        value: json!({"type": "video_url", "video_url": {"url": "https://x/y.mp4"}})
                    },
                ]
            ),
            (
                Role::Assistant,
                vec![
                    Part::Reasoning(Reasoning {
                        text: "hm".into(),
                        signature: Some("sig".into()),
                        format: Some("anthropic-claude-v1".into()),
                        ..Reasoning::default()
                    }),
                    Part::ToolCall {
                        id: "c1".into(),
                        name: "f".into(),
                        arguments: "{\"a\":1}".into(),
                        signature: None
                    },
                ]
            ),
            (
                Role::Tool,
                vec![Part::ToolResult {
                    call: "c1".into(),
                    name: String::new(),
                    parts: vec![Part::text("42")],
                    error: false
                }]
            ),
        ]
    );
}

#[test]
fn a_bad_field_is_named() {
    let hi = json!([{"role": "user", "content": "hi"}]);
    for (body, says) in [
        (json!({"model": "m"}), "`messages` is missing"),
        (json!({"model": "x".repeat(100_000), "messages": hi}), "`model` is longer than 512 bytes"),
        (json!({"model": "m", "models": ["x".repeat(600)], "messages": hi}), "longer than 512 bytes"),
        (json!({"model": "a\u{1b}[31m/b", "messages": hi}), "`model` holds control characters"),
        (json!({"model": "m", "messages": "hi"}), "`messages` must be a list"),
        (json!({"model": "m", "messages": [{"role": "robot"}]}), "`messages[0].role` is `robot`"),
        (
            json!({"model": "m", "messages": [{"role": "user", "content": [{"type": "image_url"}]}]}),
            "`messages[0].content[0].image_url.url`",
        ),
        (json!({"model": "m", "messages": hi, "temperature": "warm"}), "`temperature` must be a number"),
        (json!({"model": "m", "messages": hi, "n": 2}), "`n` can only be 1"),
        (
            json!({"model": "m", "messages": [{"role": "user", "content": [
                {"type": "image_url", "image_url": {"url": "data:image/png;base64"}}]}]}),
            "`messages[0].content[0].image_url.url` must be `data:TYPE;base64,DATA`",
        ),
        (
            json!({"model": "m", "messages": [{"role": "tool", "content": "x"}]}),
            "`messages[0].tool_call_id` is missing",
        ),
        (
            json!({"model": "m", "messages": [{"role": "assistant", "tool_calls": {}}]}),
            "`messages[0].tool_calls` must be a list",
        ),
        (json!({"model": "m", "messages": hi, "tools": [null]}), "`tools[0]` must be an object with a type"),
        (json!({"model": "m", "messages": hi, "tools": [{"name": "f"}]}), "`tools[0]` must be an object"),
        (json!({"model": "m", "messages": hi, "tool_choice": [1]}), "`tool_choice` must be none, auto"),
        (
            json!({"model": "m", "messages": hi, "response_format": "json"}),
            "`response_format` must be an object",
        ),
        (json!({"model": "m", "messages": hi, "response_format": {}}), "`response_format` must be an object"),
        (
            json!({"model": "m", "messages": hi, "provider": {"ordr": []}}),
            "`provider.ordr` is wrong: unknown field `ordr`",
        ),
        (json!([1]), "must be a JSON object"),
    ] {
        let message = wrong(body.clone());
        assert!(message.contains(says), "{body}: {message}");
    }
    assert!(parse(b"{").expect_err("no JSON").message.contains("not JSON"));
}

fn chosen() -> Reply {
    Reply::Chosen(Box::new(Chosen {
        endpoint: "groq:meta/llama".into(),
        model: "meta/llama".into(),
        provider: "groq".into(),
        provider_name: "Groq".into(),
        demo: false,
        prices: None,
        prompt_tokens: 3,
        searches: 0,
        tokens_per_mille: 1000,
        context: None,
        why: "only one".into(),
        dearer: None,
    }))
}

fn receipt() -> Receipt {
    Receipt {
        generation: GenerationId::nil(),
        requested: "llama".into(),
        model: "meta/llama".into(),
        provider: "groq".into(),
        endpoint: "groq:meta/llama".into(),
        attempts: Vec::new(),
        usage: Usage { prompt: 10, cached_read: 5, completion: 2, reasoning: 1, ..Usage::default() },
        cost: Cost {
            booked: Some("0.000000000000000000000123".parse().expect("usd")),
            source: CostSource::Provider,
            ..Cost::default()
        },
        ttft: Some(Duration::from_millis(10)),
        total: Duration::from_millis(20),
        stop: Some(Stop::Stop),
        native_stop: Some("eos".into()),
        upstream_id: None,
        demo: false,
        decision: None,
    }
}

fn told() -> Vec<Reply> {
    vec![
        chosen(),
        Reply::Delta(Delta::Reasoning {
            index: 0,
            piece: Reasoning { text: "hm".into(), ..Reasoning::default() },
        }),
        Reply::Delta(Delta::Text("Hel".into())),
        Reply::Delta(Delta::Text("lo".into())),
        Reply::Delta(Delta::ToolCall {
            index: 0,
            id: Some("c1".into()),
            name: Some("f".into()),
            arguments: "{}".into(),
            signature: None,
        }),
        Reply::Delta(Delta::Stop { reason: Stop::ToolCalls, native: "tool_use".into() }),
        Reply::Done(Box::new(receipt())),
    ]
}

fn chunks(replies: &[Reply]) -> Vec<Value> {
    let mut streamed = Streamed::new(GenerationId::nil(), "llama", At::from_secs(7));
    let mut out = Vec::new();
    for reply in replies {
        streamed.reply(reply, &mut out);
    }
    let text = String::from_utf8(out).expect("UTF-8");
    let mut events: Vec<&str> =
        text.split_terminator("\n\n").map(|e| e.strip_prefix("data: ").expect("data")).collect();
    assert_eq!(events.pop(), Some("[DONE]"));
    events.into_iter().map(|e| serde_json::from_str(e).expect("JSON")).collect()
}

#[test]
fn a_stream_is_openais_with_openrouters_fields() {
    let chunks = chunks(&told());
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    assert_eq!(chunks[0]["choices"][0]["delta"]["reasoning"], "hm");
    assert_eq!(chunks[1]["choices"][0]["delta"], json!({"content": "Hel"}));
    assert_eq!(chunks[2]["choices"][0]["delta"], json!({"content": "lo"}));
    assert_eq!(
        chunks[3]["choices"][0]["delta"]["tool_calls"][0]["function"],
        json!({"arguments": "{}", "name": "f"})
    );
    assert_eq!(chunks[4]["choices"][0]["finish_reason"], "tool_calls");
    assert_eq!(chunks[4]["choices"][0]["native_finish_reason"], "tool_use");
    let last = &chunks[5];
    assert_eq!(
        (&last["model"], &last["provider"], &last["created"]),
        (&json!("meta/llama"), &json!("Groq"), &json!(7))
    );
    assert_eq!(last["choices"], json!([]));
    assert_eq!(last["usage"]["prompt_tokens"], 15);
    assert_eq!(last["usage"]["completion_tokens"], 3);
    assert_eq!(last["usage"]["prompt_tokens_details"]["cached_tokens"], 5);
}

#[test]
fn money_keeps_every_digit() {
    let mut whole = Whole::new(GenerationId::nil(), "llama", At::default());
    let (status, body) = told().into_iter().find_map(|reply| whole.reply(reply)).expect("an end");
    let text = String::from_utf8(body).expect("UTF-8");
    assert_eq!(status, 200);
    assert!(text.contains(r#""cost":0.000000000000000000000123"#), "{text}");
    let body: Value = serde_json::from_str(&text).expect("JSON");
    let message = &body["choices"][0]["message"];
    assert_eq!(message["content"], "Hello");
    assert_eq!(message["reasoning"], "hm");
    assert_eq!(message["tool_calls"][0]["id"], "c1");
}

/// Log probabilities, a vendor's own fields, signatures and unknown details reach a client, streamed or whole; another
/// API's blocks mean nothing to it.
#[test]
fn what_we_do_not_know_is_passed_on_to_a_client() {
    let aside = |value| Reply::Delta(Delta::Opaque { format: None, value });
    let replies = vec![
        chosen(),
        aside(json!({"chunk": {"tier": "x"}})),
        Reply::Delta(Delta::Text("a".into())),
        aside(
            json!({"choice": {"logprobs": {"content": [{"token": "a", "logprob": -0.5}], "refusal": null}}}),
        ),
        aside(json!({"delta": {"channel": "final"}})),
        Reply::Delta(Delta::Text("b".into())),
        aside(json!({"choice": {"logprobs": {"content": [{"token": "b", "logprob": -1}], "refusal": null}}})),
        aside(json!({"delta": {"channel": "final"}})),
        Reply::Delta(Delta::Opaque {
            format: Some("openai-chat:p".into()),
            value: json!({"reasoning_detail": {"type": "reasoning.novel", "blob": "x"}}),
        }),
        Reply::Delta(Delta::Opaque {
            format: Some("anthropic-messages".into()),
            value: json!({"type": "server_tool_use"}),
        }),
        Reply::Delta(Delta::ToolCall {
            index: 0,
            id: Some("c1".into()),
            name: Some("f".into()),
            arguments: "{}".into(),
            signature: Some("sig".into()),
        }),
        Reply::Done(Box::new(receipt())),
    ];
    let chunks = chunks(&replies);
    let texts: Vec<String> = chunks.iter().map(Value::to_string).collect();
    let all = texts.join("\n");
    assert_eq!(chunks[0]["tier"], "x");
    let pieces: Vec<&Value> = chunks.iter().map(|chunk| &chunk["choices"][0]).collect();
    let logprobs: Vec<&Value> =
        pieces.iter().filter_map(|p| p["logprobs"]["content"][0].get("token")).collect();
    assert_eq!(logprobs, ["a", "b"]);
    assert!(pieces.iter().any(|p| p["delta"]["channel"] == "final"));
    assert!(pieces.iter().any(|p| p["delta"]["reasoning_details"][0]["blob"] == "x"));
    let signed = &json!({"google": {"thought_signature": "sig"}});
    assert!(pieces.iter().any(|p| p["delta"]["tool_calls"][0]["extra_content"] == *signed));
    assert!(!all.contains("server_tool_use"));

    let mut whole = Whole::new(GenerationId::nil(), "llama", At::from_secs(7));
    let (status, body) = replies.into_iter().find_map(|reply| whole.reply(reply)).expect("an end");
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!((status, &body["tier"]), (200, &json!("x")));
    let choice = &body["choices"][0];
    assert_eq!(choice["logprobs"]["content"].as_array().map(Vec::len), Some(2), "{choice}");
    let message = &choice["message"];
    assert_eq!((&message["content"], &message["channel"]), (&json!("ab"), &json!("final")));
    assert_eq!(message["reasoning_details"], json!([{"type": "reasoning.novel", "blob": "x"}]));
    assert_eq!(message["tool_calls"][0]["extra_content"], *signed);
    assert!(!body.to_string().contains("server_tool_use"));

    // a client that keeps the message and sends it back gives us what we need
    let again = request(json!({"model": "m", "messages": [message]}));
    let parts = &again.messages[0].parts;
    let novel = json!({"reasoning_detail": {"type": "reasoning.novel", "blob": "x"}});
    assert!(parts.contains(&Part::Opaque { format: "openai-chat".into(), value: novel }), "{parts:?}");
    assert!(parts.iter().any(|part| matches!(part, Part::ToolCall { signature: Some(s), .. } if s == "sig")));
}

#[test]
fn a_failure_in_the_middle_is_said_in_band() {
    let failure =
        Failure { provider: Some("groq".into()), ..Failure::new(FailureKind::Cut, "the line broke") };
    let failed = Reply::Failed { failure: Box::new(failure), receipt: Box::new(receipt()) };
    let chunks = chunks(&[chosen(), Reply::Delta(Delta::Text("Hel".into())), failed]);
    assert_eq!(chunks[1]["choices"][0]["finish_reason"], "error");
    assert_eq!(chunks[1]["error"]["code"], 502);
    assert_eq!(chunks[1]["error"]["metadata"]["error_type"], "provider_unavailable");
}

#[test]
fn an_error_names_the_filter_that_took_the_last_endpoint() {
    let failure = Failure {
        excluded_by: vec!["max_price".into()],
        ..Failure::new(FailureKind::NoEndpoint, "no endpoint is cheap enough")
    };
    let (status, body) = error(&failure, None);
    assert_eq!(status, 404);
    assert_eq!(
        body,
        json!({"error": {
            "code": 404,
            "message": "no endpoint is cheap enough",
            "metadata": {"error_type": "not_found"},
            "availability": {"code": "constraint_filtered", "retryable": false, "excluded_by": ["max_price"]},
        }})
    );
    let broke = Failure { excluded_by: vec!["budget".into()], ..Failure::new(FailureKind::Budget, "no") };
    let (status, body) = error(&broke, None);
    assert_eq!((status, &body["error"]["availability"]["excluded_by"]), (402, &json!(["budget"])));
}
