//! `fareway config`: where the settings come from and what they are.

use super::{Exit, Fail, Globals, out};
use crate::config::{Dirs, load};

/// Show where settings are read from, and what they come to
#[derive(Debug, clap::Args)]
#[command(after_help = "Every key with its default: config.example.toml in the repository.")]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// The files and directories of this run
    Path {
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// The settings after all layers (defaults, file, environment); keys stay hidden
    Show {
        /// JSON instead of TOML
        #[arg(long)]
        json: bool,
    },
}

pub fn run(args: &Args, globals: &Globals) -> Result<Exit, Fail> {
    let dirs = Dirs::find(globals.config.as_deref(), globals.data_dir.as_deref())?;
    match args.what {
        What::Path { json: true } => out::json(&serde_json::json!({
            "config": dirs.config, "data": dirs.data, "cache": dirs.cache, "themes": dirs.themes(),
        }))?,
        What::Path { json: false } => out::table(
            &[],
            &[
                vec!["config".into(), found(&dirs.config)],
                vec!["data".into(), found(&dirs.data)],
                vec!["cache".into(), found(&dirs.cache)],
                vec!["themes".into(), found(&dirs.themes())],
            ],
        )?,
        What::Show { json } => {
            let (config, warnings) = load(&dirs, &|name| std::env::var(name).ok())?;
            for warning in warnings {
                out::note(&warning);
            }
            if json {
                out::json(&config)?;
            } else {
                out::text(&crate::config::show(&config))?;
            }
        }
    }
    Ok(Exit::Ok)
}

fn found(path: &std::path::Path) -> String {
    let missing = if path.exists() { "" } else { "  (not there)" };
    format!("{}{missing}", path.display())
}
