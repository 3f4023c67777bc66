//! A request to the body of `POST .../models/<model>:streamGenerateContent`.

use super::{NAME, OWN_ID, THINKING};
use crate::wire::extra::ride_along;
use crate::wire::search::search;
use crate::wire::{Auth, Outgoing};
use crate::words::{
    Effort, Endpoint, Failure, Message, Params, Part, Reasoning, ReasoningKind, ReasoningParams, Request,
    ResponseFormat, Role, Source, Tool, ToolChoice,
};
use serde_json::{Map, Value, json};

pub fn encode(endpoint: &Endpoint, request: &Request) -> Result<Outgoing, Failure> {
    let mut body = Map::new();
    let system: Vec<Value> = request
        .messages
        .iter()
        .filter(|message| message.role == Role::System)
        .flat_map(|message| &message.parts)
        .filter_map(|part| match part {
            Part::Text { text, .. } if !text.is_empty() => Some(json!({"text": text})),
            _ => None,
        })
        .collect();
    if !system.is_empty() {
        body.insert("systemInstruction".to_owned(), json!({"parts": system}));
    }
    body.insert("contents".to_owned(), contents(endpoint, request).into());
    let config = config(endpoint, &request.params);
    if !config.is_empty() {
        body.insert("generationConfig".to_owned(), config.into());
    }
    tools(&mut body, request);
    search(&mut body, request, endpoint, NAME);
    ride_along(&mut body, request, endpoint, NAME);
    let model = &endpoint.upstream_model;
    let model = if model.contains('/') { model.clone() } else { format!("models/{model}") };
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    headers.extend(endpoint.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    Ok(Outgoing {
        url: format!("{}/{model}:streamGenerateContent?alt=sse", endpoint.base_url),
        headers,
        body: Value::Object(body).to_string().into_bytes(),
        auth: Auth::Header("x-goog-api-key"),
    })
}

fn config(endpoint: &Endpoint, params: &Params) -> Map<String, Value> {
    let mut config = Map::new();
    let mut set = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            config.insert(key.to_owned(), value);
        }
    };
    set("maxOutputTokens", params.max_tokens.map(Value::from));
    set("temperature", params.temperature.map(Value::from));
    set("topP", params.top_p.map(Value::from));
    set("topK", params.top_k.map(Value::from));
    set("seed", params.seed.map(Value::from));
    set("stopSequences", (!params.stop.is_empty()).then(|| json!(params.stop)));
    set("frequencyPenalty", params.frequency_penalty.map(Value::from));
    set("presencePenalty", params.presence_penalty.map(Value::from));
    set("responseLogprobs", params.logprobs.map(Value::from));
    set("logprobs", params.top_logprobs.map(Value::from));
    let modalities: Vec<String> = params.modalities.iter().map(|m| m.to_uppercase()).collect();
    set("responseModalities", (!modalities.is_empty()).then(|| json!(modalities)));
    match &params.response_format {
        Some(ResponseFormat::JsonObject) => set("responseMimeType", Some("application/json".into())),
        Some(ResponseFormat::JsonSchema { json_schema }) => {
            set("responseMimeType", Some("application/json".into()));
            set("responseJsonSchema", Some(json_schema.get("schema").unwrap_or(json_schema).clone()));
        }
        Some(ResponseFormat::Text | ResponseFormat::Other(_)) | None => {}
    }
    if let Some(reasoning) = &params.reasoning {
        let thinking = thinking(&endpoint.upstream_model, reasoning);
        set("thinkingConfig", (!thinking.is_empty()).then(|| thinking.into()));
    }
    config
}

fn is_3_or_later(model: &str) -> bool {
    !model.contains("gemini-2") && !model.contains("gemini-1")
}

