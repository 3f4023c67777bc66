//! `fareway models`: which models there are, what they cost, who serves them.

use super::shell::Shell;
use super::{Exit, Fail, out};
use crate::catalog::{Catalog, Disagreement, Model, Origin, Score};
use crate::runtime::{now, reckon};
use crate::words::{Endpoint, ModelRef, Prices, Usd};
use serde_json::{Value, json};
use std::sync::Arc;

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
    list: List,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// One model: its endpoints, prices, where the figures come from and who disagrees
    Show {
        name: String,
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
struct List {
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

pub fn run(args: Args, shell: Shell) -> Result<Exit, Fail> {
    let runtime = shell.runtime()?;
    let catalog = runtime.block_on(crate::runtime::look(shell.catalog()?, &shell.config, &shell.dirs));
    let shell = shell.with(catalog.clone());
    match args.what {
        Some(What::Show { name, json }) => show(&catalog, &shell, &name, json),
        None => list(&catalog, &shell, &args.list),
    }
}

fn list(catalog: &Catalog, shell: &Shell, wanted: &List) -> Result<Exit, Fail> {
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

fn show(catalog: &Catalog, shell: &Shell, name: &str, as_json: bool) -> Result<Exit, Fail> {
    let id = shell.resolve(&ModelRef::new(name))?;
    let Some(model) = catalog.model(id.as_str()) else {
        return Err(Fail::new(Exit::NoEndpoint, format!("no model `{name}`")));
    };
    let endpoints: Vec<&Arc<Endpoint>> = catalog.endpoints(&model.id).iter().collect();
    if as_json {
        out::json(&object(catalog, model, &endpoints))?;
        return Ok(Exit::Ok);
    }
    let usable = shell.usable();
    let mut facts =
        vec![vec!["model".to_owned(), model.id.to_string()], vec!["name".into(), model.name.clone()]];
    let mut fact = |what: &str, value: Option<String>| {
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            facts.push(vec![what.to_owned(), value]);
        }
    };
    fact("about", Some(model.about.clone()));
    fact("context", model.context.map(tokens));
    fact("longest answer", model.max_output.map(tokens));
    fact("takes", Some(model.inputs.join(", ")));
    fact("parameters", Some(model.parameters.join(", ")));
    fact("released", model.released.clone());
    fact("knows until", model.knowledge.clone());
    fact("switched off", model.retires.clone());
    fact("scores", Some(scores(model)));
    fact("also called", Some(model.aliases.join(", ")));
    fact("says who", Some(origin(&model.origin)));
    out::table(&[], &facts)?;
    out::text("")?;
    let rows: Vec<Vec<String>> = endpoints
        .iter()
        .map(|e| {
            let prices = e.prices.as_ref();
            let said = catalog.facts(&e.id).and_then(|f| f.prices.as_ref()).map(origin).unwrap_or_default();
            vec![
                e.tag.clone(),
                million(prices.map(|p| p.prompt)),
                million(prices.map(|p| p.completion)),
                million(prices.and_then(|p| p.cached_read)),
                e.context.map_or("?".into(), tokens),
                policy(e).to_owned(),
                if usable(e) { "yes" } else { "no" }.to_owned(),
                said,
            ]
        })
        .collect();
    out::table(&["ENDPOINT", "IN", "OUT", "CACHED", "CONTEXT", "PROMPTS", "KEY", "PRICES FROM"], &rows)?;
    for endpoint in &endpoints {
        for other in catalog.facts(&endpoint.id).map(|f| f.disagreements.as_slice()).unwrap_or_default() {
            out::text(&disagreement(endpoint, other))?;
        }
    }
    let billed = reckon::mischarged(&shell.store()?, catalog, shell.config.day(now()))?;
    if let Some(percent) = billed.get(&model.id) {
        out::text(&format!(
            "⚑ billed {percent:+} % against these prices lately: `fareway usage` says by whom"
        ))?;
    }
    Ok(Exit::Ok)
}

fn disagreement(endpoint: &Endpoint, other: &Disagreement) -> String {
    format!(
        "{}: {} says {} costs {} instead of {}",
        endpoint.tag,
        other.source,
        other.price,
        million(Some(other.theirs)),
        million(Some(other.ours))
    )
}

fn policy(endpoint: &Endpoint) -> &'static str {
    match (endpoint.policy.declared, endpoint.policy.trains, endpoint.policy.retains) {
        (false, ..) => "unknown",
        (true, true, _) => "trained on",
        (true, false, true) => "kept",
        (true, false, false) => "not kept",
    }
}

fn origin(origin: &Origin) -> String {
    match &*origin.date {
        "" => origin.source.to_string(),
        date => format!("{} {date}", origin.source),
    }
}

fn scores(model: &Model) -> String {
    let said = |s: &Score| format!("{} {} ({} {})", s.name, s.value, s.source, s.date);
    model.scores.iter().map(said).collect::<Vec<_>>().join(", ")
}

fn object(catalog: &Catalog, model: &Model, endpoints: &[&Arc<Endpoint>]) -> Value {
    let prices = |prices: &Prices| serde_json::to_value(prices).unwrap_or_default();
    json!({
        "id": model.id,
        "name": model.name,
        "about": model.about,
        "context": model.context,
        "max_output": model.max_output,
        "inputs": model.inputs,
        "parameters": model.parameters,
        "released": model.released,
        "knowledge": model.knowledge,
        "retires": model.retires,
        "scores": model.scores,
        "aliases": model.aliases,
        "demo": model.demo,
        "source": origin(&model.origin),
        "endpoints": endpoints.iter().map(|e| json!({
            "id": e.id,
            "provider": e.provider,
            "provider_name": e.provider_name,
            "tag": e.tag,
            "upstream_model": e.upstream_model,
            "format": e.format,
            "base_url": e.base_url,
            "prices": e.prices.as_ref().map(prices),
            "prices_from": catalog.facts(&e.id).and_then(|f| f.prices.as_ref()).map(origin),
            "disagreements": catalog.facts(&e.id).map(|f| f.disagreements.clone()).unwrap_or_default(),
            "context": e.context,
            "max_output": e.max_output,
            "parameters": e.parameters,
            "inputs": e.inputs,
            "quantization": e.quantization,
            "policy": e.policy,
            "local": e.local,
        })).collect::<Vec<_>>(),
    })
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

/// Dollars per million tokens, as short as it is exact to a hundredth of a cent.
fn million(per_token: Option<Usd>) -> String {
    match per_token {
        None => "?".into(),
        Some(usd) => {
            let text = usd.per_million().round(4);
            let text = text.trim_end_matches('0');
            let text = text.trim_end_matches('.');
            format!("${text}")
        }
    }
}

fn tokens(n: u32) -> String {
    match n {
        1_000_000.. if n.is_multiple_of(1_000_000) => format!("{}M", n / 1_000_000),
        1_000.. => format!("{}k", n / 1_000),
        n => n.to_string(),
    }
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
