//! Presets: named requests that are laid under what was asked.

use super::names::{Names, is_online};
use crate::words::{Failure, FailureKind, Message, ModelRef, Params, Part, Preferences, Request, Role, Tool};
use std::sync::Arc;

/// A named request to start from. Empty or absent: not set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preset {
    pub model: Option<ModelRef>,
    pub fallbacks: Vec<ModelRef>,
    pub system: Option<String>,
    pub params: Params,
    pub preferences: Preferences,
    pub tools: Vec<Tool>,
}

const MARK: &str = ModelRef::PRESET;

/// The request with its presets laid under it and `config`'s preferences beneath; what the request itself says wins,
/// field by field. Tools are united by name. `:online` becomes the plugin it stands for.
pub fn expand(mut request: Request, names: &Names, config: &Preferences) -> Result<Request, Failure> {
    let mut layers = vec![std::mem::take(&mut request.preferences)];
    let field = request.extra.shift_remove("preset");
    let asked = request.model.as_str().trim().to_owned();
    let (model, named) = match asked.split_once(MARK) {
        Some((model, name)) => (model.to_owned(), Some(name.to_owned())),
        None => (asked, field.and_then(|value| value.as_str().map(str::to_owned))),
    };
    if let Some(name) = named {
        let preset = names.presets.get(&name).ok_or_else(|| missing(&name, names))?;
        lay(&mut request, preset);
        request.model = match (model.is_empty(), &preset.model) {
            (false, _) => ModelRef::new(model),
            (true, Some(model)) => model.clone(),
            (true, None) => {
                let say = format!("the preset `{name}` names no model: write model@preset/{name}");
                return Err(Failure::new(FailureKind::UnknownModel, say));
            }
        };
        layers.push(preset.preferences.clone());
    }
    if std::iter::once(&request.model).chain(&request.fallbacks).any(|name| is_online(name, names)) {
        request.search();
    }
    layers.push(config.clone());
    request.preferences = super::preferences::join(&layers.iter().collect::<Vec<_>>());
    Ok(request)
}

fn missing(name: &str, names: &Names) -> Failure {
    let known: Vec<String> = names.presets.keys().map(|name| format!("{MARK}{name}")).collect();
    let say = if known.is_empty() {
        format!("there is no preset `{name}`: the config has none; add [presets.{name}]")
    } else {
        format!("there is no preset `{name}`; the config has {}", known.join(", "))
    };
    Failure { nearest: known, ..Failure::new(FailureKind::UnknownModel, say) }
}

fn lay(request: &mut Request, preset: &Preset) {
    if request.fallbacks.is_empty() {
        request.fallbacks.clone_from(&preset.fallbacks);
    }
    let has_system = request.messages.iter().any(|message| message.role == Role::System);
    if let (Some(system), false) = (&preset.system, has_system) {
        let message = Message::loose(Role::System, vec![Part::text(system.clone())]);
        request.messages.insert(0, Arc::new(message));
    }
    for tool in &preset.tools {
        if !request.tools.iter().any(|own| own.name == tool.name) {
            request.tools.push(tool.clone());
        }
    }
    request.params = under(std::mem::take(&mut request.params), &preset.params);
}

fn under(own: Params, below: &Params) -> Params {
    let below = below.clone();
    // every field by name, so that a new one cannot be forgotten
    Params {
        max_tokens: own.max_tokens.or(below.max_tokens),
        temperature: own.temperature.or(below.temperature),
        top_p: own.top_p.or(below.top_p),
        top_k: own.top_k.or(below.top_k),
        min_p: own.min_p.or(below.min_p),
        top_a: own.top_a.or(below.top_a),
        frequency_penalty: own.frequency_penalty.or(below.frequency_penalty),
        presence_penalty: own.presence_penalty.or(below.presence_penalty),
        repetition_penalty: own.repetition_penalty.or(below.repetition_penalty),
        seed: own.seed.or(below.seed),
        stop: if own.stop.is_empty() { below.stop } else { own.stop },
        logit_bias: own.logit_bias.or(below.logit_bias),
        logprobs: own.logprobs.or(below.logprobs),
        top_logprobs: own.top_logprobs.or(below.top_logprobs),
        reasoning: own.reasoning.or(below.reasoning),
        verbosity: own.verbosity.or(below.verbosity),
        response_format: own.response_format.or(below.response_format),
        tool_choice: own.tool_choice.or(below.tool_choice),
        parallel_tool_calls: own.parallel_tool_calls.or(below.parallel_tool_calls),
        service_tier: own.service_tier.or(below.service_tier),
        user: own.user.or(below.user),
        modalities: if own.modalities.is_empty() { below.modalities } else { own.modalities },
        cache_prompt: own.cache_prompt.or(below.cache_prompt),
    }
}
