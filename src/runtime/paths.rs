//! Paths for the `@` in a prompt: a folder's entries, or any file below the working folder that has the letters in its path.

use crate::app::panes::Fuzzy;
use std::collections::VecDeque;
use std::fs::DirEntry;
use std::path::{Path, PathBuf};

/// So many are offered.
const MOST: usize = 50;
/// So many entries are looked at: a home directory is not walked to its end while a person types.
const WALKED: usize = 30_000;
/// What nobody means, by the million files.
const SKIPPED: [&str; 6] = ["node_modules", "target", "__pycache__", "venv", "dist", "build"];

/// Paths for what was written so far and the files' sizes, folders with a slash behind them; the best first.
pub fn find(written: &str, home: &Path) -> Vec<(String, Option<u64>)> {
    let (folder, name) = written.rsplit_once('/').map_or(("", written), |(folder, name)| (folder, name));
    let folder = if written.contains('/') { format!("{folder}/") } else { String::new() };
    let at = match folder.as_str() {
        "" => PathBuf::from("."),
        folder => crate::config::Config::expand(folder, Some(home)),
    };
    let mut found = here(&at, &folder, name);
    // what begins with a place is meant from there; anything else is looked for everywhere below
    let placed = written.starts_with(['/', '~', '.']);
    if !placed && !written.is_empty() && found.len() < MOST {
        let below = below(written, written.starts_with('.'));
        found.extend(below.into_iter().filter(|path| !found.contains(path)).collect::<Vec<_>>());
    }
    found.truncate(MOST);
    found
        .into_iter()
        .map(|path| {
            let size = std::fs::metadata(at_of(&path, home)).ok().filter(|m| m.is_file()).map(|m| m.len());
            (path, size)
        })
        .collect()
}

fn at_of(path: &str, home: &Path) -> PathBuf {
    crate::config::Config::expand(path, Some(home))
}

/// Entries of a folder whose names begin like this, then those that have its letters.
fn here(at: &Path, folder: &str, name: &str) -> Vec<String> {
    let mut fuzzy = Fuzzy::new(name);
    let mut found: Vec<_> = entries(at, name.starts_with('.'))
        .filter_map(|(entry, is_folder)| {
            let known = entry.file_name().into_string().ok()?;
            let score = if known.starts_with(name) { u32::MAX } else { fuzzy.score(&known)? };
            Some((std::cmp::Reverse(score), shown(folder, &known, is_folder)))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, path)| path).collect()
}

/// Files and folders below the working folder that have these letters in their path.
fn below(letters: &str, hidden: bool) -> Vec<String> {
    let mut fuzzy = Fuzzy::new(letters);
    let mut folders = VecDeque::from([String::new()]);
    let mut left = WALKED;
    let mut found = Vec::new();
    while let Some(folder) = folders.pop_front() {
        let at = if folder.is_empty() { Path::new(".") } else { Path::new(&folder) };
        for (entry, is_folder) in entries(at, hidden) {
            if left == 0 {
                break;
            }
            left -= 1;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = shown(&folder, &name, is_folder);
            if let Some(score) = fuzzy.score(&path) {
                // a short path is meant rather than a long one that has the letters too
                found.push((std::cmp::Reverse(score), path.len(), path.clone()));
            }
            if is_folder && !SKIPPED.contains(&name.as_str()) {
                folders.push_back(path);
            }
        }
    }
    found.sort();
    found.into_iter().take(MOST).map(|(.., path)| path).collect()
}

/// What a folder holds, and whether each is a folder; links to folders are not followed.
fn entries(at: &Path, hidden: bool) -> impl Iterator<Item = (DirEntry, bool)> {
    let all = std::fs::read_dir(at).into_iter().flatten().filter_map(Result::ok);
    all.filter(move |entry| hidden || !entry.file_name().as_encoded_bytes().starts_with(b".")).map(|entry| {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        (entry, is_folder)
    })
}

fn shown(folder: &str, name: &str, is_folder: bool) -> String {
    format!("{folder}{name}{}", if is_folder { "/" } else { "" })
}
