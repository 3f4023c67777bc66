//! Answers in the formats other than chat, written after the vendors' documents; and any cutting of any of them.

use super::helpers::{call, heard, opaque, pieces, spoken, text};
use fareway::words::{Delta, FailureKind, Reasoning, ReasoningKind, Stop, Usage};
use proptest::prelude::*;
use serde_json::json;

const CHAT: &str = concat!(
    ": OPENROUTER PROCESSING\n\n",
    "data: {\"id\":\"1\",\"choices\":[{\"delta\":{\"reasoning\":\"hm\"}}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"Grüße 🎈\"}}]}\r\n\r\n",
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
);

const ANTHROPIC: &str = concat!(
    "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"model\":\"claude\",\"usage\":{\"input_tokens\":9,\"cache_read_input_tokens\":100,\"cache_creation_input_tokens\":30,\"cache_creation\":{\"ephemeral_5m_input_tokens\":10,\"ephemeral_1h_input_tokens\":20},\"output_tokens\":1}}}\n\n",
    "event: ping\ndata: {\"type\": \"ping\"}\n\n",
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}   }\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"sig\"}}\n\n",
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"redacted_thinking\",\"data\":\"xx\"}}\n\n",
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":2,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":2,\"delta\":{\"type\":\"text_delta\",\"text\":\"hé\"}}\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":2,\"delta\":{\"type\":\"citations_delta\",\"citation\":{\"type\":\"web_search_result_location\",\"url\":\"https://a.example\",\"title\":\"A\",\"cited_text\":\"c\"}}}\n\n",
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":3,\"content_block\":{\"type\":\"server_tool_use\",\"id\":\"s1\",\"name\":\"web_search\",\"input\":{}}}\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":3,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"q\\\":1}\"}}\n\n",
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":3}\n\n",
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":4,\"content_block\":{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"f\",\"input\":{}}}\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":4,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"x\\\":\"}}\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":4,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"1}\"}}\n\n",
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":4}\n\n",
    "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"},\"usage\":{\"output_tokens\":50,\"output_tokens_details\":{\"thinking_tokens\":20}}}\n\n",
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
);

const RESPONSES: &str = concat!(
    "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\"model\":\"gpt\",\"status\":\"in_progress\"}}\n\n",
    "event: response.output_item.added\ndata: {\"type\":\"response.output_item.added\",\"output_index\":0,\"item\":{\"id\":\"rs_1\",\"type\":\"reasoning\",\"summary\":[]}}\n\n",
    "event: response.reasoning_summary_text.delta\ndata: {\"type\":\"response.reasoning_summary_text.delta\",\"item_id\":\"rs_1\",\"output_index\":0,\"summary_index\":0,\"delta\":\"hm\"}\n\n",
    "event: response.output_item.done\ndata: {\"type\":\"response.output_item.done\",\"output_index\":0,\"item\":{\"id\":\"rs_1\",\"type\":\"reasoning\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"hm\"}],\"encrypted_content\":\"xx\"}}\n\n",
    "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"output_index\":1,\"content_index\":0,\"delta\":\"hé\"}\n\n",
    "event: response.output_item.done\ndata: {\"type\":\"response.output_item.done\",\"output_index\":1,\"item\":{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"hé\"}]}}\n\n",
    "event: response.output_item.added\ndata: {\"type\":\"response.output_item.added\",\"output_index\":2,\"item\":{\"type\":\"function_call\",\"call_id\":\"c1\",\"id\":\"fc_1\",\"name\":\"f\",\"arguments\":\"\"}}\n\n",
    "event: response.function_call_arguments.delta\ndata: {\"type\":\"response.function_call_arguments.delta\",\"output_index\":2,\"delta\":\"{\\\"x\\\":1}\"}\n\n",
    "event: response.function_call_arguments.done\ndata: {\"type\":\"response.function_call_arguments.done\",\"output_index\":2,\"arguments\":\"{\\\"x\\\":1}\"}\n\n",
    "event: response.output_item.done\ndata: {\"type\":\"response.output_item.done\",\"output_index\":3,\"item\":{\"type\":\"web_search_call\",\"id\":\"ws_1\",\"status\":\"completed\"}}\n\n",
    "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\",\"status\":\"completed\",\"output\":[],\"usage\":{\"input_tokens\":10,\"input_tokens_details\":{\"cached_tokens\":4},\"output_tokens\":9,\"output_tokens_details\":{\"reasoning_tokens\":5},\"total_tokens\":19}}}\n\n",
);

