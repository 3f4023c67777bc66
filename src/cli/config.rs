//! `fareway config`: where the settings come from and what they are.

use super::{Cli, Exit, Fail, Globals, Start, out, shell};
use crate::config::{self, Dirs, Origin, Origins};
use crate::runtime::settings;
use clap::CommandFactory;
use clap::parser::ValueSource;
use serde_json::{Value, json};
use std::path::Path;

/// Show where settings are read from, what they come to, and where each comes from
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  fareway config path                 the files and directories of this run
  fareway config show                 every setting and where it comes from
  fareway config show | grep -v '# default'     only what was changed
  fareway --theme nord config show    as the terminal would have it with this flag

Layers, later wins: defaults, the file, variables, flags; in the terminal also what was chosen there since.
Every key with its default: config.example.toml in the repository.")]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// The files and directories of this run, and what named them
    Path {
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// The settings after all layers, each with where it comes from; keys stay hidden
    Show {
        /// JSON instead of TOML: `settings`, `from` and `chosen` (in the terminal)
        #[arg(long)]
        json: bool,
    },
}

pub fn run(args: &Args, globals: &Globals, start: &Start) -> Result<Exit, Fail> {
    let dirs = Dirs::find(globals.config.as_deref(), globals.data_dir.as_deref())?;
    match args.what {
        What::Path { json } => paths(&dirs, json)?,
        What::Show { json } => show(&dirs, start, json)?,
    }
    Ok(Exit::Ok)
}

fn paths(dirs: &Dirs, as_json: bool) -> Result<(), Fail> {
    let given = Cli::command().get_matches();
    let named = |arg: &str, flag, variable| match given.value_source(arg) {
        Some(ValueSource::CommandLine) => Origin::Flag(flag),
        Some(ValueSource::EnvVariable) => Origin::Variable(variable),
        _ => Origin::Default,
    };
    let config = named("config", "--config", "FAREWAY_CONFIG").to_string();
    let data = named("data_dir", "--data-dir", "FAREWAY_DATA_DIR").to_string();
    let themes = dirs.themes();
    let rows = [
        ("config", &dirs.config, &config),
        ("data", &dirs.data, &data),
        ("cache", &dirs.cache, &data),
        ("themes", &themes, &config),
    ];
    if as_json {
        let mut object: serde_json::Map<String, Value> =
            rows.iter().map(|(name, path, _)| ((*name).to_owned(), json!(path))).collect();
        object.insert("from".to_owned(), rows.iter().map(|(name, _, from)| (*name, from.as_str())).collect());
        return Ok(out::json(&object)?);
    }
    let row = |(name, path, from): &(&str, &std::path::PathBuf, &String)| {
        let missing = if path.exists() { "" } else { "not there" };
        vec![(*name).to_owned(), path.display().to_string(), (*from).clone(), missing.to_owned()]
    };
    Ok(out::table(&[], &rows.iter().map(row).collect::<Vec<_>>())?)
}

fn show(dirs: &Dirs, start: &Start, as_json: bool) -> Result<(), Fail> {
    if start.model.is_some() || start.new || start.session.is_some() {
        return Err(Fail::usage("of the flags before `config` only --theme and --plain are settings"));
    }
    let env = |name: &str| std::env::var(name).ok();
    let (mut settings, warnings) = config::load(dirs, &env)?;
    let mut origins = Origins::find(dirs, &env)?;
    for (name, flag) in start.over(&mut settings) {
        origins.set(name, Origin::Flag(flag));
    }
    for warning in warnings {
        out::note(&warning);
    }
    let chosen = chosen(&dirs.data, &settings);
    if as_json {
        let mut object = config::show_json(&settings, &origins);
        object["chosen"] = chosen.into_iter().collect();
        return Ok(out::json(&object)?);
    }
    let there = if dirs.config.exists() { "" } else { " (not there)" };
    let mut text = format!("# lines are those of {}{there}\n", dirs.config.display());
    text.push_str(&config::show(&settings, &origins));
    if !chosen.is_empty() {
        text.push_str("\n# chosen in the terminal since, and holding there:\n");
        text.extend(chosen.iter().map(|(name, value)| {
            let also = if name == "model" { "  (`ask` without --model, too)" } else { "" };
            format!("# {name} = {value}{also}\n")
        }));
    }
    Ok(out::text(&text)?)
}

/// What was chosen in the terminal; nothing is made where nothing is kept.
fn chosen(data: &Path, settings: &config::Config) -> Vec<(String, Value)> {
    if !data.exists() {
        return Vec::new();
    }
    let kept = shell::open_store(data).and_then(|store| Ok(store.setting(settings::KEY).wait()?));
    match kept {
        Ok(kept) => settings::chosen(settings, kept.as_ref()),
        Err(fail) => {
            out::note(&format!("what was chosen in the terminal is not shown: {}", fail.message));
            Vec::new()
        }
    }
}
