//! `fareway models`: which models there are, what they cost, who serves them.

mod list;
mod object;
mod show;

use super::shell::Shell;
use super::{Exit, Fail};
use crate::words::{ModelRef, Usd};

/// List models with prices, or show one with all its endpoints
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  fareway models sonnet                       names that contain a word
  fareway models --free --tools --context 100000
  fareway models --mine --sort price          only what your keys can ask, cheapest first
  fareway models show anthropic/claude-sonnet-4.5

Prices are dollars per million tokens, in / out, at the cheapest endpoint; ? means unknown, never free.")]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    list: list::List,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// One model: its endpoints, every price, where the figures come from and who disagrees
    Show {
        name: String,
        #[arg(long)]
        json: bool,
    },
}

pub fn run(args: Args, shell: Shell) -> Result<Exit, Fail> {
    let runtime = shell.runtime()?;
    let catalog = runtime.block_on(crate::runtime::look(shell.catalog()?, &shell.config, &shell.dirs));
    let mut shell = shell.with(catalog);
    match args.what {
        Some(What::Show { name, json }) => {
            let id = shell.resolve(&ModelRef::new(&name))?;
            let hosts = crate::runtime::hosts(shell.catalog()?, &shell.config, &shell.dirs, &id);
            let catalog = runtime.block_on(hosts);
            shell = shell.with(catalog.clone());
            let Some(model) = catalog.model(id.as_str()) else {
                return Err(Fail::new(Exit::NoEndpoint, format!("no model `{name}`")));
            };
            show::show(&catalog, &shell, model, json)
        }
        None => list::list(&*shell.catalog()?, &shell, &args.list),
    }
}

/// Dollars per million tokens, as short as it is exact to a hundredth of a cent.
fn million(per_token: Option<Usd>) -> String {
    per_token.map_or_else(|| "?".into(), |usd| short(usd.per_million()))
}

/// An amount without zeros that say nothing.
fn short(usd: Usd) -> String {
    let text = usd.round(4);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if usd.is_zero() || text.contains(|c| matches!(c, '1'..='9')) { format!("${text}") } else { usd.said() }
}

fn tokens(n: u32) -> String {
    match n {
        1_000_000.. if n.is_multiple_of(1_000_000) => format!("{}M", n / 1_000_000),
        1_000.. => format!("{}k", n / 1_000),
        n => n.to_string(),
    }
}
