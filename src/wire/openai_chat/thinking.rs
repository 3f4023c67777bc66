//! How each dialect is told to think, how much, and not at all.

use crate::wire::quirks::{Dialect, Thinking};
use crate::words::{Effort, ReasoningParams};
use serde_json::{Map, Value, json};

pub fn think(body: &mut Map<String, Value>, reasoning: &ReasoningParams, dialect: &Dialect) {
    let mut set = |key: &str, value: Value| {
        body.insert(key.to_owned(), value);
    };
    match dialect.thinking {
        Thinking::Object => {
            let mut object = Map::new();
            if let Ok(Value::Object(given)) = serde_json::to_value(reasoning) {
                object.extend(given.into_iter().filter(|(_, value)| !value.is_null()));
            }
            if !object.is_empty() {
                set("reasoning", object.into());
            }
        }
        Thinking::Effort | Thinking::Groq => {
            if let Some(effort) = effort(reasoning, dialect) {
                set("reasoning_effort", effort.into());
            }
            // Groq sends thoughts among the text unless it is told where they belong
            if dialect.thinking == Thinking::Groq && reasoning.wanted() == Some(true) {
                let place = if reasoning.exclude == Some(true) { "hidden" } else { "parsed" };
                set("reasoning_format", place.into());
            }
        }
        Thinking::Toggle | Thinking::Ladder => {
            let wanted = reasoning.wanted();
            if let Some(wanted) = wanted {
                set("thinking", json!({"type": if wanted { "enabled" } else { "disabled" }}));
            }
            if dialect.thinking == Thinking::Ladder
                && wanted == Some(true)
                && let Some(effort) = reasoning.effort
            {
                set("reasoning_effort", rung(effort).into());
            }
        }
        Thinking::Enable => {
            if let Some(wanted) = reasoning.wanted() {
                set("enable_thinking", wanted.into());
            }
            if let Some(budget) = reasoning.max_tokens {
                set("thinking_budget", budget.into());
            }
        }
        Thinking::TemplateKwargs => {
            if let Some(wanted) = reasoning.wanted() {
                set("chat_template_kwargs", json!({"enable_thinking": wanted}));
            }
            if let Some(effort) = reasoning.effort.filter(|e| *e != Effort::None) {
                set("reasoning_effort", effort_name(effort, false).into());
            }
        }
    }
}

/// What `reasoning_effort` says, if anything was said of thinking.
fn effort(reasoning: &ReasoningParams, dialect: &Dialect) -> Option<&'static str> {
    if let Some(on) = dialect.effort_switch {
        return reasoning.wanted().map(|wanted| if wanted { on } else { "none" });
    }
    let given = reasoning.effort.or_else(|| match reasoning.wanted()? {
        true => Some(Effort::Medium),
        false => Some(Effort::None),
    });
    given.map(|effort| effort_name(effort, dialect.fine_efforts))
}

/// The nearest effort that is taken there.
pub fn effort_name(effort: Effort, fine: bool) -> &'static str {
    match effort {
        Effort::None => "none",
        Effort::Minimal if fine => "minimal",
        Effort::Minimal | Effort::Low => "low",
        Effort::Medium => "medium",
        Effort::Xhigh | Effort::Max if fine => "xhigh",
        Effort::High | Effort::Xhigh | Effort::Max => "high",
    }
}

/// Of three rungs; DeepSeek's own reading of the names that are not among them.
fn rung(effort: Effort) -> &'static str {
    match effort {
        Effort::None | Effort::Minimal | Effort::Low => "low",
        Effort::Medium | Effort::High | Effort::Xhigh => "high",
        Effort::Max => "max",
    }
}
