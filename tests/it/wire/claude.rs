//! What each generation of Claude is sent: thinking, sampling, and thoughts of another course of the conversation.

use super::helpers::{at, request, say};
use fareway::wire::{Outgoing, format, takes_prefill};
use fareway::words::{
    CacheMark, Effort, Message, Part, Reasoning, ReasoningParams, Request, Role, Tool, ToolChoice,
};
use serde_json::{Value, json};

fn sent(model: &str, asked: &Request) -> (Outgoing, Value) {
    let endpoint = at("anthropic", "anthropic/c", model);
    let sent = format(&endpoint.format).expect("a format").encode(&endpoint, asked).expect("encodes");
    let body = serde_json::from_slice(&sent.body).expect("JSON");
    (sent, body)
}

fn thinking(effort: Option<Effort>, max_tokens: Option<u32>) -> Request {
    let mut asked = request(vec![say(Role::User, "hi")]);
    asked.params.max_tokens = Some(10_000);
    asked.params.reasoning = Some(ReasoningParams { effort, max_tokens, ..ReasoningParams::default() });
    asked
}

#[test]
fn thinking_by_budget_by_itself_and_not_at_all() {
    let budget = |tokens: u32| json!({"type": "enabled", "budget_tokens": tokens});
    let (itself, shown) = (json!({"type": "adaptive"}), json!({"type": "adaptive", "display": "summarized"}));
    let switched = |name: &str| json!({"type": name});
    // model; asked for xhigh; asked for 2,000 tokens; asked for none, and the effort that stands for it
    for (model, xhigh, effort, tokens, off, least) in [
        ("claude-3-7-sonnet-20250219", budget(9_500), None, budget(2_000), switched("disabled"), None),
        ("claude-sonnet-4-5-20250929", budget(9_500), None, budget(2_000), switched("disabled"), None),
        ("claude-opus-4-6", itself.clone(), Some("high"), budget(2_000), switched("disabled"), None),
        ("claude-opus-4-7", shown.clone(), Some("xhigh"), shown.clone(), Value::Null, None),
        ("claude-opus-5", shown.clone(), Some("xhigh"), shown.clone(), switched("disabled"), None),
        ("claude-opus-5-5", shown.clone(), Some("xhigh"), shown.clone(), Value::Null, Some("low")),
        ("claude-sonnet-5-5", shown.clone(), Some("xhigh"), shown.clone(), switched("between_tools"), None),
        ("claude-fable-5", shown.clone(), Some("xhigh"), shown.clone(), Value::Null, Some("low")),
        ("claude-mythos-preview", shown.clone(), Some("xhigh"), shown.clone(), Value::Null, Some("low")),
        // another maker's model behind the same API, whose version says nothing of Claude's
        ("MiniMax-M2.5", budget(9_500), None, budget(2_000), switched("disabled"), None),
        ("glm-4.7", budget(9_500), None, budget(2_000), switched("disabled"), None),
    ] {
        let (_, body) = sent(model, &thinking(Some(Effort::Xhigh), None));
        assert_eq!(body["thinking"], xhigh, "{model}");
        assert_eq!(body["output_config"]["effort"].as_str(), effort, "{model}");
        let (_, body) = sent(model, &thinking(None, Some(2_000)));
        assert_eq!(body["thinking"], tokens, "{model}");
        let (_, body) = sent(model, &thinking(Some(Effort::None), None));
        assert_eq!(body["thinking"], off, "{model}");
        assert_eq!(body["output_config"]["effort"].as_str(), least, "{model}");
        // who says nothing of it is sent nothing of it
        let (_, body) = sent(model, &request(vec![say(Role::User, "hi")]));
        assert_eq!((body.get("thinking"), body.get("output_config")), (None, None), "{model}");
    }
    let mut hidden = thinking(Some(Effort::Low), None);
    hidden.params.reasoning.as_mut().expect("asked").exclude = Some(true);
    assert_eq!(sent("claude-opus-4-7", &hidden).1["thinking"], itself);
}

#[test]
fn sampling_by_all_by_one_and_by_none() {
    let mut asked = request(vec![say(Role::User, "hi")]);
    asked.params.temperature = Some(1.5);
    asked.params.top_p = Some(0.9);
    asked.params.top_k = Some(5);
    for (model, expected) in [
        ("claude-sonnet-4-20250514", [json!(1.0), json!(0.9), json!(5)]),
        ("claude-opus-4-1-20250805", [json!(1.0), Value::Null, json!(5)]),
        ("claude-opus-4-6", [json!(1.0), Value::Null, json!(5)]),
        ("claude-opus-4-7", [Value::Null, Value::Null, Value::Null]),
        ("claude-haiku-5-5", [Value::Null, Value::Null, Value::Null]),
    ] {
        let (_, body) = sent(model, &asked);
        let found = ["temperature", "top_p", "top_k"].map(|name| body[name].clone());
        assert_eq!(found, expected, "{model}");
    }
    asked.params.temperature = None;
    assert_eq!(sent("claude-opus-4-1-20250805", &asked).1["top_p"], 0.9);
}

