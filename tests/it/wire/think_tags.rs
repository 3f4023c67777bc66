//! Thoughts that a host leaves among the text, between `<think>` and `</think>`.

use super::helpers::{call, deltas, endpoint, spoken};
use fareway::wire;
use fareway::words::Delta;
use proptest::prelude::*;
use serde_json::json;

/// The text in these pieces, as each format streams it.
fn streamed(format: &str, pieces: &[&str]) -> String {
    ended(format, pieces, "stop")
}

/// The same, with the word for its end.
fn ended(format: &str, pieces: &[&str], stop: &str) -> String {
    let lines = pieces.iter().map(|piece| match format {
        "ollama" => format!("{}\n", json!({"model": "m", "message": {"content": piece}, "done": false})),
        _ => format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": {"content": piece}}]})),
    });
    let end = match format {
        "ollama" => format!(
            "{}\n",
            json!({"model": "m", "message": {"content": ""}, "done": true, "done_reason": stop,
                "prompt_eval_count": 3, "eval_count": 9})
        ),
        _ => format!(
            "data: {}\n\ndata: [DONE]\n\n",
            json!({"choices": [{"index": 0, "delta": {}, "finish_reason": stop}],
                "usage": {"prompt_tokens": 3, "completion_tokens": 9}})
        ),
    };
    lines.chain([end]).collect()
}

/// What was thought and what was said, and the tokens.
fn heard(format: &str, pieces: &[&str]) -> (String, String, u64) {
    sorted(deltas(format, &streamed(format, pieces)))
}

/// The same, of an endpoint whose template opens the thoughts.
fn opened(format: &str, pieces: &[&str], stop: &str) -> (String, String, u64) {
    let mut decoder = wire::format(format).expect("a format").decoder(&endpoint(format, &["think_opened"]));
    let mut deltas = Vec::new();
    decoder.feed(ended(format, pieces, stop).as_bytes(), &mut deltas).expect("heard");
    decoder.finish(&mut deltas).expect("a good end");
    sorted(deltas)
}

fn sorted(deltas: Vec<Delta>) -> (String, String, u64) {
    let (mut thought, mut said, mut tokens) = (String::new(), String::new(), 0);
    for delta in deltas {
        match delta {
            Delta::Reasoning { piece, .. } => thought += &piece.text,
            Delta::Text(text) => said += &text,
            Delta::Usage { usage, .. } => tokens = usage.output(),
            _ => {}
        }
    }
    (thought, said, tokens)
}

#[test]
fn only_the_beginning_of_a_reply_is_split() {
    for (reply, thought, said) in [
        ("<think>\nHm. 2 < 3.\n</think>\n\nThree.", "Hm. 2 < 3.", "Three."),
        ("\n <think>Hm</think>Three.", "Hm", "Three."),
        // switched off: Qwen still says the tags
        ("<think>\n\n</think>\n\nThree.", "", "Three."),
        // cut at its limit while it thought
        ("<think>\nHm, and then </thi", "Hm, and then </thi", ""),
        ("<think>", "", ""),
        ("<think>Hm</think>", "Hm", ""),
        ("<think>a</think>b <think>c</think> d", "a", "b <think>c</think> d"),
        ("<think>a <think> b</think>c", "a <think> b", "c"),
        // about the tag, or nearly it: text to the last character
        ("R1 says `<think>` first.\n<think>no</think>", "", "R1 says `<think>` first.\n<think>no</think>"),
        ("```\n<think>no</think>\n```", "", "```\n<think>no</think>\n```"),
        ("<thinker>no</thinker>", "", "<thinker>no</thinker>"),
        ("<Think>no", "", "<Think>no"),
        ("  \n<thi", "", "  \n<thi"),
        ("\n\n", "", "\n\n"),
        ("</think>no", "", "</think>no"),
        ("", "", ""),
    ] {
        for format in ["openai-chat", "ollama"] {
            let expected = (thought.to_owned(), said.to_owned(), 9);
            assert_eq!(heard(format, &[reply]), expected, "{format}: {reply:?}");
            let letters: Vec<String> = reply.chars().map(String::from).collect();
            let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
            assert_eq!(heard(format, &letters), expected, "{format}: {reply:?} by the letter");
        }
    }
}

