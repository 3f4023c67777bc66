//! The command line: one file a command, exit codes, and help that teaches.

mod args;
mod ask;
mod budget;
mod compare;
mod completions;
mod config;
mod decode;
mod doctor;
mod exit;
mod export;
mod heard;
mod keys;
mod models;
mod out;
mod prompt;
mod serve;
mod sessions;
mod shell;
mod stream;
mod themes;
mod turn;
mod usage;
mod whatif;
mod why;

pub use args::{Cli, Command, Globals, On, Start};
pub use exit::{Exit, Fail};

use clap::Parser;
use std::process::ExitCode;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap's own words: help goes to stdout with code 0, mistakes to stderr with code 2
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match run(cli) {
        Ok(exit) => exit.into(),
        Err(fail) => {
            fail.print();
            fail.exit.into()
        }
    }
}

fn run(cli: Cli) -> Result<Exit, Fail> {
    let Some(command) = cli.command else { return shell::Shell::new(&cli.globals)?.chat(cli.start) };
    // the settings are looked at as the terminal would have them with these flags
    if cli.start.is_given() && !matches!(command, Command::Config(_)) {
        return Err(Fail::usage("flags of a command stand after it: `fareway ask --model NAME ...`"));
    }
    // these need no settings: they work when the config is broken
    match &command {
        Command::Completions(args) => return completions::run(args),
        Command::Decode(args) => return decode::run(args),
        Command::Config(args) => return config::run(args, &cli.globals, &cli.start),
        Command::Doctor(args) => return doctor::run(args, &cli.globals),
        _ => {}
    }
    let shell = shell::Shell::new(&cli.globals)?;
    match command {
        Command::Ask(args) => ask::run(*args, shell),
        Command::Models(args) => models::run(args, shell),
        Command::Sessions(args) => sessions::run(args, shell),
        Command::Usage(args) => usage::run(args, shell),
        Command::Export(args) => export::run(args, shell),
        Command::Why(args) => why::run(args, shell),
        Command::Budget(args) => budget::run(args, shell),
        Command::Keys(args) => keys::run(args, shell),
        Command::Serve(args) => serve::run(&args, shell),
        Command::Whatif(args) => whatif::run(&args, &shell),
        Command::Themes(args) => themes::run(&args, &shell),
        Command::Completions(_) | Command::Decode(_) | Command::Config(_) | Command::Doctor(_) => {
            Ok(Exit::Ok)
        }
    }
}

/// A day.
fn parse_day(text: &str) -> Result<jiff::civil::Date, String> {
    text.parse().map_err(|_| "write a day as YYYY-MM-DD, such as 2026-11-28".to_owned())
}

/// The name of a request.
fn parse_generation(text: &str) -> Result<crate::words::GenerationId, String> {
    text.parse().map_err(|_| "write it as `ask` and the ledger do: gen- and 32 letters and digits".to_owned())
}

/// A word of a closed list, by the names its type has everywhere else.
fn parse_word<T: serde::de::DeserializeOwned>(word: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|e| e.to_string())
}
