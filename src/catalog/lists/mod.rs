//! Lists of models as others publish them, read into rows: OpenRouter's, models.dev's, and each provider's own.
//!
//! Pure: the gateway fetches, these read. An entry that cannot be understood is passed over; a list that makes no sense
//! is an error, and the old one stays.

mod listed;
mod models_dev;
mod naming;
mod number;
mod openrouter;

pub use listed::{listed, ollama_show};
pub use models_dev::models_dev;
pub use openrouter::openrouter;

use super::row::Overlay;

/// Why a list was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    #[error("the list of models from {0} is not what it should be: {1}; the one from before stays in use")]
    NotAList(String, String),
    #[error("the list of models from {0} holds no model that can chat; the one from before stays in use")]
    Empty(String),
    #[error("the list of models from {0} fell from {1} models to {2}; the one from before stays in use")]
    Shrunk(String, usize, usize),
}

/// Holds a new list against the one it would replace: an empty one, or one with less than half as many models, is more
/// likely a mishap than news. Local servers may change as they like.
pub fn doubt(new: &Overlay, before: Option<&Overlay>, local: bool) -> Result<(), ListError> {
    let name = || new.source.name.clone();
    if local {
        return Ok(());
    }
    if new.models.is_empty() {
        return Err(ListError::Empty(name()));
    }
    match before {
        Some(old) if old.models.len() > 10 && new.models.len() * 2 < old.models.len() => {
            Err(ListError::Shrunk(name(), old.models.len(), new.models.len()))
        }
        _ => Ok(()),
    }
}
