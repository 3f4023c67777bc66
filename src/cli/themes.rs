//! `fareway themes`: the bundled themes and the person's own.

use super::shell::Shell;
use super::{Exit, Fail, out};
use crate::runtime::read_themes;
use crate::tui::theme::{BUNDLED, DEFAULT, Theme};
use serde_json::json;

/// List themes: the bundled ones and your own
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Try one:  fareway --theme NAME      Keep it:  theme = \"NAME\" in the config
Your own: a TOML file in the themes folder beside the config (`fareway config path`); start from one of themes/*.toml.")]
pub struct Args {
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, shell: &Shell) -> Result<Exit, Fail> {
    let folder = shell.dirs.themes();
    let (themes, wrong) = read_themes(&folder);
    for sentence in &wrong {
        out::note(sentence);
    }
    let chosen = if shell.config.theme.is_empty() { DEFAULT } else { &shell.config.theme };
    let ours: Vec<Theme> = BUNDLED.iter().filter_map(|(file, text)| Theme::parse(file, text).ok()).collect();
    let bundled = |theme: &Theme| ours.contains(theme);
    if args.json {
        let list: Vec<_> = themes
            .iter()
            .map(|theme| {
                json!({
                    "name": theme.name, "dark": theme.dark, "bundled": bundled(theme),
                    "chosen": theme.is_called(chosen),
                })
            })
            .collect();
        out::json(&list)?;
    } else {
        let rows: Vec<Vec<String>> = themes
            .iter()
            .map(|theme| {
                vec![
                    theme.name.clone(),
                    if theme.dark { "dark" } else { "light" }.into(),
                    if bundled(theme) { "bundled" } else { "your own" }.into(),
                    if theme.is_called(chosen) { "in use" } else { "" }.into(),
                ]
            })
            .collect();
        out::table(&["THEME", "FOR", "FROM", ""], &rows)?;
    }
    Ok(if wrong.is_empty() { Exit::Ok } else { Exit::Usage })
}
