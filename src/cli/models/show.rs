//! One model with all that is known of it: facts, endpoints, every price, and who says so.

use super::object::{object, origin};
use super::{million, short, tokens};
use crate::catalog::{Catalog, Disagreement, Host, Model, Score};
use crate::cli::shell::Shell;
use crate::cli::{Exit, Fail, out};
use crate::runtime::{now, reckon};
use crate::words::{Endpoint, Override, Prices, Quantization, Usd};
use std::sync::Arc;

pub fn show(catalog: &Catalog, shell: &Shell, model: &Model, as_json: bool) -> Result<Exit, Fail> {
    let endpoints: Vec<&Arc<Endpoint>> = catalog.endpoints(&model.id).iter().collect();
    if as_json {
        out::json(&object(catalog, model, &endpoints))?;
        return Ok(Exit::Ok);
    }
    out::table(&[], &facts(model))?;
    out::text("")?;
    table(catalog, shell, &endpoints)?;
    further(catalog, &endpoints)?;
    for endpoint in &endpoints {
        hosts(catalog, endpoint)?;
    }
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

fn facts(model: &Model) -> Vec<Vec<String>> {
    let efforts: Vec<String> = model.efforts.iter().map(|e| format!("{e:?}").to_lowercase()).collect();
    let open = model.open_weights.map(|open| if open { "open" } else { "closed" }.to_owned());
    let facts = [
        ("model", Some(model.id.to_string())),
        ("name", Some(model.name.clone())),
        ("about", Some(model.about.clone())),
        ("context", model.context.map(tokens)),
        ("longest answer", model.max_output.map(tokens)),
        ("takes", Some(model.inputs.join(", "))),
        ("gives", Some(model.outputs.join(", "))),
        ("parameters", Some(model.parameters.join(", "))),
        ("thinks", Some(efforts.join(", "))),
        ("weights", open),
        ("released", model.released.clone()),
        ("knows until", model.knowledge.clone()),
        ("switched off", model.retires.clone()),
        ("scores", Some(scores(model))),
        ("also called", Some(model.aliases.join(", "))),
        ("says who", Some(origin(&model.origin))),
    ];
    let known = facts.into_iter().filter_map(|(what, value)| Some((what, value.filter(|v| !v.is_empty())?)));
    known.map(|(what, value)| vec![what.to_owned(), value]).collect()
}

fn scores(model: &Model) -> String {
    let said = |s: &Score| format!("{} {} ({} {})", s.name, s.value, s.source, s.date);
    model.scores.iter().map(said).collect::<Vec<_>>().join(", ")
}

fn table(catalog: &Catalog, shell: &Shell, endpoints: &[&Arc<Endpoint>]) -> Result<(), Fail> {
    let usable = shell.usable();
    let rows: Vec<Vec<String>> = endpoints
        .iter()
        .map(|e| {
            let prices = e.prices.as_ref();
            let facts = catalog.facts(&e.id);
            vec![
                e.tag.clone(),
                million(prices.map(|p| p.prompt)),
                million(prices.map(|p| p.completion)),
                million(prices.and_then(|p| p.cached_read)),
                e.context.map_or("?".into(), tokens),
                e.max_output.map_or("?".into(), tokens),
                precision(e.quantization),
                policy(e).to_owned(),
                facts.and_then(|f| f.retires.clone()).unwrap_or_default(),
                if usable(e) { "yes" } else { "no" }.to_owned(),
                facts.and_then(|f| f.prices.as_ref()).map(origin).unwrap_or_default(),
            ]
        })
        .collect();
    let head = [
        "ENDPOINT",
        "IN",
        "OUT",
        "CACHED",
        "CONTEXT",
        "LONGEST",
        "WEIGHTS",
        "PROMPTS",
        "ENDS",
        "KEY",
        "PRICES FROM",
    ];
    Ok(out::table(&head, &rows)?)
}

/// What has no column: writing to the cache, thinking, audio, images, fees, long prompts, hours; and the page the
/// source names for it.
fn further(catalog: &Catalog, endpoints: &[&Arc<Endpoint>]) -> Result<(), Fail> {
    let row = |e: &&Arc<Endpoint>| {
        let more = e.prices.as_ref().map(more).unwrap_or_default();
        let page = catalog.facts(&e.id).and_then(|f| f.prices.as_ref()?.page.clone()).unwrap_or_default();
        (!more.is_empty() || !page.is_empty()).then(|| vec![e.tag.clone(), more, page.to_string()])
    };
    let rows: Vec<_> = endpoints.iter().filter_map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    out::text("")?;
    Ok(out::table(&["ENDPOINT", "FURTHER PRICES, PER MILLION TOKENS UNLESS SAID", "AS LISTED AT"], &rows)?)
}

fn more(prices: &Prices) -> String {
    let per_token = [
        ("cache write 5 min", prices.cache_write_5m),
        ("cache write 1 h", prices.cache_write_1h),
        ("thinking", prices.reasoning),
        ("audio in", prices.audio_in),
        ("audio out", prices.audio_out),
        ("image out", prices.image_out),
    ];
    let fees = [
        ("image", prices.image, "each"),
        ("request", prices.request, "each"),
        ("search", prices.search, "each"),
    ];
    let tokens =
        per_token.into_iter().filter_map(|(what, price)| Some(format!("{what} {}", million(Some(price?)))));
    let fees =
        fees.into_iter().filter_map(|(what, price, per)| Some(format!("{what} {} {per}", short(price?))));
    let overrides = prices.overrides.iter().map(over);
    tokens.chain(fees).chain(overrides).collect::<Vec<_>>().join("; ")
}

/// `over 200k tokens: in $6, out $22.5`.
fn over(over: &Override) -> String {
    let mut when = Vec::new();
    if let Some(n) = over.min_prompt_tokens {
        when.push(format!("over {} tokens", u32::try_from(n).map_or(n.to_string(), tokens)));
    }
    if over.utc_start.is_some() || over.utc_end.is_some() {
        let hour = |n: u16| format!("{:02}:{:02}", n / 100, n % 100);
        let (from, to) = (over.utc_start.unwrap_or(0), over.utc_end.unwrap_or(2400));
        when.push(format!("{} to {} UTC", hour(from), hour(to)));
    }
    if !over.utc_days.is_empty() {
        const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
        let days = over.utc_days.iter().filter_map(|day| DAYS.get(usize::from(*day)).copied());
        when.push(days.collect::<Vec<_>>().join(" "));
    }
    let prices: [(&str, Option<Usd>); 6] = [
        ("in", over.prompt),
        ("out", over.completion),
        ("cached", over.cached_read),
        ("cache write 5 min", over.cache_write_5m),
        ("cache write 1 h", over.cache_write_1h),
        ("thinking", over.reasoning),
    ];
    let listed =
        prices.into_iter().filter_map(|(what, price)| Some(format!("{what} {}", million(Some(price?)))));
    format!("{}: {}", when.join(", "), listed.collect::<Vec<_>>().join(", "))
}

/// The hosts a reseller chooses among.
fn hosts(catalog: &Catalog, endpoint: &Endpoint) -> Result<(), Fail> {
    let Some(facts) = catalog.facts(&endpoint.id).filter(|facts| !facts.hosts.is_empty()) else {
        return Ok(());
    };
    let row = |host: &Host| {
        let prices = host.prices.as_ref();
        vec![
            host.tag.clone(),
            million(prices.map(|p| p.prompt)),
            million(prices.map(|p| p.completion)),
            million(prices.and_then(|p| p.cached_read)),
            host.context.map_or("?".into(), tokens),
            host.max_output.map_or("?".into(), tokens),
            precision(host.quantization),
            if host.degraded { "degraded".into() } else { String::new() },
            host.uptime.map_or("?".into(), |up| format!("{:.1}%", up * 100.0)),
            host.ttft_ms.map_or("-".into(), |ms| crate::words::seconds(std::time::Duration::from_millis(ms))),
            host.rate.map_or("-".into(), |rate| format!("{rate:.0}/s")),
        ]
    };
    let rows: Vec<_> = facts.hosts.iter().map(row).collect();
    out::text(&format!(
        "\nBehind {}, as of {}; it chooses among them:",
        endpoint.provider_name, facts.hosts_as_of
    ))?;
    let head = ["HOST", "IN", "OUT", "CACHED", "CONTEXT", "LONGEST", "WEIGHTS", "", "UP", "TTFT", "TOK/S"];
    Ok(out::table(&head, &rows)?)
}

fn precision(quantization: Quantization) -> String {
    match quantization {
        Quantization::Unknown => String::new(),
        known => format!("{known:?}").to_lowercase(),
    }
}

fn disagreement(endpoint: &Endpoint, other: &Disagreement) -> String {
    let date = if other.date.is_empty() { String::new() } else { format!(" ({})", other.date) };
    let said = |price| match other.price.as_str() {
        "request" | "image" | "search" => short(price),
        _ => million(Some(price)),
    };
    format!(
        "{}: {}{date} says {} costs {} instead of {}",
        endpoint.tag,
        other.source,
        other.price,
        said(other.theirs),
        said(other.ours)
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