const GEMINI: &str = concat!(
    "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"hm\",\"thought\": true}],\"role\": \"model\"},\"index\": 0}],\"modelVersion\": \"gemini\",\"responseId\": \"r1\"}\r\n\r\n",
    "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"hé\"}]}}]}\r\n\r\n",
    "data: {\"candidates\": [{\"content\": {\"parts\": [{\"functionCall\": {\"name\": \"f\",\"args\": {\"x\":1}},\"thoughtSignature\": \"sig\"},{\"functionCall\": {\"id\":\"g1\",\"name\": \"g\",\"args\": {}}},{\"executableCode\":{\"code\":\"1\"}}]},\"finishReason\": \"STOP\"}],\"usageMetadata\": {\"promptTokenCount\": 100,\"cachedContentTokenCount\": 40,\"toolUsePromptTokenCount\": 5,\"candidatesTokenCount\": 7,\"thoughtsTokenCount\": 30,\"totalTokenCount\": 142,\"promptTokensDetails\":[{\"modality\":\"AUDIO\",\"tokenCount\":8}]}}\r\n\r\n",
);

const OLLAMA: &str = concat!(
    "{\"model\":\"q\",\"created_at\":\"x\",\"message\":{\"role\":\"assistant\",\"content\":\"\",\"thinking\":\"hm\"},\"done\":false}\n",
    "{\"model\":\"q\",\"message\":{\"role\":\"assistant\",\"content\":\"hé\"},\"done\":false}\n",
    "{\"model\":\"q\",\"created_at\":\"x\",\"message\":{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"function\":{\"index\":0,\"name\":\"f\",\"arguments\":{\"x\":1}}}]},\"done\":false}\n",
    "{\"model\":\"q\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":12,\"eval_count\":3}\n",
);

const ALL: [(&str, &str); 5] = [
    ("openai-chat", CHAT),
    ("anthropic-messages", ANTHROPIC),
    ("openai-responses", RESPONSES),
    ("gemini", GEMINI),
    ("ollama", OLLAMA),
];

fn thinking(index: u32, piece: Reasoning) -> Delta {
    Delta::Reasoning { index, piece }
}

fn stop(reason: Stop, native: &str) -> Delta {
    Delta::Stop { reason, native: native.into() }
}

