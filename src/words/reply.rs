//! What is heard back: one stream of replies for chat, compare, `ask` and every face of `serve`.

use super::{At, Decision, EndpointId, Failure, GenerationId, ModelId, ProviderId, Reasoning, Usage, Usd};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// One item of the gateway's answer. The grammar, kept by the gateway:
/// `Chosen ((FellBack Waiting? | Waiting) Chosen)* Delta* (Resumed Delta*)* (Done | Failed)`; a `Waiting` without a
/// `FellBack` announces the same endpoint again. `Failed` before any `Chosen` is allowed: nothing could be chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// This endpoint is being asked, and why.
    Chosen(Box<Chosen>),
    /// A pause before the same endpoint is asked again (a `Retry-After`, a back-off).
    Waiting {
        endpoint: EndpointId,
        until: At,
        failure: Box<Failure>,
    },
    /// The endpoint failed before its first token; the next `Chosen` follows.
    FellBack {
        from: EndpointId,
        failure: Box<Failure>,
    },
    Delta(Delta),
    /// The endpoint died in the middle; this one continues the text.
    Resumed {
        from: EndpointId,
        failure: Box<Failure>,
        chosen: Box<Chosen>,
    },
    Done(Box<Receipt>),
    /// The last word, with what was spent on the way.
    Failed {
        failure: Box<Failure>,
        receipt: Box<Receipt>,
    },
}

/// The endpoint that is asked, what its like costs, and the decision behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    pub endpoint: EndpointId,
    pub model: ModelId,
    pub provider: ProviderId,
    pub provider_name: String,
    pub demo: bool,
    pub prices: Option<super::Prices>,
    /// For the live estimate.
    pub prompt_tokens: u64,
    /// Searches of the web that it is asked for.
    pub searches: u64,
    /// How many tokens the model makes of what o200k makes a thousand of, as far as it is known.
    pub tokens_per_mille: u64,
    pub context: Option<u32>,
    /// One phrase: `cheapest of 3 healthy`, `first in order`, `sticky: its cache holds 12k tokens`.
    pub why: String,
    /// It stands in for somebody cheaper.
    pub dearer: Option<Dearer>,
}

/// How the price of a stand-in compares with that of the first choice.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dearer {
    Times(f64),
    /// The first choice costs nothing.
    NotFree,
    /// Nobody knows what this one costs.
    Unknown,
}

impl fmt::Display for Dearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Times(times) => write!(f, "{times:.1}× the price"),
            Self::NotFree => f.write_str("not free, as the first was"),
            Self::Unknown => f.write_str("at a price nobody knows"),
        }
    }
}

/// A piece of a reply as the endpoint said it.
#[derive(Clone, Debug, PartialEq)]
pub enum Delta {
    Text(String),
    /// A piece of thinking. Pieces with the same `index` are one block; text is appended,
    /// `signature`, `data`, `id` and `format` are set when they come.
    Reasoning {
        index: u32,
        piece: Reasoning,
    },
    /// A piece of a tool call: `arguments` are appended per `index`; id and name come with the first piece.
    ToolCall {
        index: u32,
        id: Option<String>,
        name: Option<String>,
        arguments: String,
        signature: Option<String>,
    },
    /// An image in the reply, as a data URL or a URL.
    Image(String),
    /// A cited source in OpenRouter's `annotations` shape.
    Annotation(Value),
    /// What the provider counted so far; a later one replaces an earlier one.
    Usage {
        usage: Usage,
        cost: Option<Usd>,
    },
    Stop {
        reason: Stop,
        native: String,
    },
    /// The provider's own id and the model it says it used.
    Head {
        id: Option<String>,
        model: Option<String>,
        provider: Option<String>,
    },
    /// The service tier the provider says it served the request on (`default`, `flex`, `priority`), whatever was asked.
    Tier(String),
    /// Something we do not know, word for word.
    Opaque {
        /// Who may be sent it back with the message: a wire format, or `format:provider` where a format has dialects.
        /// `None`: said beside the message (log probabilities, fingerprints), and never sent back.
        format: Option<String>,
        value: Value,
    },
}

/// Why the reply ended, in OpenRouter's five words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    Stop,
    Length,
    ToolCalls,
    ContentFilter,
    Error,
}

impl Stop {
    pub fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ToolCalls => "tool_calls",
            Self::ContentFilter => "content_filter",
            Self::Error => "error",
        }
    }
}

/// What a finished request used, cost and took: the sum over its attempts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    pub generation: GenerationId,
    /// What was asked for.
    pub requested: String,
    /// What answered (the last attempt's).
    pub model: ModelId,
    pub provider: ProviderId,
    pub endpoint: EndpointId,
    pub attempts: Vec<Attempt>,
    pub usage: Usage,
    pub cost: Cost,
    /// From asking to the first token, over all attempts.
    pub ttft: Option<Duration>,
    pub total: Duration,
    pub stop: Option<Stop>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native_stop: Option<String>,
    /// The provider's own id of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream_id: Option<String>,
    pub demo: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Box<Decision>>,
}

