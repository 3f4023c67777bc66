//! What is wrong in the rows the person adds: providers, endpoints and the keys of `serve`.

use super::KeySource;
use super::file::{Config, Endpoint, Provider};
use crate::catalog::Catalog;
use crate::wire;

/// A mistake: the table, which of its kind (from 0), the key, and the sentence.
pub type Wrong = (String, usize, &'static str, String);

/// Every mistake in the rows of the config.
pub fn check(config: &Config) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    // the snapshot is only unpacked for a person who has such rows
    if !config.providers.is_empty() || !config.endpoints.is_empty() {
        let catalog = Catalog::bundled();
        for (slug, row) in &config.providers {
            let known = catalog.provider(slug).is_some_and(|p| p.is_complete());
            wrong.extend(provider(slug, row, known));
        }
        for (n, row) in config.endpoints.iter().enumerate() {
            let mistakes = endpoint(row, config, &catalog);
            wrong.extend(mistakes.map(|(key, what)| ("endpoints".to_owned(), n, key, what)));
        }
    }
    for (n, row) in config.serve.keys.iter().enumerate() {
        if matches!(&row.key, KeySource::Literal(secret) if secret.expose().trim().is_empty()) {
            let what = "`key` is missing or empty: nobody could use it; write key = \"env:NAME\"".to_owned();
            wrong.push(("serve.keys".to_owned(), n, "key", what));
        }
    }
    wrong
}

fn provider(slug: &str, row: &Provider, known: bool) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let mut say = |key, what| wrong.push((format!("providers.{slug}"), 0, key, what));
    match row.base_url.as_deref() {
        None | Some("") if !known => say(
            "base_url",
            format!(
                "`base_url` is missing, and `{slug}` is no built-in provider (`fareway keys` lists them); write \
                 base_url = \"https://host/v1\""
            ),
        ),
        Some(url) if !url.starts_with("http://") && !url.starts_with("https://") => {
            say("base_url", format!("`base_url` must begin with http:// or https://, not `{url}`"));
        }
        _ => {}
    }
    let formats: Vec<_> = wire::FORMATS.iter().map(|format| format.name()).collect();
    if let Some(format) = row.format.as_deref().filter(|format| !formats.contains(format)) {
        say("format", format!("`format` cannot be `{format}`; allowed: {}", formats.join(", ")));
    }
    wrong.extend(
        quirks(row.quirks.iter().flatten()).map(|what| (format!("providers.{slug}"), 0, "quirks", what)),
    );
    wrong
}

/// Names that no quirk has: what they were to mend would stay broken without a word.
fn quirks<'a>(names: impl Iterator<Item = &'a String> + 'a) -> impl Iterator<Item = String> + 'a {
    names.filter(|name| !wire::is_quirk(name)).map(|name| {
        let known: Vec<&str> = wire::QUIRKS.iter().map(|quirk| quirk.name).collect();
        format!("no quirk `{name}`; allowed: {}", known.join(", "))
    })
}

fn endpoint<'a>(
    row: &'a Endpoint,
    config: &Config,
    catalog: &Catalog,
) -> impl Iterator<Item = (&'static str, String)> + use<'a> {
    let model = (!row.model.contains('/')).then(|| {
        let what = "`model` must be written author/model, such as \"meta/llama-3.3-70b\"";
        ("model", what.to_owned())
    });
    let there = config.providers.contains_key(&row.provider) || catalog.provider(&row.provider).is_some();
    let provider = (!there).then(|| {
        let name = &row.provider;
        let what = if name.is_empty() {
            "`provider` is missing; name a [providers.NAME] of this file or a known one (`fareway keys` lists them)"
                .to_owned()
        } else {
            format!("no provider `{name}`; add [providers.{name}] or use a known one (`fareway keys` lists them)")
        };
        ("provider", what)
    });
    model.into_iter().chain(provider).chain(quirks(row.quirks.iter()).map(|what| ("quirks", what)))
}