#[test]
fn anthropic() {
    let format = Some("anthropic-claude-v1".to_owned());
    let input =
        Usage { prompt: 9, cached_read: 100, cache_write_5m: 10, cache_write_1h: 20, ..Usage::default() };
    let (out, end) = heard("anthropic-messages", ANTHROPIC.as_bytes());
    assert_eq!(end, Ok(()));
    assert_eq!(
        out,
        [
            Delta::Head { id: Some("msg_1".into()), model: Some("claude".into()), provider: None },
            Delta::Usage { usage: Usage { completion: 1, ..input }, cost: None },
            thinking(0, Reasoning { text: "hm".into(), format: format.clone(), ..Reasoning::default() }),
            thinking(0, Reasoning { signature: Some("sig".into()), ..Reasoning::default() }),
            thinking(
                1,
                Reasoning {
                    kind: ReasoningKind::Encrypted,
                    data: Some("xx".into()),
                    format,
                    ..Reasoning::default()
                }
            ),
            text("hé"),
            Delta::Annotation(
                json!({"type": "url_citation", "url_citation": {"url": "https://a.example", "title": "A", "content": "c"}})
            ),
            opaque(
                "anthropic-messages",
                json!({"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {"q": 1}})
            ),
            call(0, Some("t1"), Some("f"), ""),
            call(0, None, None, "{\"x\":"),
            call(0, None, None, "1}"),
            Delta::Usage { usage: Usage { completion: 30, reasoning: 20, ..input }, cost: None },
            stop(Stop::ToolCalls, "tool_use"),
        ]
    );
}

#[test]
fn responses() {
    let (out, end) = heard("openai-responses", RESPONSES.as_bytes());
    assert_eq!(end, Ok(()));
    let format = Some("p-responses-v1".to_owned());
    let id = Some("rs_1".to_owned());
    assert_eq!(
        out,
        [
            Delta::Head { id: Some("resp_1".into()), model: Some("gpt".into()), provider: None },
            thinking(
                0,
                Reasoning {
                    kind: ReasoningKind::Summary,
                    text: "hm".into(),
                    id: id.clone(),
                    format: format.clone(),
                    ..Reasoning::default()
                }
            ),
            thinking(
                1,
                Reasoning {
                    kind: ReasoningKind::Encrypted,
                    data: Some("xx".into()),
                    id,
                    format,
                    ..Reasoning::default()
                }
            ),
            text("hé"),
            call(0, Some("c1"), Some("f"), ""),
            call(0, None, None, "{\"x\":1}"),
            opaque(
                "openai-responses:p",
                json!({"type": "web_search_call", "id": "ws_1", "status": "completed"})
            ),
            Delta::Usage {
                usage: Usage { prompt: 6, cached_read: 4, completion: 4, reasoning: 5, ..Usage::default() },
                cost: None
            },
            stop(Stop::ToolCalls, "completed"),
        ]
    );
}

#[test]
fn gemini() {
    let (out, end) = heard("gemini", GEMINI.as_bytes());
    assert_eq!(end, Ok(()));
    let mut signed = call(0, Some("call-r1-0"), Some("f"), "{\"x\":1}");
    if let Delta::ToolCall { signature, .. } = &mut signed {
        *signature = Some("sig".into());
    }
    assert_eq!(
        out,
        [
            Delta::Head { id: Some("r1".into()), model: Some("gemini".into()), provider: None },
            thinking(
                0,
                Reasoning {
                    text: "hm".into(),
                    format: Some("google-gemini-v1".into()),
                    ..Reasoning::default()
                }
            ),
            text("hé"),
            signed,
            call(1, Some("g1"), Some("g"), "{}"),
            opaque("gemini", json!({"part": {"executableCode": {"code": "1"}}})),
            stop(Stop::ToolCalls, "STOP"),
            Delta::Usage {
                usage: Usage {
                    prompt: 57,
                    cached_read: 40,
                    audio_in: 8,
                    completion: 7,
                    reasoning: 30,
                    ..Usage::default()
                },
                cost: None
            },
        ]
    );
}

#[test]
fn ollama() {
    let (out, end) = heard("ollama", OLLAMA.as_bytes());
    assert_eq!(end, Ok(()));
    assert_eq!(
        spoken(out),
        [
            thinking(0, Reasoning { text: "hm".into(), ..Reasoning::default() }),
            text("hé"),
            call(0, Some("call-Va0Sxrk9b-0"), Some("f"), "{\"x\":1}"),
            Delta::Usage { usage: Usage { prompt: 12, completion: 3, ..Usage::default() }, cost: None },
            stop(Stop::ToolCalls, "stop"),
        ]
    );
}

#[test]
fn whole_bodies() {
    for (format, body, expected) in [
        (
            "anthropic-messages",
            r#"{"type":"message","id":"m","model":"c","content":[{"type":"text","text":"hi"},{"type":"tool_use","id":"t","name":"f","input":{}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":2}}"#,
            vec![
                text("hi"),
                call(0, Some("t"), Some("f"), "{}"),
                stop(Stop::ToolCalls, "tool_use"),
                Delta::Usage { usage: Usage { prompt: 1, completion: 2, ..Usage::default() }, cost: None },
            ],
        ),
        (
            "openai-responses",
            r#"{"object":"response","id":"r","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[{"type":"message","content":[{"type":"output_text","text":"hi"}]}]}"#,
            vec![text("hi"), stop(Stop::Length, "incomplete")],
        ),
        (
            "gemini",
            r#"[{"candidates":[{"content":{"parts":[{"text":"h"}]}}]},{"candidates":[{"content":{"parts":[{"text":"i"}]},"finishReason":"MAX_TOKENS"}]}]"#,
            vec![text("h"), text("i"), stop(Stop::Length, "MAX_TOKENS")],
        ),
        (
            "ollama",
            r#"{"message":{"content":"hi"},"done":true,"done_reason":"length"}"#,
            vec![text("hi"), stop(Stop::Length, "length")],
        ),
    ] {
        let (out, end) = heard(format, body.as_bytes());
        assert_eq!(end, Ok(()), "{format}");
        assert_eq!(spoken(out), expected, "{format}");
    }
}

#[test]
fn fields_that_nobody_knows_are_told_beside_the_message() {
    for (format, body, expected) in [
        (
            "openai-chat",
            "data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}],\"new\":1}\n\ndata: [DONE]\n\n",
            json!({"chunk": {"new": 1}}),
        ),
        (
            "anthropic-messages",
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"role\":\"assistant\",\"content\":[],\"usage\":{},\"new\":1,\"stop_reason\":null}}\n\nevent: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{}}\n\n",
            json!({"message": {"new": 1}}),
        ),
        (
            "anthropic-messages",
            "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"refusal\",\"stop_details\":{\"category\":\"c\"}},\"usage\":{}}\n\n",
            json!({"message": {"stop_details": {"category": "c"}}}),
        ),
        (
            "anthropic-messages",
            "{\"type\":\"message\",\"content\":[],\"stop_reason\":\"end_turn\",\"input_transformations\":[{\"type\":\"t\"}]}",
            json!({"message": {"input_transformations": [{"type": "t"}]}}),
        ),
        (
            "openai-responses",
            "data: {\"type\":\"response.completed\",\"response\":{\"id\":\"r\",\"status\":\"completed\",\"output\":[],\"new\":1}}\n\n",
            json!({"response": {"new": 1}}),
        ),
        (
            "gemini",
            "{\"candidates\":[{\"finishReason\":\"STOP\"}],\"new\":1}",
            json!({"response": {"new": 1}}),
        ),
        ("ollama", "{\"done\":true,\"done_reason\":\"stop\",\"new\":1}\n", json!({"line": {"new": 1}})),
    ] {
        let (out, end) = heard(format, body.as_bytes());
        assert_eq!(end, Ok(()), "{format}");
        let aside = |delta: Delta| match delta {
            Delta::Opaque { format: None, value } => Some(value),
            _ => None,
        };
        let asides: Vec<_> = out.into_iter().filter_map(aside).collect();
        assert_eq!(asides, [expected], "{format}");
    }
}

#[test]
fn failures_in_the_middle_and_cut_streams() {
    for (format, stream, kind) in [
        (
            "anthropic-messages",
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"details\":null,\"type\":\"overloaded_error\",\"message\":\"Overloaded\"} }\n\n",
            FailureKind::Overloaded,
        ),
        (
            "openai-responses",
            "event: response.failed\ndata: {\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"Rate limit reached\"}}}\n\n",
            FailureKind::RateLimited,
        ),
        (
            "openai-responses",
            "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"oops\"}\n\n",
            FailureKind::Server,
        ),
        (
            "gemini",
            "data: {\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\"}}\r\n\r\n",
            FailureKind::Moderation,
        ),
        (
            "gemini",
            "data: {\"error\":{\"code\":503,\"message\":\"The model is overloaded.\",\"status\":\"UNAVAILABLE\"}}\r\n\r\n",
            FailureKind::Overloaded,
        ),
        ("ollama", "{\"error\":\"an error was encountered while running the model\"}\n", FailureKind::Server),
    ] {
        assert_eq!(heard(format, stream.as_bytes()).1.map_err(|f| f.kind), Err(kind), "{format} {stream}");
    }
    for (format, stream) in ALL {
        // anywhere before the end mark: cut, never a success, never garbage
        let end = stream
            .rfind("finish")
            .or(stream.rfind("message_delta"))
            .or(stream.rfind("response.completed"))
            .or(stream.rfind("done_reason"));
        let end = end.expect("an end mark") - 30;
        for at in (1..end).filter(|at| stream.is_char_boundary(*at)) {
            let (_, end) = heard(format, &stream.as_bytes()[..at]);
            let kind = end.expect_err("a cut stream is no success").kind;
            assert!(
                matches!(kind, FailureKind::Cut | FailureKind::Malformed | FailureKind::Empty),
                "{format} cut at {at}: {kind:?}"
            );
        }
    }
}

proptest! {
    /// Cut anywhere, its lines ended in any of the three ways.
    #[test]
    fn any_cutting_is_heard_the_same(
        which in 0..ALL.len(),
        end in prop::sample::select(&["\n", "\r\n", "\r"][..]),
        sizes in proptest::collection::vec(1..40usize, 1..80),
    ) {
        let (format, stream) = ALL[which];
        let ended = stream.replace("\r\n", "\n").replace('\n', end);
        let mut rest = ended.as_bytes();
        let mut cut = Vec::new();
        for size in sizes.into_iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at(size.min(rest.len()));
            cut.push(piece);
            rest = after;
        }
        prop_assert_eq!(pieces(format, &cut), heard(format, stream.as_bytes()));
    }
}

#[test]
fn what_is_nested_without_end_is_refused_and_takes_nobody_down() {
    let nested = |open: &str, close: &str| format!("{}1{}", open.repeat(50_000), close.repeat(50_000));
    for format in ["openai-chat", "openai-responses", "anthropic-messages", "gemini", "ollama"] {
        for key in ["response", "error", "message", "choices", "candidates", "usage", "content", "unknown"] {
            for body in [nested("[", "]"), nested(&format!("{{\"{key}\":"), "}")] {
                let body = format!("{{\"{key}\":{body}}}");
                // whatever it is heard as: that it comes back is what is asked
                let _ = heard(format, body.as_bytes());
            }
        }
    }
    let (_, end) = heard("gemini", nested("{\"response\":", "}").as_bytes());
    assert_eq!(end.map_err(|failure| failure.kind), Err(FailureKind::Malformed));
}