/// R1's and Qwen's templates end in `<think>`, so that only the end of the thoughts is heard.
#[test]
fn a_reply_that_begins_within_its_thoughts() {
    for (reply, stop, thought, said) in [
        ("Hm. 2 < 3.\n</think>\n\nThree.", "stop", "Hm. 2 < 3.", "Three."),
        ("\n</think>\n\nThree.", "stop", "", "Three."),
        (
            "Is `<think>` a tag?</think>It is: <think>, </think>.",
            "stop",
            "Is `<think>` a tag?",
            "It is: <think>, </think>.",
        ),
        // a host that says the tag after all
        ("<think>Hm</think>Three.", "stop", "Hm", "Three."),
        ("<think>Hm", "stop", "Hm", ""),
        // cut at its limit while it thought
        ("Hm, and then", "length", "Hm, and then", ""),
        // it did not think: what was taken for thoughts is the reply, and no reply is lost
        ("Three.", "stop", "Three.", "Three."),
        ("", "stop", "", ""),
    ] {
        for format in ["openai-chat", "ollama"] {
            let expected = (thought.to_owned(), said.to_owned(), 9);
            assert_eq!(opened(format, &[reply], stop), expected, "{format}: {reply:?}");
            let letters: Vec<String> = reply.chars().map(String::from).collect();
            let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
            assert_eq!(opened(format, &letters, stop), expected, "{format}: {reply:?} by the letter");
        }
    }
    // nobody says so: whoever speaks of the tag is not cut in two
    let about = "It ends in </think> there.\n</think>\n\nLike that.";
    assert_eq!(heard("openai-chat", &[about]), (String::new(), about.to_owned(), 9));
}

#[test]
fn a_whole_body_is_split_as_well() {
    let body = json!({"choices": [{"index": 0, "finish_reason": "stop",
        "message": {"role": "assistant", "content": "<think>Hm</think>\nThree."}}]});
    let said = spoken(deltas("openai-chat", &body.to_string()));
    assert_eq!(said[..2], [super::helpers::thought(0, "Hm"), super::helpers::text("Three.")]);
}

/// The endpoint says itself what its thoughts are: a tag in the text is text then.
#[test]
fn where_thoughts_have_their_field_tags_are_text() {
    let chunk = |delta: serde_json::Value| format!("data: {}\n\n", json!({"choices": [{"delta": delta}]}));
    let body = chunk(json!({"reasoning_content": "Hm"}))
        + &chunk(json!({"content": "<think> is a tag"}))
        + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    let said = spoken(deltas("openai-chat", &body));
    assert_eq!(said[..2], [super::helpers::thought(0, "Hm"), super::helpers::text("<think> is a tag")]);
}

/// What waits to be told apart stands before the call that follows it.
#[test]
fn a_call_after_half_a_tag_stays_behind_it() {
    let chunk = |delta: serde_json::Value| format!("data: {}\n\n", json!({"choices": [{"delta": delta}]}));
    let function = json!({"index": 0, "id": "c1", "function": {"name": "f", "arguments": "{}"}});
    let body = chunk(json!({"content": "<think>Hm"}))
        + &chunk(json!({"content": "</"}))
        + &chunk(json!({"tool_calls": [function]}))
        + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n";
    let said = spoken(deltas("openai-chat", &body));
    let thought = super::helpers::thought;
    assert_eq!(said[..3], [thought(0, "Hm"), thought(0, "</"), call(0, Some("c1"), Some("f"), "{}")]);
}

proptest! {
    /// However the reply is cut into pieces: the same is thought, the same is said.
    #[test]
    fn any_cutting_says_the_same(
        words in prop::collection::vec(prop::sample::select(
            &["<think>", "</think>", "<", "</thi", "think>", " ", "\n", "a", "日本", "<thi"][..]), 0..12),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let reply = words.concat();
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(reply.len() + 1)).collect();
        at.extend([0, reply.len()]);
        at.retain(|at| reply.is_char_boundary(*at));
        at.sort_unstable();
        let pieces: Vec<&str> = at.windows(2).map(|pair| &reply[pair[0]..pair[1]]).collect();
        for format in ["openai-chat", "ollama"] {
            prop_assert_eq!(heard(format, &pieces), heard(format, &[&reply]));
        }
    }
}
