//! Lists of models as others publish them, read into rows: OpenRouter's, models.dev's, and each provider's own.
//!
//! Pure: the gateway fetches, these read. An entry that cannot be understood is passed over; a list that makes no sense
//! is an error, and the old one stays.

mod hosts;
mod listed;
mod models_dev;
mod naming;
mod number;
mod openrouter;

pub use hosts::hosts;
pub use listed::{listed, ollama_show};
pub use models_dev::models_dev;
pub use openrouter::openrouter;

use super::row::Overlay;
use crate::catalog::Catalog;
use crate::words::{EndpointId, Usd};

/// Why a list was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    #[error("the list of models from {0} is not what it should be: {1}; the one from before stays in use")]
    NotAList(String, String),
    #[error("the list of models from {0} holds no model that can chat; the one from before stays in use")]
    Empty(String),
    #[error("the list of models from {0} fell from {1} models to {2}; the one from before stays in use")]
    Shrunk(String, usize, usize),
    #[error("the list of models from {0} fell from {1} prices to {2}; the one from before stays in use")]
    Unpriced(String, usize, usize),
    #[error(
        "the list of models from {0} is more than ten times off the known prices at {1} of {2} endpoints; the one from before stays in use"
    )]
    Absurd(String, usize, usize),
}

/// Holds a new list against the one it would replace and against the catalog: an empty one, one with less than half as
/// many models or prices, or one whose prices are of another order at more than a fifth of what is known, is more likely a mishap
/// than news.
pub fn doubt(new: &Overlay, before: Option<&Overlay>, catalog: &Catalog) -> Result<(), ListError> {
    let name = || new.source.name.clone();
    if new.models.is_empty() {
        return Err(ListError::Empty(name()));
    }
    match before {
        Some(old) if old.models.len() > 10 && new.models.len() * 2 < old.models.len() => {
            Err(ListError::Shrunk(name(), old.models.len(), new.models.len()))
        }
        Some(old) if priced(old) > 10 && priced(new) * 2 < priced(old) => {
            Err(ListError::Unpriced(name(), priced(old), priced(new)))
        }
        _ => match off(new, catalog) {
            (off, of) if of >= 10 && off * 5 > of => Err(ListError::Absurd(name(), off, of)),
            _ => Ok(()),
        },
    }
}

fn priced(list: &Overlay) -> usize {
    list.models.iter().flat_map(|row| &row.endpoints).filter(|endpoint| endpoint.prices.is_some()).count()
}

/// How many of the prices that the catalog knows too are more than ten times off, and how many there are.
fn off(new: &Overlay, catalog: &Catalog) -> (usize, usize) {
    let (mut off, mut of) = (0, 0);
    for row in &new.models {
        for endpoint in &row.endpoints {
            let id = EndpointId::of(endpoint.tag(), &row.id);
            let known = catalog.endpoint(&id).and_then(|known| known.prices.as_ref());
            let Some((new, old)) = endpoint.prices.as_ref().zip(known) else { continue };
            let far = |a: Usd, b: Usd| a > b * 10 || b > a * 10;
            of += 1;
            off += usize::from(far(new.prompt, old.prompt) || far(new.completion, old.completion));
        }
    }
    (off, of)
}
