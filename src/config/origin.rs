//! Where each setting comes from: a line of the file, a variable, a flag or the defaults; and the settings as a TOML file that says so.

use super::read::{Environment, from_environment};
use super::{Config, ConfigError, Dirs};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// The layer that a setting was taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Default,
    /// A line of the config file, from 1.
    Line(usize),
    /// A variable of the environment.
    Variable(&'static str),
    /// A flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Line(n) => write!(f, "line {n}"),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// Where the settings come from, by their dotted names such as `timeouts.connect` and `endpoints.0.context`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    given: BTreeMap<String, Origin>,
    /// The names in `given` that are tables: what stands in them was given one by one.
    tables: Vec<String>,
}

impl Origins {
    /// Of what [`super::load`] reads.
    pub fn find(dirs: &Dirs, env: Environment<'_>) -> Result<Self, ConfigError> {
        let mut origins = Self::default();
        // what cannot be read here was told by `load`
        let text = std::fs::read_to_string(&dirs.config).unwrap_or_default();
        let table =
            DeTable::parse(&text).map_err(|error| super::read::explain(&text, &dirs.config, &error))?;
        walk(table.get_ref(), "", &mut |name, key, value| {
            let line = text[..key.start].matches('\n').count() + 1;
            origins.given.insert(name.to_owned(), Origin::Line(line));
            if value.is_none() {
                origins.tables.push(name.to_owned());
            }
        });
        for (name, variable) in from_environment(&mut Config::default(), env) {
            origins.set(name, Origin::Variable(variable));
        }
        Ok(origins)
    }

    /// A later layer has this one.
    pub fn set(&mut self, name: &str, origin: Origin) {
        self.given.insert(name.to_owned(), origin);
    }

    pub fn of(&self, name: &str) -> Origin {
        // `sort = "price"` may be shown as a table and the other way round: whole values speak for what is in them
        let whole = |name: &&str| !self.tables.iter().any(|table| table == name);
        let above = name.match_indices('.').map(|(at, _)| &name[..at]).filter(whole);
        let found = std::iter::once(name).chain(above).find_map(|name| self.given.get(name));
        found.cloned().unwrap_or(Origin::Default)
    }
}

/// The settings as a TOML file, keys hidden, each with where it comes from behind it.
pub fn show(config: &Config, origins: &Origins) -> String {
    let text = match toml::to_string(&pruned(config)) {
        Ok(text) => text,
        Err(error) => return format!("# cannot be shown: {error}\n"),
    };
    let Ok(table) = DeTable::parse(&text) else { return text };
    // each line that a value ends on
    let mut notes = BTreeMap::new();
    walk(table.get_ref(), "", &mut |name, _, value| {
        if let Some(value) = value {
            notes.insert(text[..value.end].matches('\n').count(), origins.of(name));
        }
    });
    let widths = text.lines().enumerate().filter(|(n, _)| notes.contains_key(n)).map(|(_, line)| width(line));
    let column = widths.filter(|wide| *wide <= WIDEST).max().unwrap_or(0) + 2;
    let mut shown = String::new();
    for (n, line) in text.lines().enumerate() {
        shown.push_str(line);
        if let Some(origin) = notes.get(&n) {
            let gap = column.saturating_sub(width(line)).max(2);
            shown.push_str(&format!("{:gap$}# {origin}", ""));
        }
        shown.push('\n');
    }
    shown
}

/// The settings and where each comes from, for programs.
pub fn show_json(config: &Config, origins: &Origins) -> Value {
    let settings = pruned(config);
    let mut from = serde_json::Map::new();
    leaves(&settings, "", &mut |name| {
        from.insert(name.to_owned(), origins.of(name).to_string().into());
    });
    serde_json::json!({"settings": settings, "from": from})
}

/// Lines that are longer stand out, instead of all others being pushed to the right.
const WIDEST: usize = 48;

fn width(line: &str) -> usize {
    line.chars().count()
}

/// TOML has no null: what is not given is left out.
fn pruned(config: &Config) -> Value {
    fn prune(value: Value) -> Option<Value> {
        match value {
            Value::Null => None,
            Value::Array(items) => Some(items.into_iter().filter_map(prune).collect()),
            Value::Object(map) => {
                Some(Value::Object(map.into_iter().filter_map(|(k, v)| Some((k, prune(v)?))).collect()))
            }
            other => Some(other),
        }
    }
    serde_json::to_value(config).ok().and_then(prune).unwrap_or_default()
}

/// Every key with its dotted name and where it stands; with where its value stands if that is no table.
fn walk(table: &DeTable<'_>, above: &str, found: &mut impl FnMut(&str, Range<usize>, Option<Range<usize>>)) {
    for (key, value) in table {
        let name = below(above, key.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) => {
                found(&name, key.span(), None);
                walk(inner, &name, found);
            }
            DeValue::Array(rows)
                if !rows.is_empty() && rows.iter().all(|r| matches!(r.get_ref(), DeValue::Table(_))) =>
            {
                found(&name, key.span(), None);
                for (n, row) in rows.iter().enumerate() {
                    let DeValue::Table(row) = row.get_ref() else { continue };
                    walk(row, &below(&name, &n.to_string()), found);
                }
            }
            _ => found(&name, key.span(), Some(value.span())),
        }
    }
}

/// The dotted names of all values, as [`walk`] makes them.
fn leaves(value: &Value, above: &str, found: &mut impl FnMut(&str)) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| leaves(value, &below(above, key), found)),
        Value::Array(rows) if !rows.is_empty() && rows.iter().all(Value::is_object) => {
            rows.iter().enumerate().for_each(|(n, row)| leaves(row, &below(above, &n.to_string()), found));
        }
        _ => found(above),
    }
}

fn below(above: &str, key: &str) -> String {
    if above.is_empty() { key.to_owned() } else { format!("{above}.{key}") }
}
