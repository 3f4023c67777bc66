//! `config.example.toml` is true: it parses, holds the defaults, and knows every key.

use fareway::config::{self, Config};
use serde::de::DeserializeOwned;
use std::path::Path;

const EXAMPLE: &str = include_str!("../../../config.example.toml");

fn parse(text: &str) -> Config {
    config::parse(text, Path::new("config.example.toml")).expect("the example parses")
}

/// The example with its examples switched on: `#word` becomes `word`.
fn switched_on() -> String {
    let on = |line: &str| match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') => rest.to_owned(),
        _ => line.to_owned(),
    };
    EXAMPLE.lines().map(on).collect::<Vec<_>>().join("\n")
}

/// The keys that a table takes, as its own error message lists them.
fn keys_of<T: DeserializeOwned>() -> Vec<String> {
    let error = match serde_json::from_str::<T>(r#"{"no such key": 0}"#) {
        Ok(_) => panic!("an unknown key was taken"),
        Err(error) => error.to_string(),
    };
    error.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

#[test]
fn it_holds_the_defaults() {
    assert_eq!(parse(EXAMPLE), Config::default());
}

#[test]
fn it_parses_with_every_example_switched_on() {
    let config = parse(&switched_on());
    assert_eq!(config.providers["work"].format.as_deref(), Some("openai-chat"));
    assert_eq!(config.endpoints[0].prices.as_ref().map(|p| p.prompt.to_string()).as_deref(), Some("0.6"));
    assert_eq!(config.serve.keys[0].label, "ci");
}

#[test]
fn it_knows_every_key() {
    let text = switched_on();
    let keys = [
        keys_of::<Config>(),
        keys_of::<config::Network>(),
        keys_of::<config::Timeouts>(),
        keys_of::<fareway::words::Preferences>(),
        keys_of::<config::Budgets>(),
        keys_of::<config::Limits>(),
        keys_of::<config::Preset>(),
        keys_of::<config::Provider>(),
        keys_of::<config::PolicyFile>(),
        keys_of::<config::Endpoint>(),
        keys_of::<config::PricesFile>(),
        keys_of::<config::Serve>(),
        keys_of::<config::ServeKey>(),
    ]
    .concat();
    assert!(keys.len() > 80, "{keys:?}");
    let has = |key: &str| {
        text.lines().any(|line| {
            line.starts_with(&format!("{key} ="))
                || line.contains(&format!("{{ {key} ="))
                || line.contains(&format!(", {key} ="))
                || line.starts_with('[') && line.split(['[', ']', '.']).any(|part| part == key)
        })
    };
    let missing: Vec<_> = keys.iter().filter(|key| !has(key)).collect();
    assert!(missing.is_empty(), "config.example.toml does not show {missing:?}");
}
