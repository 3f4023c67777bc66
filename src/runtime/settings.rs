//! The person's choices and the config in one: what was changed last wins, field by field.

use crate::app::{MeterPlace, OwnName, Settings};
use crate::config::{Config, Meter, Notify, Preset};
use crate::store::Patch;
use crate::words::ModelRef;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Where the store keeps the choices: `{"chosen": ..., "config": ...}`.
pub const KEY: &str = "settings";
/// The choices, and what the config said of the same when they were made.
const CHOSEN: &str = "chosen";
const CONFIG: &str = "config";

/// What the config says.
pub fn of_config(config: &Config) -> Settings {
    Settings {
        theme: config.theme.clone(),
        model: ModelRef::new(&config.model),
        names: names(config),
        favourites: config.favourites.iter().map(ModelRef::new).collect(),
        meter: match config.meter {
            Meter::Bottom => MeterPlace::Bottom,
            Meter::Right => MeterPlace::Right,
            Meter::Hidden => MeterPlace::Hidden,
        },
        profile: config.preferences.profile,
        preferences: config.preferences.clone(),
        params: config.params.clone(),
        templates: config.templates.clone(),
        personas: config.personas.clone(),
        keys: config.keymap.clone(),
        notify: config.notify != Notify::Off,
        vi: config.vi,
        low_bandwidth: config.low_bandwidth,
        accessible: config.plain,
        titles_by_model: config.titles_by_model,
        ..Settings::default()
    }
}

fn names(config: &Config) -> BTreeMap<String, OwnName> {
    let alias = |model: &String| OwnName { model: ModelRef::new(model), lays: Vec::new() };
    let preset = |preset: &Preset| OwnName { model: ModelRef::new(&preset.model), lays: lays(preset) };
    let aliases = config.aliases.iter().map(|(name, model)| (name.clone(), alias(model)));
    let presets =
        config.presets.iter().map(|(name, given)| (format!("{}{name}", ModelRef::PRESET), preset(given)));
    aliases.chain(presets).collect()
}

/// What a preset lays under a request beside its model; the longest last.
fn lays(preset: &Preset) -> Vec<String> {
    let mut lays = Vec::new();
    if !preset.fallbacks.is_empty() {
        lays.push(format!("else {}", preset.fallbacks.join(", ")));
    }
    lays.extend(given(&preset.params));
    lays.extend(given(&preset.preferences));
    if !preset.system.is_empty() {
        lays.push(format!("system prompt: {}", preset.system));
    }
    lays
}

/// The fields that say something, as `temperature 0.2`.
fn given<T: Serialize + Default>(fields: &T) -> Vec<String> {
    let silent = object(&T::default());
    let said =
        object(fields).into_iter().filter(|(name, value)| silent.get(name).unwrap_or(&Value::Null) != value);
    said.map(|(name, value)| match value {
        Value::String(text) => format!("{name} {text}"),
        value => format!("{name} {value}"),
    })
    .collect()
}

/// The choices that were kept, over the config. A field of the config that was edited since wins over an older choice.
pub fn merge(config: &Settings, kept: Option<&Value>) -> Settings {
    let now = object(config);
    let chosen = kept.and_then(|kept| kept.get(CHOSEN)).and_then(Value::as_object);
    let before = kept.and_then(|kept| kept.get(CONFIG)).and_then(Value::as_object);
    let Some(chosen) = chosen else { return config.clone() };
    let mut merged = now.clone();
    for (field, value) in chosen {
        let edited = before.and_then(|before| before.get(field)) != now.get(field);
        // what does not read takes nothing else with it
        if !edited && reads(field, value) {
            merged.insert(field.clone(), value.clone());
        }
    }
    serde_json::from_value(Value::Object(merged)).unwrap_or_else(|_| config.clone())
}

/// What the store holds of a terminal's choices, as far as that terminal knows: only what it changes since is written,
/// so that what another terminal on the same data chose meanwhile stays.
pub struct Kept {
    config: Map<String, Value>,
    fields: Map<String, Value>,
}

impl Kept {
    pub fn new(config: &Settings, held: &Settings) -> Self {
        Self { config: object(config), fields: object(held) }
    }

    /// What is to be written so that these choices are kept; each field with what the config says of it now.
    pub fn changes(&mut self, chosen: &Settings) -> Patch {
        let mut fields = object(chosen);
        fields.retain(|name, value| self.fields.get(name) != Some(value));
        if fields.is_empty() {
            return Patch::new();
        }
        self.fields.extend(fields.clone());
        let says = fields.keys().filter_map(|name| Some((name.clone(), self.config.get(name)?.clone())));
        let says = says.collect();
        Patch::from([(CHOSEN.to_owned(), fields), (CONFIG.to_owned(), says)])
    }

    /// These could not be written: they are still to be.
    pub fn failed(&mut self, patch: &Patch) {
        for name in patch.values().flat_map(Map::keys) {
            self.fields.remove(name);
        }
    }
}

/// What was chosen in the terminal and holds there instead of the config's: the config's names, and the values.
pub fn chosen(config: &Config, kept: Option<&Value>) -> Vec<(String, Value)> {
    let says = of_config(config);
    let (says, holds) = (object(&says), object(&merge(&says, kept)));
    let mut found = Vec::new();
    for (field, value) in holds {
        let name = match field.as_str() {
            "keys" => "keymap",
            "accessible" => "plain",
            "profile" => "preferences.profile",
            // these are nowhere in the config
            "recent" | "history" | "hidden" | "ratings" => continue,
            field => field,
        };
        match (&value, &says[&field]) {
            (Value::Object(new), Value::Object(old)) => {
                let changed = new.iter().filter(|(key, value)| old.get(*key) != Some(value));
                found.extend(changed.map(|(key, value)| (format!("{name}.{key}"), value.clone())));
            }
            (new, old) if new != old => found.push((name.to_owned(), value)),
            _ => {}
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found.dedup();
    found
}

fn reads(field: &str, value: &Value) -> bool {
    let alone = Map::from_iter([(field.to_owned(), value.clone())]);
    serde_json::from_value::<Settings>(alone.into()).is_ok()
}

fn object(settings: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}
