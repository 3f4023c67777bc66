//! Models, endpoints, prices and capabilities: a bundled snapshot under refreshed overlays; pure.
//!
//! Everything a source says is rows ([`Overlay`]); a [`Catalog`] is rows laid over each other, the config's on top.

mod brief;
mod browse;
mod host;
mod lay_prices;
mod lists;
mod merge;
mod model;
mod nearest;
mod provider;
mod row;
mod shelf;
mod snapshot;

pub use brief::{Brief, fingerprint};
pub use browse::Catalog;
pub use host::Host;
pub use lists::{ListError, doubt, hosts, listed, models_dev, ollama_show, openrouter};
pub use model::{Disagreement, Facts, Model, Origin, Score};
pub use provider::Provider;
pub use row::{EndpointRow, ModelRow, Overlay, PolicyRow, ProviderRow, Rank, Source};
