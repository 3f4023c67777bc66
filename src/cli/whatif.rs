//! `fareway whatif`: a session, a day or a month priced again on another model, or under another routing profile.

use super::shell::Shell;
use super::usage::{civil, number};
use super::{Exit, Fail, out, sessions};
use crate::metering::{Target, WhatIf};
use crate::runtime::now;
use crate::runtime::reckon::{self, Span};
use crate::store::Store;
use crate::words::{Endpoint, ModelRef, Profile, Usd, seconds};
use jiff::civil::Date;
use serde_json::{Value, json};

/// Price what was asked again: on other models, or under other routing profiles
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  fareway whatif                                       this month under each routing profile
  fareway whatif --profile cheapest                    this month at the cheapest hosts of the same models
  fareway whatif --model openai/gpt-5-mini             this month on another model
  fareway whatif --day 2026-11-20 --model a/one --model b/two
  fareway whatif --session sky --any --model x/y       also hosts that you have no key for

Nothing is asked again: the ledger's token counts are priced with today's prices. The assumptions are said each time.")]
pub struct Args {
    /// On this model, at the cheapest of its hosts (repeat for more)
    #[arg(short, long, value_name = "NAME")]
    model: Vec<String>,
    /// Each request's own model at the hosts this profile prefers: balanced, cheapest, fastest, best, private
    #[arg(long, value_name = "PROFILE", value_parser = super::parse_word::<Profile>)]
    profile: Vec<Profile>,
    /// Only this session (id or a part of the title), however old
    #[arg(long, value_name = "SESSION", conflicts_with_all = ["day", "from", "to"])]
    session: Option<String>,
    /// Only this day, YYYY-MM-DD
    #[arg(long, value_name = "DATE", value_parser = super::parse_day, conflicts_with_all = ["from", "to"])]
    day: Option<Date>,
    /// First day; by default the first of this month
    #[arg(long, value_name = "DATE", value_parser = super::parse_day)]
    from: Option<Date>,
    /// Last day; by default today
    #[arg(long, value_name = "DATE", value_parser = super::parse_day)]
    to: Option<Date>,
    /// Hosts without a key count too
    #[arg(long)]
    any: bool,
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, shell: &Shell) -> Result<Exit, Fail> {
    let store = shell.store()?;
    let catalog = shell.recalled()?;
    let named = args.model.iter().map(|name| shell.resolve(&ModelRef::new(name)).map(Target::Model));
    let mut targets: Vec<Target> = named.collect::<Result<_, _>>()?;
    targets.extend(args.profile.iter().copied().map(Target::Profile));
    if targets.is_empty() {
        targets.extend(Profile::ALL.map(Target::Profile));
    }
    let (title, span) = span(args, shell, &store)?;
    let rows = reckon::rows(&store, span)?;
    let known = shell.usable();
    let usable = |endpoint: &Endpoint| !endpoint.demo && (args.any || known(endpoint));
    let today = shell.config.day(now());
    let counter = crate::runtime::counter(&store)?;
    let answers = reckon::price_again(&store, &catalog, &counter, &rows, &targets, today, &usable)?;
    let answers: Vec<(String, WhatIf)> =
        answers.into_iter().map(|(target, answer)| (target.to_string(), answer)).collect();
    if args.json {
        out::json(&json!({
            "of": title, "requests": rows.len(),
            "answers": answers.iter().map(|(name, answer)| object(name, answer)).collect::<Vec<_>>(),
        }))?;
        return Ok(Exit::Ok);
    }
    if rows.is_empty() {
        out::note(&format!("nothing that costs real money was asked: {title}"));
        return Ok(Exit::Ok);
    }
    out::text(&format!("{title}: {} requests\n", rows.len()))?;
    out::table(
        &["ON", "WAS", "WOULD BE", "SAVED", "FIRST TOKEN", "PRICED", "LEFT OUT"],
        &answers.iter().map(|(name, answer)| cells(name, answer)).collect::<Vec<_>>(),
    )?;
    out::text("\nAssumed:")?;
    let mut said: Vec<&String> = Vec::new();
    for sentence in answers.iter().flat_map(|(_, answer)| &answer.assumptions) {
        if !said.contains(&sentence) {
            out::text(&format!("- {sentence}"))?;
            said.push(sentence);
        }
    }
    Ok(Exit::Ok)
}

/// What is priced again, and what to call it.
fn span(args: &Args, shell: &Shell, store: &Store) -> Result<(String, Span), Fail> {
    if let Some(name) = &args.session {
        let session = sessions::find(store, name)?;
        return Ok((format!("session \"{}\"", session.title), Span::Session(session.id)));
    }
    let today = civil(shell.config.day(now()));
    let (from, to) = match args.day {
        Some(day) => (day, day),
        None => {
            let to = args.to.unwrap_or(today);
            (args.from.unwrap_or(to.first_of_month()), to)
        }
    };
    if from > to {
        return Err(Fail::usage(format!("--from {from} lies after --to {to}")));
    }
    let title = if from == to { from.to_string() } else { format!("{from} to {to}") };
    Ok((title, Span::Days(number(from), number(to))))
}

fn cells(name: &str, answer: &WhatIf) -> Vec<String> {
    let ttft =
        answer.ttft.map_or("-".into(), |(was, would)| format!("{} -> {}", seconds(was), seconds(would)));
    let mut left = Vec::new();
    if answer.unpriced > 0 {
        left.push(format!("{} without a known price", answer.unpriced));
    }
    if answer.impossible > 0 {
        left.push(format!("{} that no usable host could take", answer.impossible));
    }
    // a sum of nothing is no amount
    let priced = |amount: Usd| if answer.requests == 0 { "?".to_owned() } else { amount.said() };
    vec![
        name.to_owned(),
        priced(answer.was),
        priced(answer.would),
        priced(answer.saved()),
        ttft,
        answer.requests.to_string(),
        left.join(", "),
    ]
}

fn object(name: &str, answer: &WhatIf) -> Value {
    let priced = |amount: Usd| (answer.requests > 0).then(|| amount.to_string());
    json!({
        "on": name,
        "was_usd": priced(answer.was),
        "would_usd": priced(answer.would),
        "saved_usd": priced(answer.saved()),
        "priced": answer.requests,
        "unpriced": answer.unpriced,
        "impossible": answer.impossible,
        "ttft_ms": answer.ttft.map(|(was, would)| json!({
            "was": super::heard::millis(was), "would": super::heard::millis(would),
        })),
        "assumptions": answer.assumptions,
    })
}
