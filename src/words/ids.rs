//! Names for things, each its own type so that one cannot stand where another is meant.

use super::{At, Dice};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(Arc::from(text.as_ref()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

name! {
    /// A model in the one namespace: `author/model`, as in `anthropic/claude-sonnet-4.5`.
    ModelId
}
name! {
    /// What a person wrote for a model: an id, an alias, a pinned form, with suffixes. `routing::names` resolves it.
    ModelRef
}
name! {
    /// A provider's slug: `openai`, `groq`, `ollama`, `demo`.
    ProviderId
}
name! {
    /// One model at one provider: `tag:author/model`, where the tag is the provider's slug
    /// and may carry a region or tier (`google-vertex/us-east5`).
    EndpointId
}

impl ModelId {
    /// `anthropic` of `anthropic/claude-sonnet-4.5`; empty when there is no author.
    pub fn author(&self) -> &str {
        self.as_str().split_once('/').map_or("", |(author, _)| author)
    }

    /// `claude-sonnet-4.5` of `anthropic/claude-sonnet-4.5`.
    pub fn short(&self) -> &str {
        self.as_str().split_once('/').map_or(self.as_str(), |(_, short)| short)
    }
}

impl EndpointId {
    pub fn of(tag: &str, model: &ModelId) -> Self {
        Self::new(format!("{tag}:{model}"))
    }
}

impl ModelRef {
    /// What stands before the name of a preset, and between a model and it (OpenRouter, "Presets").
    pub const PRESET: &str = "@preset/";
}

impl From<&ModelId> for ModelRef {
    fn from(id: &ModelId) -> Self {
        Self(id.0.clone())
    }
}

macro_rules! unique {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            pub fn new(at: At, dice: &mut Dice) -> Self {
                Self(dice.uuid(at))
            }

            pub const fn nil() -> Self {
                Self(Uuid::nil())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::nil()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            /// With or without the prefix, with or without hyphens.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text.strip_prefix($prefix).unwrap_or(text)).map(Self)
            }
        }
    };
}

unique! {
    /// One conversation.
    SessionId, "ses-"
}
unique! {
    /// One message in a conversation's tree.
    MessageId, "msg-"
}
unique! {
    /// One answered (or failed) request, whatever number of attempts it took.
    GenerationId, "gen-"
}

/// One thing asked for by the session's `update`: events that answer it carry it back,
/// so that a late answer says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TurnId(pub u64);
