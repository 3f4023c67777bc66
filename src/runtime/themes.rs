//! The themes there are: the bundled ones and the person's own folder, fitted to the terminal's colours.

use crate::tui::theme::{BUNDLED, Depth, Theme};
use std::path::Path;

/// All themes for a terminal with these colours, and a sentence for each file that does not read.
pub fn fitted(own: &Path, depth: Depth) -> (Vec<Theme>, Vec<String>) {
    let (themes, wrong) = read(own);
    (themes.into_iter().map(|theme| theme.resolve(depth)).collect(), wrong)
}

/// All themes, the default first, and a sentence for each file that does not read. A file of the person's replaces the
/// bundled theme of its name.
pub fn read(own: &Path) -> (Vec<Theme>, Vec<String>) {
    let mut themes: Vec<Theme> =
        BUNDLED.iter().filter_map(|(file, text)| Theme::parse(file, text).ok()).collect();
    let mut wrong = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(own)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    for path in files {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                wrong.push(format!("cannot read the theme {}: {error}", path.display()));
                continue;
            }
        };
        match Theme::parse(&path.display().to_string(), &text) {
            Ok(theme) => {
                themes.retain(|other| other.name != theme.name);
                themes.push(theme);
            }
            Err(error) => wrong.push(error.to_string()),
        }
    }
    (themes, wrong)
}
