//! A shelf: one author's models, put together from all sources when somebody first looks.

use super::merge::{self, Entry};
use super::provider::Providers;
use super::row::Overlay;
use super::snapshot::Head;
use crate::words::{ModelId, ProviderId};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The sources of one author's models, lowest first, and what they come to.
pub(super) struct Shelf {
    author: String,
    /// Position in the snapshot's head.
    bundled: Option<usize>,
    overlays: Vec<Arc<Overlay>>,
    head: Arc<Head>,
    providers: Arc<Providers>,
    entries: OnceLock<BTreeMap<ModelId, Entry>>,
}

impl Shelf {
    pub fn new(
        author: &str,
        bundled: Option<usize>,
        overlays: Vec<Arc<Overlay>>,
        head: &Arc<Head>,
        providers: &Arc<Providers>,
    ) -> Self {
        Self {
            author: author.to_owned(),
            bundled,
            overlays,
            head: Arc::clone(head),
            providers: Arc::clone(providers),
            entries: OnceLock::new(),
        }
    }

    pub fn entries(&self) -> &BTreeMap<ModelId, Entry> {
        self.entries.get_or_init(|| self.build())
    }

    /// Whether any source names an endpoint at a provider like that; opens nothing.
    pub fn is_served_by(&self, wanted: impl Fn(&ProviderId) -> bool) -> bool {
        let bundled = self.bundled.and_then(|at| self.head.shelves.get(at));
        let bundled = bundled.into_iter().flat_map(|shelf| &shelf.providers);
        let laid = self.overlays.iter().flat_map(|overlay| &overlay.models);
        let laid = laid.filter(|row| row.id.author() == self.author).flat_map(|row| &row.endpoints);
        bundled.chain(laid.map(|row| &row.provider)).any(wanted)
    }

    fn build(&self) -> BTreeMap<ModelId, Entry> {
        let mut entries = BTreeMap::new();
        if let Some(shelf) = self.bundled.and_then(|at| self.head.shelves.get(at)) {
            for row in self.head.rows(shelf) {
                merge::bundled(&mut entries, &row, &self.head, &self.providers);
            }
        }
        for overlay in &self.overlays {
            for row in overlay.models.iter().filter(|row| row.id.author() == self.author) {
                merge::overlaid(&mut entries, row, &overlay.source, &self.providers);
            }
        }
        for entry in entries.values_mut() {
            entry.finish();
        }
        entries.retain(|_, entry| entry.is_worth_showing());
        entries
    }
}
