//! Everything `config.toml` may hold, with its defaults. `config.example.toml` shows each key once.

use super::keys::KeySource;
use super::terminal::{Images, Meter, Notify, Progress};
use crate::words::{At, Params, Preferences, Quantization, Usd};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The person's settings. An unknown key is an error that names what is allowed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What a new session talks to; empty: the last used, else the first that has a key, else the demo.
    pub model: String,
    pub fallbacks: Vec<String>,
    pub system: String,
    /// In the order of Alt-1 to Alt-9.
    pub favourites: Vec<String>,
    pub theme: String,
    pub meter: Meter,
    /// An IANA name; empty: the system's. Days, weeks and months of budgets and reports begin by it.
    pub timezone: String,
    /// Line by line, no alternate screen and no cursor movement: for screen readers and dumb terminals.
    pub plain: bool,
    pub vi: bool,
    pub mouse: bool,
    /// How it is told that a long reply ended while the terminal is not looked at.
    pub notify: Notify,
    /// Progress on the terminal's tab or in its task bar (OSC 9;4).
    pub progress: Progress,
    /// Fewer frames and no ticking digits, for slow lines.
    pub low_bandwidth: bool,
    /// How images are shown.
    pub images: Images,
    /// Titles are written by a cheap model instead of taken from the first words; that costs a little.
    pub titles_by_model: bool,
    pub network: Network,
    pub timeouts: Timeouts,
    pub preferences: Preferences,
    #[serde(deserialize_with = "strict_params")]
    pub params: Params,
    pub budgets: Budgets,
    pub aliases: BTreeMap<String, String>,
    pub presets: BTreeMap<String, Preset>,
    /// Prompts to start from: `/name` puts the text into the composer.
    pub templates: BTreeMap<String, String>,
    /// System prompts by name.
    pub personas: BTreeMap<String, String>,
    /// Action to keys: `"model.pick" = "ctrl-k"`, or a list.
    #[serde(deserialize_with = "one_or_more")]
    pub keymap: BTreeMap<String, Vec<String>>,
    pub providers: BTreeMap<String, Provider>,
    pub endpoints: Vec<Endpoint>,
    pub serve: Serve,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            model: String::new(),
            fallbacks: Vec::new(),
            system: String::new(),
            favourites: Vec::new(),
            theme: String::new(),
            meter: Meter::Bottom,
            timezone: String::new(),
            plain: false,
            vi: false,
            mouse: false,
            notify: Notify::Auto,
            progress: Progress::Auto,
            low_bandwidth: false,
            images: Images::Auto,
            titles_by_model: false,
            network: Network::default(),
            timeouts: Timeouts::default(),
            preferences: Preferences::default(),
            params: Params::default(),
            budgets: Budgets::default(),
            aliases: BTreeMap::new(),
            presets: BTreeMap::new(),
            templates: BTreeMap::new(),
            personas: BTreeMap::new(),
            keymap: BTreeMap::new(),
            providers: BTreeMap::new(),
            endpoints: Vec::new(),
            serve: Serve::default(),
        }
    }
}

/// What may be fetched without being asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// Fetch current models and prices in the background.
    pub refresh: bool,
    /// Look for model servers on this machine (Ollama, LM Studio, llama.cpp, vLLM).
    pub discover: bool,
    /// A PEM file of certificates to trust beside the system's.
    pub ca_file: Option<String>,
}

impl Default for Network {
    fn default() -> Self {
        Self { refresh: true, discover: true, ca_file: None }
    }
}

/// Seconds; 0 means no limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timeouts {
    pub connect: u64,
    pub first_token: u64,
    /// The same for servers on this machine, which may have to load the model first.
    pub first_token_local: u64,
    /// Between two pieces of one reply.
    pub idle: u64,
    pub total: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: 5, first_token: 30, first_token_local: 120, idle: 60, total: 600 }
    }
}

/// Spending limits. Demo money never counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budgets {
    pub session: Option<Usd>,
    pub day: Option<Usd>,
    pub week: Option<Usd>,
    pub month: Option<Usd>,
    pub total: Option<Usd>,
    /// What a request reserves before it is sent.
    pub reserve: Reserve,
    /// Let requests through whose price nobody knows, although a limit applies to them.
    pub unpriced: bool,
    /// Say so at this percentage.
    pub warn: u8,
    pub providers: BTreeMap<String, Limits>,
    pub models: BTreeMap<String, Limits>,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            session: None,
            day: None,
            week: None,
            month: None,
            total: None,
            reserve: Reserve::Estimate,
            unpriced: false,
            warn: 80,
            providers: BTreeMap::new(),
            models: BTreeMap::new(),
        }
    }
}

/// Dollars per stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    pub day: Option<Usd>,
    pub week: Option<Usd>,
    pub month: Option<Usd>,
    pub total: Option<Usd>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reserve {
    /// What it will probably cost.
    #[default]
    Estimate,
    /// What it costs if the reply is as long as allowed.
    Worst,
}

/// A named request to start from: `@preset/name`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Preset {
    pub model: String,
    pub fallbacks: Vec<String>,
    pub system: String,
    #[serde(deserialize_with = "strict_params")]
    pub params: Params,
    pub preferences: Preferences,
}

