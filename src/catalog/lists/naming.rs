//! Which model a provider means by its own name for it.

use crate::catalog::{Catalog, Provider};
use crate::words::{Endpoint, ModelId};
use std::collections::HashMap;

/// What is needed to name a whole list, gathered once.
pub(super) struct Naming<'a> {
    catalog: &'a Catalog,
    provider: &'a Provider,
    /// The provider's names that are known.
    upstream: HashMap<&'a str, &'a Endpoint>,
    /// Every id by the letters and digits of its short name.
    squeezed: HashMap<String, &'a ModelId>,
}

impl<'a> Naming<'a> {
    pub fn new(catalog: &'a Catalog, provider: &'a Provider) -> Self {
        let of_provider = catalog.endpoints_of(provider.slug.as_str());
        let upstream = of_provider.map(|e| (e.upstream_model.as_str(), e.as_ref())).collect();
        let squeezed = catalog.ids().iter().map(|id| (squeeze(id.short()), id)).collect();
        Self { catalog, provider, upstream, squeezed }
    }

    /// The id of what the provider calls `name`. Hosts share the ids of known models; a maker's new model gets its
    /// author; a local server's models are its own (`ollama/qwen3:8b`), since their weights may be anybody's.
    pub fn id(&self, name: &str) -> ModelId {
        if let Some(known) = self.upstream.get(name) {
            return known.model.clone();
        }
        if self.provider.local {
            let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
            return ModelId::new(format!("{}/{}", self.provider.slug, file.trim_end_matches(".gguf")));
        }
        if self.provider.reseller && name.contains('/') {
            return ModelId::new(name.to_lowercase());
        }
        let short = name.rsplit('/').next().unwrap_or(name);
        let author = &self.provider.makes;
        if let Some(known) = self.catalog.model(&format!("{author}/{}", short.to_lowercase())) {
            return known.id.clone();
        }
        match self.squeezed.get(&squeeze(short)) {
            Some(known) => (*known).clone(),
            _ if !author.is_empty() => ModelId::new(format!("{author}/{}", short.to_lowercase())),
            _ if name.contains('/') => ModelId::new(last_two(name).to_lowercase()),
            _ => ModelId::new(format!("{}/{}", self.provider.slug, name.to_lowercase())),
        }
    }
}

impl Naming<'_> {
    /// The tag of the endpoint that goes by this name, where it is not the provider's plain slug (`deepinfra/fp8`).
    pub fn tag(&self, name: &str) -> Option<String> {
        let tag = &self.upstream.get(name)?.tag;
        (tag != self.provider.slug.as_str()).then(|| tag.clone())
    }

    /// Whether the name has to be noted: not when the provider's endpoint of that model goes by another name already
    /// (a list holds dated and undated names of the same model).
    pub fn is_news(&self, id: &ModelId, name: &str) -> bool {
        self.upstream.contains_key(name)
            || !self.catalog.endpoints(id).iter().any(|e| e.tag == self.provider.slug.as_str())
    }
}

/// `author/model` of `accounts/author/model`.
fn last_two(name: &str) -> &str {
    let cut = name.rmatch_indices('/').nth(1).map_or(0, |(at, _)| at + 1);
    &name[cut..]
}

fn squeeze(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Lists hold embedders, speech and image models too; only what can chat is of use here.
pub(super) fn chats(name: &str) -> bool {
    const OTHERS: &[&str] = &[
        "embed",
        "whisper",
        "tts",
        "dall-e",
        "moderation",
        "rerank",
        "transcri",
        "realtime",
        "stable-diffusion",
        "flux",
        "imagen",
        "veo-",
        "guard",
        "bge-",
        "clip-",
        "gpt-image",
        "sora",
        "lyria",
        "babbage",
        "davinci",
    ];
    let lower = name.to_lowercase();
    !name.is_empty() && !OTHERS.iter().any(|word| lower.contains(word))
}
