//! Theme files: TOML with a name, a kind and a style for every meaning; errors name file, line and what is allowed.

use super::{Meaning, Theme, depth};
use ratatui::style::{Color, Modifier, Style};
use std::collections::HashMap;

/// What is wrong in a theme file, and where: `night.toml:7: ...`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct ThemeError {
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    pub problem: String,
}

impl Theme {
    /// Reads one theme file. `file` is its name for messages; unknown and missing keys are errors.
    pub fn parse(file: &str, text: &str) -> Result<Theme, ThemeError> {
        let fail = |line: usize, problem: String| ThemeError { file: file.into(), line, problem };
        let line_of = |key: &str| line_of(text, key);
        let table: toml::Table = text.parse().map_err(|e: toml::de::Error| {
            let at = e.span().map_or(1, |s| 1 + text[..s.start.min(text.len())].matches('\n').count());
            fail(at, e.message().to_owned())
        })?;
        let mut name = None;
        let mut dark = None;
        let mut styles: HashMap<String, &str> = HashMap::new();
        for (key, value) in &table {
            match (key.as_str(), value) {
                ("name", toml::Value::String(s)) => name = Some(s.clone()),
                ("kind", toml::Value::String(s)) if s == "dark" || s == "light" => dark = Some(s == "dark"),
                ("kind", _) => return Err(fail(line_of("kind"), "kind is \"dark\" or \"light\"".into())),
                ("colors" | "syntax", toml::Value::Table(inner)) => {
                    for (k, v) in inner {
                        let full = if key == "syntax" { format!("syntax.{k}") } else { k.clone() };
                        if !Meaning::ALL.iter().any(|m| m.key() == full) {
                            return Err(fail(line_of(k), format!("unknown key `{k}`; {}", allowed(key))));
                        }
                        let toml::Value::String(s) = v else {
                            return Err(fail(line_of(k), format!("`{k}` is a string such as {EXAMPLE}")));
                        };
                        styles.insert(full, s);
                    }
                }
                _ => {
                    let problem = format!(
                        "unknown key or wrong type `{key}`; allowed: name = \"...\", kind = \"dark\" or \"light\", [colors], [syntax]"
                    );
                    return Err(fail(line_of(key), problem));
                }
            }
        }
        let name = name.ok_or_else(|| fail(1, "`name` is missing".into()))?;
        let dark = dark
            .ok_or_else(|| fail(1, "`kind` is missing: \"dark\" or \"light\" (by its background)".into()))?;
        let mut resolved = Vec::with_capacity(Meaning::ALL.len());
        for meaning in Meaning::ALL {
            let key = meaning.key();
            let short = key.strip_prefix("syntax.").unwrap_or(key);
            let text = styles.get(key).ok_or_else(|| {
                fail(1, format!("`{key}` is missing: every meaning needs a style such as {EXAMPLE}"))
            })?;
            resolved.push(style(text).map_err(|why| fail(line_of(short), format!("`{short}`: {why}")))?);
        }
        Ok(Theme { name, dark, styles: resolved })
    }
}

const EXAMPLE: &str = "\"#c0caf5 on #1a1b26 bold\"";

fn allowed(table: &str) -> String {
    let keys: Vec<&str> = Meaning::ALL
        .iter()
        .map(|m| m.key())
        .filter(|k| k.starts_with("syntax.") == (table == "syntax"))
        .map(|k| k.strip_prefix("syntax.").unwrap_or(k))
        .collect();
    format!("[{table}] has {}", keys.join(", "))
}

/// The line on which `key = ` or `[key]` stands, counted from 1; 1 when it is nowhere.
fn line_of(text: &str, key: &str) -> usize {
    let at = text.lines().position(|line| {
        let line = line.trim_start().trim_start_matches('[').trim_start_matches('"');
        line.strip_prefix(key).is_some_and(|rest| {
            matches!(rest.trim_start_matches('"').trim_start().chars().next(), Some('=' | ']'))
        })
    });
    at.map_or(1, |n| n + 1)
}

/// `[colour] [on colour] [bold|dim|italic|underline|reverse]...`
fn style(text: &str) -> Result<Style, String> {
    let mut style = Style::new();
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        style = match word {
            "on" => style.bg(color(words.next().ok_or("a colour must follow `on`")?)?),
            "bold" => style.add_modifier(Modifier::BOLD),
            "dim" => style.add_modifier(Modifier::DIM),
            "italic" => style.add_modifier(Modifier::ITALIC),
            "underline" => style.add_modifier(Modifier::UNDERLINED),
            "reverse" => style.add_modifier(Modifier::REVERSED),
            other => style.fg(color(other)?),
        };
    }
    Ok(style)
}

fn color(word: &str) -> Result<Color, String> {
    let hex = word.strip_prefix('#').filter(|h| h.len() == 6).and_then(|h| u32::from_str_radix(h, 16).ok());
    if let Some(n) = hex {
        let [_, r, g, b] = n.to_be_bytes();
        return Ok(Color::Rgb(r, g, b));
    }
    if let Ok(n) = word.parse::<u8>() {
        return Ok(Color::Indexed(n));
    }
    depth::named(word).ok_or_else(|| {
        format!(
            "`{word}` is no colour: write #rrggbb, 0-255, default, or one of black red green yellow blue magenta cyan \
             white with or without `bright-`; after it `on <colour>`, bold, dim, italic, underline, reverse"
        )
    })
}