fn look() -> Tool {
    Tool {
        name: "look".into(),
        description: String::new(),
        parameters: Value::Null,
        strict: None,
        cache: CacheMark::None,
        extra: Default::default(),
        opaque: None,
    }
}

/// "Thinking may not be enabled when tool_choice forces tool use": the call is kept, the thinking let go. A model that
/// always thinks is asked to call instead.
#[test]
fn a_forced_call_and_thinking() {
    let forced = json!({"type": "tool", "name": "look"});
    let off = |name: &str| json!({"type": name});
    // model; the choice; `thinking` when it was asked for, and when nothing was said of it
    for (model, choice, asked_for, unsaid) in [
        ("claude-3-7-sonnet-20250219", forced.clone(), off("disabled"), Value::Null),
        ("claude-sonnet-4-5-20250929", forced.clone(), off("disabled"), Value::Null),
        ("claude-opus-4-6", forced.clone(), off("disabled"), Value::Null),
        ("claude-opus-4-7", forced.clone(), Value::Null, Value::Null),
        ("claude-opus-5", forced.clone(), off("disabled"), off("disabled")),
        (
            "claude-fable-5",
            json!({"type": "auto"}),
            json!({"type": "adaptive", "display": "summarized"}),
            Value::Null,
        ),
    ] {
        let mut asked = thinking(Some(Effort::High), None);
        asked.tools = vec![look()];
        asked.params.tool_choice = Some(ToolChoice::Function("look".into()));
        let (_, body) = sent(model, &asked);
        assert_eq!((&body["tool_choice"], &body["thinking"]), (&choice, &asked_for), "{model}");
        assert_eq!(body["max_tokens"], 10_000, "{model}");
        asked.params.reasoning = None;
        let (_, body) = sent(model, &asked);
        assert_eq!((&body["tool_choice"], &body["thinking"]), (&choice, &unsaid), "{model}");
        // whoever may call is left to think
        asked.params.tool_choice = Some(ToolChoice::Auto);
        asked.params.reasoning = thinking(Some(Effort::High), None).params.reasoning;
        let (_, body) = sent(model, &asked);
        let thinks = body["thinking"]["type"].as_str().expect("thinks");
        assert!(matches!(thinks, "enabled" | "adaptive"), "{model}: {thinks}");
        assert_eq!(body["tool_choice"], json!({"type": "auto"}), "{model}");
    }
    // a tool must be called, whichever, and one at a time
    let mut asked = thinking(Some(Effort::High), None);
    asked.tools = vec![look()];
    asked.params.tool_choice = Some(ToolChoice::Required);
    asked.params.parallel_tool_calls = Some(false);
    let (_, body) = sent("claude-sonnet-4-5", &asked);
    assert_eq!(body["tool_choice"], json!({"type": "any", "disable_parallel_tool_use": true}));
    assert_eq!(body["thinking"], off("disabled"));
}

#[test]
fn prefill_until_4_6() {
    let asked = request(vec![say(Role::User, "hi"), say(Role::Assistant, "Well")]);
    for (model, takes) in [
        ("claude-sonnet-4-5-20250929", true),
        ("claude-sonnet-4-6", false),
        ("claude-fable-5", false),
        ("claude-mythos-preview", false),
    ] {
        assert_eq!(takes_prefill(&at("anthropic", "anthropic/c", model), &asked), takes, "{model}");
    }
}

/// A branch, a persona or a tool changed in between makes newer models refuse the thoughts behind it: they are told to
/// drop them instead.
#[test]
fn thoughts_of_another_course_are_dropped_rather_than_refused() {
    let thought = Part::Reasoning(Reasoning {
        text: "hm".into(),
        signature: Some("sig".into()),
        format: Some("anthropic-claude-v1".into()),
        ..Reasoning::default()
    });
    let asked = request(vec![
        say(Role::User, "hi"),
        Message::loose(Role::Assistant, vec![thought, Part::text("ho")]),
        say(Role::User, "so?"),
    ]);
    let beta = |sent: &Outgoing| {
        let header = sent.headers.iter().find(|(name, _)| name == "anthropic-beta");
        header.map(|(_, value)| value.clone())
    };
    let binding = json!({"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": "drop_block"}});
    for model in ["claude-fable-5-1", "claude-opus-5-5", "claude-sonnet-5-5"] {
        let (sent, body) = sent(model, &asked);
        assert_eq!(body["thinking"], binding, "{model}");
        assert_eq!(beta(&sent).as_deref(), Some("thinking-binding-controls-2026-08-01"), "{model}");
        assert_eq!(body["messages"][1]["content"][0]["signature"], "sig");
    }
    for model in ["claude-opus-5", "claude-sonnet-4-5-20250929"] {
        let (sent, body) = sent(model, &asked);
        assert_eq!((body.get("thinking"), beta(&sent)), (None, None), "{model}");
    }
    let (sent, body) = sent("claude-sonnet-5-5", &request(vec![say(Role::User, "hi")]));
    assert_eq!((body.get("thinking"), beta(&sent)), (None, None), "nothing to drop");
}
