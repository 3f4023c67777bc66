//! From what a person wrote for a model to models of the catalog, every step in words.

mod find;

use super::ask::TierWish;
use super::presets::Preset;
use crate::catalog::Catalog;
use crate::words::{Failure, FailureKind, ModelId, ModelRef, SortBy};
use find::find;
use std::collections::BTreeMap;

/// The name of the local auto router.
pub const AUTO: &str = "fareway/auto";

/// The person's own names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    /// Short name to any other form.
    pub aliases: BTreeMap<String, String>,
    /// `@1` is the first.
    pub favourites: Vec<String>,
    /// `@preset/name`.
    pub presets: BTreeMap<String, Preset>,
}

/// What a name means.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resolved {
    /// The models, in order; more than one only for a preset's or the auto router's.
    pub models: Vec<Target>,
    /// `fareway/auto`: the prompt decides.
    pub auto: bool,
    /// How the name was understood.
    pub steps: Vec<String>,
}

/// A model, and what the form of its name asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    pub model: ModelId,
    /// Only this provider (slug or tag).
    pub pin: Option<String>,
    /// From `:nitro`, `:floor`, `:exacto`.
    pub sort: Option<SortBy>,
    pub tier: Option<TierWish>,
}

impl Target {
    pub fn plain(model: ModelId) -> Self {
        Self { model, pin: None, sort: None, tier: None }
    }
}

/// A suffix that says how to choose.
struct Suffix {
    name: &'static str,
    sort: Option<SortBy>,
    /// The service tier it lets in.
    tier: Option<&'static str>,
}

const SUFFIXES: &[Suffix] = &[
    Suffix { name: "nitro", sort: Some(SortBy::Throughput), tier: Some("priority") },
    Suffix { name: "floor", sort: Some(SortBy::Price), tier: Some("flex") },
    Suffix { name: "exacto", sort: Some(SortBy::Exacto), tier: None },
    Suffix { name: "online", sort: None, tier: None },
];

/// Suffixes that name a model of its own. Without an entry there is no falling back to the model without it.
const CATALOGUE: [&str; 4] = ["free", "batch", "thinking", "extended"];

/// An alias may name an alias; a ring of them ends here.
const DEEPEST: usize = 8;

/// What `name` means. A preset in it must have been laid over the request before ([`super::expand`]).
pub fn resolve(name: &ModelRef, catalog: &Catalog, names: &Names) -> Result<Resolved, Failure> {
    let mut resolved = Resolved::default();
    let mut text = name.as_str().trim().to_owned();
    if text.is_empty() {
        return Err(unknown("", catalog, "no model was named: choose one, or set `model` in the config"));
    }
    for _ in 0..DEEPEST {
        match own(&text, names) {
            Some(Ok(meant)) => {
                resolved.steps.push(format!("{text} is your name for {meant}"));
                text = meant;
            }
            Some(Err(say)) => return Err(unknown(&text, catalog, &say)),
            None => {
                let target = form(&text, catalog, &mut resolved)?;
                resolved.models.push(target);
                return Ok(resolved);
            }
        }
    }
    Err(unknown(&text, catalog, &format!("the alias `{name}` leads in a circle; correct it in `[aliases]`")))
}

/// The person's own names: aliases (with suffixes riding along) and favourites.
fn own(text: &str, names: &Names) -> Option<Result<String, String>> {
    if let Some(number) = text.strip_prefix('@').and_then(|n| n.parse::<usize>().ok()) {
        let meant = number.checked_sub(1).and_then(|at| names.favourites.get(at));
        return Some(meant.cloned().ok_or_else(|| {
            format!(
                "there is no favourite {number}; `favourites` in the config has {}",
                names.favourites.len()
            )
        }));
    }
    if let Some(meant) = names.aliases.get(text) {
        // an alias to itself only shadows a real name
        return (meant != text).then(|| Ok(meant.clone()));
    }
    let (bare, suffixes) = text.split_once(':')?;
    let meant = names.aliases.get(bare)?;
    let routing = suffixes.split(':').all(|s| is_routing(s) || CATALOGUE.contains(&s));
    (routing && meant != bare).then(|| Ok(format!("{meant}:{suffixes}")))
}

/// Whether the name, or what it is the person's own name for, ends in `:online`.
pub fn is_online(name: &ModelRef, names: &Names) -> bool {
    let mut text = name.as_str().trim().to_owned();
    for _ in 0..DEEPEST {
        match own(&text, names) {
            Some(Ok(meant)) => text = meant,
            _ => break,
        }
    }
    text.split(':').skip(1).any(|suffix| suffix == "online")
}

fn is_routing(suffix: &str) -> bool {
    SUFFIXES.iter().any(|known| known.name == suffix)
}

/// `:nitro, :floor, :exacto, :online`.
fn suffixes() -> String {
    SUFFIXES.iter().map(|known| format!(":{}", known.name)).collect::<Vec<_>>().join(", ")
}

/// Suffixes off, then whatever form is left.
fn form(text: &str, catalog: &Catalog, resolved: &mut Resolved) -> Result<Target, Failure> {
    let mut parts: Vec<&str> = text.split(':').collect();
    let (mut sort, mut tier) = (None, None);
    // any order of routing suffixes around at most one of the catalogue's: the last sorting one wins
    let mut at = 1;
    while at < parts.len() {
        let Some(suffix) = SUFFIXES.iter().find(|known| known.name == parts[at]) else {
            at += 1;
            continue;
        };
        parts.remove(at);
        match suffix.sort {
            Some(by) => {
                sort = Some(by);
                tier = suffix.tier.map(TierWish::Also);
                resolved.steps.push(format!(":{} sorts by {}", suffix.name, sort_name(by)));
            }
            None => {
                resolved.steps.push(":online asks for a web search".to_owned());
            }
        }
    }
    let bare = parts.join(":");
    if bare == AUTO || bare == "auto" {
        resolved.auto = true;
        return Ok(Target { sort, tier, ..Target::plain(ModelId::new(AUTO)) });
    }
    let (model, pin) = find(&bare, catalog, &mut resolved.steps)?;
    Ok(Target { model, pin, sort, tier })
}

fn sort_name(by: SortBy) -> &'static str {
    match by {
        SortBy::Price => "price",
        SortBy::Throughput => "throughput",
        SortBy::Latency => "latency",
        SortBy::Exacto => "quality",
    }
}

fn unknown(text: &str, catalog: &Catalog, say: &str) -> Failure {
    let nearest: Vec<String> = catalog.nearest(text, 3).iter().map(ToString::to_string).collect();
    let hint =
        if nearest.is_empty() { String::new() } else { format!("; did you mean {}?", nearest.join(", ")) };
    Failure { nearest, ..Failure::new(FailureKind::UnknownModel, format!("{say}{hint}")) }
}
