//! `fareway completions`: what the shell needs to complete our commands.

use super::{Cli, Exit, Fail};
use clap::CommandFactory;
use clap_complete::Shell;

/// Print a completion script for your shell
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  fareway completions bash > ~/.local/share/bash-completion/completions/fareway"
)]
pub struct Args {
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(args: &Args) -> Result<Exit, Fail> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "fareway", &mut script);
    super::out::bytes(&script)?;
    Ok(Exit::Ok)
}
