//! Ids of tool calls on their way from one vendor to another: in each API's form, and a call and its result alike.

use super::helpers::{body, deltas, request, say};
use fareway::words::{Delta, Message, Part, Request, Role};
use serde_json::Value;

fn called(ids: &[&str]) -> Request {
    let call = |id: &&str| Part::ToolCall {
        id: (*id).into(),
        name: "f".into(),
        arguments: "{}".into(),
        signature: None,
    };
    let result = |id: &&str| Part::ToolResult {
        call: (*id).into(),
        name: "f".into(),
        parts: vec![Part::text("ok")],
        error: false,
    };
    request(vec![
        say(Role::User, "hi"),
        Message::loose(Role::Assistant, ids.iter().map(call).collect()),
        Message::loose(Role::Tool, ids.iter().map(result).collect()),
    ])
}

fn pairs(format: &str, sent: &Value, count: usize) -> Vec<(String, String)> {
    let text = |path: String| sent.pointer(&path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let pair = |n: usize| match format {
        "openai-chat" => (
            text(format!("/messages/1/tool_calls/{n}/id")),
            text(format!("/messages/{}/tool_call_id", 2 + n)),
        ),
        "openai-responses" => {
            (text(format!("/input/{}/call_id", 1 + n)), text(format!("/input/{}/call_id", 1 + count + n)))
        }
        _ => (
            text(format!("/messages/1/content/{n}/id")),
            text(format!("/messages/2/content/{n}/tool_use_id")),
        ),
    };
    (0..count).map(pair).collect()
}

#[test]
fn every_id_takes_the_form_of_the_api_and_finds_its_call() {
    let long = format!("fc_{}", "0123456789".repeat(9));
    let ids = ["call_1", "functions.f:0", "functions.f_0", "toolu_01A", "é|x", &long];
    let asked = called(&ids);
    for (format, quirks, longest, letters) in [
        ("openai-chat", &[][..], 40, "any"),
        ("openai-chat", &["mistral"], 9, "alphanumeric"),
        ("openai-responses", &[], 64, "any"),
        ("anthropic-messages", &[], 64, "plain"),
    ] {
        let found = pairs(format, &body(format, quirks, &asked), ids.len());
        let mut seen = std::collections::BTreeSet::new();
        for ((call, result), id) in found.iter().zip(ids) {
            assert_eq!(call, result, "{format}");
            assert!(!call.is_empty() && call.chars().count() <= longest, "{format}: {call}");
            let fits = call.chars().all(|c| match letters {
                "alphanumeric" => c.is_ascii_alphanumeric(),
                "plain" => c.is_ascii_alphanumeric() || c == '_' || c == '-',
                _ => true,
            });
            assert!(fits, "{format}: {call}");
            assert!(seen.insert(call.clone()), "{format}: two calls are {call}");
            if quirks.is_empty() && (id == "call_1" || id == "toolu_01A") {
                assert_eq!(call, id, "what may stand as it is, does");
            }
        }
        // the same way each time, or a provider's cache would be lost
        assert_eq!(found, pairs(format, &body(format, quirks, &asked), ids.len()));
    }
}

#[test]
fn calls_without_an_id_are_given_one_that_no_other_reply_has() {
    let ids = |format: &str, reply: &str| -> Vec<String> {
        let heard = deltas(format, reply);
        let mut ids = vec![String::new(); 2];
        for delta in heard {
            if let Delta::ToolCall { index, id: Some(id), .. } = delta {
                ids[index as usize] = id;
            }
        }
        ids
    };
    let chat = |id: &str| {
        format!(
            "data: {{\"id\":\"{id}\",\"choices\":[{{\"delta\":{{\"tool_calls\":[{{\"index\":0,\"function\":{{\"name\":\"f\",\"arguments\":\"{{}}\"}}}},{{\"index\":1,\"id\":\"\",\"function\":{{\"name\":\"f\",\"arguments\":\"{{}}\"}}}}]}},\"finish_reason\":\"tool_calls\"}}]}}\n\ndata: [DONE]\n\n"
        )
    };
    let ollama = |at: &str| {
        format!(
            "{{\"model\":\"q\",\"created_at\":\"{at}\",\"message\":{{\"tool_calls\":[{{\"function\":{{\"name\":\"f\",\"arguments\":{{}}}}}},{{\"function\":{{\"name\":\"f\",\"arguments\":{{}}}}}}]}},\"done\":true,\"done_reason\":\"stop\"}}\n"
        )
    };
    for (format, one, two) in [
        ("openai-chat", chat("a"), chat("b")),
        ("ollama", ollama("2025-07-07T20:22:19.184789Z"), ollama("2025-07-07T20:22:20.184789Z")),
    ] {
        let all: Vec<String> = [ids(format, &one), ids(format, &two)].concat();
        let distinct: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(distinct.len(), 4, "{format}: {all:?}");
        assert!(all.iter().all(|id| !id.is_empty()), "{format}: {all:?}");
    }
}
