//! The hard filters, a row each: who may not answer this request at all.

use super::ask::{Ask, TierWish};
use super::health::Standing;
use super::keys::{KeysOf, Pick};
use super::{preferences, price, slug};
use crate::catalog::Brief;
use crate::words::{DataCollection, DataPolicy, Endpoint, Filter, MaxPrice, Quantization};

/// A reason to leave an endpoint out.
pub struct Rule {
    pub filter: Filter,
    /// Whether this request brings the rule up: most do not, and looking at every endpoint costs time. `None`: every
    /// request does, and [`Glance`] knows the rule.
    applies: Option<fn(&Ask<'_>) -> bool>,
    /// Whether the endpoint may stay.
    keeps: fn(&Ask<'_>, &Endpoint) -> bool,
    /// What is wrong with the endpoint, after its name.
    pub reason: fn(&Ask<'_>, &Endpoint) -> String,
    /// What the person can change.
    pub advice: &'static str,
}

/// In the order in which they are looked at: the first that objects is the one that is named.
pub const RULES: &[Rule] = &[
    Rule {
        filter: Filter::AllowedProviders,
        applies: Some(|ask| !ask.wishes.only.is_empty()),
        keeps: |ask, endpoint| preferences::allowed(&ask.wishes.only, endpoint),
        reason: |ask, _| format!("is not among the allowed: {}", ask.wishes.only.join(", ")),
        advice: "add a provider that serves the model to `only`, or drop the provider pin",
    },
    Rule {
        filter: Filter::IgnoredProviders,
        applies: Some(|ask| !ask.wishes.ignore.is_empty()),
        keeps: |ask, endpoint| slug::place(&ask.wishes.ignore, endpoint).is_none(),
        reason: |_, _| "is on the ignore list".to_owned(),
        advice: "take a provider off `ignore`",
    },
    Rule {
        filter: Filter::ServiceTier,
        applies: None,
        keeps: |ask, endpoint| match endpoint.tier() {
            None => true,
            // naming a tier's full slug asks for it
            Some(_) if ask.tier == TierWish::Ordinary => {
                let named = |names: &[String]| names.iter().any(|n| n.eq_ignore_ascii_case(&endpoint.tag));
                named(&ask.wishes.only) || named(&ask.wishes.order)
            }
            Some(tier) => ask.tier.lets(tier),
        },
        reason: |_, endpoint| {
            format!("belongs to the {} tier, which was not asked for", endpoint.tier().unwrap_or("other"))
        },
        advice: "set `service_tier`, or name the tier's slug in `only`",
    },
    Rule {
        filter: Filter::Training,
        applies: Some(|ask| ask.wishes.data_collection == Some(DataCollection::Deny)),
        keeps: |_, endpoint| keeps_private(endpoint, |policy| !policy.trains && !policy.retains),
        reason: |_, endpoint| said(endpoint.policy),
        advice: "allow data collection (`data_collection = \"allow\"`), or use a provider or local server that keeps nothing",
    },
    Rule {
        filter: Filter::Zdr,
        applies: Some(|ask| ask.wishes.zdr == Some(true)),
        keeps: |_, endpoint| keeps_private(endpoint, |policy| !policy.retains),
        reason: |_, endpoint| said(endpoint.policy),
        advice: "switch `zdr` off, or use a provider or local server with zero data retention",
    },
    Rule {
        filter: Filter::Distillable,
        applies: Some(|ask| ask.wishes.enforce_distillable_text == Some(true)),
        keeps: |_, endpoint| endpoint.distillable == Some(true),
        reason: |_, _| "is not known to let other models learn from its text".to_owned(),
        advice: "choose a model with open weights under a free licence, say `distillable = true` for an endpoint in \
                 the config, or switch `enforce_distillable_text` off",
    },
    Rule {
        filter: Filter::Quantization,
        applies: Some(|ask| !ask.wishes.quantizations.is_empty()),
        keeps: |ask, endpoint| ask.wishes.quantizations.iter().any(|q| includes(*q, endpoint.quantization)),
        reason: |_, endpoint| format!("serves {}", format!("{:?}", endpoint.quantization).to_lowercase()),
        advice: "add a precision to `quantizations` (closed models are `unknown`)",
    },
    Rule {
        filter: Filter::Modality,
        applies: Some(|ask| !ask.modalities.is_empty()),
        keeps: |ask, endpoint| ask.modalities.iter().all(|modality| endpoint.takes(modality)),
        reason: |ask, endpoint| {
            let missing: Vec<_> = ask.modalities.iter().filter(|m| !endpoint.takes(m)).copied().collect();
            format!("takes no {} input", missing.join(" or "))
        },
        advice: "choose a model that takes such input, or leave the attachment out",
    },
    Rule {
        filter: Filter::ContextLength,
        applies: None,
        keeps: |ask, endpoint| endpoint.context.is_none_or(|context| ask.room_needed() <= u64::from(context)),
        reason: |ask, endpoint| {
            let reply = ask.max_tokens.map(|n| format!(" and {n} of reply")).unwrap_or_default();
            format!(
                "holds {} tokens; the prompt is about {}{reply}",
                endpoint.context.unwrap_or(0),
                ask.load.prompt
            )
        },
        advice: "shorten the conversation, lower `max_tokens`, or choose a model with a longer context",
    },
    Rule {
        filter: Filter::MaxOutput,
        applies: None,
        keeps: |ask, endpoint| {
            endpoint.max_output.is_none_or(|most| ask.max_tokens.is_none_or(|n| n <= most))
        },
        reason: |_, endpoint| format!("writes at most {} tokens", endpoint.max_output.unwrap_or(0)),
        advice: "lower `max_tokens`",
    },
    Rule {
        filter: Filter::RequireParameters,
        applies: Some(|ask| ask.wishes.require_parameters == Some(true) && !ask.parameters.is_empty()),
        keeps: |ask, endpoint| ask.parameters.iter().all(|name| endpoint.supports(name)),
        reason: |ask, endpoint| {
            let missing: Vec<_> = ask.parameters.iter().filter(|p| !endpoint.supports(p)).copied().collect();
            format!("does not support {}", missing.join(", "))
        },
        advice: "leave the parameter out, or switch `require_parameters` off",
    },
    Rule {
        filter: Filter::WebSearch,
        applies: Some(|ask| ask.request.searches()),
        keeps: |_, endpoint| endpoint.has_quirk("web_search"),
        reason: |_, _| "has no web search".to_owned(),
        advice: "leave `:online` (or the `web` plugin) out, or ask at a provider that searches: OpenRouter, Anthropic, \
                 Google, Perplexity",
    },
    Rule {
        filter: Filter::MaxPrice,
        applies: Some(|ask| ask.wishes.max_price.is_some_and(|cap| cap != MaxPrice::default())),
        keeps: affordable,
        reason: |ask, endpoint| match &endpoint.prices {
            None => "has no known price".to_owned(),
            Some(prices) => {
                let rates = price::Rates::of(prices, ask.load.prompt, ask.now);
                format!(
                    "costs ${} in, ${} out per million tokens",
                    rates.prompt.per_million(),
                    rates.completion.per_million()
                )
            }
        },
        advice: "raise `max_price`",
    },
];

/// The rules to look at for this request.
pub fn rules(ask: &Ask<'_>) -> Vec<&'static Rule> {
    RULES.iter().filter(|rule| rule.applies.is_none_or(|applies| applies(ask))).collect()
}

/// Whether the request brings up a rule that not every request does.
pub fn is_special(ask: &Ask<'_>) -> bool {
    RULES.iter().any(|rule| rule.applies.is_some_and(|applies| applies(ask)))
}

/// What a brief has to hold so that no rule objects that every request brings up.
#[derive(Clone, Copy)]
pub struct Glance {
    room: u64,
    reply: u32,
}

impl Glance {
    pub fn of(ask: &Ask<'_>) -> Self {
        Self { room: ask.room_needed(), reply: ask.max_tokens.unwrap_or(0) }
    }

    #[inline]
    pub fn passes(self, brief: &Brief) -> bool {
        !brief.special && self.room <= u64::from(brief.context) && self.reply <= brief.max_output
    }
}

/// The first of these rules that objects.
pub fn objection(rules: &[&'static Rule], ask: &Ask<'_>, endpoint: &Endpoint) -> Option<&'static Rule> {
    rules.iter().find(|rule| !(rule.keeps)(ask, endpoint)).copied()
}

/// Whether a key may ask it: gone for good without one, resting while all cool down.
pub fn key(keys: KeysOf<'_>, ask: &Ask<'_>, endpoint: &Endpoint) -> Option<Standing> {
    match keys.pick(endpoint, ask.now) {
        Pick::Key(_) => Some(Standing::Well),
        Pick::Cooling(_) => Some(Standing::Resting),
        Pick::Missing => None,
    }
}

/// What is on this machine stays on this machine; a policy that nobody declared is assumed to be the worst.
fn keeps_private(endpoint: &Endpoint, good: fn(&DataPolicy) -> bool) -> bool {
    endpoint.local || endpoint.demo || (endpoint.policy.declared && good(&endpoint.policy))
}

fn said(policy: DataPolicy) -> String {
    match policy {
        DataPolicy { declared: false, .. } => "declares no data policy".to_owned(),
        DataPolicy { trains: true, .. } => "may train on prompts".to_owned(),
        _ => "keeps prompts".to_owned(),
    }
}

/// `fp4` includes `mxfp4` and `nvfp4`, `fp8` includes `mxfp8`.
fn includes(asked: Quantization, served: Quantization) -> bool {
    use Quantization::{Fp4, Fp8, Mxfp4, Mxfp8, Nvfp4};
    asked == served || matches!((asked, served), (Fp4, Mxfp4 | Nvfp4) | (Fp8, Mxfp8))
}

/// Hard caps hold for the prices in force for this prompt at this hour; an unknown price is not below any cap.
fn affordable(ask: &Ask<'_>, endpoint: &Endpoint) -> bool {
    let Some(cap) = ask.wishes.max_price else { return true };
    let Some(prices) = &endpoint.prices else { return endpoint.local };
    let rates = price::Rates::of(prices, ask.load.prompt, ask.now);
    let below = |price, cap: Option<_>| cap.is_none_or(|cap| price <= cap);
    below(rates.prompt.per_million(), cap.prompt)
        && below(rates.completion.per_million(), cap.completion)
        && below(prices.request.unwrap_or_default(), cap.request)
        && (ask.load.images == 0 || below(prices.image.unwrap_or_default(), cap.image))
        && (!ask.modalities.contains(&"audio")
            || below(prices.audio_in.unwrap_or(rates.prompt).per_million(), cap.audio))
}
