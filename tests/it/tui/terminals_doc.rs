//! `docs/terminals.md` says what the code does.

use fareway::tui::image::Graphics;
use fareway::tui::paint::{Caps, Clipboard, Environment, Modes, Notify};
use fareway::tui::theme::Depth;

/// The columns after the second, as the code would fill them in.
fn row(recognised_by: &str) -> Vec<&'static str> {
    let set: Vec<(&str, &str)> = recognised_by
        .split(", ")
        .map(|v| v.trim_matches('`').split_once('=').unwrap_or((v.trim_matches('`'), "1")))
        .collect();
    let has_term = set.iter().any(|(name, _)| *name == "TERM");
    let env = Environment::read(|name| {
        let given = set.iter().find(|(k, _)| *k == name).map(|(_, v)| (*v).to_owned());
        given.or_else(|| (name == "TERM" && !has_term).then(|| "xterm-256color".to_owned()))
    });
    let caps = Caps::of(&env);
    let modes = Modes::of(&env);
    let yes = |is: bool| if is { "yes" } else { "-" };
    vec![
        match caps.depth {
            Depth::True => "true",
            Depth::Indexed => "256",
            Depth::Ansi16 => "16",
            Depth::None => "none",
        },
        yes(caps.links),
        yes(caps.sync),
        yes(modes.kitty_keys),
        match caps.images {
            Graphics::Kitty => "kitty",
            Graphics::Iterm => "iTerm",
            Graphics::Sixel => "sixel",
            Graphics::None => "-",
        },
        match Notify::of(&env) {
            Notify::Bell => "bell",
            Notify::Osc9 => "OSC 9",
            Notify::Osc777 => "OSC 777",
        },
        match Clipboard::of(&env) {
            Clipboard::Yes => "yes",
            Clipboard::Perhaps => "perhaps",
            Clipboard::No => "-",
        },
        yes(modes.progress.is_some()),
        yes(modes.title),
    ]
}

#[test]
fn the_table_of_terminals_is_true() {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/terminals.md")).expect("the page");
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1)
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() >= 18, "{} rows", rows.len());
    for cells in rows {
        assert_eq!(cells[2..], row(cells[1]), "{}", cells[0]);
    }
}
