//! One request with everything in it, as each provider of the table is sent it: what of the plain format it lacks, and
//! what it has instead.

use super::helpers::{at, request, say};
use fareway::wire::{Auth, format};
use fareway::words::{
    CacheMark, Effort, Endpoint, Params, ReasoningParams, Request, ResponseFormat, Role, Tool,
};
use serde_json::{Map, Value, json};

fn everything() -> Request {
    let mut asked = request(vec![say(Role::System, "Be brief."), say(Role::User, "hi")]);
    asked.params = Params {
        max_tokens: Some(9),
        temperature: Some(0.7),
        top_p: Some(0.9),
        top_k: Some(5),
        min_p: Some(0.1),
        top_a: Some(0.2),
        frequency_penalty: Some(0.3),
        presence_penalty: Some(0.4),
        repetition_penalty: Some(1.1),
        seed: Some(1),
        stop: vec!["x".into()],
        logit_bias: Some(Map::new()),
        logprobs: Some(true),
        top_logprobs: Some(2),
        verbosity: Some("low".into()),
        service_tier: Some("auto".into()),
        user: Some("u".into()),
        parallel_tool_calls: Some(false),
        response_format: Some(ResponseFormat::JsonObject),
        reasoning: Some(ReasoningParams { effort: Some(Effort::Xhigh), ..ReasoningParams::default() }),
        ..Params::default()
    };
    asked.tools = vec![Tool {
        name: "f".into(),
        description: String::new(),
        parameters: json!({"type": "object"}),
        strict: None,
        cache: CacheMark::None,
        extra: Map::new(),
        opaque: None,
    }];
    asked
}

fn sent(endpoint: &Endpoint) -> (String, Auth, Map<String, Value>) {
    let outgoing = format(&endpoint.format).expect("a format").encode(endpoint, &everything());
    let outgoing = outgoing.expect("encodes");
    (outgoing.url, outgoing.auth, serde_json::from_slice(&outgoing.body).expect("a JSON object"))
}

struct Row {
    provider: &'static str,
    /// Its own name of the model.
    model: &'static str,
    url: &'static str,
    /// Names of parameters, and of [`GROUPS`] of them.
    lacks: &'static str,
    has: Value,
}

const OTHERS: &[&str] = &["top_k", "min_p", "top_a", "repetition_penalty"];
const GROUPS: &[(&str, &[&str])] = &[
    // not in OpenAI's own format
    ("OTHERS", OTHERS),
    ("LOGITS", &["logit_bias", "logprobs", "top_logprobs"]),
    ("PENALTIES", &["frequency_penalty", "presence_penalty"]),
];

