//! Reads the layers into one `Config`, and says exactly where a mistake is and what would be right.

use super::file::Config;
use super::{Dirs, KeySource};
use std::path::{Path, PathBuf};

/// A mistake in the settings: the message names file, line, key and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConfigError {
    pub message: String,
    pub file: PathBuf,
    /// From 1; 0 when the whole file is meant.
    pub line: usize,
}

/// Reads a variable of the environment; a function so that tests need not change their own.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Defaults, then the file, then the environment. The second value holds warnings for the person.
pub fn load(dirs: &Dirs, env: Environment<'_>) -> Result<(Config, Vec<String>), ConfigError> {
    let mut warnings = Vec::new();
    let mut config = match std::fs::read_to_string(&dirs.config) {
        Ok(text) => parse(&text, &dirs.config)?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && !dirs.config_named => Config::default(),
        Err(e) => {
            return Err(ConfigError {
                message: format!("cannot read the config {}: {e}", dirs.config.display()),
                file: dirs.config.clone(),
                line: 0,
            });
        }
    };
    if has_literal_key(&config) && readable_by_others(&dirs.config) {
        warnings.push(format!(
            "{0} holds a key and others can read it: chmod 600 {0}, or use \"env:NAME\"",
            dirs.config.display()
        ));
    }
    from_environment(&mut config, env);
    Ok((config, warnings))
}

/// The text of a config file; `file` is only for messages.
pub fn parse(text: &str, file: &Path) -> Result<Config, ConfigError> {
    let config: Config = toml::from_str(text).map_err(|error| explain(text, file, &error))?;
    if !config.timezone.is_empty() && config.zone().is_none() {
        let line = text.lines().position(|line| names(line, "timezone")).map_or(0, |n| n + 1);
        let what =
            format!("`timezone` cannot be `{}`; write an IANA name such as Europe/Berlin", config.timezone);
        let message = format!("{}:{line}: {what}", file.display());
        return Err(ConfigError { message, file: file.to_owned(), line });
    }
    let wrong = super::check::check(&config, text);
    if let Some((line, _)) = wrong.first() {
        let said: Vec<String> =
            wrong.iter().map(|(line, what)| format!("{}:{line}: {what}", file.display())).collect();
        return Err(ConfigError { message: said.join("\n"), file: file.to_owned(), line: *line });
    }
    Ok(config)
}

/// A variable that is a setting: which one, the values that count, what they do.
type Variable = (&'static str, &'static str, fn(&str) -> bool, fn(&mut Config, String));

const VARIABLES: [Variable; 5] = [
    ("model", "FAREWAY_MODEL", |_| true, |config, model| config.model = model),
    ("theme", "FAREWAY_THEME", |_| true, |config, theme| config.theme = theme),
    ("plain", "TERM", |term| term == "dumb", |config, _| config.plain = true),
    ("plain", "ACCESSIBLE", |on| on != "0", |config, _| config.plain = true),
    ("network.refresh", "FAREWAY_OFFLINE", |on| on != "0", |config, _| config.network.refresh = false),
];

/// Takes over what the environment says; which setting was set by which variable.
pub(super) fn from_environment(
    config: &mut Config,
    env: Environment<'_>,
) -> Vec<(&'static str, &'static str)> {
    let mut set = Vec::new();
    for (setting, variable, counts, take) in VARIABLES {
        if let Some(value) = env(variable).filter(|value| !value.is_empty() && counts(value)) {
            take(config, value);
            set.push((setting, variable));
        }
    }
    set
}

fn has_literal_key(config: &Config) -> bool {
    let mut keys = config.providers.values().flat_map(|provider| &provider.keys);
    keys.any(|key| matches!(key, KeySource::Literal(_)))
        || config.serve.keys.iter().any(|key| matches!(key.key, KeySource::Literal(_)))
}

fn readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
}

/// `config.toml:12: unknown key `modle`; did you mean `model`? allowed here: ...`
pub(super) fn explain(text: &str, file: &Path, error: &toml::de::Error) -> ConfigError {
    let said = error.message();
    let quoted: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
    let start = error.span().map_or(0, |span| span.start);
    let mut line = text[..start.min(text.len())].matches('\n').count() + 1;
    let what = if let (true, Some((key, allowed))) = (said.starts_with("unknown field"), quoted.split_first())
    {
        // a nested table's error may point at its head: the key itself is further down
        if let Some(found) = text.lines().skip(line - 1).position(|l| names(l, key)) {
            line += found;
        }
        match allowed {
            [] => format!("unknown key `{key}`: nothing is allowed here"),
            allowed => {
                format!("unknown key `{key}`{}; allowed here: {}", guess(key, allowed), allowed.join(", "))
            }
        }
    } else if let (true, Some((value, allowed))) = (said.starts_with("unknown variant"), quoted.split_first())
    {
        let key = key_of(text, line);
        format!("`{key}` cannot be `{value}`{}; allowed: {}", guess(value, allowed), allowed.join(", "))
    } else if said.starts_with("invalid") {
        let key = key_of(text, line);
        // what was written in place of a key list may be the key itself
        let said = if key.contains("key") {
            "this is not what is expected here: keys = [\"env:NAME\"]"
        } else {
            said
        };
        format!("`{key}`: {}", plainly(said))
    } else if said.ends_with("is not a decimal number") {
        format!("`{}`: {said}; write dollars, such as 2.50", key_of(text, line))
    } else {
        said.replace('\n', "; ")
    };
    let what = match section(text, line) {
        Some(section) => format!("{what} (in [{section}])"),
        None => what,
    };
    ConfigError { message: format!("{}:{line}: {what}", file.display()), file: file.to_owned(), line }
}

/// The parser's names of types, as a person calls them.
fn plainly(said: &str) -> String {
    let names = [
        ("expected u64", "expected a whole number, 0 or more"),
        ("expected u32", "expected a whole number, 0 or more"),
        ("expected u8", "expected a whole number from 0 to 255"),
        ("expected f64", "expected a number"),
        ("expected a boolean", "expected true or false"),
        ("expected a sequence", "expected a list, such as [\"a\", \"b\"]"),
        ("expected a string", "expected a text in quotes"),
    ];
    names.iter().fold(said.to_owned(), |said, (name, plain)| said.replace(name, plain))
}

/// The line sets `key`, or opens a table whose name ends in it.
fn names(line: &str, key: &str) -> bool {
    let line = line.trim().trim_start_matches('[');
    let word = line.split(['=', ']']).next().unwrap_or("").trim();
    word == key
        || word.rsplit('.').next().is_some_and(|last| last.trim_matches('"') == key)
        || word.split('.').next().is_some_and(|first| first == key)
        || line.contains(&format!("{key} =")) && line.contains('{')
}

fn key_of(text: &str, line: usize) -> &str {
    let line = text.lines().nth(line - 1).unwrap_or("");
    line.split('=').next().unwrap_or(line).trim()
}

/// The table that a line stands in.
fn section(text: &str, line: usize) -> Option<&str> {
    let before: Vec<&str> = text.lines().take(line.saturating_sub(1)).collect();
    let head = before.iter().rev().map(|l| l.trim()).find(|l| l.starts_with('['))?;
    Some(head.split('#').next().unwrap_or(head).trim().trim_matches(['[', ']']))
}

fn guess(word: &str, allowed: &[&str]) -> String {
    let meant = crate::words::meant(word, allowed.iter().copied());
    meant.map_or_else(String::new, |known| format!(", did you mean `{known}`?"))
}
