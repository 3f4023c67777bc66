//! Every field of the form, one row of a table each: what it shows, how Left and Right change it, how a text does.

use super::EFFORTS;
use super::field::{Field, cap, dollars, flag, joined, price, usd, yes_or_no};
use super::values::{cycle, list, nudge, number, percentiles, quantizations, said};
use crate::words::{
    CostTier, DataCollection, Partition, Profile, ReasoningParams, Rescue, Sort, SortBy, SpreadRule,
    Unfinished,
};

/// In the order of the form: routing, then sampling and reasoning.
pub const FIELDS: &[Field] = &[
    Field {
        name: "profile",
        about: "a one-key set of the fields below; Alt-1 to Alt-5 choose it",
        value: |s| s.preferences.profile.map(|p| p.name().to_owned()),
        change: Some(|s, by| s.preferences.profile = cycle(s.preferences.profile, &Profile::ALL, by)),
        typed: None,
        copy: |s, o| s.preferences.profile = o.preferences.profile,
    },
    Field {
        name: "sort",
        about: "which endpoint first",
        value: |s| s.preferences.sort.as_ref().map(|sort| said(&sort.by())),
        change: Some(|s, by| {
            let all = [SortBy::Price, SortBy::Throughput, SortBy::Latency, SortBy::Exacto];
            let partition = s.preferences.sort.as_ref().map(Sort::partition);
            let sort = cycle(s.preferences.sort.as_ref().map(Sort::by), &all, by);
            s.preferences.sort = sort.map(|by| match partition {
                Some(Partition::None) => Sort::Full { by, partition: Partition::None },
                _ => Sort::By(by),
            });
        }),
        typed: None,
        copy: |s, o| s.preferences.sort.clone_from(&o.preferences.sort),
    },
    Field {
        name: "sort over",
        about: "one model after the other, or all endpoints together; without a sort, by price",
        value: |s| match s.preferences.sort.as_ref()?.partition() {
            Partition::Model => Some("each model".into()),
            Partition::None => Some("all models".into()),
        },
        change: Some(|s, _| {
            let sort = s.preferences.sort.as_ref();
            let by = sort.map_or(SortBy::Price, Sort::by);
            s.preferences.sort = Some(match sort.map(Sort::partition) {
                Some(Partition::None) => Sort::By(by),
                _ => Sort::Full { by, partition: Partition::None },
            });
        }),
        typed: None,
        copy: |s, _| s.preferences.sort = s.preferences.sort.as_ref().map(|sort| Sort::By(sort.by())),
    },
    Field {
        name: "spread",
        about: "without a sort: drawn by price alone, or by shares of price and speed",
        value: |s| match s.preferences.spread? {
            SpreadRule::InversePriceSquare => Some("by price".into()),
            SpreadRule::Shares => Some("by shares".into()),
        },
        change: Some(|s, by| {
            let all = [SpreadRule::InversePriceSquare, SpreadRule::Shares];
            s.preferences.spread = cycle(s.preferences.spread, &all, by);
        }),
        typed: None,
        copy: |s, o| s.preferences.spread = o.preferences.spread,
    },
    Field {
        name: "order",
        about: "providers to try first, in order: openai, azure",
        value: |s| joined(&s.preferences.order),
        change: None,
        typed: Some(|s, text| list(text).map(|names| s.preferences.order = names).is_some()),
        copy: |s, o| s.preferences.order.clone_from(&o.preferences.order),
    },
    Field {
        name: "only",
        about: "no provider but these",
        value: |s| joined(&s.preferences.only),
        change: None,
        typed: Some(|s, text| list(text).map(|names| s.preferences.only = names).is_some()),
        copy: |s, o| s.preferences.only.clone_from(&o.preferences.only),
    },
    Field {
        name: "ignore",
        about: "never these providers",
        value: |s| joined(&s.preferences.ignore),
        change: None,
        typed: Some(|s, text| list(text).map(|names| s.preferences.ignore = names).is_some()),
        copy: |s, o| s.preferences.ignore.clone_from(&o.preferences.ignore),
    },
    flag!("fallbacks", allow_fallbacks, "may another endpoint answer when the first fails"),
    flag!("all parameters", require_parameters, "only endpoints that take every parameter of the request"),
    Field {
        name: "quantizations",
        about: "no other weights than: int4 int8 fp4 mxfp4 nvfp4 fp6 fp8 mxfp8 fp16 bf16 fp32 unknown",
        value: |s| joined(&s.preferences.quantizations.iter().map(said).collect::<Vec<_>>()),
        change: None,
        typed: Some(|s, text| quantizations(text).map(|q| s.preferences.quantizations = q).is_some()),
        copy: |s, o| s.preferences.quantizations.clone_from(&o.preferences.quantizations),
    },
    Field {
        name: "min throughput",
        about: "tokens a second, rather than less: 40, or p50 60 p90 20",
        value: |s| s.preferences.preferred_min_throughput.map(percentiles::show),
        change: None,
        typed: Some(|s, text| {
            percentiles::read(text).map(|p| s.preferences.preferred_min_throughput = p).is_some()
        }),
        copy: |s, o| s.preferences.preferred_min_throughput = o.preferences.preferred_min_throughput,
    },
    Field {
        name: "max latency",
        about: "seconds to the first token, rather than more: 2, or p90 3",
        value: |s| s.preferences.preferred_max_latency.map(percentiles::show),
        change: None,
        typed: Some(|s, text| {
            percentiles::read(text).map(|p| s.preferences.preferred_max_latency = p).is_some()
        }),
        copy: |s, o| s.preferences.preferred_max_latency = o.preferences.preferred_max_latency,
    },
    cap!("max price in", prompt, "dollars per million tokens of prompt, never more"),
    cap!("max price out", completion, "dollars per million tokens of reply, never more"),
    cap!(
        "max price a request",
        request,
        "dollars that an endpoint may take for each request beside its tokens"
    ),
    cap!("max price an image", image, "dollars for each image of a prompt"),
    cap!("max price of audio", audio, "dollars per million tokens of sound in a prompt, never more"),
    Field {
        name: "data collection",
        about: "deny: no endpoint that trains on or keeps prompts",
        value: |s| s.preferences.data_collection.map(|said| said.name().to_owned()),
        change: Some(|s, by| {
            let now = s.preferences.data_collection;
            s.preferences.data_collection = cycle(now, &DataCollection::ALL, by);
        }),
        typed: None,
        copy: |s, o| s.preferences.data_collection = o.preferences.data_collection,
    },
    flag!("zero retention", zdr, "only endpoints that keep nothing"),
    flag!(
        "learning allowed",
        enforce_distillable_text,
        "only models whose authors let others learn from what they write"
    ),
    Field {
        name: "max dearer",
        about: "how many times as dear as the first choice a fallback may be; 0: any",
        value: |s| s.preferences.max_dearer.map(|times| times.to_string()),
        change: Some(|s, by| {
            s.preferences.max_dearer = nudge(s.preferences.max_dearer, by, 2.0, 0.5, 0.0, 100.0)
        }),
        typed: Some(|s, text| number(text, 0.0, 1e6).map(|n| s.preferences.max_dearer = Some(n)).is_some()),
        copy: |s, o| s.preferences.max_dearer = o.preferences.max_dearer,
    },
    Field {
        name: "hedge after",
        about: "milliseconds without a word until a second endpoint is asked as well, at its own cost",
        value: |s| s.preferences.hedge_after_ms.map(|ms| ms.to_string()),
        change: None,
        typed: Some(|s, text| text.parse().map(|ms| s.preferences.hedge_after_ms = Some(ms)).is_ok()),
        copy: |s, o| s.preferences.hedge_after_ms = o.preferences.hedge_after_ms,
    },
    Field {
        name: "cost tier",
        about: "how dear a model fareway/auto may pick, counted from the cheapest",
        value: |s| s.preferences.cost_tier.map(|tier| tier.name().to_owned()),
        change: Some(|s, by| s.preferences.cost_tier = cycle(s.preferences.cost_tier, &CostTier::ALL, by)),
        typed: None,
        copy: |s, o| s.preferences.cost_tier = o.preferences.cost_tier,
    },
    Field {
        name: "rescue",
        about: "go on elsewhere when an endpoint dies in mid-reply",
        value: |s| {
            Some(match s.preferences.rescue? {
                Rescue::Off => "off".to_owned(),
                Rescue::SameModel => "same model".to_owned(),
                Rescue::Listed => "any listed model".to_owned(),
            })
        },
        change: Some(|s, by| {
            let all = [Rescue::Off, Rescue::SameModel, Rescue::Listed];
            s.preferences.rescue = cycle(s.preferences.rescue, &all, by);
        }),
        typed: None,
        copy: |s, o| s.preferences.rescue = o.preferences.rescue,
    },
    Field {
        name: "half-finished calls",
        about: "half a tool call or half a JSON when its endpoint dies: stop, or hold it back and restart it",
        value: |s| s.preferences.unfinished.as_ref().map(said),
        change: Some(|s, by| {
            let all = [Unfinished::Stop, Unfinished::Restart];
            s.preferences.unfinished = cycle(s.preferences.unfinished, &all, by);
        }),
        typed: None,
        copy: |s, o| s.preferences.unfinished = o.preferences.unfinished,
    },
    Field {
        name: "reasoning effort",
        about: "how long the model may think",
        value: |s| s.params.reasoning.as_ref()?.effort.as_ref().map(said),
        change: Some(|s, by| {
            let now = s.params.reasoning.as_ref().and_then(|r| r.effort);
            s.params.reasoning = cycle(now, &EFFORTS, by)
                .map(|effort| ReasoningParams { effort: Some(effort), ..ReasoningParams::default() });
        }),
        typed: None,
        copy: |s, o| s.params.reasoning.clone_from(&o.params.reasoning),
    },
    Field {
        name: "temperature",
        about: "0 to 2; Left and Right by 0.1",
        value: |s| s.params.temperature.map(|t| t.to_string()),
        change: Some(|s, by| s.params.temperature = nudge(s.params.temperature, by, 1.0, 0.1, 0.0, 2.0)),
        typed: Some(|s, text| number(text, 0.0, 2.0).map(|t| s.params.temperature = Some(t)).is_some()),
        copy: |s, o| s.params.temperature = o.params.temperature,
    },
    Field {
        name: "top p",
        about: "0 to 1",
        value: |s| s.params.top_p.map(|t| t.to_string()),
        change: Some(|s, by| s.params.top_p = nudge(s.params.top_p, by, 1.0, 0.05, 0.0, 1.0)),
        typed: Some(|s, text| number(text, 0.0, 1.0).map(|t| s.params.top_p = Some(t)).is_some()),
        copy: |s, o| s.params.top_p = o.params.top_p,
    },
    Field {
        name: "max tokens",
        about: "the longest reply",
        value: |s| s.params.max_tokens.map(|t| t.to_string()),
        change: Some(|s, by| {
            let now = s.params.max_tokens.unwrap_or(2048);
            s.params.max_tokens = Some(if by < 0 { (now / 2).max(16) } else { now.saturating_mul(2) });
        }),
        typed: Some(|s, text| text.parse().map(|n| s.params.max_tokens = Some(n)).is_ok()),
        copy: |s, o| s.params.max_tokens = o.params.max_tokens,
    },
    Field {
        name: "seed",
        about: "the same seed asks for the same reply",
        value: |s| s.params.seed.map(|t| t.to_string()),
        change: Some(|s, by| s.params.seed = Some(s.params.seed.unwrap_or(0).saturating_add(by as i64))),
        typed: Some(|s, text| text.parse().map(|n| s.params.seed = Some(n)).is_ok()),
        copy: |s, o| s.params.seed = o.params.seed,
    },
];
