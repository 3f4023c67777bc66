//! Streams and bodies of the chat format and its dialects, to deltas.

use super::helpers::{body, call, deltas, heard, request, spoken, text, thought};
use fareway::words::{Delta, FailureKind, Message, Reasoning, ReasoningKind, Role, Stop, Usage, Usd};
use serde_json::{Value, json};

const F: &str = "openai-chat";

fn stop(reason: Stop, native: &str) -> Delta {
    Delta::Stop { reason, native: native.to_owned() }
}

fn usage(usage: Usage) -> Delta {
    Delta::Usage { usage, cost: None }
}

#[test]
fn a_plain_stream() {
    let stream = concat!(
        ": keep-alive\n\n",
        r#"data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-x","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#,
        "\n\n",
        r#"data: {"id":"c1","model":"gpt-x","choices":[{"index":0,"delta":{"content":"Hé"},"finish_reason":null}]}"#,
        "\n\n",
        r#"data: {"id":"c1","model":"gpt-x","choices":[{"index":0,"delta":{"content":"\n\"b\""},"finish_reason":null}]}"#,
        "\n\n",
        r#"data: {"id":"c1","model":"gpt-x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
        "\n\n",
        r#"data: {"id":"c1","model":"gpt-x","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":7,"total_tokens":17,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}}"#,
        "\n\ndata: [DONE]\n\ndata: [DONE]\n\n",
    );
    assert_eq!(
        deltas(F, stream),
        [
            Delta::Head { id: Some("c1".into()), model: Some("gpt-x".into()), provider: None },
            text("Hé"),
            text("\n\"b\""),
            stop(Stop::Stop, "stop"),
            usage(Usage { prompt: 6, cached_read: 4, completion: 5, reasoning: 2, ..Usage::default() }),
        ]
    );
}

#[test]
fn a_whole_body_after_white_space() {
    let body = r#"

   {"id":"gen-1","provider":"Foo","model":"a/m","choices":[{"message":{"role":"assistant","content":"hi","reasoning":"hm"},
      "finish_reason":"stop","native_finish_reason":"STOP"}],"usage":{"prompt_tokens":3,"completion_tokens":1,"cost":0.00000175}}"#;
    assert_eq!(
        deltas(F, body),
        [
            Delta::Head { id: Some("gen-1".into()), model: Some("a/m".into()), provider: Some("Foo".into()) },
            thought(0, "hm"),
            text("hi"),
            stop(Stop::Stop, "STOP"),
            Delta::Usage {
                usage: Usage { prompt: 3, completion: 1, ..Usage::default() },
                cost: Some("0.00000175".parse().expect("an amount")),
            },
        ]
    );
}

#[test]
fn parallel_calls_in_fragments() {
    let stream = concat!(
        r#"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}}]}"#,
        "\n\n",
        r#"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}}]}}]}"#,
        "\n\n",
        r#"data: {"choices":[{"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}},{"index":0,"function":{"arguments":"1}"}}]}}]}"#,
        "\n\n",
        r#"data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#,
        "\n\n",
    );
    assert_eq!(
        deltas(F, stream),
        [
            call(0, Some("a"), Some("f"), ""),
            call(0, None, None, "{\"x\":"),
            call(1, Some("b"), Some("g"), "{}"),
            call(0, None, None, "1}"),
            stop(Stop::ToolCalls, "tool_calls"),
        ]
    );
}