fn names(lacks: &'static str) -> impl Iterator<Item = &'static str> {
    lacks.split_whitespace().flat_map(|name| {
        let group = GROUPS.iter().find(|(group, _)| *group == name);
        group.map_or(vec![name], |(_, names)| names.to_vec())
    })
}

fn rows() -> Vec<Row> {
    let row = |provider, model, url, lacks, has| Row { provider, model, url, lacks, has };
    let counted = json!({"include_usage": true});
    vec![
        row(
            "openai",
            "gpt-5",
            "https://api.openai.com/v1/chat/completions",
            "OTHERS max_tokens",
            json!({"max_completion_tokens": 9, "reasoning_effort": "xhigh", "stream_options": counted}),
        ),
        row(
            "mistral",
            "mistral-medium-latest",
            "https://api.mistral.ai/v1/chat/completions",
            "OTHERS LOGITS seed verbosity service_tier user",
            json!({"random_seed": 1}),
        ),
        row(
            "deepseek",
            "deepseek-chat",
            "https://api.deepseek.com/v1/chat/completions",
            "OTHERS seed logit_bias verbosity service_tier parallel_tool_calls",
            json!({"thinking": {"type": "enabled"}, "stream_options": counted}),
        ),
        row(
            "moonshotai",
            "kimi-k2.6",
            "https://api.moonshot.ai/v1/chat/completions",
            "OTHERS LOGITS PENALTIES max_tokens temperature top_p seed verbosity service_tier",
            json!({"max_completion_tokens": 9, "thinking": {"type": "enabled"}, "stream_options": counted}),
        ),
        row(
            "moonshotai",
            "moonshot-v1-8k",
            "https://api.moonshot.ai/v1/chat/completions",
            "OTHERS LOGITS max_tokens seed verbosity service_tier",
            json!({"max_completion_tokens": 9, "thinking": {"type": "enabled"}, "stream_options": counted}),
        ),
        row(
            "zai",
            "glm-5.3",
            "https://api.z.ai/api/paas/v4/chat/completions",
            "OTHERS LOGITS PENALTIES seed verbosity service_tier parallel_tool_calls",
            json!({"thinking": {"type": "enabled"}, "tool_stream": true}),
        ),
        row(
            "alibaba",
            "qwen-plus",
            "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions",
            "min_p top_a logit_bias verbosity service_tier reasoning_effort",
            json!({"enable_thinking": true, "stream_options": counted}),
        ),
        row(
            "xai",
            "grok-4.5",
            "https://api.x.ai/v1/chat/completions",
            "OTHERS max_tokens logit_bias verbosity",
            json!({"max_completion_tokens": 9, "stream_options": counted}),
        ),
        row(
            "xai",
            "grok-4-1-fast-reasoning",
            "https://api.x.ai/v1/chat/completions",
            "OTHERS max_tokens logit_bias verbosity reasoning_effort",
            json!({"max_completion_tokens": 9, "stream_options": counted}),
        ),
        row(
            "cohere",
            "command-a-03-2025",
            "https://api.cohere.ai/compatibility/v1/chat/completions",
            "OTHERS logit_bias top_logprobs verbosity service_tier user parallel_tool_calls",
            json!({"stream_options": counted}),
        ),
        row(
            "perplexity",
            "sonar-pro",
            "https://api.perplexity.ai/chat/completions",
            "LOGITS min_p top_a repetition_penalty seed stop verbosity service_tier parallel_tool_calls",
            json!({}),
        ),
        row(
            "groq",
            "openai/gpt-oss-120b",
            "https://api.groq.com/openai/v1/chat/completions",
            "OTHERS LOGITS max_tokens verbosity",
            json!({"max_completion_tokens": 9, "reasoning_format": "parsed", "stream_options": counted}),
        ),
        row(
            "groq",
            "qwen/qwen3-32b",
            "https://api.groq.com/openai/v1/chat/completions",
            "OTHERS LOGITS max_tokens verbosity",
            json!({"max_completion_tokens": 9, "reasoning_effort": "default", "reasoning_format": "parsed", "stream_options": counted}),
        ),
        row(
            "cerebras",
            "gpt-oss-120b",
            "https://api.cerebras.ai/v1/chat/completions",
            "OTHERS PENALTIES max_tokens logit_bias verbosity",
            json!({"max_completion_tokens": 9, "stream_options": counted}),
        ),
        row(
            "together",
            "zai-org/GLM-5.3",
            "https://api.together.xyz/v1/chat/completions",
            "top_a verbosity service_tier user parallel_tool_calls",
            json!({"stream_options": counted}),
        ),
        row(
            "fireworks",
            "accounts/fireworks/models/deepseek-v3p2",
            "https://api.fireworks.ai/inference/v1/chat/completions",
            "top_a verbosity",
            json!({"stream_options": counted}),
        ),
        row(
            "deepinfra",
            "deepseek-ai/DeepSeek-V3.2",
            "https://api.deepinfra.com/v1/openai/chat/completions",
            "top_a verbosity",
            json!({"stream_options": counted}),
        ),
        row(
            "nvidia",
            "z-ai/glm5",
            "https://integrate.api.nvidia.com/v1/chat/completions",
            "top_a logit_bias verbosity service_tier",
            json!({"chat_template_kwargs": {"enable_thinking": true}, "stream_options": counted}),
        ),
        row(
            "openrouter",
            "z-ai/glm-5.3",
            "https://openrouter.ai/api/v1/chat/completions",
            "reasoning_effort",
            json!({"reasoning": {"effort": "xhigh"}}),
        ),
        row(
            "huggingface",
            "openai/gpt-oss-120b",
            "https://router.huggingface.co/v1/chat/completions",
            "OTHERS verbosity service_tier",
            json!({"stream_options": counted}),
        ),
        row(
            "github",
            "openai/gpt-4.1",
            "https://models.github.ai/inference/chat/completions",
            "OTHERS verbosity service_tier",
            json!({"stream_options": counted}),
        ),
        row(
            "ollama",
            "qwen3:8b",
            "http://127.0.0.1:11434/v1/chat/completions",
            "OTHERS logit_bias verbosity service_tier parallel_tool_calls",
            json!({"stream_options": counted}),
        ),
        row(
            "lmstudio",
            "qwen3",
            "http://127.0.0.1:1234/v1/chat/completions",
            "top_a verbosity service_tier",
            json!({"stream_options": counted}),
        ),
        row(
            "llamacpp",
            "qwen3",
            "http://127.0.0.1:8080/v1/chat/completions",
            "top_a verbosity service_tier",
            json!({"chat_template_kwargs": {"enable_thinking": true}, "stream_options": counted}),
        ),
        row(
            "vllm",
            "qwen3",
            "http://127.0.0.1:8000/v1/chat/completions",
            "top_a verbosity service_tier",
            json!({"chat_template_kwargs": {"enable_thinking": true}, "stream_options": counted}),
        ),
    ]
}

#[test]
fn each_provider_is_sent_what_it_takes() {
    let (_, _, plain) = sent(&at("demo", "a/m", "m"));
    let mut plain = plain;
    plain.remove("stream_options");
    assert_eq!(plain.len(), 24, "everything is in it: {plain:?}");
    for Row { provider, model, url, lacks, has } in rows() {
        let (to, auth, body) = sent(&at(provider, "a/m", model));
        assert_eq!((to.as_str(), auth), (url, Auth::Bearer), "{provider}");
        let mut expected = plain.clone();
        expected["model"] = model.into();
        if provider == "openai" {
            expected["messages"][0]["role"] = "developer".into();
        }
        for name in names(lacks) {
            assert!(expected.shift_remove(name).is_some(), "{name}");
        }
        expected.extend(has.as_object().cloned().unwrap_or_default());
        assert_eq!(Value::from(body), Value::from(expected), "{provider} {model}");
    }
}

/// No row sends what OpenAI refuses to whoever says nothing else of it.
#[test]
fn azure_takes_what_openai_takes() {
    let mut endpoint = at("azure", "a/m", "gpt-5");
    endpoint.base_url = "https://r.openai.azure.com/openai/v1".into();
    let (url, auth, body) = sent(&endpoint);
    assert_eq!(url, "https://r.openai.azure.com/openai/v1/chat/completions");
    assert_eq!(auth, Auth::Header("api-key"));
    for name in OTHERS {
        assert!(!body.contains_key(*name), "{name}");
    }
    assert_eq!(
        (&body["max_completion_tokens"], &body["stream_options"]),
        (&json!(9), &json!({"include_usage": true}))
    );
}

/// What the catalog knows a model not to take is let go, unless nobody knows anything of it.
#[test]
fn a_model_that_takes_no_temperature_is_sent_none() {
    let mut endpoint = at("openai", "a/m", "gpt-5");
    let sampling = [
        "temperature",
        "top_p",
        "frequency_penalty",
        "presence_penalty",
        "logit_bias",
        "logprobs",
        "top_logprobs",
    ];
    for (parameters, taken) in
        [(&[][..], true), (&["tools", "temperature"], true), (&["tools", "seed"], false)]
    {
        endpoint.parameters = parameters.iter().map(|&name| name.to_owned()).collect();
        for format in ["openai-chat", "openai-responses"] {
            endpoint.format = format.to_owned();
            let (_, _, body) = sent(&endpoint);
            for name in sampling.iter().filter(|name| format == "openai-chat" || name.starts_with('t')) {
                assert_eq!(body.contains_key(*name), taken, "{format} {parameters:?}: {name}");
            }
        }
    }
}

/// Three rungs where there are three, off by a switch of its own, nothing for who asked for nothing.
#[test]
fn effort_on_a_ladder() {
    let rung = |effort: Effort| {
        let mut asked = request(vec![say(Role::User, "hi")]);
        asked.params.reasoning = Some(ReasoningParams { effort: Some(effort), ..ReasoningParams::default() });
        let endpoint = at("deepseek", "a/m", "m");
        let sent = format(&endpoint.format).expect("a format").encode(&endpoint, &asked).expect("encodes");
        let body: Value = serde_json::from_slice(&sent.body).expect("JSON");
        (body["thinking"]["type"].clone(), body["reasoning_effort"].clone())
    };
    for (effort, switch, said) in [
        (Effort::None, "disabled", Value::Null),
        (Effort::Minimal, "enabled", "low".into()),
        (Effort::Medium, "enabled", "high".into()),
        (Effort::Xhigh, "enabled", "high".into()),
        (Effort::Max, "enabled", "max".into()),
    ] {
        assert_eq!(rung(effort), (switch.into(), said), "{effort:?}");
    }
}
