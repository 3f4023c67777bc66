//! Counts that are none, in every format: read where they mean something, else no usage at all; never a panic, never a
//! lost reply.

use super::helpers::heard;
use fareway::words::{Delta, Usage, Usd};

/// A whole good answer of each format with these two counts, and what is said with them.
fn answers(input: &str, output: &str) -> [(&'static str, String); 5] {
    let chat = format!(
        "data: {{\"choices\":[{{\"delta\":{{\"content\":\"hi\"}},\"finish_reason\":\"stop\"}}],\"usage\":{{\"prompt_tokens\":{input},\"completion_tokens\":{output}}}}}\n\ndata: [DONE]\n\n"
    );
    let responses = format!(
        "data: {{\"type\":\"response.output_text.delta\",\"output_index\":0,\"content_index\":0,\"delta\":\"hi\"}}\n\ndata: {{\"type\":\"response.completed\",\"response\":{{\"id\":\"r\",\"status\":\"completed\",\"output\":[],\"usage\":{{\"input_tokens\":{input},\"output_tokens\":{output}}}}}}}\n\n"
    );
    let anthropic = format!(
        "data: {{\"type\":\"message_start\",\"message\":{{\"id\":\"m\",\"model\":\"c\",\"usage\":{{\"input_tokens\":{input}}}}}}}\n\ndata: {{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{{\"type\":\"text\",\"text\":\"\"}}}}\n\ndata: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{\"type\":\"text_delta\",\"text\":\"hi\"}}}}\n\ndata: {{\"type\":\"message_delta\",\"delta\":{{\"stop_reason\":\"end_turn\"}},\"usage\":{{\"output_tokens\":{output}}}}}\n\ndata: {{\"type\":\"message_stop\"}}\n\n"
    );
    let gemini = format!(
        "data: {{\"candidates\":[{{\"content\":{{\"parts\":[{{\"text\":\"hi\"}}]}},\"finishReason\":\"STOP\"}}],\"usageMetadata\":{{\"promptTokenCount\":{input},\"candidatesTokenCount\":{output}}}}}\n\n"
    );
    let ollama = format!(
        "{{\"model\":\"q\",\"message\":{{\"role\":\"assistant\",\"content\":\"hi\"}},\"done\":false}}\n{{\"model\":\"q\",\"message\":{{\"role\":\"assistant\",\"content\":\"\"}},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":{input},\"eval_count\":{output}}}\n"
    );
    [
        ("openai-chat", chat),
        ("openai-responses", responses),
        ("anthropic-messages", anthropic),
        ("gemini", gemini),
        ("ollama", ollama),
    ]
}

/// The last usage of a reply that must be heard to its end.
fn said(format: &str, bytes: &str) -> Option<Usage> {
    let (deltas, end) = heard(format, bytes.as_bytes());
    assert_eq!(end, Ok(()), "{format}: {bytes}");
    assert!(deltas.contains(&Delta::Text("hi".into())), "{format}: {deltas:?}");
    assert!(deltas.iter().any(|delta| matches!(delta, Delta::Stop { .. })), "{format}: {deltas:?}");
    deltas.into_iter().rev().find_map(|delta| match delta {
        Delta::Usage { usage, .. } => Some(usage),
        _ => None,
    })
}

#[test]
fn counts_are_read_however_they_are_written() {
    for (input, output) in
        [("12", "3"), ("12.0", "3.0"), ("\"12\"", "\"3\""), ("1.2e1", " 3 "), ("\" 12 \"", "\"3.0\"")]
    {
        for (format, answer) in answers(input, output) {
            let expected = Usage { prompt: 12, completion: 3, ..Usage::default() };
            assert_eq!(said(format, &answer), Some(expected), "{format} said {input} and {output}");
        }
    }
}

#[test]
fn a_count_that_is_none_makes_no_usage_and_loses_no_reply() {
    let nonsense = [
        "NaN",
        "-NaN",
        "Infinity",
        "-Infinity",
        "1e400",
        "-1e400",
        "-1",
        "-1.0",
        "12.5",
        "1e300",
        "\"NaN\"",
        "\"-3\"",
        "\"many\"",
        "\"\"",
        "true",
        "[12]",
        "{\"n\":12}",
        "99999999999999999999999999",
    ];
    for wrong in nonsense {
        for (input, output) in [(wrong, "3"), ("12", wrong), (wrong, wrong)] {
            for (format, answer) in answers(input, output) {
                // Anthropic's output of the first event is not said here, so its input alone is a usage before it is one
                let usage = said(format, &answer);
                let of_the_beginning = Usage { prompt: 12, ..Usage::default() };
                let expected = (format == "anthropic-messages" && input == "12").then_some(of_the_beginning);
                assert_eq!(usage, expected, "{format} said {input} and {output}");
            }
        }
    }
}

/// Absurd, but counts: what is added up stays below the largest number there is.
#[test]
fn the_largest_counts_add_up_to_no_panic() {
    let most = u64::MAX.to_string();
    for (format, answer) in answers(&most, &most) {
        let usage = said(format, &answer).unwrap_or_else(|| panic!("{format} counts"));
        assert_eq!(
            (usage.input(), usage.output(), usage.total()),
            (u64::MAX, u64::MAX, u64::MAX),
            "{format}"
        );
    }
    let details = [
        (
            "openai-chat",
            format!(
                "data: {{\"choices\":[{{\"delta\":{{\"content\":\"hi\"}},\"finish_reason\":\"stop\"}}],\"usage\":{{\"prompt_tokens\":{most},\"completion_tokens\":{most},\"total_tokens\":{most},\"prompt_tokens_details\":{{\"cached_tokens\":{most},\"audio_tokens\":{most}}},\"completion_tokens_details\":{{\"reasoning_tokens\":{most}}}}}}}\n\ndata: [DONE]\n\n"
            ),
        ),
        (
            "gemini",
            format!(
                "data: {{\"candidates\":[{{\"content\":{{\"parts\":[{{\"text\":\"hi\"}}]}},\"finishReason\":\"STOP\"}}],\"usageMetadata\":{{\"promptTokenCount\":{most},\"toolUsePromptTokenCount\":{most},\"thoughtsTokenCount\":{most},\"promptTokensDetails\":[{{\"modality\":\"AUDIO\",\"tokenCount\":{most}}},{{\"modality\":\"AUDIO\",\"tokenCount\":{most}}}]}}}}\n\n"
            ),
        ),
        (
            "anthropic-messages",
            format!(
                "{{\"type\":\"message\",\"id\":\"m\",\"model\":\"c\",\"content\":[{{\"type\":\"text\",\"text\":\"hi\"}}],\"stop_reason\":\"end_turn\",\"usage\":{{\"input_tokens\":{most},\"output_tokens\":{most},\"cache_creation\":{{\"ephemeral_1h_input_tokens\":{most},\"ephemeral_5m_input_tokens\":{most}}}}}}}"
            ),
        ),
    ];
    for (format, answer) in details {
        assert_eq!(said(format, &answer).map(|usage| usage.input()), Some(u64::MAX), "{format}");
    }
}

/// A detail that is none was not said: the tokens count in full, so nothing is booked too low.
#[test]
fn a_detail_that_is_no_count_was_not_said() {
    for wrong in ["NaN", "1e400", "-4", "4.5", "\"x\"", "null"] {
        let chat = format!(
            "data: {{\"choices\":[{{\"delta\":{{\"content\":\"hi\"}},\"finish_reason\":\"stop\"}}],\"usage\":{{\"prompt_tokens\":12,\"completion_tokens\":3,\"prompt_tokens_details\":{{\"cached_tokens\":{wrong}}},\"completion_tokens_details\":{{\"reasoning_tokens\":{wrong}}}}}}}\n\ndata: [DONE]\n\n"
        );
        let expected = Usage { prompt: 12, completion: 3, ..Usage::default() };
        assert_eq!(said("openai-chat", &chat), Some(expected), "{wrong}");
    }
}

/// An amount that is none is told from one that was not said: it is not booked, and ours is an estimate then.
#[test]
fn a_cost_that_no_amount_can_be_is_nobodys_word() {
    for (cost, expected) in [
        ("NaN", Some(Usd::MAX)),
        ("1e400", Some(Usd::MAX)),
        ("\"NaN\"", Some(Usd::MAX)),
        ("null", None),
        ("\"0.25\"", Some(Usd::from_cents(25))),
        ("2.5e-1", Some(Usd::from_cents(25))),
    ] {
        let chat = format!(
            "data: {{\"choices\":[{{\"delta\":{{\"content\":\"hi\"}},\"finish_reason\":\"stop\"}}],\"usage\":{{\"prompt_tokens\":12,\"completion_tokens\":3,\"cost\":{cost}}}}}\n\ndata: [DONE]\n\n"
        );
        let (deltas, end) = heard("openai-chat", chat.as_bytes());
        assert_eq!(end, Ok(()), "{cost}");
        let usage = Usage { prompt: 12, completion: 3, ..Usage::default() };
        assert!(deltas.contains(&Delta::Usage { usage, cost: expected }), "{cost}: {deltas:?}");
    }
}

/// What a model says of such numbers stays as it is.
#[test]
fn text_about_nan_is_not_touched() {
    let chat = "data: {\"choices\":[{\"delta\":{\"content\":\"NaN, -1e400 \\\"Infinity\\\"\"},\"logprobs\":{\"content\":[{\"logprob\":-Infinity}]},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let (deltas, end) = heard("openai-chat", chat.as_bytes());
    assert_eq!(end, Ok(()));
    assert!(deltas.contains(&Delta::Text("NaN, -1e400 \"Infinity\"".into())), "{deltas:?}");
}
