//! What to say when nobody is left: which filter took the last endpoint, and what to change.

use super::plan::{Objection, Plan, PlanInput, no_endpoint};
use crate::words::{Failure, FailureKind, Filter};

/// The order in which filters are thought to work, one after the other: the last that took somebody took the last one.
fn stage(filter: Filter) -> usize {
    let rules = super::filter::RULES;
    match filter {
        Filter::NoKey => rules.len(),
        Filter::Locked => rules.len() + 1,
        filter => rules.iter().position(|rule| rule.filter == filter).unwrap_or(rules.len() + 2),
    }
}

/// No endpoint at all: one sentence and the filters' names, the decisive one first.
pub fn nobody(plan: &Plan<'_>, input: &PlanInput<'_>) -> Failure {
    let model = plan.targets.first().map_or_else(|| input.request.model.to_string(), |t| t.model.to_string());
    let others = match plan.targets.len() {
        0 | 1 => String::new(),
        2 => " or its fallback".to_owned(),
        n => format!(" or its {} fallbacks", n - 1),
    };
    let Some(last) = plan.dropped.iter().max_by_key(|dropped| stage(dropped.why.filter())) else {
        let say = format!("nobody serves {model}{others}; `fareway models` lists what can be asked");
        return no_endpoint(say);
    };
    let decisive = last.why.filter();
    let mut filters: Vec<Filter> = plan.dropped.iter().map(|dropped| dropped.why.filter()).collect();
    filters.sort_unstable_by_key(|filter| std::cmp::Reverse(stage(*filter)));
    filters.dedup();
    let (same, all) =
        (plan.dropped.iter().filter(|d| d.why.filter() == decisive).count(), plan.dropped.len());
    let message = if decisive == Filter::NoKey {
        format!("no key for {model}{others}: {}", keys_wanted(plan, input))
    } else {
        let count = if same == all { String::new() } else { format!(" (the last {same} of {all})") };
        let example = format!("{} {}", last.endpoint.provider_name, plan.reason(last));
        let advice = match &last.why {
            Objection::Rule(rule) => rule.advice,
            Objection::Pinned => "leave the provider out of the model's name",
            _ => "start a new turn, or name another model",
        };
        format!(
            "no endpoint of {model}{others} is left after `{}`{count}: {example}; {advice}",
            decisive.name()
        )
    };
    // whoever has no key is told so, as one is whose key is refused
    let kind = if decisive == Filter::NoKey { FailureKind::Auth } else { FailureKind::NoEndpoint };
    let excluded_by = filters.iter().map(|f| f.name().to_owned()).collect();
    Failure { excluded_by, ..Failure::new(kind, message) }
}

/// `set OPENAI_API_KEY (OpenAI) or OPENROUTER_API_KEY (OpenRouter)`.
fn keys_wanted(plan: &Plan<'_>, input: &PlanInput<'_>) -> String {
    let mut wanted: Vec<String> = Vec::new();
    for dropped in plan.dropped.iter().filter(|d| d.why.filter() == Filter::NoKey) {
        let provider = input.catalog.provider(dropped.endpoint.provider.as_str());
        let variable = provider.and_then(|provider| provider.key_vars.first());
        let say = match variable {
            Some(variable) => format!("{variable} ({})", dropped.endpoint.provider_name),
            None => format!("a key for {} in the config", dropped.endpoint.provider_name),
        };
        if !wanted.contains(&say) {
            wanted.push(say);
        }
    }
    // variables first: they are the quickest to set
    wanted.sort_by_key(|say| say.starts_with("a key"));
    let more = wanted.len().saturating_sub(4);
    wanted.truncate(4);
    let more = if more > 0 { format!(" (or {more} others)") } else { String::new() };
    format!("set {}{more}", wanted.join(" or "))
}
