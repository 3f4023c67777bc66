//! The session as a pure function: `update(&mut Model, At, Event) -> Vec<Effect>`.
//!
//! **Invariant:** no IO, no clock, no dice but the model's own. Widths and heights are the screen's business.

mod act;
mod actions;
mod ask;
mod attach;
mod attachments;
mod card;
mod choose;
mod compare;
mod complete;
mod copy;
mod draft;
mod effect;
mod event;
mod first;
mod key;
mod keys;
mod line;
mod live;
mod model;
pub mod panes;
mod pending;
mod program;
mod queue;
mod read;
mod reading;
mod recall;
mod send;
mod settings;
pub mod shorten;
mod switch;
mod telling;
mod thread;
mod titles;
mod turns;
mod undo;
mod update;
mod window;

pub use actions::{ACTIONS, Action, Edit, Run, When};
pub use attach::{IMAGE_TOKENS, PDF_TOKENS};
pub use card::{Card, Cards, Offer};
pub use copy::blocks;
pub use effect::{Effect, Order, Save, Scroll, Which};
pub use event::{
    Attached, Began, BudgetState, Event, HealthRow, Hit, Level, LineState, Opened, Quote, Spent, Target,
};
pub use first::first;
pub use key::{Code, Key};
pub use keys::Keymap;
pub use line::Line;
pub use live::{Live, Waiting};
pub use model::{Begun, Compare, Completion, Item, Model, Notice};
pub use pending::Pending;
pub use reading::Reading;
pub use settings::{Mark, MeterPlace, OwnName, Place, Rating, Settings};
pub use telling::{ending, notes, reading, short, thought};
pub use thread::{Node, Thread};
pub use undo::Undo;
pub use update::update;
pub use window::{Progress, Unseen, Window};

/// Spans of time are told alike everywhere.
pub use crate::words::seconds;
