//! Limits, sampling, thinking and the choice of tools, as far as the model takes them.

use super::claude::{Claude, Off, Samples, Thinks};
use crate::words::{Effort, Endpoint, Params, ReasoningParams, ResponseFormat, ToolChoice};
use serde_json::{Map, Value, json};

/// `limit`: the most tokens of the reply, which is in the body already. `forced`: a tool must be called, and a model that
/// must call one may not think (a 400). A program that forces a call reads nothing else, so the call is kept and the
/// thinking let go, as OpenRouter does.
pub fn params(body: &mut Map<String, Value>, endpoint: &Endpoint, params: &Params, limit: u32, forced: bool) {
    let claude = Claude::of(&endpoint.upstream_model);
    let mut output = Map::new();
    let said = params.reasoning.as_ref().and_then(ReasoningParams::wanted);
    let wanted = match said {
        Some(_) if forced && claude.off() != Off::Never => Some(false),
        None if forced && claude.thinks_unasked() && claude.off() != Off::Never => Some(false),
        said => said,
    };
    if let Some(wanted) = wanted {
        if let (Some(reasoning), true) = (&params.reasoning, wanted) {
            think(body, &mut output, claude, reasoning, limit);
        } else {
            match claude.off() {
                Off::Type(name) => {
                    body.insert("thinking".to_owned(), json!({"type": name}));
                }
                Off::Unsaid => {}
                Off::Never => {
                    output.insert("effort".to_owned(), "low".into());
                }
            }
        }
    }
    let mut set = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(key.to_owned(), value);
        }
    };
    let thinks = wanted == Some(true);
    let (samples, sampled) = (claude.samples(), params.temperature.is_some());
    // a thinking model refuses to be told these
    if samples != Samples::None && !thinks {
        set("temperature", params.temperature.map(|t| t.min(1.0).into()));
        set("top_k", params.top_k.map(Value::from));
    }
    let by_nucleus = match samples {
        Samples::All => true,
        Samples::One => thinks || !sampled,
        Samples::None => false,
    };
    let narrowest = if thinks { 0.95 } else { 0.0 };
    set("top_p", params.top_p.filter(|&p| by_nucleus && p >= narrowest).map(Value::from));
    set("stop_sequences", (!params.stop.is_empty()).then(|| json!(params.stop)));
    set(
        "service_tier",
        params.service_tier.clone().filter(|t| t == "auto" || t == "standard_only").map(Value::from),
    );
    set("metadata", params.user.as_ref().map(|user| json!({"user_id": user})));
    if let Some(verbosity) = &params.verbosity {
        output.entry("effort").or_insert_with(|| verbosity.clone().into());
    }
    if let Some(ResponseFormat::JsonSchema { json_schema }) = &params.response_format {
        let schema = json_schema.get("schema").unwrap_or(json_schema);
        output.insert("format".to_owned(), json!({"type": "json_schema", "schema": schema}));
    }
    if !output.is_empty() {
        set("output_config", Some(output.into()));
    }
}

fn think(
    body: &mut Map<String, Value>,
    output: &mut Map<String, Value>,
    claude: Claude,
    reasoning: &ReasoningParams,
    limit: u32,
) {
    let thinks = claude.thinks();
    let by_budget = match thinks {
        Thinks::ByBudget => true,
        Thinks::Either => reasoning.max_tokens.is_some(),
        Thinks::ByItself => false,
    };
    if by_budget {
        let share = || budget(reasoning.effort.unwrap_or(Effort::Medium), limit);
        let budget = reasoning.max_tokens.unwrap_or_else(share).max(1024);
        body.insert("thinking".to_owned(), json!({"type": "enabled", "budget_tokens": budget}));
        // the reply must fit beside the thoughts
        if budget >= limit {
            body.insert("max_tokens".to_owned(), budget.saturating_add(1024).into());
        }
        return;
    }
    let mut thinking = json!({"type": "adaptive"});
    if thinks == Thinks::ByItself && reasoning.exclude != Some(true) {
        thinking["display"] = "summarized".into();
    }
    body.insert("thinking".to_owned(), thinking);
    if let Some(effort) = reasoning.effort {
        output.insert("effort".to_owned(), claude.effort(effort).into());
    }
}

/// OpenRouter's shares of the limit.
fn budget(effort: Effort, limit: u32) -> u32 {
    let tenths = match effort {
        Effort::None | Effort::Minimal => 10,
        Effort::Low => 20,
        Effort::Medium => 50,
        Effort::High => 80,
        Effort::Xhigh | Effort::Max => 95,
    };
    u32::try_from(u64::from(limit) * tenths / 100).unwrap_or(u32::MAX).min(128_000)
}

/// Whether the model must call a tool.
pub fn forces(choice: Option<&Value>) -> bool {
    choice.is_some_and(|choice| choice["type"] == "any" || choice["type"] == "tool")
}

/// The choice as this model takes it: one that always thinks cannot be made to call, only asked.
pub fn taken(endpoint: &Endpoint, mut choice: Value) -> Value {
    if forces(Some(&choice))
        && Claude::of(&endpoint.upstream_model).off() == Off::Never
        && let Some(said) = choice.as_object_mut()
    {
        said.insert("type".to_owned(), "auto".into());
        said.remove("name");
    }
    choice
}

pub fn tool_choice(params: &Params) -> Option<Value> {
    let mut choice = match &params.tool_choice {
        Some(ToolChoice::None) => return Some(json!({"type": "none"})),
        Some(ToolChoice::Required) => json!({"type": "any"}),
        Some(ToolChoice::Function(name)) => json!({"type": "tool", "name": name}),
        Some(ToolChoice::Other(value)) => return Some(value.clone()),
        Some(ToolChoice::Auto) => json!({"type": "auto"}),
        None if params.parallel_tool_calls == Some(false) => json!({"type": "auto"}),
        None => return None,
    };
    if params.parallel_tool_calls == Some(false) {
        choice["disable_parallel_tool_use"] = true.into();
    }
    Some(choice)
}
