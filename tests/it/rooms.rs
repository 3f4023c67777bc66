//! Holds the sources to the plan of rooms: who may use whom, and which heavy crate lives where.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("words", &[]),
    ("catalog", &["words"]),
    ("wire", &["words"]),
    ("store", &["words"]),
    ("routing", &["words", "catalog"]),
    ("metering", &["words", "catalog"]),
    ("gateway", &["words", "catalog", "wire", "routing", "metering"]),
    ("app", &["words", "catalog", "routing", "metering"]),
    ("tui", &["words", "app"]),
    ("serve", &["words", "wire", "gateway", "catalog", "metering"]),
    (
        "config",
        &["words", "catalog", "wire", "routing", "metering", "gateway", "store", "app", "tui", "serve"],
    ),
    (
        "runtime",
        &[
            "words", "catalog", "wire", "routing", "metering", "store", "gateway", "app", "tui", "serve",
            "config",
        ],
    ),
    (
        "cli",
        &[
            "words", "catalog", "wire", "routing", "metering", "store", "gateway", "app", "tui", "serve",
            "config", "runtime",
        ],
    ),
];

/// Each heavy crate and the rooms that may name it.
const CRATES: &[(&str, &[&str])] = &[
    ("ratatui", &["tui"]),
    ("crossterm", &["tui", "runtime"]),
    ("tui_textarea", &["tui"]),
    ("sled", &["store"]),
    ("axum", &["serve"]),
    ("reqwest", &["gateway"]),
    ("tokio", &["gateway", "serve", "runtime", "cli", "store"]),
    ("clap", &["cli"]),
    ("toml", &["config", "tui", "catalog"]),
];

/// Rooms that read no clock and roll no dice of their own.
const PURE: &[&str] = &["words", "catalog", "wire", "routing", "metering", "app"];

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("a readable source folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

fn room_sources(room: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room);
    sources(&root)
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a readable source");
            let code =
                text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
            (path, code)
        })
        .collect()
}

#[test]
fn a_room_uses_only_rooms_below_it() {
    let mut wrong = Vec::new();
    for (room, may) in ROOMS {
        for (path, code) in room_sources(room) {
            for (other, _) in ROOMS {
                if other != room && !may.contains(other) && code.contains(&format!("crate::{other}")) {
                    wrong.push(format!("{} uses crate::{other}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn heavy_crates_live_in_their_rooms() {
    let mut wrong = Vec::new();
    for (name, homes) in CRATES {
        for (room, _) in ROOMS {
            if homes.contains(room) {
                continue;
            }
            for (path, code) in room_sources(room) {
                let named = code.match_indices(&format!("{name}::")).any(|(at, _)| {
                    !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
                });
                if named {
                    wrong.push(format!("{} names {name}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_core_reads_no_clock_and_rolls_no_dice() {
    let mut wrong = Vec::new();
    for room in PURE {
        for (path, code) in room_sources(room) {
            for word in [
                "SystemTime::now",
                "Instant::now",
                "Zoned::now",
                "Timestamp::now",
                "now_v7",
                "new_v4",
                "fastrand::Rng::new",
            ] {
                if code.contains(word) {
                    wrong.push(format!("{} has {word}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_source_file_says_what_it_is_for() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in sources(&src) {
        let text = fs::read_to_string(&path).expect("a readable source");
        assert!(
            text.starts_with("//! "),
            "{} does not start with one sentence on its purpose",
            path.display()
        );
        assert!(
            !text.contains("#[cfg(test)]"),
            "{}: tests live in tests/it (lib tests are not run)",
            path.display()
        );
    }
}