/// Gemini 3 takes a level, earlier ones a budget of tokens (-1: as much as it likes). The Pro models always think.
fn thinking(model: &str, reasoning: &ReasoningParams) -> Map<String, Value> {
    let mut config = Map::new();
    let off = reasoning.enabled == Some(false) || reasoning.effort == Some(Effort::None);
    let by_level = is_3_or_later(model);
    let (least, fewest) = if model.contains("-pro") { ("low", 128) } else { ("minimal", 0) };
    if let Some(budget) = reasoning.max_tokens {
        config.insert("thinkingBudget".to_owned(), budget.into());
    } else if by_level {
        let level = match reasoning.effort {
            _ if off => Some(least),
            Some(Effort::None | Effort::Minimal) => Some(least),
            Some(Effort::Low) => Some("low"),
            Some(Effort::Medium) => Some("medium"),
            Some(Effort::High | Effort::Xhigh | Effort::Max) => Some("high"),
            None => None,
        };
        if let Some(level) = level {
            config.insert("thinkingLevel".to_owned(), level.into());
        }
    } else {
        let budget = match reasoning.effort {
            _ if off => Some(fewest),
            Some(Effort::None) => Some(fewest),
            Some(Effort::Minimal) => Some(512),
            Some(Effort::Low) => Some(1024),
            Some(Effort::Medium) => Some(8192),
            Some(Effort::High | Effort::Xhigh | Effort::Max) => Some(24576),
            None => reasoning.enabled.map(|_| -1),
        };
        if let Some(budget) = budget {
            config.insert("thinkingBudget".to_owned(), budget.into());
        }
    }
    if !off && (!config.is_empty() || reasoning.enabled == Some(true)) && reasoning.exclude != Some(true) {
        config.insert("includeThoughts".to_owned(), true.into());
    }
    config
}

fn tools(body: &mut Map<String, Value>, request: &Request) {
    if request.tools.is_empty() {
        return;
    }
    let functions: Vec<Value> =
        request.tools.iter().filter(|tool| tool.opaque.is_none()).map(function).collect();
    let mut tools: Vec<Value> = request.tools.iter().filter_map(|tool| tool.opaque.clone()).collect();
    if !functions.is_empty() {
        tools.push(json!({"functionDeclarations": functions}));
    }
    body.insert("tools".to_owned(), tools.into());
    let calling = match &request.params.tool_choice {
        Some(ToolChoice::None) => json!({"mode": "NONE"}),
        Some(ToolChoice::Auto) => json!({"mode": "AUTO"}),
        Some(ToolChoice::Required) => json!({"mode": "ANY"}),
        Some(ToolChoice::Function(name)) => json!({"mode": "ANY", "allowedFunctionNames": [name]}),
        Some(ToolChoice::Other(_)) | None => return,
    };
    body.insert("toolConfig".to_owned(), json!({"functionCallingConfig": calling}));
}

fn function(tool: &Tool) -> Value {
    let mut function = json!({"name": tool.name});
    if !tool.description.is_empty() {
        function["description"] = tool.description.clone().into();
    }
    if !tool.parameters.is_null() {
        function["parametersJsonSchema"] = tool.parameters.clone();
    }
    function
}

fn contents(endpoint: &Endpoint, request: &Request) -> Vec<Value> {
    let model = &endpoint.upstream_model;
    let checks = model.contains("gemini") && is_3_or_later(model);
    let open = request.open_loop();
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    for (place, message) in
        request.messages.iter().enumerate().filter(|(_, message)| message.role != Role::System)
    {
        let role = if message.role == Role::Assistant { "model" } else { "user" };
        let mut parts: Vec<Value> = Vec::new();
        for part in message.parts.iter().flat_map(|part| self::parts(part, request, message)) {
            let unsigned = |last: &&mut Value| {
                last.get("inlineData").is_some() && last.get("thoughtSignature").is_none()
            };
            match parts.last_mut().filter(unsigned) {
                // an image's signature was heard behind it, and is wanted back in it
                Some(image) if part["text"] == "" && part.get("thoughtSignature").is_some() => {
                    image["thoughtSignature"] = part["thoughtSignature"].clone();
                }
                _ => parts.push(part),
            }
        }
        if checks && place > open {
            sign(&mut parts);
        }
        if parts.is_empty() {
            continue;
        }
        match turns.last_mut() {
            Some((last, all)) if *last == role => all.extend(parts),
            _ => turns.push((role, parts)),
        }
    }
    turns.into_iter().map(|(role, parts)| json!({"role": role, "parts": parts})).collect()
}