impl Receipt {
    /// Who stands on the bill: whoever used something, and whoever's price nobody knows. More than one after a rescue, a
    /// race, or a reply that was paid for and empty.
    pub fn billed(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(|attempt| attempt.cost.counts())
    }

    /// Output tokens per second after the first token; `None` when there is nothing to divide.
    #[allow(clippy::cast_precision_loss, reason = "a rate for people, far below 2^52")]
    pub fn throughput(&self) -> Option<f64> {
        let last = self.attempts.iter().rev().find(|a| a.ttft.is_some())?;
        let streaming = last.total.checked_sub(last.ttft?)?.as_secs_f64();
        let tokens = last.usage.output();
        (streaming > 0.001 && tokens > 1).then(|| tokens as f64 / streaming)
    }

    /// The receipt of a reply that was gone on with: all its attempts, what they used and cost in all, the end of the
    /// last.
    pub fn after(mut self, before: Self) -> Self {
        let costs = [&before.cost, &self.cost];
        self.cost = Cost::sum(costs.into_iter());
        self.usage = before.usage + self.usage;
        self.ttft = before.ttft.or(self.ttft);
        self.total += before.total;
        self.attempts.splice(0..0, before.attempts);
        self
    }
}

/// One attempt at one endpoint; a row of the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub endpoint: EndpointId,
    pub model: ModelId,
    pub provider: ProviderId,
    /// Which of the provider's keys, by position; never the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<u32>,
    pub started: At,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttft: Option<Duration>,
    pub total: Duration,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    pub usage: Usage,
    pub cost: Cost,
    pub outcome: Outcome,
    /// A second request sent because the first was late.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hedge: bool,
    /// It continued a reply that another endpoint began.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rescue: bool,
    /// It stood in for somebody cheaper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dearer: Option<Dearer>,
}

impl Attempt {
    /// What it was beside the first and the next in turn.
    pub fn part(&self) -> Option<&'static str> {
        match (self.hedge, self.rescue) {
            (true, _) => Some("hedge"),
            (_, true) => Some("rescue"),
            _ => None,
        }
    }
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Answered,
    /// Dropped by the person, the client, or a faster hedge.
    Cancelled,
    Failed(Box<Failure>),
}

/// What something cost and how we know.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cost {
    /// What is booked. `None`: the price is unknown.
    pub booked: Option<Usd>,
    pub source: CostSource,
    /// What our catalog says it should be, kept beside a provider's figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ours: Option<Usd>,
    /// How `ours` comes about, line by line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<CostLine>,
}

impl Cost {
    const NOTHING: Self =
        Self { booked: Some(Usd::ZERO), source: CostSource::Free, ours: Some(Usd::ZERO), lines: Vec::new() };

    /// Whether it says anything: something was used, booked, or nobody knows.
    fn counts(&self) -> bool {
        self.booked != Some(Usd::ZERO) || !self.lines.is_empty()
    }

    /// Money over several attempts: unknown as soon as one is; as uncertain as its least certain part.
    pub fn sum<'a>(costs: impl Iterator<Item = &'a Self>) -> Self {
        let mut total = Self::NOTHING;
        for cost in costs.filter(|cost| cost.counts()) {
            total.booked = total.booked.zip(cost.booked).map(|(a, b)| a + b);
            total.ours = total.ours.zip(cost.ours).map(|(a, b)| a + b);
            total.source = total.source.max(cost.source);
            for line in &cost.lines {
                match total.lines.iter_mut().find(|l| l.category == line.category && l.price == line.price) {
                    Some(same) => same.count = same.count.saturating_add(line.count),
                    None => total.lines.push(line.clone()),
                }
            }
        }
        total
    }
}

/// The most certain first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CostSource {
    /// A local or free endpoint.
    Free,
    /// Reported usage × catalog price.
    Catalog,
    /// The provider said the amount.
    Provider,
    /// Our own token count × catalog price: the provider reported no usage.
    Estimate,
    #[default]
    Unknown,
}

impl CostSource {
    pub fn name(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Catalog => "catalog",
            Self::Estimate => "estimate",
            Self::Free => "free",
            Self::Unknown => "unknown",
        }
    }
}

/// `count` units of one category at `price` each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CostLine {
    /// `prompt`, `cached_read`, `completion`, ...
    pub category: String,
    pub count: u64,
    pub price: Usd,
}

impl CostLine {
    /// The price as price lists say it: tokens by the million, what is no token by the piece.
    pub fn rate(&self) -> String {
        match self.category.as_str() {
            "images" | "searches" | "request" => format!("${} each", self.price),
            _ => format!("${} / M", self.price.per_million()),
        }
    }
}
