//! What the person may choose about the terminal: where the meter stands, how images, news and progress are shown.

use serde::{Deserialize, Serialize};

/// How the terminal shows images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Images {
    /// As its environment says.
    #[default]
    Auto,
    Kitty,
    Iterm,
    Sixel,
    Off,
}

/// How the end of a long reply is told to a terminal that is not looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Notify {
    /// A notification where the environment says that the terminal shows them, else the bell.
    #[default]
    Auto,
    Bell,
    Osc9,
    Osc777,
    Off,
}

/// Whether the terminal is told that work is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// Where the environment says that the terminal shows it.
    #[default]
    Auto,
    On,
    Off,
}

/// Where the spend meter stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Meter {
    #[default]
    Bottom,
    Right,
    Hidden,
}