/// Newer models refuse a call of the turn under way that carries no signature. One that another model made has none;
/// this stands for it, by Google's own word. Of calls in parallel only the first is signed.
fn sign(parts: &mut [Value]) {
    let first = parts.iter_mut().find(|part| part.get("functionCall").is_some());
    if let Some(call) = first.filter(|call| call.get("thoughtSignature").is_none()) {
        call["thoughtSignature"] = "skip_thought_signature_validator".into();
    }
}

fn parts(part: &Part, request: &Request, message: &Message) -> Vec<Value> {
    let one = match part {
        Part::Text { text, .. } if text.is_empty() => return Vec::new(),
        Part::Text { text, .. } => json!({"text": text}),
        Part::Image { source, .. } | Part::File { source, .. } | Part::Audio { source } => data(source),
        Part::Reasoning(reasoning) => return thought(reasoning).into_iter().collect(),
        Part::ToolCall { id, name, arguments, signature } => {
            let args: Value =
                serde_json::from_str(arguments).ok().filter(Value::is_object).unwrap_or_else(|| json!({}));
            let mut call = json!({"name": name, "args": args});
            if !id.starts_with(OWN_ID) {
                call["id"] = id.clone().into();
            }
            let mut part = json!({"functionCall": call});
            if let Some(signature) = signature {
                part["thoughtSignature"] = signature.clone().into();
            }
            part
        }
        Part::ToolResult { call, name, parts, error } => return result(call, name, parts, *error, request),
        Part::Opaque { format, value } if format == NAME && message.role == Role::Assistant => {
            match value.get("part") {
                Some(part) => part.clone(),
                None => return Vec::new(),
            }
        }
        Part::Annotation { .. } | Part::Opaque { .. } => return Vec::new(),
    };
    vec![one]
}

fn result(call: &str, name: &str, parts: &[Part], error: bool, request: &Request) -> Vec<Value> {
    let text: Vec<&str> = parts.iter().filter_map(Part::as_text).collect();
    let text = text.join("\n");
    let response = match serde_json::from_str::<Value>(&text) {
        Ok(object @ Value::Object(_)) if !error => object,
        _ => json!({if error { "error" } else { "result" }: text}),
    };
    // Google asks for the name, others only give the id
    let name = if name.is_empty() { request.called(call).unwrap_or(call) } else { name };
    let mut said = json!({"name": name, "response": response});
    if !call.starts_with(OWN_ID) {
        said["id"] = call.into();
    }
    let mut out = vec![json!({"functionResponse": said})];
    out.extend(parts.iter().filter_map(|part| match part {
        Part::Image { source, .. } | Part::File { source, .. } | Part::Audio { source } => Some(data(source)),
        _ => None,
    }));
    out
}

/// Only what Google signed goes back to it.
fn thought(reasoning: &Reasoning) -> Option<Value> {
    if reasoning.format.as_deref() != Some(THINKING) {
        return None;
    }
    if reasoning.kind == ReasoningKind::Encrypted {
        return Some(json!({"text": "", "thoughtSignature": reasoning.data.as_ref()?}));
    }
    let signature = reasoning.signature.as_ref()?;
    Some(json!({"text": reasoning.text, "thought": true, "thoughtSignature": signature}))
}

fn data(source: &Source) -> Value {
    match source {
        Source::Data { media_type, base64 } => {
            json!({"inlineData": {"mimeType": media_type, "data": base64}})
        }
        Source::Url { url } | Source::Id { id: url } => json!({"fileData": {"fileUri": url}}),
    }
}
