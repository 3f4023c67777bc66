//! From what a person wrote for a model to models of the catalog, every step in words.

use super::ask::TierWish;
use super::presets::Preset;
use crate::catalog::{Catalog, Model};
use crate::words::{Failure, FailureKind, ModelId, ModelRef, SortBy};
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

type Found = (ModelId, Option<String>);

/// A name without routing suffixes: an id, a `~latest`, a pinned form, a bare name, a provider's own name.
fn find(bare: &str, catalog: &Catalog, steps: &mut Vec<String>) -> Result<Found, Failure> {
    if let Some(model) = catalog.model(bare) {
        if model.id.as_str() != bare {
            steps.push(format!("{bare} is another name of {}", model.id));
        }
        return Ok((model.id.clone(), None));
    }
    if let Some(rest) = bare.strip_prefix('~') {
        let model = latest(rest, catalog)?;
        let day = model.released.as_deref().unwrap_or("an unknown day");
        steps.push(format!("{bare} is {}, of {day}", model.id));
        return Ok((model.id.clone(), None));
    }
    if let Some((tag, rest)) = bare.split_once(':')
        && !CATALOGUE.contains(&rest)
        && let Some(found) = pinned(tag, rest, catalog, steps)
    {
        return found;
    }
    if let Some((name, variant)) = bare.rsplit_once(':')
        && CATALOGUE.contains(&variant)
    {
        let say = format!(
            "`{name}` has no `:{variant}` variant; it is a model of its own and nothing stands in for it"
        );
        return Err(unknown(bare, catalog, &say));
    }
    if !bare.contains('/') {
        return by_bare_name(bare, catalog, steps);
    }
    if let Some(found) = at_provider(bare, catalog, steps) {
        return Ok(found);
    }
    Err(unknown(bare, catalog, &format!("no model is called `{bare}`")))
}

/// `provider:author/model`, where the provider may be a tag (`google-vertex/us-east5`).
fn pinned(
    tag: &str,
    rest: &str,
    catalog: &Catalog,
    steps: &mut Vec<String>,
) -> Option<Result<Found, Failure>> {
    let slug = tag.split_once('/').map_or(tag, |(slug, _)| slug);
    let provider = catalog.provider(slug)?;
    let model = match find(rest, catalog, &mut Vec::new()) {
        Ok((model, _)) => model,
        Err(failure) => match catalog.upstream(slug, rest) {
            Some(endpoint) => endpoint.model.clone(),
            // `ollama/qwen3:8b` while Ollama is not there: the tag of a model, not a region
            None if provider.local && tag != slug => {
                let say = format!(
                    "{} at {} does not serve `{tag}:{rest}`: is it running, and is the model there?",
                    provider.name, provider.base_url
                );
                return Some(Err(unknown(&format!("{tag}:{rest}"), catalog, &say)));
            }
            None => return Some(Err(failure)),
        },
    };
    let endpoints = catalog.endpoints(&model);
    if !endpoints.iter().any(|e| super::slug::matches(tag, e) || e.tag == tag) {
        let who: Vec<&str> = endpoints.iter().map(|e| e.tag.as_str()).take(6).collect();
        let say = format!("{} does not serve {model}; it is served by {}", provider.name, who.join(", "));
        return Some(Err(unknown(rest, catalog, &say)));
    }
    steps.push(format!("{tag}:{rest} is {model} at {} only", provider.name));
    Some(Ok((model, Some(tag.to_owned()))))
}

/// `claude-sonnet-4.5`: good when only one author has it.
fn by_bare_name(bare: &str, catalog: &Catalog, steps: &mut Vec<String>) -> Result<Found, Failure> {
    let mut same: Vec<&ModelId> = catalog.ids().filter(|id| id.short().eq_ignore_ascii_case(bare)).collect();
    if same.len() > 1 {
        same.retain(|id| id.author() != "openrouter" && !catalog.endpoints(id).is_empty());
    }
    match same.as_slice() {
        [] => Err(unknown(bare, catalog, &format!("no model is called `{bare}`"))),
        [one] => {
            steps.push(format!("{bare} is {one}"));
            Ok(((*one).clone(), None))
        }
        several => {
            let list: Vec<String> = several.iter().map(ToString::to_string).collect();
            let say = format!("`{bare}` could be {}: write the author too", list.join(" or "));
            Err(Failure { nearest: list, ..Failure::new(FailureKind::UnknownModel, say) })
        }
    }
}

/// `groq/llama-3.3-70b-versatile`, `openrouter/anthropic/claude-sonnet-4.5`: the provider's own name for it.
fn at_provider(bare: &str, catalog: &Catalog, steps: &mut Vec<String>) -> Option<Found> {
    let (slug, rest) = bare.split_once('/')?;
    let provider = catalog.provider(slug)?;
    let endpoint = catalog.upstream(slug, rest).or_else(|| {
        catalog.endpoints(&catalog.model(rest)?.id).iter().find(|e| e.provider.as_str() == slug)
    })?;
    steps.push(format!("{bare} is {} at {} only", endpoint.model, provider.name));
    Some((endpoint.model.clone(), Some(slug.to_owned())))
}

/// `author/family-latest`: the newest of the family that somebody serves.
fn latest<'a>(rest: &str, catalog: &'a Catalog) -> Result<&'a Model, Failure> {
    let bad = |say: String| unknown(rest, catalog, &say);
    let (author, family) = rest
        .strip_suffix("-latest")
        .and_then(|rest| rest.split_once('/'))
        .ok_or_else(|| bad(format!("`~{rest}` is not of the form ~author/family-latest")))?;
    let served =
        |model: &&Model| !model.id.as_str().contains(':') && !catalog.endpoints(&model.id).is_empty();
    let newest = |of: &dyn Fn(&Model) -> bool| {
        let of_family = catalog.by_author(author).filter(served).filter(|model| of(model));
        of_family.max_by(|a, b| {
            let day = |m: &Model| m.released.clone().unwrap_or_default();
            // the plain name before its dated twins
            day(a).cmp(&day(b)).then(b.id.as_str().len().cmp(&a.id.as_str().len())).then(b.id.cmp(&a.id))
        })
    };
    let exact = |model: &Model| model.family.as_deref() == Some(family);
    let ending = |model: &Model| {
        let its = model.family.as_deref().unwrap_or_default();
        its.strip_suffix(family).is_some_and(|before| before.ends_with('-'))
    };
    let starting = |model: &Model| {
        let after = model.id.short().strip_prefix(family);
        after.is_some_and(|after| after.is_empty() || after.starts_with(['-', '.']))
    };
    newest(&exact)
        .or_else(|| newest(&ending))
        .or_else(|| newest(&starting))
        .ok_or_else(|| bad(format!("{author} has no model of a family `{family}`")))
}

fn unknown(text: &str, catalog: &Catalog, say: &str) -> Failure {
    let nearest: Vec<String> = catalog.nearest(text, 3).iter().map(ToString::to_string).collect();
    let hint =
        if nearest.is_empty() { String::new() } else { format!("; did you mean {}?", nearest.join(", ")) };
    Failure { nearest, ..Failure::new(FailureKind::UnknownModel, format!("{say}{hint}")) }
}
