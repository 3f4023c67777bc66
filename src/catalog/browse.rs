//! The catalog: every known model and endpoint, immutable and cheap to share; shelves are opened when looked into.

use super::brief::Brief;
use super::merge::{self, Entry};
use super::model::{Facts, Model};
use super::nearest;
use super::provider::{self, Provider, Providers};
use super::row::{ModelRow, Overlay, Rank, Source};
use super::shelf::Shelf;
use super::snapshot::Head;
use crate::words::{At, Endpoint, EndpointId, ModelId, ProviderId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Everything known about models. Changing it makes a new one ([`Catalog::with`]) that shares what did not change.
#[derive(Clone)]
pub struct Catalog {
    head: Arc<Head>,
    providers: Arc<Providers>,
    /// Lowest first.
    overlays: Vec<Arc<Overlay>>,
    shelves: BTreeMap<String, Arc<Shelf>>,
    /// Every id, so that names can be looked for without opening a shelf.
    ids: Arc<BTreeSet<ModelId>>,
    /// Other names.
    aliases: Arc<BTreeMap<ModelId, ModelId>>,
}

impl Catalog {
    /// The snapshot that came with the program, and the demonstration.
    pub fn bundled() -> Self {
        Self::build(Arc::new(Head::read()), vec![Arc::new(demo())])
    }

    /// Only the provider table and the demonstration: a clean ground for overlays.
    pub fn bare() -> Self {
        let mut head = Head::read();
        head.shelves.clear();
        Self::build(Arc::new(head), vec![Arc::new(demo())])
    }

    fn build(head: Arc<Head>, overlays: Vec<Arc<Overlay>>) -> Self {
        let mut providers = provider::built_in();
        for overlay in &overlays {
            provider::lay(&mut providers, &overlay.providers);
        }
        let mut catalog = Self {
            head,
            providers: Arc::new(providers),
            overlays,
            shelves: BTreeMap::new(),
            ids: Arc::default(),
            aliases: Arc::default(),
        };
        catalog.index();
        let authors: BTreeSet<String> = catalog.ids.iter().map(|id| id.author().to_owned()).collect();
        for author in authors {
            let shelf = catalog.shelf(&author);
            catalog.shelves.insert(author, shelf);
        }
        catalog
    }

    /// This catalog with an overlay laid over it, by rank; one of the same source is replaced.
    #[must_use]
    pub fn with(&self, overlay: Overlay) -> Self {
        let overlay = Arc::new(overlay);
        let replaced = self.overlays.iter().find(|o| o.source.name == overlay.source.name).cloned();
        let mut overlays: Vec<_> =
            self.overlays.iter().filter(|o| o.source.name != overlay.source.name).cloned().collect();
        let place = overlays.partition_point(|o| o.source.rank <= overlay.source.rank);
        overlays.insert(place, Arc::clone(&overlay));
        let providers_before = replaced.as_ref().map_or(&[][..], |o| &o.providers);
        if overlay.providers != providers_before {
            // an address or a policy may stand in any endpoint: every shelf is put together anew
            return Self::build(Arc::clone(&self.head), overlays);
        }
        let mut next = Self { overlays, ..self.clone() };
        next.index();
        let touched = replaced.iter().chain([&overlay]).flat_map(|o| &o.models);
        let touched: BTreeSet<String> = touched.map(|row| row.id.author().to_owned()).collect();
        for author in touched {
            let shelf = next.shelf(&author);
            next.shelves.insert(author, shelf);
        }
        next
    }

    /// This catalog without what that source said.
    #[must_use]
    pub fn without(&self, source: &str) -> Self {
        if !self.overlays.iter().any(|o| o.source.name == source) {
            return self.clone();
        }
        let overlays = self.overlays.iter().filter(|o| o.source.name != source).cloned().collect();
        Self::build(Arc::clone(&self.head), overlays)
    }

    fn shelf(&self, author: &str) -> Arc<Shelf> {
        let says = |o: &&Arc<Overlay>| o.models.iter().any(|row| row.id.author() == author);
        Arc::new(Shelf::new(
            author,
            self.head.shelves.iter().position(|s| s.author == author),
            self.overlays.iter().filter(says).cloned().collect(),
            &self.head,
            &self.providers,
        ))
    }

    fn index(&mut self) {
        let mut ids = BTreeSet::new();
        let mut aliases = BTreeMap::new();
        for shelf in &self.head.shelves {
            let full = |short: &str| ModelId::new(format!("{}/{short}", shelf.author));
            ids.extend(shelf.ids.iter().map(|short| full(short)));
            for (alias, at) in &shelf.aliases {
                if let Some(short) = shelf.ids.get(*at) {
                    aliases.insert(full(alias), full(short));
                }
            }
        }
        for row in self.overlays.iter().flat_map(|o| &o.models) {
            ids.insert(row.id.clone());
            for alias in &row.aliases {
                aliases.insert(ModelId::new(alias), row.id.clone());
            }
        }
        self.ids = Arc::new(ids);
        self.aliases = Arc::new(aliases);
    }

    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.providers.values()
    }

    pub fn provider(&self, slug: &str) -> Option<&Provider> {
        self.providers.get(slug)
    }

    fn entry(&self, id: &str) -> Option<&Entry> {
        let (author, _) = id.split_once('/')?;
        self.shelves.get(author)?.entries().get(id)
    }

    /// By id, or by another of its names (`anthropic/claude-sonnet-4-5-20250929`).
    pub fn model(&self, id: &str) -> Option<&Model> {
        let entry = self.entry(id).or_else(|| self.entry(self.aliases.get(id)?.as_str()))?;
        Some(&entry.model)
    }

    /// The endpoints of a model, its maker's own first; empty for an unknown model.
    pub fn endpoints(&self, id: &ModelId) -> &[Arc<Endpoint>] {
        self.entry(id.as_str()).map_or(&[], |entry| &entry.endpoints)
    }

    /// The same endpoints in brief, place by place.
    pub fn briefs(&self, id: &ModelId) -> &[Brief] {
        self.entry(id.as_str()).map_or(&[], |entry| &entry.briefs)
    }

    pub fn endpoint(&self, id: &EndpointId) -> Option<&Arc<Endpoint>> {
        let (_, model) = id.as_str().split_once(':')?;
        self.entry(model)?.endpoints.iter().find(|e| e.id == *id)
    }

    /// Where an endpoint's figures come from.
    pub fn facts(&self, id: &EndpointId) -> Option<&Facts> {
        let (_, model) = id.as_str().split_once(':')?;
        let entry = self.entry(model)?;
        let place = entry.endpoints.iter().position(|e| e.id == *id)?;
        entry.facts.get(place)
    }

    /// The endpoint at a provider by the provider's own name for the model. Looks through all of that provider's.
    pub fn upstream(&self, provider: &str, name: &str) -> Option<&Arc<Endpoint>> {
        self.endpoints_of(provider).find(|e| e.upstream_model == name)
    }

    /// Every endpoint at a provider. Opens the shelves they stand on.
    pub fn endpoints_of(&self, provider: &str) -> impl Iterator<Item = &Arc<Endpoint>> {
        let shelves = self.shelves.values().filter(move |s| s.is_served_by(|slug| slug.as_str() == provider));
        let endpoints = shelves.flat_map(|s| s.entries().values()).flat_map(|entry| &entry.endpoints);
        endpoints.filter(move |e| e.provider.as_str() == provider)
    }

    /// Every model, by id. Opens every shelf.
    pub fn models(&self) -> impl Iterator<Item = &Model> {
        self.shelves.values().flat_map(|shelf| shelf.entries().values()).map(|entry| &entry.model)
    }

    /// The models among which everything is that providers like that serve. Opens only the shelves they stand on.
    pub fn served_by(&self, wanted: impl Fn(&Provider) -> bool) -> impl Iterator<Item = &Model> {
        let wanted = move |slug: &ProviderId| self.providers.get(slug).is_some_and(&wanted);
        let shelves = self.shelves.values().filter(move |shelf| shelf.is_served_by(&wanted));
        shelves.flat_map(|shelf| shelf.entries().values()).map(|entry| &entry.model)
    }

    /// Every id, without opening a shelf. A few may turn out to have no endpoint that can be asked.
    pub fn ids(&self) -> &Arc<BTreeSet<ModelId>> {
        &self.ids
    }

    /// How many models there are, without opening a shelf: those whose only endpoints need an address from the config
    /// are not counted.
    pub fn len(&self) -> usize {
        let hidden: usize = self.head.shelves.iter().map(|shelf| shelf.hidden).sum();
        self.ids.len().saturating_sub(hidden)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The models of one author. Opens one shelf.
    pub fn by_author(&self, author: &str) -> impl Iterator<Item = &Model> {
        self.shelves.get(author).into_iter().flat_map(|shelf| shelf.entries().values()).map(|e| &e.model)
    }

    /// Up to `n` ids that look most like the text, best first; for "did you mean".
    pub fn nearest(&self, text: &str, n: usize) -> Vec<ModelId> {
        nearest::nearest(text, self.ids.iter(), n)
    }

    /// Who has been laid over the snapshot, lowest first.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.overlays.iter().map(|o| &o.source)
    }

    /// The day the bundled snapshot was made, `2026-11-23`.
    pub fn made(&self) -> &str {
        &self.head.made
    }

    /// The newest moment a price list was fetched; the snapshot's day when none was.
    pub fn as_of(&self) -> At {
        let fetched = self.overlays.iter().map(|o| &o.source);
        let fetched = fetched.filter(|s| matches!(s.rank, Rank::Collected | Rank::Resold));
        fetched
            .filter_map(|s| s.at)
            .max()
            .unwrap_or_else(|| merge::day_start(&self.head.made).unwrap_or_default())
    }

    /// How old the prices are.
    pub fn age(&self, now: At) -> Duration {
        now.since(self.as_of())
    }
}

impl Default for Catalog {
    fn default() -> Self {
        Self::bundled()
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sources: Vec<&str> = self.overlays.iter().map(|o| o.source.name.as_str()).collect();
        f.debug_struct("Catalog")
            .field("made", &self.head.made)
            .field("ids", &self.ids.len())
            .field("overlays", &sources)
            .finish_non_exhaustive()
    }
}

/// The models of the built-in demonstration: `demo.toml`.
fn demo() -> Overlay {
    #[derive(serde::Deserialize)]
    struct Table {
        model: Vec<ModelRow>,
    }
    let table: Table =
        toml::from_str(include_str!("demo.toml")).expect("the demonstration's table parses: a test reads it");
    Overlay {
        source: Source { name: ProviderId::new("demo").to_string(), rank: Rank::Bundled, at: None },
        providers: Vec::new(),
        models: table.model,
    }
}
