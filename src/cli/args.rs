//! What may be written on the command line; the arguments of a command stand in its own file.

use super::{
    ask, budget, completions, config, decode, doctor, export, keys, models, serve, sessions, themes, usage,
    whatif, why,
};
use crate::config::Config;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Chat with every language model from one terminal, with the meter always running.
#[derive(Debug, Parser)]
#[command(name = "fareway", version, after_long_help = EXAMPLES)]
pub struct Cli {
    #[command(flatten)]
    pub globals: Globals,
    #[command(flatten)]
    pub start: Start,
    #[command(subcommand)]
    pub command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  fareway                              open the terminal where you left it
  fareway ask \"why is the sky blue?\"   the answer to stdout, figures to stderr
  git diff | fareway ask \"review this\" -m openai/gpt-5
  fareway models --free --tools        models that cost nothing and call tools
  fareway usage --by week --of model   what was spent, where
  fareway serve                        your keys behind one OpenAI-compatible API
  fareway --endpoint http://localhost:8080/v1 --model qwen3
                                       chat with a server that is in no config

Keys come from the usual variables (OPENROUTER_API_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY, ...): see `fareway keys`.
Without any key the built-in demo models answer: try `fareway ask -m demo/sage hello`.

Exit codes:
    0  done
    1  the request failed
    2  the command line, the config or the store is wrong
    3  a budget said no
    4  no such model, or no endpoint may serve it
  130  interrupted";

/// Understood before and after every command.
#[derive(Clone, Debug, Default, Args)]
pub struct Globals {
    /// Settings file [default: ~/.config/fareway/config.toml]
    #[arg(long, value_name = "FILE", global = true, env = "FAREWAY_CONFIG", help_heading = "Places")]
    pub config: Option<PathBuf>,
    /// Where sessions and the ledger are kept [default: ~/.local/share/fareway]
    #[arg(long, value_name = "DIR", global = true, env = "FAREWAY_DATA_DIR", help_heading = "Places")]
    pub data_dir: Option<PathBuf>,
}

/// How the terminal opens.
#[derive(Clone, Debug, Default, Args)]
pub struct Start {
    /// Model of the session: `author/model`, an alias, `@preset/name`
    #[arg(short, long, value_name = "NAME")]
    pub model: Option<String>,
    #[command(flatten)]
    pub on: On,
    /// Start a new session instead of going on with the last
    #[arg(short, long)]
    pub new: bool,
    /// Open this session (id or part of its title)
    #[arg(long, value_name = "SESSION", conflicts_with = "new")]
    pub session: Option<String>,
    /// Line by line, no alternate screen: for screen readers and dumb terminals (also ACCESSIBLE=1)
    #[arg(long)]
    pub plain: bool,
    /// Theme for this run
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
}

impl Start {
    /// Puts the flags that are settings over the config; which setting was set by which flag.
    pub fn over(&self, config: &mut Config) -> Vec<(&'static str, &'static str)> {
        let mut set = Vec::new();
        if let Some(theme) = &self.theme {
            config.theme.clone_from(theme);
            set.push(("theme", "--theme"));
        }
        if self.plain {
            config.plain = true;
            set.push(("plain", "--plain"));
        }
        set
    }

    /// Whether anything was asked of the terminal: before a command that would be silently lost.
    pub fn is_given(&self) -> bool {
        let Self { model, on, new, session, plain, theme } = self;
        model.is_some() || on.endpoint.is_some() || *new || session.is_some() || *plain || theme.is_some()
    }
}

/// An endpoint that is in no config.
#[derive(Clone, Debug, Default, Args)]
pub struct On {
    /// Ask this server, which need not be in any config: its base URL, such as http://localhost:8080/v1
    #[arg(long, value_name = "URL", requires = "model", help_heading = "An endpoint that is in no config")]
    pub endpoint: Option<String>,
    /// What it speaks: openai-chat, openai-responses, anthropic-messages, gemini, ollama
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "openai-chat",
        requires = "endpoint",
        help_heading = "An endpoint that is in no config"
    )]
    pub format: String,
    /// The environment variable that holds its key; without it no key is sent
    #[arg(
        long,
        value_name = "VAR",
        requires = "endpoint",
        help_heading = "An endpoint that is in no config"
    )]
    pub key_env: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Ask(Box<ask::Args>),
    Serve(serve::Args),
    Models(models::Args),
    Sessions(sessions::Args),
    Usage(usage::Args),
    Whatif(whatif::Args),
    Budget(budget::Args),
    Why(why::Args),
    Export(export::Args),
    Keys(keys::Args),
    Themes(themes::Args),
    Doctor(doctor::Args),
    Decode(decode::Args),
    Config(config::Args),
    Completions(completions::Args),
}
