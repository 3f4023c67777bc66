//! What a provider said and we do not understand goes back in the next turn: word for word, to itself and to nobody else.

use super::helpers::{endpoint, heard, request, say};
use fareway::wire::format;
use fareway::words::{Endpoint, Join, Message, Part, ProviderId, Role};

/// A turn that was heard in `body`, stored as JSON and read again, and the request after it.
fn next_turn(name: &str, quirks: &[&str], body: &str, to: &Endpoint) -> String {
    let mut decoder = format(name).expect("a format").decoder(&endpoint(name, quirks));
    let mut deltas = Vec::new();
    // in the smallest pieces there are
    for byte in body.as_bytes() {
        decoder.feed(&[*byte], &mut deltas).expect("a good answer");
    }
    decoder.finish(&mut deltas).expect("a good end");
    let (mut join, mut parts) = (Join::default(), Vec::new());
    deltas.into_iter().for_each(|delta| join.add(delta, &mut parts));
    let stored = serde_json::to_string(&Message::loose(Role::Assistant, parts)).expect("plain data");
    let read: Message = serde_json::from_str(&stored).expect("the same");
    let asked = request(vec![say(Role::User, "hi"), read, say(Role::User, "on")]);
    let outgoing = format(&to.format).expect("a format").encode(to, &asked).expect("encodes");
    String::from_utf8(outgoing.body).expect("UTF-8")
}

struct Row {
    name: &'static str,
    format: &'static str,
    quirks: &'static [&'static str],
    body: &'static str,
    /// What stands in the next request, byte by byte.
    back: &'static [&'static str],
    /// What no other endpoint of the format gets.
    own: bool,
}

