//! What TOML alone cannot tell of the settings: keys that conflict, numbers out of range, addresses that are none.

use super::file::Config;
use crate::app::Keymap;
use crate::words::Usd;

/// Every mistake with the line it stands on; empty when all is well.
pub fn check(config: &Config, text: &str) -> Vec<(usize, String)> {
    let mut wrong = Vec::new();
    let mut say = |table: &str, key: &str, what: String| wrong.push((line_of(text, table, 0, key), what));
    if let Err(sentences) = Keymap::new(&config.keymap) {
        for sentence in sentences {
            // the line of the action that the file speaks of
            let named = |id: &&String| {
                sentence.contains(&format!("`{id}`")) || sentence.contains(&format!("keys.{id}:"))
            };
            let id = config.keymap.keys().find(named).map_or("", String::as_str);
            say("keymap", id, sentence.replacen("keys.", "", 1).replacen("keys: ", "", 1));
        }
    }
    let budgets = &config.budgets;
    let amounts = [
        ("session", budgets.session),
        ("day", budgets.day),
        ("week", budgets.week),
        ("month", budgets.month),
        ("total", budgets.total),
    ];
    for (key, _) in amounts.iter().filter(|(_, amount)| amount.is_some_and(|usd| usd < Usd::ZERO)) {
        say("budgets", key, format!("`{key}` cannot be negative; write dollars, such as {key} = 5"));
    }
    if budgets.warn > 100 {
        say(
            "budgets",
            "warn",
            format!("`warn` cannot be {}; write a percentage from 0 to 100", budgets.warn),
        );
    }
    let params = &config.params;
    for (key, value, most) in [("temperature", params.temperature, 2.0), ("top_p", params.top_p, 1.0)] {
        if let Some(value) = value.filter(|value| !(0.0..=most).contains(value)) {
            say("params", key, format!("`{key}` cannot be {value}; write a number from 0 to {most}"));
        }
    }
    if config.serve.listen.rsplit_once(':').is_none_or(|(_, port)| port.parse::<u16>().is_err()) {
        let listen = &config.serve.listen;
        say(
            "serve",
            "listen",
            format!("`listen` cannot be `{listen}`; write an address with a port, such as 127.0.0.1:4040"),
        );
    }
    let rows = super::rows::check(config);
    wrong.extend(rows.into_iter().map(|(table, nth, key, what)| (line_of(text, &table, nth, key), what)));
    wrong
}

/// The line, from 1, that sets `key` in the `nth` table of that name; the table's head, or the first line, when it
/// cannot be found.
fn line_of(text: &str, table: &str, nth: usize, key: &str) -> usize {
    let (mut now, mut head, mut seen) = (String::new(), 1, 0);
    for (n, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            now = line.split('#').next().unwrap_or("").trim().trim_matches(['[', ']']).replace('"', "");
            if now == table {
                seen += 1;
                if seen == nth + 1 {
                    head = n + 1;
                }
            }
            continue;
        }
        let name = line.split('=').next().unwrap_or("").trim().trim_matches(['"', '\'']);
        if now == table && name == key && seen.max(1) == nth + 1 {
            return n + 1;
        }
    }
    head
}
