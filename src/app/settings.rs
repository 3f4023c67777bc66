//! What the person chose and the store remembers; the config file lies underneath.

use crate::words::{MessageId, ModelRef, Params, Preferences, Profile};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Choices that outlive a session. The shell merges config file and store into one before `Began`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: String,
    /// The model of a new session; empty: the one used last.
    pub model: ModelRef,
    /// The config's own names for models, which no list has: aliases and presets.
    pub names: BTreeMap<String, OwnName>,
    /// On Alt-1 to Alt-9.
    pub favourites: Vec<ModelRef>,
    /// Newest first.
    pub recent: Vec<ModelRef>,
    /// Prompts sent, oldest first.
    pub history: Vec<String>,
    pub meter: MeterPlace,
    pub profile: Option<Profile>,
    pub preferences: Preferences,
    pub params: Params,
    /// Name to text; `{{variable}}` is asked for.
    pub templates: BTreeMap<String, String>,
    /// Name to system prompt.
    pub personas: BTreeMap<String, String>,
    /// The names of keys that were changed: action id to keys.
    pub keys: BTreeMap<String, Vec<String>>,
    pub notify: bool,
    pub vi: bool,
    /// Fewer frames and no digits that tick.
    pub low_bandwidth: bool,
    /// No animation, no ticking seconds, plain words instead of signs.
    pub accessible: bool,
    /// Ask a cheap model for titles.
    pub titles_by_model: bool,
    /// Who summarises what no longer fits; empty: the session's model.
    pub summariser: ModelRef,
    /// Models that the picker leaves out.
    pub hidden: Vec<ModelRef>,
    /// Model to what the person made of its replies.
    pub ratings: BTreeMap<String, Rating>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: String::new(),
            model: ModelRef::default(),
            names: BTreeMap::new(),
            favourites: Vec::new(),
            recent: Vec::new(),
            history: Vec::new(),
            meter: MeterPlace::Bottom,
            profile: None,
            preferences: Preferences::default(),
            params: Params::default(),
            templates: BTreeMap::new(),
            personas: BTreeMap::new(),
            keys: BTreeMap::new(),
            notify: true,
            vi: false,
            low_bandwidth: false,
            accessible: false,
            titles_by_model: false,
            summariser: ModelRef::default(),
            hidden: Vec::new(),
            ratings: BTreeMap::new(),
        }
    }
}

/// What a name of the person's own stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnName {
    /// The model; empty: a preset for whichever is asked.
    pub model: ModelRef,
    /// What a preset lays under the request, in a few words each.
    pub lays: Vec<String>,
}

/// Verdicts on a model: comparisons won and lost, replies rated good and bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rating {
    pub up: u32,
    pub down: u32,
}

impl Settings {
    /// What a new session begins with: the model chosen for that, else the one used last.
    pub fn first_model(&self) -> Option<&ModelRef> {
        Some(&self.model).filter(|m| !m.as_str().is_empty()).or(self.recent.first())
    }

    /// A reply's mark went from one to another: 1 good, -1 bad, 0 none.
    pub fn rate(&mut self, model: &ModelRef, from: i8, to: i8) {
        let rating = self.ratings.entry(model.to_string()).or_default();
        for (mark, by) in [(from, -1), (to, 1)] {
            match mark {
                1.. => rating.up = rating.up.saturating_add_signed(by),
                0 => {}
                _ => rating.down = rating.down.saturating_add_signed(by),
            }
        }
        if *rating == Rating::default() {
            self.ratings.remove(&model.to_string());
        }
    }
}

/// Where the spend meter stands. At the right it takes the conversation its full-width rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MeterPlace {
    #[default]
    Bottom,
    Right,
    Hidden,
}

/// Where the reader is in a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// At the end, and going along with what comes.
    #[default]
    Bottom,
    /// This row of this message is the topmost.
    At { message: MessageId, mark: Mark },
}

/// A row of a message, told by its text: it is found again at another width. What the numbers count is the screen's
/// business; the default is the top.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    pub part: u32,
    pub section: u32,
    /// How much of the section stands before it.
    pub before: u32,
}