#[test]
fn dialects() {
    let last = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    let said = |chunk: &str| {
        let mut all = spoken(deltas(F, &format!("data: {chunk}\n\n{last}")));
        assert!(matches!(all.pop(), Some(Delta::Stop { .. })), "{chunk}");
        all
    };
    // DeepSeek, Moonshot, Z.AI, Alibaba
    assert_eq!(
        said(r#"{"choices":[{"delta":{"content":null,"reasoning_content":"hm"}}]}"#),
        [thought(0, "hm")]
    );
    // Groq, Cerebras, Ollama; xAI sends both
    assert_eq!(
        said(r#"{"choices":[{"delta":{"reasoning":"hm","reasoning_content":"hm"}}]}"#),
        [thought(0, "hm")]
    );
    // Mistral
    assert_eq!(
        said(
            r#"{"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"hi"}]}}]}"#
        ),
        [thought(0, "hm"), text("hi")]
    );
    // Groq
    assert_eq!(
        said(r#"{"choices":[],"x_groq":{"id":"r","usage":{"prompt_tokens":1,"completion_tokens":2}}}"#),
        [usage(Usage { prompt: 1, completion: 2, ..Usage::default() })]
    );
    // Perplexity
    assert_eq!(
        said(
            r#"{"citations":["https://a.example"],"search_results":[{"title":"A","url":"https://a.example"}],"choices":[{"delta":{"content":"x"},"message":{"content":"all of x"}}]}"#
        ),
        [
            text("x"),
            Delta::Annotation(
                json!({"type": "url_citation", "url_citation": {"url": "https://a.example", "title": "A"}})
            )
        ]
    );
    // xAI counts thinking beside the completion, and the cost in ticks of 10⁻¹⁰ dollars
    assert_eq!(
        said(
            r#"{"choices":[],"usage":{"prompt_tokens":307,"completion_tokens":26,"total_tokens":560,"prompt_tokens_details":{"cached_tokens":306},"completion_tokens_details":{"reasoning_tokens":227},"cost_in_usd_ticks":1497500}}"#
        ),
        [Delta::Usage {
            usage: Usage { prompt: 1, cached_read: 306, completion: 26, reasoning: 227, ..Usage::default() },
            cost: Some("0.00014975".parse().expect("an amount")),
        }]
    );
    // DeepSeek's own names
    assert_eq!(
        said(
            r#"{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":1,"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":2}}"#
        ),
        [usage(Usage { prompt: 2, cached_read: 8, completion: 1, ..Usage::default() })]
    );
    // OpenRouter with a key of one's own: its fee and the provider's bill
    assert_eq!(
        said(
            r#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"cost":0.001,"is_byok":true,"cost_details":{"upstream_inference_cost":0.02}}}"#
        ),
        [Delta::Usage {
            usage: Usage { prompt: 1, completion: 1, ..Usage::default() },
            cost: Some("0.021".parse().expect("an amount")),
        }]
    );
    // what no amount can be is passed on as such, for the bill to refuse
    for (cost, is) in [
        (r#""cost":-3"#, Some("-3".parse().expect("an amount"))),
        (r#""cost":1e30"#, Some(Usd::MAX)),
        (r#""cost":"NaN""#, Some(Usd::MAX)),
        (r#""cost":{"total_cost":-1}"#, Some("-1".parse().expect("an amount"))),
        (r#""cost_in_usd_ticks":-10000000000"#, Some("-1".parse().expect("an amount"))),
        (
            r#""cost":1,"is_byok":true,"cost_details":{"upstream_inference_cost":-0.5}"#,
            Some("-0.5".parse().expect("an amount")),
        ),
        (r#""cost":null"#, None),
    ] {
        let chunk = format!(r#"{{"choices":[],"usage":{{"prompt_tokens":1,"completion_tokens":1,{cost}}}}}"#);
        let usage = Usage { prompt: 1, completion: 1, ..Usage::default() };
        assert_eq!(said(&chunk), [Delta::Usage { usage, cost: is }], "{cost}");
    }
    // structured output as an object instead of its text
    assert_eq!(said(r#"{"choices":[{"message":{"content":{"a":[1,"é"]}}}]}"#), [text(r#"{"a":[1,"é"]}"#)]);
    // images, annotations, arguments as an object, an index that is missing
    assert_eq!(
        said(
            r#"{"choices":[{"delta":{"images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}],"annotations":[{"type":"file"}],"tool_calls":[{"id":"a","function":{"name":"f","arguments":{"x":1}}},{"id":"b","function":{"name":"g"}}]}}]}"#
        ),
        [
            call(0, Some("a"), Some("f"), "{\"x\":1}"),
            call(1, Some("b"), Some("g"), ""),
            Delta::Image("data:image/png;base64,AA".into()),
            Delta::Annotation(json!({"type": "file"})),
        ]
    );
}

#[test]
fn reasoning_details_keep_their_blocks_apart() {
    let stream = concat!(
        r#"data: {"choices":[{"delta":{"reasoning":"a","reasoning_details":[{"type":"reasoning.text","text":"a","format":"anthropic-claude-v1","index":0}]}}]}"#,
        "\n\n",
        r#"data: {"choices":[{"delta":{"reasoning_details":[{"type":"reasoning.text","signature":"sig","format":"anthropic-claude-v1","index":0}]}}]}"#,
        "\n\n",
        r#"data: {"choices":[{"delta":{"reasoning_details":[{"type":"reasoning.encrypted","data":"xx","id":"r1","index":0}]}}]}"#,
        "\n\ndata: [DONE]\n\n",
    );
    let format = Some("anthropic-claude-v1".to_owned());
    assert_eq!(
        deltas(F, stream),
        [
            Delta::Reasoning {
                index: 0,
                piece: Reasoning { text: "a".into(), format: format.clone(), ..Reasoning::default() }
            },
            Delta::Reasoning {
                index: 0,
                piece: Reasoning { signature: Some("sig".into()), format, ..Reasoning::default() }
            },
            Delta::Reasoning {
                index: 1,
                piece: Reasoning {
                    kind: ReasoningKind::Encrypted,
                    data: Some("xx".into()),
                    id: Some("r1".into()),
                    ..Reasoning::default()
                }
            },
        ]
    );
}

#[test]
fn errors_inside_an_answer() {
    for (stream, kind, code) in [
        (
            "data: {\"id\":\"x\",\"error\":{\"code\":502,\"message\":\"Provider disconnected\",\"metadata\":{\"error_type\":\"provider_unavailable\"}},\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}\n\n",
            FailureKind::Server,
            Some("provider_unavailable"),
        ),
        (
            "event: error\ndata: {\"error\":{\"message\":\"Tool choice is required, but model did not call a tool\",\"code\":\"tool_use_failed\",\"status_code\":400}}\n\n",
            FailureKind::Server,
            Some("tool_use_failed"),
        ),
        ("{\"error\":{\"code\":402,\"message\":\"Insufficient credits\"}}", FailureKind::Quota, None),
        ("{\"error\":\"model is overloaded\"}", FailureKind::Overloaded, None),
        (
            "{\"object\":\"error\",\"message\":\"Rate limit exceeded\",\"type\":\"rate_limited\",\"code\":\"1300\"}",
            FailureKind::RateLimited,
            Some("1300"),
        ),
        (
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}\n\n",
            FailureKind::Server,
            Some("error"),
        ),
        // vLLM and SGLang, when they give up a request
        (
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"abort\"}]}\n\n",
            FailureKind::Server,
            Some("abort"),
        ),
        ("{\"choices\":null}", FailureKind::Malformed, None),
    ] {
        let failure = heard(F, stream.as_bytes()).1.expect_err(stream);
        assert_eq!((failure.kind, failure.code.as_deref()), (kind, code), "{stream}");
    }
    // what was said before the error is not lost
    let (out, end) = heard(F, b"data: {\"choices\":[{\"delta\":{\"content\":\"so far\"}}]}\n\ndata: {\"error\":{\"message\":\"boom\"}}\n\n");
    assert_eq!(out, [text("so far")]);
    assert_eq!(end.map_err(|f| f.message), Err("the provider failed: boom".to_owned()));
}

#[test]
fn half_a_character_is_no_reason_to_lose_a_reply() {
    let mut stream = b"data: {\"choices\":[{\"delta\":{\"content\":\"a".to_vec();
    stream.extend([0xe2, 0x82]);
    stream.extend(b"b\"},\"finish_reason\":\"stop\"}]}\n\n");
    let (out, end) = heard(F, &stream);
    assert_eq!(end, Ok(()));
    assert_eq!(out[0], text("a\u{fffd}b"));
}

#[test]
fn calls_of_custom_tools_are_gathered_and_go_back_as_they_came() {
    let chunk = |delta: Value, reason: Value| {
        format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}))
    };
    let piece = |call: Value| chunk(json!({"tool_calls": [call]}), Value::Null);
    let streamed = [
        piece(json!({"index": 0, "id": "c1", "type": "custom", "custom": {"name": "sql", "input": ""}})),
        piece(json!({"index": 0, "custom": {"input": "select "}})),
        piece(json!({"index": 1, "id": "c2", "type": "custom", "custom": {"name": "sql", "input": "b"}})),
        piece(json!({"index": 0, "custom": {"input": "1"}})),
        chunk(json!({}), "tool_calls".into()),
        "data: [DONE]\n\n".to_owned(),
    ]
    .concat();
    let call = |index: u32, id: &str, input: &str| json!({"index": index, "id": id, "type": "custom", "custom": {"name": "sql", "input": input}});
    let calls = [call(0, "c1", "select 1"), call(1, "c2", "b")];
    let heard = deltas("openai-chat", &streamed);
    let found: Vec<&Value> = heard
        .iter()
        .filter_map(|delta| match delta {
            Delta::Opaque { value, .. } => value.get("tool_call"),
            _ => None,
        })
        .collect();
    assert_eq!(found, calls.iter().collect::<Vec<_>>(), "{heard:?}");
    assert!(!heard.iter().any(|delta| matches!(delta, Delta::ToolCall { .. })), "no function was called");
    // the next turn
    let parts = calls.map(|call| fareway::words::Part::Opaque {
        format: "openai-chat:p".into(),
        value: json!({"tool_call": call}),
    });
    let request = request(vec![Message::loose(Role::Assistant, parts.into())]);
    let sent = &body("openai-chat", &[], &request)["messages"][0]["tool_calls"];
    let bare = |id: &str, input: &str| json!({"id": id, "type": "custom", "custom": {"name": "sql", "input": input}});
    assert_eq!(*sent, json!([bare("c1", "select 1"), bare("c2", "b")]));
}
