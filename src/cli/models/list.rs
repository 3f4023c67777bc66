//! The list of models, by what they can do, cost and who serves them.

use super::object::object;
use super::{million, tokens};
use crate::catalog::{Catalog, Model};
use crate::cli::shell::Shell;
use crate::cli::{Exit, Fail, out};
use crate::words::{Endpoint, Usd};
use serde_json::Value;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub struct List {
    /// Words that the name must contain
    words: Vec<String>,
    /// Served by this provider
    #[arg(long, value_name = "SLUG")]
    provider: Option<String>,
    /// Made by this author
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// Only those that cost nothing
    #[arg(long)]
    free: bool,
    /// Only those on this machine or network
    #[arg(long)]
    local: bool,
    /// Only those I have a key for, or that need none
    #[arg(long)]
    mine: bool,
    /// Takes images
    #[arg(long)]
    vision: bool,
    /// Calls tools
    #[arg(long)]
    tools: bool,
    /// Thinks first
    #[arg(long)]
    reasoning: bool,
    /// Room for at least this many tokens
    #[arg(long, value_name = "TOKENS")]
    context: Option<u32>,
    /// At most this many dollars per million output tokens
    #[arg(long, value_name = "USD")]
    max_price: Option<Usd>,
    /// name, price or context
    #[arg(long, value_name = "BY", default_value = "name")]
    sort: Order,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// A JSON array
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Order {
    Name,
    Price,
    Context,
}

pub fn list(catalog: &Catalog, shell: &Shell, wanted: &List) -> Result<Exit, Fail> {
    let usable = shell.usable();
    let words: Vec<String> = wanted.words.iter().map(|w| w.to_lowercase()).collect();
    let mut rows: Vec<(&Model, Vec<&Arc<Endpoint>>)> = catalog
        .models()
        .filter_map(|model| {
            let text = format!("{} {}", model.id, model.name).to_lowercase();
            let author = wanted.author.as_ref().is_none_or(|author| model.id.author() == author);
            if !author || !words.iter().all(|word| text.contains(word)) {
                return None;
            }
            let endpoints: Vec<_> =
                catalog.endpoints(&model.id).iter().filter(|e| wanted.takes(e, usable(e))).collect();
            (!endpoints.is_empty()).then_some((model, endpoints))
        })
        .collect();
    match wanted.sort {
        Order::Name => {}
        Order::Price => rows.sort_by_key(|(_, endpoints)| price_key(cheapest(endpoints))),
        Order::Context => rows.sort_by_key(|(model, _)| std::cmp::Reverse(model.context)),
    }
    rows.truncate(wanted.limit.unwrap_or(usize::MAX));
    if wanted.json {
        let rows: Vec<Value> =
            rows.iter().map(|(model, endpoints)| object(catalog, model, endpoints)).collect();
        out::json(&rows)?;
        return Ok(Exit::Ok);
    }
    if rows.is_empty() {
        out::note("no model fits; `fareway models` lists all");
        return Ok(Exit::Ok);
    }
    let table: Vec<Vec<String>> = rows
        .iter()
        .map(|(model, endpoints)| {
            let best = cheapest(endpoints);
            let mut who: Vec<&str> = endpoints.iter().map(|e| e.tag.as_str()).take(3).collect();
            let more = format!("+{}", endpoints.len().saturating_sub(3));
            if endpoints.len() > 3 {
                who.push(&more);
            }
            vec![
                model.id.to_string(),
                million(best.and_then(|e| e.prices.as_ref()).map(|p| p.prompt)),
                million(best.and_then(|e| e.prices.as_ref()).map(|p| p.completion)),
                model.context.map_or("?".into(), tokens),
                abilities(endpoints),
                who.join(" "),
            ]
        })
        .collect();
    out::table(&["MODEL", "IN", "OUT", "CONTEXT", "CAN", "ENDPOINTS"], &table)?;
    Ok(Exit::Ok)
}

impl List {
    fn takes(&self, endpoint: &Endpoint, usable: bool) -> bool {
        (!self.mine || usable)
            && self.provider.as_ref().is_none_or(|p| endpoint.provider.as_str() == p || endpoint.tag == *p)
            && (!self.free || is_free(endpoint))
            && (!self.local || endpoint.local)
            && (!self.vision || endpoint.takes("image"))
            && (!self.tools || endpoint.supports("tools"))
            && (!self.reasoning || endpoint.supports("reasoning"))
            && self.context.is_none_or(|n| endpoint.context.is_some_and(|c| c >= n))
            && self
                .max_price
                .is_none_or(|max| endpoint.prices.as_ref().is_some_and(|p| p.completion.per_million() <= max))
    }
}

fn cheapest<'a>(endpoints: &[&'a Arc<Endpoint>]) -> Option<&'a Arc<Endpoint>> {
    endpoints.iter().copied().filter(|e| e.tier().is_none()).min_by_key(|e| price_key(Some(e)))
}

/// Unknown prices come last.
fn price_key(endpoint: Option<&Arc<Endpoint>>) -> (bool, Usd) {
    match endpoint.and_then(|e| e.prices.as_ref()) {
        Some(prices) => (false, prices.prompt + prices.completion),
        None => (true, Usd::ZERO),
    }
}

fn is_free(endpoint: &Endpoint) -> bool {
    endpoint.local || endpoint.prices.as_ref().is_some_and(|p| p.prompt.is_zero() && p.completion.is_zero())
}

/// `v`ision, `t`ools, `r`easoning, `f`iles, `a`udio.
fn abilities(endpoints: &[&Arc<Endpoint>]) -> String {
    [
        ('v', endpoints.iter().any(|e| e.takes("image"))),
        ('t', endpoints.iter().any(|e| e.supports("tools"))),
        ('r', endpoints.iter().any(|e| e.supports("reasoning"))),
        ('f', endpoints.iter().any(|e| e.takes("file"))),
        ('a', endpoints.iter().any(|e| e.takes("audio"))),
    ]
    .into_iter()
    .map(|(letter, can)| if can { letter } else { '-' })
    .collect()
}
