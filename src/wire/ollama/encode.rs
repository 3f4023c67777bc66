//! A request to the body of `POST /api/chat`.

use super::NAME;
use crate::wire::extra::ride_along;
use crate::wire::{Auth, Outgoing};
use crate::words::{
    Effort, Endpoint, Failure, FailureKind, Message, Params, Part, Request, ResponseFormat, Role, Source,
    Tool, ToolChoice,
};
use serde_json::{Map, Value, json};

pub fn encode(endpoint: &Endpoint, request: &Request) -> Result<Outgoing, Failure> {
    let mut body = Map::new();
    body.insert("model".to_owned(), endpoint.upstream_model.clone().into());
    let mut messages = Vec::new();
    for message in &request.messages {
        self::messages(message, request, &mut messages)?;
    }
    body.insert("messages".to_owned(), messages.into());
    body.insert("stream".to_owned(), true.into());
    // it has no word for calling none but to know of none
    if !request.tools.is_empty() && request.params.tool_choice != Some(ToolChoice::None) {
        body.insert("tools".to_owned(), request.tools.iter().map(tool).collect());
    }
    match &request.params.response_format {
        Some(ResponseFormat::JsonObject) => {
            body.insert("format".to_owned(), "json".into());
        }
        Some(ResponseFormat::JsonSchema { json_schema }) => {
            body.insert("format".to_owned(), json_schema.get("schema").unwrap_or(json_schema).clone());
        }
        Some(ResponseFormat::Text | ResponseFormat::Other(_)) | None => {}
    }
    if let Some(think) = think(endpoint, &request.params) {
        body.insert("think".to_owned(), think);
    }
    let options = options(&request.params);
    if !options.is_empty() {
        body.insert("options".to_owned(), options.into());
    }
    ride_along(&mut body, request, endpoint, NAME);
    let base = endpoint.base_url.strip_suffix("/v1").unwrap_or(&endpoint.base_url);
    let base = base.strip_suffix("/api").unwrap_or(base);
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    headers.extend(endpoint.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    Ok(Outgoing {
        url: format!("{base}/api/chat"),
        headers,
        body: Value::Object(body).to_string().into_bytes(),
        auth: Auth::Bearer,
    })
}

fn tool(tool: &Tool) -> Value {
    if let Some(opaque) = &tool.opaque {
        return opaque.clone();
    }
    let mut function = json!({"name": tool.name});
    if !tool.description.is_empty() {
        function["description"] = tool.description.clone().into();
    }
    if !tool.parameters.is_null() {
        function["parameters"] = tool.parameters.clone();
    }
    json!({"type": "function", "function": function})
}

/// gpt-oss takes a level, the others yes or no.
fn think(endpoint: &Endpoint, params: &Params) -> Option<Value> {
    let reasoning = params.reasoning.as_ref()?;
    let wanted = reasoning.enabled.or(reasoning.effort.map(|effort| effort != Effort::None))?;
    let level = match reasoning.effort {
        Some(Effort::Minimal | Effort::Low) => Some("low"),
        Some(Effort::Medium) => Some("medium"),
        Some(Effort::High | Effort::Xhigh | Effort::Max) => Some("high"),
        Some(Effort::None) | None => None,
    };
    Some(match level.filter(|_| endpoint.upstream_model.contains("gpt-oss")) {
        Some(level) if wanted => level.into(),
        _ => wanted.into(),
    })
}

fn options(params: &Params) -> Map<String, Value> {
    let mut options = Map::new();
    let mut set = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            options.insert(key.to_owned(), value);
        }
    };
    set("num_predict", params.max_tokens.map(Value::from));
    set("temperature", params.temperature.map(Value::from));
    set("top_p", params.top_p.map(Value::from));
    set("top_k", params.top_k.map(Value::from));
    set("min_p", params.min_p.map(Value::from));
    set("seed", params.seed.map(Value::from));
    set("stop", (!params.stop.is_empty()).then(|| json!(params.stop)));
    set("frequency_penalty", params.frequency_penalty.map(Value::from));
    set("presence_penalty", params.presence_penalty.map(Value::from));
    set("repeat_penalty", params.repetition_penalty.map(Value::from));
    options
}

fn messages(message: &Message, request: &Request, out: &mut Vec<Value>) -> Result<(), Failure> {
    let role = match message.role {
        Role::System => "system",
        Role::Assistant => "assistant",
        Role::User | Role::Tool => "user",
    };
    let mut said = Said::default();
    for part in &message.parts {
        if let Part::ToolResult { name, parts, call, .. } = part {
            let mut result = Said::default();
            for part in parts {
                result.take(part)?;
            }
            let mut value = result.value("tool");
            let name = if name.is_empty() { request.called(call).unwrap_or(call) } else { name };
            value["tool_name"] = name.into();
            out.push(value);
        } else {
            said.take(part)?;
        }
    }
    if !said.is_empty() {
        out.push(said.value(role));
    }
    Ok(())
}

#[derive(Default)]
struct Said {
    content: String,
    thinking: String,
    images: Vec<Value>,
    calls: Vec<Value>,
    /// Fields that we do not know.
    own: Map<String, Value>,
    any: bool,
}

impl Said {
    fn is_empty(&self) -> bool {
        !self.any
    }

    fn take(&mut self, part: &Part) -> Result<(), Failure> {
        self.any = true;
        match part {
            Part::Text { text, .. } => self.content.push_str(text),
            Part::Reasoning(reasoning) if reasoning.format.is_none() => {
                self.thinking.push_str(&reasoning.text)
            }
            Part::Image { source: Source::Data { base64, .. }, .. } => {
                self.images.push(base64.clone().into())
            }
            Part::ToolCall { name, arguments, .. } => {
                let arguments: Value = serde_json::from_str(arguments)
                    .ok()
                    .filter(Value::is_object)
                    .unwrap_or_else(|| json!({}));
                self.calls.push(json!({"function": {"name": name, "arguments": arguments}}));
            }
            Part::Image { .. } => return Err(unsupported("an image by URL")),
            Part::File { .. } => return Err(unsupported("a file")),
            Part::Audio { .. } => return Err(unsupported("audio")),
            Part::Opaque { format, value } if format == NAME => {
                let own = value.get("message").and_then(Value::as_object).into_iter().flatten();
                self.own.extend(own.map(|(key, value)| (key.clone(), value.clone())));
            }
            Part::Reasoning(_) | Part::ToolResult { .. } | Part::Annotation { .. } | Part::Opaque { .. } => {}
        }
        Ok(())
    }

    fn value(self, role: &str) -> Value {
        let mut value = json!({"role": role, "content": self.content});
        if !self.thinking.is_empty() {
            value["thinking"] = self.thinking.into();
        }
        if !self.images.is_empty() {
            value["images"] = self.images.into();
        }
        if !self.calls.is_empty() {
            value["tool_calls"] = self.calls.into();
        }
        for (key, own) in self.own {
            value[key] = own;
        }
        value
    }
}

fn unsupported(what: &str) -> Failure {
    Failure::new(FailureKind::Unsupported, format!("Ollama's own API does not take {what}"))
}
