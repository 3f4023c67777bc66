//! `fareway keys`: which provider has a key and from where; never the key.

use super::shell::Shell;
use super::{Exit, Fail, out};
use crate::catalog::Provider;
use serde_json::json;

/// Show which providers have a key, and where from
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A key comes from its usual variable (export OPENROUTER_API_KEY=...) or from the config:
  [providers.openrouter]
  keys = [\"env:OTHER_NAME\", \"cmd:pass show openrouter\", \"file:~/.keys/openrouter\"]
The keys themselves are never shown.")]
pub struct Args {
    /// Also providers without a key
    #[arg(short, long)]
    all: bool,
    /// Get every key (runs the commands, reads the files) and say whether that works
    #[arg(long)]
    check: bool,
    #[arg(long)]
    json: bool,
}

struct Row {
    slug: String,
    from: Vec<String>,
    state: String,
    ready: bool,
    variables: Vec<String>,
    page: Option<String>,
}

pub fn run(args: Args, shell: Shell) -> Result<Exit, Fail> {
    let catalog = shell.catalog()?;
    let mut rows: Vec<Row> = catalog.providers().map(|provider| row(&shell, provider, args.check)).collect();
    rows.sort_by_key(|row| !row.ready);
    if args.json {
        let rows: Vec<_> = rows
            .iter()
            .filter(|row| args.all || row.ready)
            .map(|row| {
                json!({
                    "provider": row.slug, "ready": row.ready, "from": row.from, "state": row.state,
                    "variables": row.variables, "keys_page": row.page,
                })
            })
            .collect();
        out::json(&rows)?;
        return Ok(Exit::Ok);
    }
    let shown: Vec<Vec<String>> = rows
        .iter()
        .filter(|row| args.all || row.ready || row.state.starts_with("failed"))
        .map(|row| {
            let from = if row.from.is_empty() { row.variables.join(" or ") } else { row.from.join(", ") };
            vec![row.slug.clone(), row.state.clone(), from, row.page.clone().unwrap_or_default()]
        })
        .collect();
    out::table(&["PROVIDER", "KEY", "FROM", "KEYS ARE HANDED OUT AT"], &shown)?;
    if !rows.iter().any(|row| row.ready && row.state != "not needed") {
        out::note(
            "no key yet: export OPENROUTER_API_KEY=... (or another variable of `fareway keys --all`), or add one \
             to the config; the demo models answer without",
        );
    }
    Ok(Exit::Ok)
}

fn row(shell: &Shell, provider: &Provider, check: bool) -> Row {
    let env = |name: &str| std::env::var(name).ok();
    let sources = shell.config.key_sources(provider, &env);
    let mut ready = sources.iter().any(|source| source.looks_set(&env));
    let state = if shell.config.is_off(&provider.slug) {
        ready = false;
        "switched off".into()
    } else if !provider.needs_key() && sources.is_empty() {
        ready = true;
        "not needed".into()
    } else if !ready {
        "none".into()
    } else if check {
        let failed = sources.iter().find_map(|source| source.resolve_all(&env, &shell.dirs.home).err());
        ready = failed.is_none();
        failed.map_or_else(|| "works".into(), |error| format!("failed: {error}"))
    } else {
        "set".into()
    };
    Row {
        slug: provider.slug.to_string(),
        from: sources.iter().map(crate::config::KeySource::describe).collect(),
        state,
        ready,
        variables: provider.key_vars.clone(),
        page: provider.keys_page.clone(),
    }
}
