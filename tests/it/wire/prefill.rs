//! What goes out when a reply is to be continued from its beginning: a row a provider of the bundled table.

use super::helpers::{at, request, say};
use fareway::catalog::Catalog;
use fareway::wire::{format, takes_prefill};
use fareway::words::{Effort, Endpoint, Part, ReasoningParams, Request, Role, ToolChoice};
use serde_json::{Value, json};

fn begun() -> Request {
    request(vec![say(Role::User, "Count."), say(Role::Assistant, "One, two")])
}

fn sent(endpoint: &Endpoint, request: &Request) -> (String, Value) {
    let outgoing = format(&endpoint.format).expect("a format").encode(endpoint, request).expect("encodes");
    (outgoing.url, serde_json::from_slice(&outgoing.body).expect("JSON"))
}

#[test]
fn each_provider_is_told_in_its_own_form() {
    let last = json!({"role": "assistant", "content": "One, two"});
    let with = |name: &str| {
        let mut message = last.clone();
        message[name] = true.into();
        message
    };
    // provider, its path, the last message, what else the body says of it
    let chat = "/chat/completions";
    let none = json!({});
    let rows = [
        (
            "anthropic",
            "/v1/messages",
            json!({"role": "assistant", "content": [{"type": "text", "text": "One, two"}]}),
            none.clone(),
        ),
        (
            "google",
            "/v1beta/models/some-model:streamGenerateContent?alt=sse",
            json!({"role": "model", "parts": [{"text": "One, two"}]}),
            none.clone(),
        ),
        ("mistral", chat, with("prefix"), none.clone()),
        ("deepseek", "https://api.deepseek.com/beta/chat/completions", with("prefix"), none.clone()),
        ("moonshotai", chat, with("partial"), none.clone()),
        ("alibaba", chat, with("partial"), none.clone()),
        ("groq", chat, last.clone(), none.clone()),
        ("openrouter", chat, last.clone(), none.clone()),
        ("ollama", chat, last.clone(), none.clone()),
        ("ollama-cloud", chat, last.clone(), none.clone()),
        ("lmstudio", chat, last.clone(), none.clone()),
        ("llamacpp", chat, last.clone(), none.clone()),
        ("vllm", chat, last.clone(), json!({"continue_final_message": true, "add_generation_prompt": false})),
        ("demo", chat, last.clone(), none.clone()),
    ];
    let catalog = Catalog::bundled();
    for provider in catalog.providers() {
        let endpoint = at(provider.slug.as_str(), "someone/some-model", "some-model");
        let row = rows.iter().find(|(slug, ..)| *slug == provider.slug.as_str());
        assert_eq!(takes_prefill(&endpoint, &begun()), row.is_some(), "{}", provider.slug);
        let Some((slug, path, message, rest)) = row else { continue };
        let (url, body) = sent(&endpoint, &begun());
        assert!(url.ends_with(path), "{slug}: {url}");
        let messages = body.get("messages").or(body.get("contents")).and_then(Value::as_array);
        assert_eq!(messages.and_then(|m| m.last()), Some(message), "{slug}");
        for name in ["continue_final_message", "add_generation_prompt"] {
            assert_eq!(body.get(name), rest.get(name), "{slug}: {name}");
        }
    }
    assert!(rows.iter().all(|(slug, ..)| catalog.provider(slug).is_some()));
}

#[test]
fn who_ends_with_the_person_is_told_nothing_of_it() {
    let asked =
        request(vec![say(Role::User, "Count."), say(Role::Assistant, "One."), say(Role::User, "On.")]);
    for provider in ["mistral", "deepseek", "moonshotai", "vllm"] {
        let endpoint = at(provider, "someone/some-model", "some-model");
        let (url, body) = sent(&endpoint, &asked);
        assert_eq!(url, format!("{}/chat/completions", endpoint.base_url));
        assert!(body.get("continue_final_message").is_none(), "{provider}");
        assert_eq!(body["messages"][1], json!({"role": "assistant", "content": "One."}), "{provider}");
    }
}

#[test]
fn models_that_refuse_a_prefill_are_not_given_one() {
    let rows = [
        ("anthropic", "anthropic/claude-3.5-haiku", "claude-3-5-haiku-20241022", true),
        ("anthropic", "anthropic/claude-haiku-4.5", "claude-haiku-4-5-20251001", true),
        ("anthropic", "anthropic/claude-opus-4", "claude-opus-4-20250514", true),
        ("anthropic", "anthropic/claude-sonnet-4.6", "claude-sonnet-4-6", false),
        ("anthropic", "anthropic/claude-opus-4.8", "claude-opus-4-8", false),
        ("anthropic", "anthropic/claude-sonnet-5", "claude-sonnet-5", false),
        ("openrouter", "anthropic/claude-haiku-4.5", "anthropic/claude-haiku-4.5", true),
        ("openrouter", "anthropic/claude-opus-4.6", "anthropic/claude-opus-4.6", false),
        ("openrouter", "openai/gpt-5", "openai/gpt-5", false),
        ("openrouter", "x-ai/grok-4", "x-ai/grok-4", false),
        ("groq", "openai/gpt-oss-120b", "openai/gpt-oss-120b", false),
        ("groq", "meta-llama/llama-3.3-70b-instruct", "llama-3.3-70b-versatile", true),
        ("google", "google/gemini-2.5-flash", "gemini-2.5-flash", true),
        ("google", "google/gemini-3.5-flash", "gemini-3.5-flash", true),
        ("google", "google/gemini-3.5-flash-lite", "gemini-3.5-flash-lite", false),
        ("google", "google/gemini-3.6-flash", "gemini-3.6-flash", false),
    ];
    for (provider, model, upstream, takes) in rows {
        assert_eq!(takes_prefill(&at(provider, model, upstream), &begun()), takes, "{provider}:{upstream}");
    }
}

#[test]
fn thinking_and_a_prefill_do_not_go_together() {
    let endpoint = at("anthropic", "anthropic/claude-haiku-4.5", "claude-haiku-4-5");
    let asks = [
        (ReasoningParams { effort: Some(Effort::Low), ..ReasoningParams::default() }, false),
        (ReasoningParams { max_tokens: Some(2000), ..ReasoningParams::default() }, false),
        (ReasoningParams { enabled: Some(false), ..ReasoningParams::default() }, true),
        (ReasoningParams { effort: Some(Effort::None), ..ReasoningParams::default() }, true),
        (ReasoningParams { summary: Some("auto".to_owned()), ..ReasoningParams::default() }, true),
    ];
    for (reasoning, takes) in asks {
        let mut asked = begun();
        asked.params.reasoning = Some(reasoning.clone());
        assert_eq!(takes_prefill(&endpoint, &asked), takes, "{reasoning:?}");
    }
}

/// A call whose result is missing is no beginning of a text.
#[test]
fn a_message_that_calls_is_no_prefill() {
    let mut asked = begun();
    let mut last = say(Role::Assistant, "");
    last.parts.push(Part::ToolCall {
        id: "abcdefghi".to_owned(),
        name: "look".to_owned(),
        arguments: "{}".to_owned(),
        signature: None,
    });
    asked.messages[1] = std::sync::Arc::new(last);
    asked.params.tool_choice = Some(ToolChoice::None);
    let (_, body) = sent(&at("mistral", "someone/some-model", "some-model"), &asked);
    assert!(body["messages"][1].get("prefix").is_none());
}
