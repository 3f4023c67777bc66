//! A session: one conversation's name, place and settings. Its messages are stored beside it.

use super::{At, MessageId, ModelRef, Params, Preferences, SessionId, Source};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    /// Empty until there is something to name it by.
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub titled: Titled,
    pub created: At,
    pub updated: At,
    pub model: ModelRef,
    /// Models to fall back to, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fallbacks: Vec<ModelRef>,
    /// The message the conversation goes on from: the shown branch is the way from the root to it.
    #[serde(default)]
    pub head: Option<MessageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    #[serde(default)]
    pub params: Params,
    #[serde(default)]
    pub preferences: Preferences,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
    /// How many messages it holds, kept by the store.
    #[serde(default)]
    pub messages: u32,
}

impl Session {
    pub fn new(id: SessionId, model: ModelRef, at: At) -> Self {
        Self {
            id,
            title: String::new(),
            titled: Titled::No,
            created: at,
            updated: at,
            model,
            fallbacks: Vec::new(),
            head: None,
            system: None,
            params: Params::default(),
            preferences: Preferences::default(),
            tags: Vec::new(),
            pinned: false,
            archived: false,
            messages: 0,
        }
    }
}

/// Who gave the session its title; a person's is never replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Titled {
    #[default]
    No,
    /// From the first words.
    Locally,
    ByModel,
    ByPerson,
}

/// What stands unsent in a session's composer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub text: String,
    /// Cursor: row and column in characters.
    pub row: usize,
    pub column: usize,
    /// What the `⟦labels⟧` in the text stand for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chips: Vec<Arc<Chip>>,
}

/// All that a session holds unsent: its composer, what waits behind a reply, where a new branch begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unsent {
    #[serde(flatten)]
    pub draft: Draft,
    /// Prompts that wait for the reply under way to end, first to last.
    #[serde(skip_serializing_if = "VecDeque::is_empty")]
    pub queue: VecDeque<Draft>,
    /// The next prompt begins a new branch; `None`: it goes on at the end of the shown one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fork: Option<Fork>,
}

impl Unsent {
    pub fn is_empty(&self) -> bool {
        let nothing = |draft: &Draft| draft.text.is_empty() && draft.chips.is_empty();
        nothing(&self.draft) && self.queue.is_empty() && self.fork.is_none()
    }
}

impl From<Draft> for Unsent {
    fn from(draft: Draft) -> Self {
        Self { draft, ..Self::default() }
    }
}

/// Where a new branch begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fork {
    /// What the next prompt follows.
    pub parent: Option<MessageId>,
    /// The prompt that is edited; `None`: what is in the composer is a new one.
    pub edits: Option<MessageId>,
    /// What stood in the composer before.
    pub parked: Draft,
}

/// Something large in a draft that its text only names: a folded paste, a file, an image, a command's output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chip {
    /// As it stands in the text, brackets included: `⟦pasted 214 lines⟧`.
    pub label: String,
    pub body: ChipBody,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChipBody {
    /// Takes the label's place when the draft is sent.
    Paste {
        text: String,
    },
    /// A text file; sent as a fenced block under its name.
    Text {
        name: String,
        text: String,
    },
    /// A command that was run and what it printed.
    Output {
        command: String,
        text: String,
    },
    Image {
        name: String,
        source: Source,
    },
    File {
        name: String,
        source: Source,
    },
}