/// A provider of one's own, or keys and changes for a known one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Provider {
    /// For people.
    pub name: Option<String>,
    /// Up to where the format appends its path; required for a provider that is not built in.
    pub base_url: Option<String>,
    /// A wire format: `openai-chat`, `openai-responses`, `anthropic-messages`, `gemini`, `ollama`.
    pub format: Option<String>,
    /// Tried in order: `env:NAME`, `cmd:COMMAND`, `file:PATH`, or the key itself.
    pub keys: Vec<KeySource>,
    pub headers: BTreeMap<String, String>,
    /// `None`: what is usual for the provider.
    pub quirks: Option<Vec<String>>,
    /// Runs on this machine or network: no key, no bill.
    pub local: Option<bool>,
    /// Ask it for its list of models.
    pub list: Option<bool>,
    /// Never use it.
    pub off: bool,
    pub policy: Option<PolicyFile>,
    /// Its own names of models it serves, beside what it lists.
    pub models: Vec<String>,
}

/// What the provider does with prompts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    pub trains: bool,
    pub retains: bool,
}

/// One model at one provider: a new one, or changes to a known one (what is not given stays).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Endpoint {
    pub model: String,
    pub provider: String,
    /// What the provider itself calls the model; by default the part after the author.
    pub upstream_model: Option<String>,
    pub base_url: Option<String>,
    pub context: Option<u32>,
    pub max_output: Option<u32>,
    pub prices: Option<PricesFile>,
    pub parameters: Option<Vec<String>>,
    pub inputs: Option<Vec<String>>,
    /// Beside its provider's.
    pub quirks: Vec<String>,
    pub quantization: Option<Quantization>,
    /// Whether its text may be used to train other models.
    pub distillable: Option<bool>,
}

/// Dollars per million tokens; `request`, `image` and `search` per piece.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PricesFile {
    pub prompt: Usd,
    pub completion: Usd,
    pub cached_read: Option<Usd>,
    pub cache_write_5m: Option<Usd>,
    pub cache_write_1h: Option<Usd>,
    pub reasoning: Option<Usd>,
    pub request: Option<Usd>,
    pub image: Option<Usd>,
    pub search: Option<Usd>,
}

/// `fareway serve`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Serve {
    pub listen: String,
    /// Megabytes a request body may have.
    pub max_body: u32,
    /// Empty: whoever reaches the address may ask.
    pub keys: Vec<ServeKey>,
}

impl Default for Serve {
    fn default() -> Self {
        Self { listen: "127.0.0.1:4040".into(), max_body: 32, keys: Vec::new() }
    }
}

/// A bearer key that a client of `serve` must show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServeKey {
    pub label: String,
    pub key: KeySource,
    pub day: Option<Usd>,
    pub week: Option<Usd>,
    pub month: Option<Usd>,
    pub total: Option<Usd>,
}

/// A key, or a list of keys.
fn one_or_more<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a key such as \"ctrl-o\", or a list of keys")]
    enum Keys {
        One(String),
        More(Vec<String>),
    }
    let keys = BTreeMap::<String, Keys>::deserialize(deserializer)?;
    let list = |keys| match keys {
        Keys::One(key) => vec![key],
        Keys::More(keys) => keys,
    };
    Ok(keys.into_iter().map(|(action, keys)| (action, list(keys))).collect())
}

/// `Params` takes whatever it knows and drops the rest, because stored sessions may be newer; here a typo must not pass.
fn strict_params<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Params, D::Error> {
    use serde::de::Error;
    let given = serde_json::Map::<String, serde_json::Value>::deserialize(deserializer)?;
    let known = serde_json::to_value(Params::default()).map_err(D::Error::custom)?;
    if let Some(known) = known.as_object()
        && let Some(unknown) = given.keys().find(|key| !known.contains_key(*key))
    {
        let allowed: Vec<String> = known.keys().map(|key| format!("`{key}`")).collect();
        return Err(D::Error::custom(format!(
            "unknown field `{unknown}`, expected one of {}",
            allowed.join(", ")
        )));
    }
    serde_json::from_value(given.into()).map_err(D::Error::custom)
}

impl Config {
    /// The zone that days begin by; `None`: the system's.
    pub fn zone(&self) -> Option<jiff::tz::TimeZone> {
        (!self.timezone.is_empty()).then(|| jiff::tz::TimeZone::get(&self.timezone).ok()).flatten()
    }

    /// The zone that days begin in, by its IANA name where it has one.
    pub fn zone_name(&self) -> String {
        let zone = self.zone().unwrap_or_else(jiff::tz::TimeZone::system);
        zone.iana_name().map_or_else(|| "the system's time zone".to_owned(), str::to_owned)
    }

    /// The civil day of a moment, in days since 1970-01-01: what "today" means.
    pub fn day(&self, at: At) -> i32 {
        let zone = self.zone().unwrap_or_else(jiff::tz::TimeZone::system);
        let date = jiff::Timestamp::from_microsecond(at.0).unwrap_or_default().to_zoned(zone).date();
        date.since(jiff::civil::date(1970, 1, 1)).map_or(0, |span| span.get_days())
    }

    /// Paths in the config may start with `~`.
    pub fn expand(path: &str, home: Option<&std::path::Path>) -> PathBuf {
        match (path.strip_prefix("~/"), home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        }
    }
}
