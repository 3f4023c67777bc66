//! A name without routing suffixes to a model of the catalog: an id, the newest of a family, a provider's own name.

use super::{CATALOGUE, suffixes, unknown};
use crate::catalog::{Catalog, Model};
use crate::routing::slug;
use crate::words::{Failure, FailureKind, ModelId};

/// The model, and the provider it is pinned to.
pub(super) type Found = (ModelId, Option<String>);

pub(super) fn find(bare: &str, catalog: &Catalog, steps: &mut Vec<String>) -> Result<Found, Failure> {
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
    if let Some((name, suffix)) = bare.rsplit_once(':')
        && !CATALOGUE.contains(&suffix)
        && let Some(model) = catalog.model(name)
    {
        let say = format!("`:{suffix}` is no suffix of {}: there are {}", model.id, suffixes());
        return Err(unknown(bare, catalog, &say));
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
    if !endpoints.iter().any(|e| slug::matches(tag, e) || e.tag == tag) {
        let who: Vec<&str> = endpoints.iter().map(|e| e.tag.as_str()).take(6).collect();
        let say = format!("{} does not serve {model}; it is served by {}", provider.name, who.join(", "));
        return Some(Err(unknown(rest, catalog, &say)));
    }
    steps.push(format!("{tag}:{rest} is {model} at {} only", provider.name));
    Some(Ok((model, Some(tag.to_owned()))))
}

/// `claude-sonnet-4.5`: good when only one author has it.
fn by_bare_name(bare: &str, catalog: &Catalog, steps: &mut Vec<String>) -> Result<Found, Failure> {
    let mut same: Vec<&ModelId> =
        catalog.ids().iter().filter(|id| id.short().eq_ignore_ascii_case(bare)).collect();
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