const ROWS: &[Row] = &[
    Row {
        name: "a signed and a redacted thought, an unknown block, a server tool and its encrypted result",
        format: "anthropic-messages",
        quirks: &[],
        body: concat!(
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"c\",\"usage\":{\"input_tokens\":1}}}\n\n",
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\"}}\n\n",
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"hm, \"}}\n\n",
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"é\"}}\n\n",
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"Sig+/==\"}}\n\n",
            "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"redacted_thinking\",\"data\":\"Red+/==\"}}\n\n",
            "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":1}\n\n",
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":2,\"content_block\":{\"type\":\"server_tool_use\",\"id\":\"s1\",\"name\":\"web_search\",\"input\":{}}}\n\n",
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":2,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"q\\\":\"}}\n\n",
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":2,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"\\\"x\\\"}\"}}\n\n",
            "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":2}\n\n",
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":3,\"content_block\":{\"type\":\"web_search_tool_result\",\"tool_use_id\":\"s1\",\"content\":[{\"type\":\"web_search_result\",\"encrypted_content\":\"Enc+/==\",\"page_age\":null}]}}\n\n",
            "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":3}\n\n",
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":4,\"content_block\":{\"type\":\"compaction\",\"content\":\"\"}}\n\n",
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":4,\"delta\":{\"type\":\"compaction_delta\",\"content\":\"what \"}}\n\n",
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":4,\"delta\":{\"type\":\"compaction_delta\",\"content\":\"was\"}}\n\n",
            "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":4}\n\n",
            "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":2}}\n\n",
            "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        ),
        back: &[
            r#"{"type":"thinking","thinking":"hm, é","signature":"Sig+/=="},{"type":"redacted_thinking","data":"Red+/=="},{"type":"server_tool_use","id":"s1","name":"web_search","input":{"q":"x"}},{"type":"web_search_tool_result","tool_use_id":"s1","content":[{"type":"web_search_result","encrypted_content":"Enc+/==","page_age":null}]},{"type":"compaction","content":"what was"}"#,
        ],
        own: false,
    },
    Row {
        name: "encrypted reasoning and an unknown item",
        format: "openai-responses",
        quirks: &[],
        body: concat!(
            "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"r\",\"model\":\"g\"}}\n\n",
            "event: response.output_item.done\ndata: {\"type\":\"response.output_item.done\",\"output_index\":0,\"item\":{\"type\":\"reasoning\",\"id\":\"rs_1\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"hm\"}],\"encrypted_content\":\"Enc+/==\"}}\n\n",
            "event: response.output_item.done\ndata: {\"type\":\"response.output_item.done\",\"output_index\":1,\"item\":{\"type\":\"web_search_call\",\"id\":\"ws_1\",\"status\":\"completed\",\"action\":{\"query\":\"é\",\"n\":[1,null,true]}}}\n\n",
            "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\"}}\n\n",
        ),
        back: &[
            r#"{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}],"id":"rs_1","encrypted_content":"Enc+/=="}"#,
            r#"{"type":"web_search_call","id":"ws_1","status":"completed","action":{"query":"é","n":[1,null,true]}}"#,
        ],
        own: true,
    },
    Row {
        name: "a signed call, a signed unknown part",
        format: "gemini",
        quirks: &[],
        body: concat!(
            "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"executableCode\":{\"language\":\"PYTHON\",\"code\":\"é\"},\"thoughtSignature\":\"Sig1+/==\"}]}}],\"responseId\":\"r\"}\r\n\r\n",
            "data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":{\"x\":1},\"id\":\"c1\"},\"thoughtSignature\":\"Sig2+/==\"}]},\"finishReason\":\"STOP\"}]}\r\n\r\n",
        ),
        back: &[
            r#"{"executableCode":{"language":"PYTHON","code":"é"},"thoughtSignature":"Sig1+/=="}"#,
            r#"{"functionCall":{"name":"f","args":{"x":1},"id":"c1"},"thoughtSignature":"Sig2+/=="}"#,
        ],
        own: false,
    },
    Row {
        name: "a signed image",
        format: "gemini",
        quirks: &[],
        body: concat!(
            "data: {\"candidates\":[{\"content\":{\"parts\":[{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"AAAA\"},\"thoughtSignature\":\"Sig3+/==\"}]}}],\"responseId\":\"r\"}\r\n\r\n",
            "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\",\"thoughtSignature\":\"Sig4+/==\"}]},\"finishReason\":\"STOP\"}]}\r\n\r\n",
        ),
        back: &[
            r#"{"inlineData":{"mimeType":"image/png","data":"AAAA"},"thoughtSignature":"Sig3+/=="},{"text":"","thoughtSignature":"Sig4+/=="}"#,
        ],
        own: false,
    },
    Row {
        name: "a part of the content that we do not know",
        format: "openai-chat",
        quirks: &["mistral"],
        body: concat!(
            "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"So \"},{\"type\":\"reference\",\"reference_ids\":[2,\"é\"]}]}}],\"tier\":\"x\"}\n\n",
            "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"it is\",\"channel\":\"final\"},\"finish_reason\":\"stop\",\"logprobs\":{\"content\":[]}}]}\n\n",
            "data: [DONE]\n\n",
        ),
        back: &[
            r#"[{"type":"text","text":"So "},{"type":"reference","reference_ids":[2,"é"]},{"type":"text","text":"it is"}]"#,
        ],
        own: true,
    },
    Row {
        name: "OpenRouter's encrypted, signed and unknown details",
        format: "openai-chat",
        quirks: &["openrouter"],
        body: concat!(
            "data: {\"choices\":[{\"delta\":{\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"Enc+/==\",\"id\":\"rs_1\",\"format\":\"openai-responses-v1\",\"index\":0}]}}]}\n\n",
            "data: {\"choices\":[{\"delta\":{\"reasoning_details\":[{\"type\":\"reasoning.novel\",\"blob\":\"é+/==\",\"index\":1,\"more\":{\"a\":null}}]}}]}\n\n",
            "data: {\"choices\":[{\"delta\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
        ),
        back: &[
            r#"{"type":"reasoning.encrypted","data":"Enc+/==","id":"rs_1","format":"openai-responses-v1","index":0},{"type":"reasoning.novel","blob":"é+/==","index":1,"more":{"a":null}}"#,
        ],
        own: true,
    },
    Row {
        name: "a field of the message",
        format: "ollama",
        quirks: &[],
        body: concat!(
            "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"ok\",\"state\":{\"blob\":\"é+/==\"}},\"done\":false}\n",
            "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\"}\n",
        ),
        back: &[r#"{"role":"assistant","content":"ok","state":{"blob":"é+/=="}}"#],
        own: false,
    },
];

#[test]
fn to_whoever_said_it_byte_by_byte() {
    for row in ROWS {
        let sent = next_turn(row.format, row.quirks, row.body, &endpoint(row.format, row.quirks));
        for back in row.back {
            assert!(sent.contains(back), "{}: {back} is not in\n{sent}", row.name);
        }
    }
}

#[test]
fn to_no_other_format_and_no_other_dialect() {
    let secrets = ["+/==", "compaction", "server_tool", "web_search_call", "executableCode", "reference_ids"];
    for row in ROWS {
        for to in fareway::wire::FORMATS {
            if to.name() == row.format && !row.own {
                continue;
            }
            let elsewhere = Endpoint { provider: ProviderId::new("q"), ..endpoint(to.name(), &[]) };
            let sent = next_turn(row.format, row.quirks, row.body, &elsewhere);
            // a call goes everywhere; its signature is Google's, and its compatible API takes it
            let sent = sent.replace("Sig2+/==", "");
            for secret in secrets {
                assert!(!sent.contains(secret), "{}: {secret} went to {}: {sent}", row.name, to.name());
            }
        }
    }
}

/// What is said beside the message is told, and never sent back.
#[test]
fn asides_are_no_parts() {
    let (deltas, _) = heard("openai-chat", ROWS[4].body.as_bytes());
    let asides =
        deltas.iter().filter(|delta| matches!(delta, fareway::words::Delta::Opaque { format: None, .. }));
    assert_eq!(asides.count(), 3, "{deltas:?}");
    let (mut join, mut parts) = (Join::default(), Vec::new());
    deltas.into_iter().for_each(|delta| join.add(delta, &mut parts));
    assert!(matches!(&parts[..], [Part::Text { .. }, Part::Opaque { .. }, Part::Text { .. }]), "{parts:?}");
}
